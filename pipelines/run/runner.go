// Package run carries out plans: it turns phases into tasks, tasks into files and markers, and checks at the end that the sums meet.
//
// A task is a pure function of (plan, phase, index). [Runner.Task] does one; [Runner.Run] does all that have no marker, in this
// process. Whoever else calls Task (a second process, a cluster's array job, the same command after a kill -9) gets the same
// bytes, because names and contents of files depend on the plan alone, appear whole, and the marker comes last.
//
// In the run's folder: plan.json, recipe.yaml, done/PHASE/TASK.json (markers), excluded/ and quarantine/ (what did not come through, and why), signals/ (what rules measured),
// report.json and report.html. In the work folder (_winnow/work, or below --scratch): what phases write for each other.
package run

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// Folder is the name of the folder in which a run keeps what it knows about itself.
const Folder = "_winnow"

// Options are what may change between two runs of one plan without changing a byte of output.
type Options struct {
	Workers int             // tasks at a time, and goroutines that run filters; 0 is the number of processors
	Batch   int             // documents that travel together; 0 is 256
	Memory  int64           // bytes that the process may hold; 0 is half of what the machine allows
	Scratch string          // folder for work files; "" is the run's own
	Stop    <-chan struct{} // closed to end the run after the tasks at work, if they end soon
	Log     *slog.Logger    // one line for each task and retry; nil is silent
	// Provide offers components what they ask the run for, such as models; nil offers nothing.
	Provide func(*stages.Env)
}

func (o Options) batch() int {
	if o.Batch > 0 {
		return o.Batch
	}
	return 256
}

// ErrInterrupted says that the run was stopped on request. The same command goes on where it stopped.
var ErrInterrupted = errors.New("interrupted")

// A Runner carries out one plan. Its methods are safe for concurrent use.
type Runner struct {
	plan    *plan.Plan
	recipe  *recipe.Recipe
	sources plan.Sources
	layout  layout
	signals *signals.Layout
	opt     Options
	out     blob.Store // the folder of the output
	own     blob.Store // _winnow in it
	work    blob.Store // intermediate files
	local   local      // what of it lies on this machine
	cpu     chan struct{}
	env     *stages.Env // what components are offered; what one of them has loaded, all tasks share
	meter   meter
}

// New returns a runner for a plan whose output goes to the folder dir.
func New(p *plan.Plan, rec *recipe.Recipe, src plan.Sources, dir string, opt Options) (*Runner, error) {
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	if opt.Memory <= 0 {
		opt.Memory = MemoryAllowed() / 2
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	r := &Runner{plan: p, recipe: rec, sources: src, opt: opt, cpu: make(chan struct{}, opt.Workers)}
	if err := r.open(dir); err != nil {
		return nil, err
	}
	r.env = &stages.Env{Dir: rec.Dir, Seed: p.Seed, Memory: r.taskMemory()}
	if opt.Provide != nil {
		opt.Provide(r.env)
	}
	var err error
	if r.signals, err = signals.LayoutOf(rec); err != nil {
		return nil, err
	}
	return r, r.newLayout()
}

// taskMemory is the share of one task in what components may hold: half of the limit goes to documents in flight,
// decoders and writers.
func (r *Runner) taskMemory() int64 { return max(16<<20, r.opt.Memory/2/int64(r.opt.Workers)) }

// Task does one task, if it has no marker. It refuses when an earlier phase has unfinished tasks.
func (r *Runner) Task(ctx context.Context, phase string, index int) error {
	ph, n, err := r.plan.Find(phase)
	if err != nil {
		return err
	}
	if index < 0 || index >= ph.Tasks {
		return fmt.Errorf("phase %s has tasks 0 to %d, not %d", ph.Name, ph.Tasks-1, index)
	}
	if n > 0 {
		before := &r.plan.Phases[n-1]
		markers, err := r.markers(ctx, before)
		if err != nil {
			return err
		}
		if t := slices.Index(markers, nil); t >= 0 {
			return fmt.Errorf("task %d of phase %s must be done before phase %s", t, before.Name, ph.Name)
		}
	}
	m, err := r.marker(ctx, ph, index)
	if err != nil || m != nil {
		return err
	}
	leave, err := r.join()
	if err != nil {
		return err
	}
	defer leave()
	return r.do(ctx, ph, index)
}
