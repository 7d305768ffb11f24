package run

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/rows"
	"github.com/winnow-data/winnow/stages/shard"
)

// A Result is what a finished run comes to: the markers of all tasks, added up.
type Result struct {
	Tally   *tally.Tally
	Markers []*Marker // in the order of phases and tasks
	Shards  []shard.File
	Sums    []tally.Sum
	Judged  *signals.Overlap // how rules of all stages find the same documents
}

// Result adds up the markers of a run whose phases up to the finish are done.
func (r *Runner) Result(ctx context.Context) (*Result, error) {
	res := &Result{Tally: tally.New(r.layout.tally, mask), Judged: r.signals.NewOverlap()}
	for i := range r.plan.Phases {
		ph := &r.plan.Phases[i]
		if ph.Finish {
			continue
		}
		markers, err := r.markers(ctx, ph)
		if err != nil {
			return nil, err
		}
		for t, m := range markers {
			if m == nil {
				return nil, fmt.Errorf("task %d of phase %s is not done", t, ph.Name)
			}
			if err := r.addTally(res.Tally, m); err != nil {
				return nil, fmt.Errorf("marker of %s, task %d: %w", ph.Name, t, err)
			}
			if m.Judged != nil {
				if err := res.Judged.Merge(m.Judged); err != nil {
					return nil, fmt.Errorf("marker of %s, task %d: %w", ph.Name, t, err)
				}
			}
			res.Markers = append(res.Markers, m)
			res.Shards = append(res.Shards, m.Shards...)
		}
	}
	r.passThrough(res.Tally)
	res.Sums = res.Tally.Sums()
	return res, nil
}

// passThrough counts what came to barriers that have no pass, which only sort or only work on files: as many as come to what follows.
func (r *Runner) passThrough(t *tally.Tally) {
	next := t.Out.Documents
	for k := len(t.Stages) - 1; k > 0; k-- {
		if st := &r.recipe.Stages[k-1]; st.Spec.Kind == stages.KindBarrier && r.layout.last[k] == "" {
			t.Stages[k].Entered = next
		}
		next = t.Stages[k].Entered
	}
}

// finish is the last phase: it recounts everything from the files, holds the sums against them, and writes report and card.
func (r *Runner) finish(ctx context.Context) error {
	res, err := r.Result(ctx)
	if err != nil {
		return err
	}
	if err := r.strays(ctx, res); err != nil {
		return err
	}
	if err := r.recount(ctx, res); err != nil {
		return stages.Final(fmt.Errorf("the sums do not meet: %w", err))
	}
	return r.publish(ctx, res)
}

// recount holds what the tasks counted against what lies in the files: rows of the output, lines of excluded and quarantine. It is the
// promise of conservation: read + made = kept + dropped + quarantined, per stage and per source.
func (r *Runner) recount(ctx context.Context, res *Result) error {
	errs := []error{res.Tally.Check()}
	var excluded, quarantined int64
	held := map[string]int64{} // rows, by the folder of an output
	for _, m := range res.Markers {
		for _, f := range m.Shards {
			n, err := r.countShard(ctx, f.Name, r.formOf(f.Name))
			if err != nil {
				return err
			}
			if n != f.Rows {
				errs = append(errs, fmt.Errorf("%s holds %d rows, %d were written", f.Name, n, f.Rows))
			}
			held[path.Dir(f.Name)] += n
		}
		for kind, want := range map[string]int64{"excluded": m.Excluded, "quarantine": m.Quarantined} {
			if want == 0 {
				continue
			}
			name := recordName(kind, m.Phase, m.Task)
			n, err := r.countLines(ctx, name)
			if err != nil {
				return err
			}
			if n != want {
				errs = append(errs, fmt.Errorf("%s holds %d lines, %d were written", name, n, want))
			}
			if kind == "excluded" {
				excluded += n
			} else {
				quarantined += n
			}
		}
	}
	run := res.Sums[0]
	if err := r.recountSignals(ctx, res); err != nil {
		errs = append(errs, err)
	}
	for _, o := range r.plan.Outputs {
		n := held[path.Clean(o.Path)]
		if n != run.Kept && (o.Rows == "" || n > run.Kept) {
			errs = append(errs, fmt.Errorf("the shards of output %q hold %d rows; %d documents were kept", o.Path, n, run.Kept))
		}
	}
	if excluded != run.Dropped || quarantined != run.Quarantined {
		errs = append(errs, fmt.Errorf("the files hold %d exclusions and %d quarantined records; %d and %d were counted",
			excluded, quarantined, run.Dropped, run.Quarantined))
	}
	return errors.Join(errs...)
}

// recordName is where a task's removals or quarantined records lie.
func recordName(kind, phase string, task int) string {
	return fmt.Sprintf("%s/%s-%05d.jsonl.zst", kind, phase, task)
}

// formOf is the form in which the rows of a shard are read back.
func (r *Runner) formOf(name string) string {
	for _, o := range r.plan.Outputs {
		if path.Dir(name) == path.Clean(o.Path) {
			return rows.Form(o.Format)
		}
	}
	return ""
}

// countShard counts the rows of an output shard from its bytes.
func (r *Runner) countShard(ctx context.Context, name, form string) (int64, error) {
	o, err := r.out.Open(ctx, name)
	if err != nil {
		return 0, err
	}
	defer o.Close()
	return shard.CountForm(ctx, o, name, form)
}

// countLines counts the lines of a compressed file of the run.
func (r *Runner) countLines(ctx context.Context, name string) (n int64, err error) {
	err = eachLine(ctx, r.own, name, func([]byte) error { n++; return nil })
	return n, err
}

// eachLine calls f with each line of a zstd-compressed file. The line is valid until f returns.
func eachLine(ctx context.Context, s blob.Store, name string, f func([]byte) error) error {
	o, err := s.Open(ctx, name)
	if err != nil {
		return err
	}
	defer o.Close()
	zr := decoders.Get().(*zstd.Decoder)
	if err := zr.Reset(io.NewSectionReader(o, 0, o.Size())); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	defer func() {
		if zr.Reset(nil) == nil {
			decoders.Put(zr)
		}
	}()
	br := bufio.NewReaderSize(zr, 1<<16)
	var line []byte
	for {
		part, err := br.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil:
			if err := f(line[:len(line)-1]); err != nil {
				return err
			}
			line = line[:0]
			continue
		case err == io.EOF && len(line) == 0:
			return nil
		case err == io.EOF:
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("read %s: %w", name, err)
	}
}
