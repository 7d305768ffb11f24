package stagetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/bits"
	"math/rand/v2"
	"reflect"
	"slices"
	"sort"

	"github.com/winnow-data/winnow/stages"
)

// item is a document on its way, with the place it had in the input.
type item struct {
	doc  stages.Document
	from int
	made bool
}

type runner struct {
	make   Maker
	o      Options
	rng    *rand.Rand
	input  stages.Input
	docs   [][]item // by task
	result *Result
	tasks  map[string]int // of finished phases
}

// output is everything a task leaves.
type output struct {
	files    map[string][]byte
	facts    []byte // JSON
	docs     []item
	outcomes map[int]Outcome
}

// Run runs all phases of a barrier over docs, which stay as they are. An error is what a run would stop at, or a breach of the contract.
func Run(ctx context.Context, make Maker, docs []stages.Document, o Options) (*Result, error) {
	o = o.withDefaults(len(docs))
	r := &runner{
		make: make, o: o, rng: rand.New(rand.NewPCG(o.Shuffle, 0)), tasks: map[string]int{},
		result: &Result{Outcomes: slices.Repeat([]Outcome{{}}, len(docs)), Facts: map[string][]map[string]any{}, files: map[key]map[string][]byte{}},
	}
	r.docs = slices.Repeat([][]item{nil}, o.Tasks)
	for i := range docs {
		at := o.Deal(i)
		r.docs[at] = append(r.docs[at], item{doc: docs[i], from: i})
		r.input.Bytes += int64(len(docs[i].Body()))
	}
	r.input.Tasks = o.Tasks
	phases, err := r.phases()
	if err != nil {
		return nil, err
	}
	for i := range phases {
		if err := r.phase(ctx, phases, i); err != nil {
			return nil, fmt.Errorf("phase %s: %w", phases[i].Name, err)
		}
	}
	for _, task := range r.docs {
		out := []stages.Document{}
		for _, it := range task {
			out = append(out, it.doc)
			r.result.Docs = append(r.result.Docs, it.doc)
			r.result.From = append(r.result.From, it.from)
			r.result.Made = append(r.result.Made, it.made)
		}
		r.result.Tasks = append(r.result.Tasks, out)
	}
	return r.result, nil
}

// phases makes a component anew and returns its phases.
func (r *runner) phases() ([]stages.Phase, error) {
	c, err := r.make(r.o.env())
	if err != nil {
		return nil, err
	}
	b, ok := c.(stages.Barrier)
	if !ok {
		return nil, fmt.Errorf("%T is no barrier", c)
	}
	return b.Phases(), nil
}

