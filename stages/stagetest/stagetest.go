// Package stagetest runs components in a test, in process and in memory, as a run would: a barrier phase by phase over documents
// dealt to tasks, a filter or a mapper on one text.
//
// It is stricter than a run, so that a component that works here works on a cluster. The component is made anew from its
// [stages.Spec] for every task. With [Options.Shuffle] the tasks of a phase run in a random order and about half of them twice,
// and the second run must leave the same bytes. A Looks pass that changes a document, a file left open, a file read that
// no earlier phase made: each is an error.
//
//	make := stagetest.New(spec, func(c *dedup.Exact) { c.Normalize = true })
//	got, err := stagetest.Run(t.Context(), make, docs, stagetest.Options{Tasks: 3, Shuffle: 1})
//	got.Docs                 // the survivors, in order
//	got.Outcomes[i].Verdict  // of the i-th document given
package stagetest

import (
	"fmt"

	"github.com/winnow-data/winnow/stages"
)

// A Maker makes a component that is ready for use.
type Maker func(*stages.Env) (any, error)

// New returns a Maker for a spec: its defaults, then set (nil: nothing), then Validate and Provision where the component has them.
// C is the settings struct.
func New[C any](spec stages.Spec, set func(*C)) Maker {
	return func(env *stages.Env) (any, error) {
		c := spec.New()
		if set != nil {
			settings, ok := c.(*C)
			if !ok {
				return nil, fmt.Errorf("%s: settings are a %T, not a %T", spec.Name, c, settings)
			}
			set(settings)
		}
		if v, ok := c.(stages.Validator); ok {
			if err := v.Validate(); err != nil {
				return nil, fmt.Errorf("%s: %w", spec.Name, err)
			}
		}
		if p, ok := c.(stages.Provisioner); ok {
			if err := p.Provision(env); err != nil {
				return nil, fmt.Errorf("%s: %w", spec.Name, err)
			}
		}
		return c, nil
	}
}

// Options say how documents are dealt and how hard the tasks are shaken.
type Options struct {
	Tasks     int               // tasks the documents lie in (1); ignored with Deal
	Deal      func(i int) int   // the task of the i-th document; nil: blocks of equal count
	Batch     int               // documents in a batch (64)
	SortTasks int               // tasks that a Sort without Tasks makes (as many as before it)
	Memory    int64             // Env.Memory (64 MiB)
	Seed      uint64            // Env.Seed
	Dir       string            // Env.Dir
	Env       func(*stages.Env) // called on every Env, for resources
	Shuffle   uint64            // not 0: seed of a random order of the tasks of each phase; about half of them run twice
	Fault     func(op string) error
	// Fault is called before every "create", "write", "close", "open", "read" and "temp"; its error is that operation's.
}

func (o Options) withDefaults(docs int) Options {
	if o.Batch <= 0 {
		o.Batch = 64
	}
	if o.Memory == 0 {
		o.Memory = 64 << 20
	}
	if o.Tasks <= 0 {
		o.Tasks = 1
	}
	if o.Fault == nil {
		o.Fault = func(string) error { return nil }
	}
	if o.Deal == nil {
		n := max(docs, 1)
		tasks := o.Tasks
		o.Deal = func(i int) int { return i * tasks / n }
	} else {
		for i := range docs {
			o.Tasks = max(o.Tasks, o.Deal(i)+1)
		}
	}
	return o
}

func (o Options) env() *stages.Env {
	e := &stages.Env{Dir: o.Dir, Seed: o.Seed, Memory: o.Memory}
	if o.Env != nil {
		o.Env(e)
	}
	return e
}

// An Outcome is what became of one document.
type Outcome struct {
	Phase   string         // that dropped or failed it; "" for a survivor
	Verdict stages.Verdict // of a dropped document
	Err     error          // of a quarantined one
}

// A Result is what a barrier left.
type Result struct {
	Docs     []stages.Document           // survivors, task by task
	Tasks    [][]stages.Document         // the same, by task
	From     []int                       // of each survivor, the index in the documents given; of a made one its parent's
	Made     []bool                      // of each survivor: was it made in the barrier?
	Outcomes []Outcome                   // of each document given
	Facts    map[string][]map[string]any // phase → task → facts
	Order    []string                    // phases in order
	files    map[key]map[string][]byte
}

// File returns what a task wrote under a name, nil if it wrote no such file.
func (r *Result) File(phase string, task int, name string) []byte {
	return r.files[key{phase, task}][name]
}

// IDs returns the ids of the survivors, in order.
func (r *Result) IDs() []string {
	ids := make([]string, len(r.Docs))
	for i := range r.Docs {
		ids[i] = r.Docs[i].ID
	}
	return ids
}

// Dropped returns the number of documents dropped by each rule.
func (r *Result) Dropped() map[string]int {
	n := map[string]int{}
	for _, o := range r.Outcomes {
		if o.Verdict.Rule != "" {
			n[o.Verdict.Rule]++
		}
	}
	return n
}
