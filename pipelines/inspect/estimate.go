package inspect

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages/shard"
)

// A Projection is what a sample says of the whole.
type Projection struct {
	Sampled   int64             `json:"sampled"` // documents read
	Exact     bool              `json:"exact"`   // the sample was the whole input
	Documents int64             `json:"documents"`
	Stages    []StageProjection `json:"stages"`
	Kept      int64             `json:"kept"`
	Output    int64             `json:"output_bytes"` // of the shards
	Work      int64             `json:"work_bytes"`   // of files between phases
	Memory    int64             `json:"memory_bytes"` // resident at the sample's peak
	Seconds   float64           `json:"cpu_seconds"`  // of one worker
}

// A StageProjection is what a sample says of one stage.
type StageProjection struct {
	Label   string  `json:"label"`
	Cost    float64 `json:"microseconds"` // for each document that came to it
	Entered int64   `json:"entered"`      // documents of the sample
	Removed float64 `json:"removed"`      // share of those, quarantined ones included
	Left    int64   `json:"left"`         // documents of the whole that are projected to leave it
}

// Estimate runs a job over the first records of each of its files, about n in all, in a temporary folder, with one worker, and projects
// what it saw to the size of the whole. p is the plan of the whole. Duplicates are rarer in a sample than in the whole.
func Estimate(ctx context.Context, job *pipelines.Job, p *plan.Plan, n int) (proj *Projection, err error) {
	dir, err := os.MkdirTemp("", "winnow-sample-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the sample: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	rec := *job.Recipe
	rec.Limits.AllowEmpty, rec.Limits.Damaged = true, 1
	few := &pipelines.Job{
		Recipe: &rec, Registry: job.Registry, Out: dir,
		Limit: max(1, int64((n+len(p.Inputs)-1)/len(p.Inputs))),
	}
	if job.Limit > 0 {
		few.Limit = min(few.Limit, job.Limit)
	}
	sample, err := few.Plan(ctx)
	if err != nil {
		return nil, err
	}
	r, err := few.Runner(sample, run.Options{Workers: 1})
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if err := r.Run(ctx); err != nil {
		return nil, fmt.Errorf("run the sample: %w", err)
	}
	took := time.Since(start).Seconds()
	res, err := r.Result(ctx)
	if err != nil {
		return nil, err
	}
	all, exact, err := records(ctx, Inputs(job, p), p, few.Limit)
	if err != nil {
		return nil, err
	}
	proj = project(all/float64(max(1, res.Tally.In.Documents)), sample, res, took)
	proj.Exact = exact
	return proj, nil
}

// records estimates how many records the input has: a file that ends within the sample has as many as were met, another as many as its
// decoded bytes hold at the mean size of those.
func records(ctx context.Context, files []File, p *plan.Plan, limit int64) (all float64, exact bool, err error) {
	exact = true
	for i, f := range files {
		var n, bytes int64
		var line []byte
		ended := true
		bad := func(shard.Damage) { n++ }
		for d, err := range f.Documents(ctx, bad) {
			if err != nil {
				return 0, false, err
			}
			if n >= limit {
				ended, exact = false, false
				break
			}
			n++
			if d.Source == f.opt.Source || d.Source == shard.Label(f.in) {
				d.Source = "" // the input does not say it
			}
			line = append(shard.AppendJSON(line[:0], d), '\n')
			bytes += int64(len(line))
		}
		if ended || bytes == 0 {
			all += float64(n)
			continue
		}
		all += max(float64(n), float64(p.Inputs[i].Decoded)*float64(n)/float64(bytes))
	}
	return all, exact, nil
}

// project scales the result of a sample to the whole.
func project(factor float64, sample *plan.Plan, res *run.Result, took float64) *Projection {
	out := &Projection{Sampled: res.Tally.In.Documents, Memory: run.Resident()}
	factor = max(1, factor)
	scaled := func(x int64) int64 { return int64(float64(x)*factor + 0.5) }
	out.Documents, out.Kept, out.Seconds = scaled(out.Sampled), scaled(res.Tally.Out.Documents), took*factor
	for _, f := range res.Shards {
		out.Output += scaled(f.Bytes)
	}
	seconds := map[string]float64{}
	for _, m := range res.Markers {
		for _, f := range m.Files {
			if f.Work {
				out.Work += scaled(f.Size)
			}
		}
		for label, s := range m.Times.Stages {
			seconds[label] += s
		}
		if ph, _, err := sample.Find(m.Phase); err == nil && ph.Work != nil {
			seconds[sample.Stages[ph.Work.Stage].Label] += m.Times.Wall
		}
		out.Memory = max(out.Memory, m.Times.Memory)
	}
	for k := range res.Tally.Stages {
		s := &res.Tally.Stages[k]
		gone := s.Quarantined.Documents
		for i := range s.Rules {
			gone += s.Rules[i].Dropped.Documents
		}
		e := StageProjection{Label: res.Tally.Layout()[k].Label, Entered: s.Entered}
		all := s.Entered + s.Made.Documents
		if s.Entered > 0 {
			e.Cost = 1e6 * seconds[e.Label] / float64(s.Entered)
			e.Removed = float64(gone) / float64(all)
		}
		e.Left = scaled(all - gone)
		out.Stages = append(out.Stages, e)
	}
	return out
}
