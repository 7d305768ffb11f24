package inspect

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
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
	Removed float64 `json:"removed"`      // share that does not leave it, quarantined documents included
	Left    int64   `json:"left"`         // documents of the whole that are projected to leave it
}

// warmUnder is how long a sample may take to be run a second time for its times alone, so that what is loaded once, such as models, is not
// taken for a cost of each document.
const warmUnder = 10 * time.Second

// Estimate runs a job over the first records of each of its files, about n in all, in a temporary folder, with one worker, and projects
// what it saw to the whole: each file's documents stand for as many as the file holds. p is the plan of the whole. Duplicates are
// rarer in a sample than in the whole. Models are asked; what they reply is kept where the job has a record of its own, else it goes with the folder.
func Estimate(ctx context.Context, job *pipelines.Job, p *plan.Plan, n int) (proj *Projection, err error) {
	dir, err := os.MkdirTemp("", "winnow-sample-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the sample: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	rec := *job.Recipe
	rec.Limits.AllowEmpty, rec.Limits.Damaged = true, 1
	few := &pipelines.Job{Recipe: &rec, Registry: job.Registry, Limit: max(1, int64((n+len(p.Inputs)-1)/len(p.Inputs)))}
	if job.Limit > 0 {
		few.Limit = min(few.Limit, job.Limit)
	}
	few.Out, few.Record = filepath.Join(dir, "first"), job.Record
	defer func() { err = errors.Join(err, few.Close()) }()
	s, err := try(ctx, few)
	if err != nil {
		return nil, err
	}
	if s.took < warmUnder && len(p.Costs) == 0 { // a second time, replies would come from the record
		few.Out = filepath.Join(dir, "second")
		if s, err = try(ctx, few); err != nil {
			return nil, err
		}
	}
	files, err := populations(ctx, Inputs(job, p), p, few.Limit)
	if err != nil {
		return nil, err
	}
	gone, err := losses(ctx, few.Out, files)
	if err != nil {
		return nil, err
	}
	return project(files, gone, s), nil
}

// A trial is a sample that has run.
type trial struct {
	plan *plan.Plan
	res  *run.Result
	took time.Duration
}

func try(ctx context.Context, job *pipelines.Job) (*trial, error) {
	p, err := job.Plan(ctx)
	if err != nil {
		return nil, err
	}
	r, err := job.Runner(p, run.Options{Workers: 1})
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if err := r.Run(ctx); err != nil {
		return nil, fmt.Errorf("run the sample: %w", err)
	}
	took := time.Since(start)
	res, err := r.Result(ctx)
	return &trial{p, res, took}, err
}

// A population is how many records of a file were sampled and how many it has.
type population struct {
	sampled, all         float64
	sampledBytes, nBytes float64 // of records as JSON
	whole                bool
}

func (f population) weight() float64 { return f.all / max(1, f.sampled) }

// populations estimates how many records each file has: one that ends within the sample has as many as were met, another as many as its
// decoded bytes hold at the mean size of those.
func populations(ctx context.Context, files []File, p *plan.Plan, limit int64) (map[string]population, error) {
	out := map[string]population{}
	for i, f := range files {
		pop := population{whole: true}
		var line []byte
		for d, err := range f.Documents(ctx, func(shard.Damage) { pop.sampled++ }) {
			if err != nil {
				return nil, err
			}
			if pop.sampled >= float64(limit) {
				pop.whole = false
				break
			}
			if d.Source == f.opt.Source || d.Source == shard.Label(f.in) {
				d.Source = "" // the input does not say it
			}
			pop.sampled++
			line = append(shard.AppendJSON(line[:0], d), '\n')
			pop.sampledBytes += float64(len(line))
		}
		pop.all, pop.nBytes = pop.sampled, pop.sampledBytes
		if !pop.whole && pop.sampledBytes > 0 {
			pop.all = max(pop.sampled, float64(p.Inputs[i].Decoded)*pop.sampled/pop.sampledBytes)
			pop.nBytes = pop.sampledBytes * pop.weight()
		}
		out[f.in] = pop
	}
	return out, nil
}

// losses adds up what did not come through, by the label of the stage, each document with the weight of its file.
func losses(ctx context.Context, out string, files map[string]population) (map[string]float64, error) {
	gone := map[string]float64{}
	err := everyRecord(ctx, out, "excluded", nil, func(e *run.Exclusion) { gone[e.Label] += files[e.File].weight() })
	if err != nil {
		return nil, err
	}
	err = everyRecord(ctx, out, "quarantine", nil, func(q *run.Quarantined) { gone[q.Label] += files[q.File].weight() })
	return gone, err
}

// project scales what a sample did to the whole.
func project(files map[string]population, gone map[string]float64, s *trial) *Projection {
	out := &Projection{Sampled: s.res.Tally.In.Documents, Exact: true, Memory: run.Resident()}
	var left, bytes, sampled float64
	for _, f := range files {
		left += f.all
		bytes += f.nBytes
		sampled += f.sampledBytes
		out.Exact = out.Exact && f.whole
	}
	size := bytes / max(1, sampled)
	out.Documents, out.Seconds = round(left), s.took.Seconds()*size
	seconds := map[string]float64{}
	for _, m := range s.res.Markers {
		for _, f := range m.Files {
			if f.Work {
				out.Work += round(float64(f.Size) * size)
			}
		}
		for label, t := range m.Times.Stages {
			seconds[label] += t
		}
		if ph, _, err := s.plan.Find(m.Phase); err == nil && ph.Work != nil {
			seconds[s.plan.Stages[ph.Work.Stage].Label] += m.Times.Wall
		}
		out.Memory = max(out.Memory, m.Times.Memory)
	}
	for k, layout := range s.res.Tally.Layout() {
		st := &s.res.Tally.Stages[k]
		e := StageProjection{Label: layout.Label, Entered: st.Entered}
		if st.Entered > 0 {
			e.Cost = 1e6 * seconds[e.Label] / float64(st.Entered)
			// What a stage makes, it makes for each that came.
			came := left * float64(st.Entered+st.Made.Documents) / float64(st.Entered)
			left = max(0, came-gone[e.Label])
			e.Removed = 1 - left/came
		}
		e.Left = round(left)
		out.Stages = append(out.Stages, e)
	}
	out.Kept = round(left)
	for _, f := range s.res.Shards {
		out.Output += round(float64(f.Bytes) * left / float64(max(1, s.res.Tally.Out.Documents)))
	}
	return out
}

func round(x float64) int64 { return int64(math.Round(x)) }
