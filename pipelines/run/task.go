package run

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// do does one task and writes its marker.
func (r *Runner) do(ctx context.Context, ph *plan.Phase, index int) (err error) {
	defer recovered(&err)
	start := time.Now()
	ctx, retries := blob.CountRetries(ctx)
	m := &Marker{Key: ph.Key, Phase: ph.Name, Task: index, Facts: map[string]map[string]any{}}
	m.Times.Start = start.UnixMilli()
	m.Times.Host, _ = os.Hostname()
	switch {
	case ph.Pass != nil:
		err = r.doPass(ctx, ph, index, m)
	case ph.Work != nil:
		err = r.doWork(ctx, ph, index, m)
	default:
		err = r.finish(ctx)
	}
	if err != nil {
		return err
	}
	m.Times.Wall = time.Since(start).Seconds()
	m.Times.Memory = Resident()
	m.Times.Retries = retries.Counts()
	if err := r.mark(ctx, m); err != nil {
		return err
	}
	r.opt.Log.Debug("task done", "phase", ph.Name, "task", index, "seconds", m.Times.Wall)
	return nil
}

// recovered, deferred, makes a panic an error of the task, one that trying again will not mend.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = stages.Final(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
	}
}

// doWork does one task of a barrier's work.
func (r *Runner) doWork(ctx context.Context, ph *plan.Phase, index int, m *Marker) (err error) {
	s, c, err := r.newStep(ph.Work.Stage)
	if err != nil {
		return err
	}
	var made commits
	defer func() {
		if derr := made.discard(); err == nil {
			err = derr
		}
	}()
	for _, bp := range c.(stages.Barrier).Phases() {
		if bp.Name != ph.Work.Phase {
			continue
		}
		t := &stages.Task{
			Phase: bp.Name, Index: index, Tasks: ph.Tasks, Env: r.env,
			Files: r.files(ctx, ph, index, *ph.Work, &made),
		}
		if err := bp.Work(ctx, t); err != nil {
			return fmt.Errorf("%s.%s: %w", s.label, bp.Name, err)
		}
		if err := t.End(); err != nil {
			return fmt.Errorf("%s.%s: %w", s.label, bp.Name, err)
		}
		if t.Facts() != nil {
			m.Facts[s.label] = t.Facts()
		}
		m.Files, err = made.commit()
		return err
	}
	return fmt.Errorf("%s has no phase %q", s.label, ph.Work.Phase)
}