func (r *runner) phase(ctx context.Context, phases []stages.Phase, at int) error {
	p := phases[at]
	if err := check(phases[:at], p); err != nil {
		return err
	}
	r.result.Order = append(r.result.Order, p.Name)
	if p.Sort != nil {
		return r.sort(p)
	}
	n := 1
	if p.Pass != nil {
		n = len(r.docs)
	}
	if p.Tasks != nil {
		n = p.Tasks(r.input)
	}
	if n < 1 || p.Pass != nil && n != len(r.docs) {
		return fmt.Errorf("%d tasks where documents lie in %d", n, len(r.docs))
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	if r.o.Shuffle != 0 {
		r.rng.Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	outs := make([]*output, n)
	for _, i := range order {
		out, err := r.task(ctx, at, i, n)
		if err != nil {
			return fmt.Errorf("task %d: %w", i, err)
		}
		if r.o.Shuffle != 0 && r.rng.IntN(2) == 0 {
			again, err := r.task(ctx, at, i, n)
			if err != nil {
				return fmt.Errorf("task %d, run again: %w", i, err)
			}
			if err := equal(out, again); err != nil {
				return fmt.Errorf("task %d is not pure: %w", i, err)
			}
		}
		outs[i] = out
	}
	for i, out := range outs {
		r.result.files[key{p.Name, i}] = out.files
		facts := map[string]any{}
		if err := json.Unmarshal(out.facts, &facts); err != nil {
			return err
		}
		r.result.Facts[p.Name] = append(r.result.Facts[p.Name], facts)
		if p.Pass != nil {
			r.docs[i] = out.docs
		}
		for from, o := range out.outcomes {
			r.result.Outcomes[from] = o
		}
	}
	r.tasks[p.Name] = n
	return nil
}

// check says whether a phase is formed as the contract asks.
func check(before []stages.Phase, p stages.Phase) error {
	set := 0
	for _, is := range []bool{p.Pass != nil, p.Work != nil, p.Sort != nil} {
		if is {
			set++
		}
	}
	switch {
	case p.Name == "":
		return fmt.Errorf("has no name")
	case set != 1:
		return fmt.Errorf("has %d of Pass, Work and Sort, not one", set)
	case p.Looks && p.Pass == nil:
		return fmt.Errorf("looks, but is no Pass")
	case slices.ContainsFunc(before, func(q stages.Phase) bool { return q.Name == p.Name }):
		return fmt.Errorf("has the name of an earlier phase")
	}
	return nil
}

// sort orders all documents by (key, position) and cuts them into tasks by ranges of the key.
func (r *runner) sort(p stages.Phase) error {
	n := len(r.docs)
	if r.o.SortTasks > 0 {
		n = r.o.SortTasks
	}
	if p.Tasks != nil {
		n = p.Tasks(r.input)
	}
	type keyed struct {
		key uint64
		item
	}
	var all []keyed
	for _, task := range r.docs {
		for _, it := range task {
			k := p.Sort(&it.doc)
			if again := p.Sort(&it.doc); again != k {
				return fmt.Errorf("document %q has key %d, then %d", it.doc.ID, k, again)
			}
			all = append(all, keyed{k, it})
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].key < all[j].key })
	r.docs = slices.Repeat([][]item{nil}, n)
	for _, k := range all {
		at, _ := bits.Mul64(k.key, uint64(n))
		r.docs[at] = append(r.docs[at], k.item)
	}
	r.input.Tasks = n
	r.tasks[p.Name] = n
	return nil
}

// task runs one task with a component of its own.
func (r *runner) task(ctx context.Context, at, index, n int) (*output, error) {
	phases, err := r.phases()
	if err != nil {
		return nil, err
	}
	if at >= len(phases) {
		return nil, fmt.Errorf("a component made anew has only %d phases", len(phases))
	}
	p := phases[at]
	f := &files{done: r.result.files, tasks: r.tasks, made: map[string][]byte{}, begun: map[string]bool{}, fault: r.o.Fault}
	t := &stages.Task{Phase: p.Name, Index: index, Tasks: n, Env: r.o.env(), Files: f}
	out := &output{files: f.made, outcomes: map[int]Outcome{}}
	if p.Work != nil {
		err = p.Work(ctx, t)
	} else {
		err = r.pass(ctx, p, t, r.docs[index], out)
	}
	if err != nil {
		return nil, err
	}
	if err := t.End(); err != nil {
		return nil, err
	}
	if f.open != 0 {
		return nil, fmt.Errorf("%d files were left open", f.open)
	}
	facts := t.Facts()
	if facts == nil {
		facts = map[string]any{}
	}
	out.facts, err = json.Marshal(facts)
	return out, err
}

func (r *runner) pass(ctx context.Context, p stages.Phase, t *stages.Task, docs []item, out *output) error {
	stage, err := p.Pass(t)
	if err != nil {
		return err
	}
	for start := 0; start < len(docs); start += r.o.Batch {
		part := docs[start:min(start+r.o.Batch, len(docs))]
		batch := make([]stages.Document, len(part))
		for i := range part {
			batch[i] = Clone(part[i].doc)
		}
		b := stages.NewBatch(batch)
		b.Act(p.Name)
		if err := stage.Apply(ctx, b); err != nil {
			return err
		}
		made := b.Settle()
		parent := -1
		for i := range b.Docs {
			it := item{doc: b.Docs[i]}
			if len(made) > 0 && made[0] == i {
				made = made[1:]
				it.from, it.made = part[parent].from, true
			} else {
				parent++
				it.from, it.made = part[parent].from, part[parent].made
			}
			if p.Looks && (it.made != part[parent].made || !b.Alive(i) || !reflect.DeepEqual(it.doc, part[parent].doc)) {
				return fmt.Errorf("looks, but changed, dropped or made document %q", it.doc.ID)
			}
			if b.Alive(i) {
				out.docs = append(out.docs, it)
				continue
			}
			verdict, failed := b.Outcome(i)
			if !it.made {
				out.outcomes[it.from] = Outcome{Phase: p.Name, Verdict: verdict, Err: failed}
			}
		}
	}
	return nil
}

// equal says what differs between two runs of one task.
func equal(a, b *output) error {
	if !maps.EqualFunc(a.files, b.files, bytes.Equal) {
		for name := range a.files {
			if !bytes.Equal(a.files[name], b.files[name]) {
				return fmt.Errorf("file %s differs", name)
			}
		}
		return fmt.Errorf("files %v, then %v", slices.Sorted(maps.Keys(a.files)), slices.Sorted(maps.Keys(b.files)))
	}
	if !bytes.Equal(a.facts, b.facts) {
		return fmt.Errorf("facts %s, then %s", a.facts, b.facts)
	}
	if !reflect.DeepEqual(a.docs, b.docs) {
		return fmt.Errorf("documents differ")
	}
	if !reflect.DeepEqual(a.outcomes, b.outcomes) {
		return fmt.Errorf("verdicts %v, then %v", a.outcomes, b.outcomes)
	}
	return nil
}

// Clone returns a copy of d that shares no memory that a stage may change. Nil slices stay nil.
func Clone(d stages.Document) stages.Document {
	d.Turns = slices.Clone(d.Turns)
	d.Answers = slices.Clone(d.Answers)
	for i := range d.Answers {
		d.Answers[i].Checks = slices.Clone(d.Answers[i].Checks)
	}
	d.Parents = slices.Clone(d.Parents)
	d.Fields = slices.Clone(d.Fields)
	for i := range d.Fields {
		d.Fields[i].Raw = slices.Clone(d.Fields[i].Raw)
	}
	return d
}
