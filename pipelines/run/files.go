package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// taskFiles keeps what the tasks of a barrier write for each other, in the work folder: PHASE/TASK/LABEL.PHASE.NAME.
type taskFiles struct {
	ctx   context.Context
	run   *Runner
	label string
	stage int
	phase string // of the barrier
	where string // phase of the plan
	index int
	made  *commits
}

// files returns the files of one task of a barrier's phase. What it makes is committed with made.
func (r *Runner) files(ctx context.Context, ph *plan.Phase, index int, s plan.Step, made *commits) *taskFiles {
	return &taskFiles{
		ctx: ctx, run: r, label: r.plan.Stages[s.Stage].Label, stage: s.Stage,
		phase: s.Phase, where: ph.Name, index: index, made: made,
	}
}

func (f *taskFiles) name(where string, task int, phase, name string) string {
	return fmt.Sprintf("%s/%05d/%s.%s.%s", where, task, f.label, phase, name)
}

// find returns the phase of the plan in which a phase of the same barrier runs.
func (f *taskFiles) find(phase string) (*plan.Phase, error) {
	for i := range f.run.plan.Phases {
		ph := &f.run.plan.Phases[i]
		if ph.Work != nil && ph.Work.Stage == f.stage && ph.Work.Phase == phase {
			return ph, nil
		}
		if ph.Pass == nil {
			continue
		}
		for _, s := range ph.Pass.Steps {
			if s.Stage == f.stage && s.Phase == phase {
				return ph, nil
			}
		}
	}
	return nil, fmt.Errorf("%s has no phase %q", f.label, phase)
}

// Create makes a file of the task. It implements stages.Files.
func (f *taskFiles) Create(name string) io.WriteCloser {
	return f.made.create(f.ctx, f.run.work, f.name(f.where, f.index, f.phase, name), true)
}

// Open reads a file of a finished task. It implements stages.Files.
func (f *taskFiles) Open(phase string, task int, name string) (stages.File, error) {
	ph, err := f.find(phase)
	if err != nil {
		return nil, err
	}
	return f.run.work.Open(f.ctx, f.name(ph.Name, task, phase, name))
}

// Tasks returns the number of tasks of a phase of the same barrier. It implements stages.Files.
func (f *taskFiles) Tasks(phase string) int {
	ph, err := f.find(phase)
	if err != nil {
		return 0
	}
	return ph.Tasks
}

// Temp returns a file without a name: it is gone with the process, however that ends. It implements stages.Files.
func (f *taskFiles) Temp() (stages.TempFile, error) {
	t, err := os.CreateTemp(f.run.local.spill, "winnow-spill-")
	if err != nil {
		return nil, err
	}
	if os.Remove(t.Name()) != nil { // a system on which open files cannot be removed
		return named{t}, nil
	}
	return t, nil
}

// named is a spill file that goes when it is closed.
type named struct{ *os.File }

func (f named) Close() error { return errors.Join(f.File.Close(), os.Remove(f.Name())) }

// commits are the files of one task, made visible together before its marker.
type commits struct {
	mu    sync.Mutex // a barrier's pass and the sink make files at the same time
	files []*commitFile
}

type commitFile struct {
	name   string
	work   bool
	w      blob.Writer
	size   int64
	closed bool
	err    error
}

// create starts a file. An error shows at the first Write or at Close.
func (c *commits) create(ctx context.Context, s blob.Store, name string, work bool) *commitFile {
	f := &commitFile{name: name, work: work}
	f.w, f.err = s.Create(ctx, name)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.files = append(c.files, f)
	return f
}

func (f *commitFile) Write(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.w.Write(p)
	f.size += int64(n)
	f.err = err
	return n, err
}

// Close ends the file; it becomes visible with the task.
func (f *commitFile) Close() error {
	f.closed = true
	return f.err
}

// commit makes all files visible and returns what they are, by name.
func (c *commits) commit() ([]File, error) {
	slices.SortFunc(c.files, func(a, b *commitFile) int { return cmp.Compare(a.name, b.name) })
	files := make([]File, 0, len(c.files))
	for _, f := range c.files {
		switch {
		case f.err != nil:
			return nil, fmt.Errorf("write %s: %w", f.name, f.err)
		case !f.closed:
			return nil, fmt.Errorf("write %s: the stage did not close it", f.name)
		}
		if err := f.w.Commit(); err != nil {
			return nil, fmt.Errorf("write %s: %w", f.name, err)
		}
		files = append(files, File{Name: f.name, Work: f.work, Size: f.size})
	}
	return files, nil
}

// discard drops what was not committed.
func (c *commits) discard() error {
	var errs []error
	for _, f := range c.files {
		if f.w != nil {
			errs = append(errs, f.w.Close())
		}
	}
	return errors.Join(errs...)
}
