package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"time"

	"github.com/winnow-data/winnow/pipelines/report"
	"github.com/winnow-data/winnow/stages/blob"
)

// publish writes what a finished run says about itself: summary, report.json, report.html, and the card of the data set.
func (r *Runner) publish(ctx context.Context, res *Result) error {
	sum := r.summarize(res)
	var err error
	if sum.Example, err = r.example(ctx, res); err != nil {
		return err
	}
	d, err := r.Report(ctx, res)
	if err != nil {
		return err
	}
	sum.Rates = d.Rates()
	data, err := json.MarshalIndent(sum, "", " ")
	if err != nil {
		return err
	}
	if err := blob.Put(ctx, r.own, summaryName, data); err != nil {
		return fmt.Errorf("write the run's summary: %w", err)
	}
	if err := r.WriteReport(ctx, d); err != nil {
		return err
	}
	if err := r.datasetInfo(ctx, res); err != nil {
		return err
	}
	d.Run.Recipe = r.plan.Shown
	return r.card(ctx, d)
}

// WriteReport writes report.json and report.html.
func (r *Runner) WriteReport(ctx context.Context, d *report.Data) error {
	var page, data bytes.Buffer
	if err := errors.Join(d.HTML(&page), d.JSON(&data)); err != nil {
		return err
	}
	err := errors.Join(blob.Put(ctx, r.own, "report.html", page.Bytes()), blob.Put(ctx, r.own, "report.json", data.Bytes()))
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// Report makes the report of a run whose tasks are done.
func (r *Runner) Report(ctx context.Context, res *Result) (*report.Data, error) {
	m := report.Material{Tally: res.Tally, Seconds: map[string]float64{}, Run: r.about(res), Askers: r.askers(), Judged: res.Judged, Layout: r.signals, Share: r.plan.Signals.Share}
	first := firstStart(res.Markers)
	end := 0.0
	for _, k := range res.Markers {
		start := float64(k.Times.Start-first) / 1000
		m.Tasks = append(m.Tasks, report.Task{
			Phase: k.Phase, Index: k.Task, Start: start, Seconds: k.Times.Wall, Bytes: k.Times.Bytes,
			Documents: k.Times.Documents, Memory: k.Times.Memory, Input: r.reads(k),
		})
		end = max(end, start+k.Times.Wall)
		for label, s := range k.Times.Stages {
			m.Seconds[label] += s
		}
		m.Facts = append(m.Facts, r.facts(k)...)
	}
	m.Run.Seconds = end
	if first > 0 {
		m.Run.Began = time.UnixMilli(first).UTC().Format("2006-01-02 15:04 UTC")
	}
	var err error
	m.Quarantined, err = r.firstQuarantined(ctx, res, 50)
	return report.Build(m), err
}

// reads names the input files that a task has read, of a pass over the input.
func (r *Runner) reads(m *Marker) string {
	ph, _, err := r.plan.Find(m.Phase)
	if err != nil || ph.Pass == nil || m.Task >= len(ph.Pass.Parts) || len(ph.Pass.Parts[m.Task]) == 0 {
		return ""
	}
	parts := ph.Pass.Parts[m.Task]
	name := r.plan.Inputs[parts[0].File].Name
	if len(parts) > 1 {
		name += fmt.Sprintf(" and %d more", len(parts)-1)
	}
	return name
}

func firstStart(markers []*Marker) int64 {
	var first int64
	for _, m := range markers {
		if first == 0 || m.Times.Start < first {
			first = m.Times.Start
		}
	}
	return first
}

// about says how the corpus was made.
func (r *Runner) about(res *Result) report.Run {
	run := report.Run{
		Name: r.plan.Name, Winnow: r.plan.Winnow, Platform: runtime.GOOS + "/" + runtime.GOARCH + ", " + runtime.Version(),
		Workers: r.opt.Workers, MemoryLimit: r.opt.Memory, Seed: r.plan.Seed, Key: r.plan.Key, Recipe: r.plan.Recipe, Retries: res.retries(),
	}
	for _, s := range r.plan.Stages {
		run.Versions = append(run.Versions, report.Version{Stage: s.Label, Name: s.Name, Version: s.Version})
		for _, f := range s.Files {
			run.Checksums = append(run.Checksums, report.File{Name: f.Path, SHA256: f.SHA256})
		}
	}
	for _, in := range r.plan.Inputs {
		run.Inputs = append(run.Inputs, report.File{Name: in.Name, Bytes: in.Size})
	}
	for _, f := range res.Shards {
		run.Outputs = append(run.Outputs, report.File{Name: f.Name, Bytes: f.Bytes, Rows: f.Rows, SHA256: f.SHA256})
	}
	return run
}

// askers lists the stages that ask models.
func (r *Runner) askers() map[string]report.Asker {
	list := map[string]report.Asker{}
	for k := range r.recipe.Stages {
		if asks, ok := r.recipe.Asks(k); ok {
			st := &r.recipe.Stages[k]
			p := r.recipe.Models[asks.Model].Price
			list[st.Label] = report.Asker{Name: st.Name, Model: asks.Model, In: p.In, Out: p.Out}
		}
	}
	return list
}

// facts lists what the barriers of a task have left for the report.
func (r *Runner) facts(m *Marker) []report.Fact {
	var list []report.Fact
	for _, s := range r.plan.Stages {
		for _, name := range sortedKeys(m.Facts[s.Label]) {
			list = append(list, report.Fact{Stage: s.Label, Phase: m.Phase, Task: m.Task, Name: name, Value: m.Facts[s.Label][name]})
		}
	}
	return list
}

// errEnough ends reading early.
var errEnough = errors.New("enough")

// firstQuarantined reads the first n quarantined records.
func (r *Runner) firstQuarantined(ctx context.Context, res *Result, n int) ([]report.Record, error) {
	var list []report.Record
	for _, m := range res.Markers {
		if m.Quarantined == 0 {
			continue
		}
		err := eachLine(ctx, r.own, recordName("quarantine", m.Phase, m.Task), func(line []byte) error {
			var q Quarantined
			if err := json.Unmarshal(line, &q); err != nil {
				return err
			}
			rec := report.Record{File: q.File, Offset: -1, Stage: q.Label, Reason: mask(q.Reason)}
			if q.Offset != nil {
				rec.Offset = *q.Offset
			}
			if list = append(list, rec); len(list) == n {
				return errEnough
			}
			return nil
		})
		if errors.Is(err, errEnough) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// example returns the id of a document that was dropped, a duplicate if one is near, for the hint at the end of a run.
func (r *Runner) example(ctx context.Context, res *Result) (string, error) {
	id, seen := "", 0
	for _, m := range res.Markers {
		if m.Excluded == 0 {
			continue
		}
		err := eachLine(ctx, r.own, recordName("excluded", m.Phase, m.Task), func(line []byte) error {
			var e Exclusion
			if err := json.Unmarshal(line, &e); err != nil {
				return err
			}
			id = e.ID
			if seen++; e.Kept != "" || seen == 1000 {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return "", err
		}
		if err != nil {
			break
		}
	}
	return id, nil
}

// cardSum is where the checksum of the card lies that we have written.
const cardSum = "card.sha256"

// card writes README.md, unless somebody has edited the one that is there.
func (r *Runner) card(ctx context.Context, d *report.Data) error {
	const name = "README.md"
	text := d.Markdown()
	have, err := blob.Get(ctx, r.out, name, maxMarker)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("the card: %w", err)
	default:
		written, err := blob.Get(ctx, r.own, cardSum, 1<<10)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the card: %w", err)
		}
		if string(written) != digest(have) {
			return nil
		}
	}
	if err := blob.Put(ctx, r.own, cardSum, []byte(digest(text))); err != nil {
		return fmt.Errorf("the card: %w", err)
	}
	if err := blob.Put(ctx, r.out, name, text); err != nil {
		return fmt.Errorf("the card: %w", err)
	}
	return nil
}
