package compare

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/pipelines/inspect"
)

// Moves are the documents of which the two runs made something else.
type Moves struct {
	Same        int64  `json:"same"`        // documents with the same fate and the same words
	Moved       []Move `json:"moved"`       // in the order of the stages
	Unexplained int64  `json:"unexplained"` // documents whose fates differ without a difference in recipe, input or version that can be the reason
}

// A Move is what became of some documents in either run: "kept", the rule that removed them, LABEL.quarantined, "not read" of those that only one run has seen, and "other words"
// of those that both have kept with other words.
type Move struct {
	A         string    `json:"a"`
	B         string    `json:"b"`
	Documents int64     `json:"documents"`
	Explained string    `json:"explained,omitempty"` // the difference between the runs that is the reason; "" for none
	Examples  []Example `json:"examples"`
}

// An Example is one document.
type Example struct {
	ID   string `json:"id"`
	Text string `json:"text,omitempty"` // the beginning of its words, masked
}

// Fates beside rules.
const (
	kept       = "kept"
	otherWords = "other words"
	notRead    = "not read"
)

// A fated is one document: hashes of id and words, and the number of its fate.
type fated struct {
	id, body uint64
	fate     uint16
}

// fates are the documents of one run, by id.
type fates struct {
	list  []fated
	names []string // of fates
}

// fatesOf reads what became of all documents of a run; ok is false where that cannot be told.
func fatesOf(ctx context.Context, folder string) (f fates, ok bool, err error) {
	at := map[string]uint16{}
	ok, err = inspect.Fates(ctx, folder, func(id, fate string, body uint64) {
		if fate == "" {
			fate = kept
		}
		k, known := at[fate]
		if !known {
			k = uint16(len(f.names))
			fate = strings.Clone(fate)
			at[fate], f.names = k, append(f.names, fate)
		}
		f.list = append(f.list, fated{xxhash.Sum64String(id), body, k})
	})
	slices.SortFunc(f.list, func(a, b fated) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(f.names[a.fate], f.names[b.fate]), cmp.Compare(a.body, b.body))
	})
	return f, ok, err
}

// of returns the documents of the next id, and the rest.
func of(list []fated) (some, rest []fated) {
	n := 1
	for n < len(list) && list[n].id == list[0].id {
		n++
	}
	return list[:n], list[n:]
}

// moves compares what became of the documents of two runs, id by id. Of several documents with one id those with the same fate are compared first.
func moves(ctx context.Context, a, b *Side) (*Moves, error) {
	x, ok, err := fatesOf(ctx, a.Folder)
	if err != nil || !ok {
		return nil, err
	}
	y, ok, err := fatesOf(ctx, b.Folder)
	if err != nil || !ok {
		return nil, err
	}
	m := &mover{by: map[[2]string]*moved{}}
	p, q := x.list, y.list
	for len(p) > 0 || len(q) > 0 {
		var some, others []fated
		switch {
		case len(q) == 0 || len(p) > 0 && p[0].id < q[0].id:
			some, p = of(p)
		case len(p) == 0 || q[0].id < p[0].id:
			others, q = of(q)
		default:
			some, p = of(p)
			others, q = of(q)
		}
		m.pair(some, others, x.names, y.names)
	}
	out := m.moves(a, b)
	return out, m.examples(ctx, out, a.Folder, b.Folder)
}

// A mover counts moves.
type mover struct {
	same int64
	by   map[[2]string]*moved
}

type moved struct {
	n   int64
	ids []uint64 // of examples
}

// examplesShown is how many documents of a move are shown.
const examplesShown = 5

func (m *mover) add(id uint64, a, b string) {
	key := [2]string{a, b}
	if m.by[key] == nil {
		m.by[key] = &moved{}
	}
	x := m.by[key]
	x.n++
	if len(x.ids) < examplesShown { // ids come in the order of their hashes: a random choice, the same each time
		x.ids = append(x.ids, id)
	}
}

// pair compares the documents of one id.
func (m *mover) pair(p, q []fated, x, y []string) {
	var left []fated
	for _, d := range p {
		at := slices.IndexFunc(q, func(o fated) bool { return x[d.fate] == y[o.fate] && d.body == o.body })
		if at < 0 {
			left = append(left, d)
			continue
		}
		m.same++
		q = slices.Delete(slices.Clone(q), at, at+1)
	}
	for i := range max(len(left), len(q)) {
		switch {
		case i >= len(q):
			m.add(left[i].id, x[left[i].fate], notRead)
		case i >= len(left):
			m.add(q[i].id, notRead, y[q[i].fate])
		case x[left[i].fate] == y[q[i].fate]:
			m.add(q[i].id, kept, otherWords)
		default:
			m.add(q[i].id, x[left[i].fate], y[q[i].fate])
		}
	}
}
