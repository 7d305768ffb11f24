package stages

import (
	"context"
	"io"
)

// A Barrier must see the whole corpus before it can judge any of it: dedup, mixing, ontology, selection. Phases is called on a
// provisioned component, anew for every task; it must return the same list for the same settings.
type Barrier interface {
	Phases() []Phase
}

// A Phase is N independent tasks. Exactly one of Pass, Work and Sort is set. A task is a pure function of (plan, phase,
// index): any process may run it, twice if need be, and its files have the same bytes.
type Phase struct {
	Name string
	// Tasks returns the number of tasks, from sizes known at plan time, never from workers or memory. nil: one task (Work), as many
	// as the documents' bytes need (Sort). A Pass has one task for each task of the documents, and no Tasks.
	Tasks func(Input) int
	// Pass makes the stage that the documents of one task run through, fused with its neighbours. In the order of the
	// documents that reach the end of the pass before, task by task: a document is (task, number of live documents before it).
	Pass func(*Task) (Stage, error)
	// Looks says that Pass neither changes, drops nor makes documents, so that they need not be written anew.
	Looks bool
	// Work reads and writes files only: exchange, resolve.
	Work func(context.Context, *Task) error
	// Sort makes the documents go on in the order of (key, position).
	Sort func(*Document) uint64
}

// Input is what is known of the documents when a plan is made.
type Input struct {
	Bytes int64 // of decoded input, estimated from file sizes; an upper bound for what reaches the barrier
	Tasks int   // tasks in which the documents lie
}

// A Task is one task of a phase at work: its place, its files, its neighbours' files.
type Task struct {
	Phase string
	Index int // 0 … Tasks-1
	Tasks int
	Env   *Env
	Files Files

	ends  []func() error
	facts map[string]any
}

// Files keeps what tasks write for each other.
type Files interface {
	// Create makes a file of this task. It is visible with the task's marker, or never. Errors show at Write or Close.
	Create(name string) io.WriteCloser
	// Open reads a file of a finished task of an earlier phase of the same barrier. A file that the task did not make is
	// an error that wraps fs.ErrNotExist.
	Open(phase string, task int, name string) (File, error)
	// Tasks returns the number of tasks of an earlier phase of the same barrier.
	Tasks(phase string) int
	// Temp returns an unnamed file for spilling, gone with the task.
	Temp() (TempFile, error)
}

// A File is read in ranges.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// A TempFile is written and read again by one task.
type TempFile interface {
	io.Reader
	io.Writer
	io.ReaderAt
	io.Seeker
	io.Closer
}

// Create makes a file of this task: visible with the task's marker, or never.
func (t *Task) Create(name string) io.WriteCloser { return t.Files.Create(name) }

// Open reads a file that a finished task of an earlier phase of this barrier made.
func (t *Task) Open(phase string, task int, name string) (File, error) {
	return t.Files.Open(phase, task, name)
}

// AtEnd registers what a Pass does after the last batch, before the marker: closing its files. Functions run in order.
func (t *Task) AtEnd(f func() error) { t.ends = append(t.ends, f) }

// Fact keeps a value for the run's report in the task's marker. v must marshal to the same JSON each time and be small.
func (t *Task) Fact(name string, v any) {
	if t.facts == nil {
		t.facts = map[string]any{}
	}
	t.facts[name] = v
}

// Facts returns what Fact has kept.
func (t *Task) Facts() map[string]any { return t.facts }

// End runs what AtEnd registered and stops at the first error. The run calls it.
func (t *Task) End() error {
	for _, f := range t.ends {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}
