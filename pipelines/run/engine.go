package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/stages"
)

// attempts is how often a task is tried: what fails because of the world may not fail again.
const attempts = 3

// grace is how long tasks at work may go on after Stop.
const grace = 10 * time.Second

// untouched is memory that nobody touches, so that no page of it is ever held: the garbage collector counts it and comes less often while the documents in
// flight are few. It is made once, since what is made again would be cleared.
var untouched = sync.OnceValue(func() []byte { return make([]byte, headroom) })

const headroom = 64 << 20

// Run does every task that has no marker, phase by phase, and ends with the finish phase. It returns [ErrInterrupted]
// when Stop was closed first.
func (r *Runner) Run(ctx context.Context) error {
	leave, err := r.join()
	if err != nil {
		return err
	}
	defer leave()
	if r.opt.Memory >= 16*headroom {
		defer runtime.KeepAlive(untouched())
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if r.opt.Stop != nil {
		done := make(chan struct{})
		defer close(done)
		go func() {
			select {
			case <-r.opt.Stop:
			case <-done:
				return
			}
			select {
			case <-time.After(grace):
				cancel()
			case <-done:
			}
		}()
	}
	for i := range r.plan.Phases {
		if err := r.phase(ctx, &r.plan.Phases[i]); err != nil {
			if r.stopped() && (errors.Is(err, context.Canceled) || errors.Is(err, ErrInterrupted)) {
				return ErrInterrupted
			}
			return err
		}
	}
	return nil
}

func (r *Runner) stopped() bool {
	if r.opt.Stop == nil {
		return false
	}
	select {
	case <-r.opt.Stop:
		return true
	default:
		return false
	}
}

// phase does the tasks of one phase that have no marker, the largest first, and checks what the phase as a whole must satisfy.
func (r *Runner) phase(ctx context.Context, ph *plan.Phase) error {
	var todo []int
	markers, err := r.markers(ctx, ph)
	if err != nil {
		return err
	}
	for t, m := range markers {
		if m == nil {
			todo = append(todo, t)
		}
	}
	slices.SortStableFunc(todo, func(a, b int) int { return cmp.Compare(r.weight(ph, b), r.weight(ph, a)) })
	r.meter.begin(ph, ph.Tasks-len(todo), r.phaseBytes(ph, todo))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(r.atOnce(ph))
	for _, t := range todo {
		if gctx.Err() != nil {
			break
		}
		g.Go(func() error {
			if r.stopped() {
				return ErrInterrupted
			}
			return r.persist(gctx, ph, t)
		})
	}
	err = g.Wait()
	if err == nil {
		err = ctx.Err() // it may have ended before a task began
	}
	if err != nil {
		return err
	}
	return r.check(ctx, ph)
}

// Bytes that one task of a pass holds: documents in flight, decoder, row group. A bucket that is sorted lies in memory whole, packed
// and unpacked.
const (
	passMemory   = 96 << 20
	bucketMemory = 4 * plan.BucketBytes
)

// atOnce is how many tasks of a phase are at work at a time: as many as there are workers, if memory allows. Works divide what
// is theirs among the workers themselves.
func (r *Runner) atOnce(ph *plan.Phase) int {
	each := int64(1)
	if ph.Pass != nil {
		each = passMemory
		if ph.Pass.Sorted != nil {
			each = bucketMemory
		}
	}
	return int(max(1, min(int64(r.opt.Workers), r.opt.Memory/each)))
}

// persist does a task, trying again when the world was at fault.
func (r *Runner) persist(ctx context.Context, ph *plan.Phase, t int) error {
	for n := 1; ; n++ {
		err := r.do(ctx, ph, t)
		if err == nil {
			r.meter.taskDone()
			return nil
		}
		if n == attempts || ctx.Err() != nil || stages.IsFinal(err) {
			return fmt.Errorf("%s, task %d of %d: %w", ph.Name, t, ph.Tasks, err)
		}
		r.opt.Log.Warn("task failed, trying again", "phase", ph.Name, "task", t, "attempt", n, "error", err)
		select {
		case <-time.After(time.Duration(n*n) * 200 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// weight orders the tasks of an input pass by the bytes they read.
func (r *Runner) weight(ph *plan.Phase, t int) int64 {
	if ph.Pass == nil || ph.Pass.Parts == nil {
		return 0
	}
	var n int64
	for _, part := range ph.Pass.Parts[t] {
		n += part.Bytes
	}
	return n
}

// phaseBytes is what the given tasks of an input pass will read; 0 for other phases.
func (r *Runner) phaseBytes(ph *plan.Phase, tasks []int) int64 {
	var n int64
	for _, t := range tasks {
		n += r.weight(ph, t)
	}
	return n
}
