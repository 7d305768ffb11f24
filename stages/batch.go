package stages

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
)

// A Batch is a block of documents on its way through the stages of one task. It belongs to one goroutine. Its size
// never changes an output byte.
type Batch struct {
	Docs  []Document
	state []state
	made  []made
	fresh []Document // what was made, with room for all documents behind it
	label string     // of the stage that is acting; names what it makes
	notes []note
	usage Usage
	count map[string]int64
}

// A note is what the acting stage has measured of a document.
type note struct {
	doc  int
	rule string
	x    float64
}

type state struct {
	verdict Verdict
	err     error
	by      string // label of the stage that ended it
	dead    bool
	hidden  bool // kept from the acting stage by `only`
}

type made struct {
	parent  int
	nth     int  // of its parent, from 1
	ordered bool // no one before it has a later parent
	at      int  // in fresh
}

// NewBatch returns a batch of docs, all live. It takes docs over.
func NewBatch(docs []Document) *Batch {
	return &Batch{Docs: docs, state: make([]state, len(docs))}
}

// Reset makes b a batch of docs, all live, keeping its memory.
func (b *Batch) Reset(docs []Document) {
	b.Docs, b.made, b.fresh = docs, b.made[:0], nil
	if cap(b.state) < len(docs) {
		b.state = make([]state, len(docs))
		return
	}
	b.state = b.state[:len(docs)]
	clear(b.state)
}

// Live yields the documents that are neither dropped nor failed nor hidden, in order.
func (b *Batch) Live() iter.Seq2[int, *Document] {
	return func(yield func(int, *Document) bool) {
		for i := range b.Docs {
			if !b.state[i].dead && !b.state[i].hidden && !yield(i, &b.Docs[i]) {
				return
			}
		}
	}
}

// Alive says whether document i is neither dropped nor failed.
func (b *Batch) Alive(i int) bool { return !b.state[i].dead }

// Drop removes document i for the reason in v, which must name a rule.
func (b *Batch) Drop(i int, v Verdict) {
	if v.Rule == "" {
		panic("stages: a drop must name its rule")
	}
	b.state[i] = state{verdict: v, by: b.label, dead: true}
}

// Fail quarantines document i: something is wrong with this record alone.
func (b *Batch) Fail(i int, err error) {
	b.state[i] = state{err: err, by: b.label, dead: true}
}

// Outcome returns the verdict and the error of document i; both are zero for a live one.
func (b *Batch) Outcome(i int) (Verdict, error) { return b.state[i].verdict, b.state[i].err }

// By returns the label of the stage that dropped or failed document i, "" for a live one.
func (b *Batch) By(i int) string { return b.state[i].by }

// Hide keeps document i from the stage that acts next; Show ends that for all. The run calls them for `only`.
func (b *Batch) Hide(i int) { b.state[i].hidden = true }

// Show makes all documents visible again.
func (b *Batch) Show() {
	for i := range b.state {
		b.state[i].hidden = false
	}
}

// Revive takes a drop back. The run calls it for `drop: false` and for rules that are switched off.
func (b *Batch) Revive(i int) { b.state[i] = state{hidden: b.state[i].hidden} }

// Measured tells what the acting stage has measured of document i under one of its rules, for the report. [NA] says that the document
// has no value. It decides nothing.
func (b *Batch) Measured(i int, rule string, x float64) {
	b.notes = append(b.notes, note{i, rule, x})
}

// Used adds to what the acting stage has asked of a model.
func (b *Batch) Used(u Usage) { b.usage.Add(u) }

// Count adds n to one of the acting stage's numbers for the report, such as repeated answers. It decides nothing.
func (b *Batch) Count(name string, n int64) {
	if b.count == nil {
		b.count = map[string]int64{}
	}
	b.count[name] += n
}

// Counted returns what Count has added up since Act, nil for nothing. The run calls it after Apply.
func (b *Batch) Counted() map[string]int64 { return b.count }

// Noted passes what was measured since Act to f and returns what was asked of a model. The run calls it after Apply, before Settle.
func (b *Batch) Noted(f func(i int, rule string, x float64)) Usage {
	for _, n := range b.notes {
		f(n.doc, n.rule, n.x)
	}
	return b.usage
}

// Make adds d behind its parent once the acting stage has returned. An empty id becomes PARENT/STAGE-k.
func (b *Batch) Make(parent int, d Document) {
	k := 1
	for i := len(b.made) - 1; i >= 0; i-- {
		if m := &b.made[i]; m.parent == parent {
			k = m.nth + 1
			break
		} else if m.parent < parent && m.ordered {
			break
		}
	}
	if d.ID == "" {
		d.ID = b.Docs[parent].ID + "/" + b.label + "-" + strconv.Itoa(k)
	}
	if d.At == (Place{}) {
		d.At = b.Docs[parent].At
	}
	n := len(b.made)
	if n == 0 {
		b.made = slices.Grow(b.made, len(b.Docs))
		b.fresh = make([]Document, 0, 2*len(b.Docs))
	}
	b.made = append(b.made, made{parent, k, n == 0 || b.made[n-1].ordered && b.made[n-1].parent <= parent, n})
	b.fresh = append(b.fresh, d)
}

// Act names the stage that is about to act. The run calls it before Apply.
func (b *Batch) Act(label string) {
	b.label, b.notes, b.usage, b.count = label, b.notes[:0], Usage{}, nil
}

// Settle puts the documents made since the last call in their places and returns their indexes in b.Docs, ascending.
// The run calls it after Apply.
func (b *Batch) Settle() []int {
	if len(b.made) == 0 {
		return nil
	}
	n := len(b.made)
	if !b.made[n-1].ordered {
		slices.SortStableFunc(b.made, func(x, y made) int { return cmp.Compare(x.parent, y.parent) })
		fresh := make([]Document, n, n+len(b.Docs))
		for k, m := range b.made {
			fresh[k] = b.fresh[m.at]
		}
		b.fresh = fresh
	}
	at := make([]int, n)
	from, to := len(b.Docs)-1, len(b.Docs)+n-1
	docs := slices.Grow(b.fresh, len(b.Docs))[:to+1] // merged from the end: what was made and is not yet in its place lies before that
	b.state = slices.Grow(b.state, n)[:to+1]
	for k := n - 1; k >= 0; k-- {
		for ; from > b.made[k].parent; from, to = from-1, to-1 {
			docs[to], b.state[to] = b.Docs[from], b.state[from]
		}
		docs[to], b.state[to], at[k] = docs[k], state{}, to
		to--
	}
	copy(docs, b.Docs[:from+1])
	b.Docs, b.made, b.fresh = docs, b.made[:0], nil
	return at
}
