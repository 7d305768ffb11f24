package compare

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/pipelines/inspect"
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages/pii"
)

// moves are what was counted, each with the difference that is the reason.
func (m *mover) moves(a, b *Side) *Moves {
	out := &Moves{Same: m.same, Moved: []Move{}}
	r := newReasons(a.plan, b.plan)
	for key, x := range m.by {
		v := Move{A: key[0], B: key[1], Documents: x.n, Explained: r.why(key[0], key[1]), Examples: []Example{}}
		if v.Explained == "" {
			out.Unexplained += x.n
		}
		out.Moved = append(out.Moved, v)
	}
	slices.SortFunc(out.Moved, func(x, y Move) int {
		return cmp.Or(cmp.Compare(r.place(x.A, x.B), r.place(y.A, y.B)), cmp.Compare(y.Documents, x.Documents), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	return out
}

// reasons say which differences between two plans can move a document.
type reasons struct {
	labels  []string       // of both plans, in order
	at      map[string]int // place of a label
	changed []string       // by label: what differs in the stage; "" for nothing
	input   string         // what differs in what is read
}

func newReasons(a, b *plan.Plan) *reasons {
	r := &reasons{labels: labels(a, b), at: map[string]int{}}
	for i, label := range r.labels {
		r.at[label] = i
		x, y := find(a, label), find(b, label)
		what := ""
		switch {
		case x == nil || y == nil:
			what = label
		case x.Name != y.Name || x.Version != y.Version:
			what = label + ": version"
		case files(x) != files(y) || model(x) != model(y):
			what = label + ": files or model"
		default:
			mx, my := Settings(x.Settings), Settings(y.Settings)
			for _, key := range Union(mx, my) {
				if mx[key] != my[key] {
					what = label + "." + key
					break
				}
			}
		}
		r.changed = append(r.changed, what)
	}
	if order(a) != order(b) && !slices.ContainsFunc(r.changed, func(s string) bool { return s != "" }) {
		for i := range r.changed {
			r.changed[i] = "the order of stages"
		}
	}
	switch {
	case inputs(a) != inputs(b) || versions(a) != versions(b):
		r.input = "input"
	case a.Limit != b.Limit:
		r.input = "--limit"
	case a.Seed != b.Seed:
		r.input = "seed"
	}
	return r
}

// versions are those of the input's files: a rewritten one may have other records of the same size.
func versions(p *plan.Plan) string {
	var list []string
	for _, in := range p.Inputs {
		list = append(list, in.Version)
	}
	return strings.Join(list, " ")
}

// stage is the place of the stage that a fate names; len of all for documents that were kept.
func (r *reasons) stage(fate string) int {
	label, _, _ := strings.Cut(fate, ".")
	if at, ok := r.at[label]; ok && strings.Contains(fate, ".") {
		return at
	}
	if label == "input" {
		return -1
	}
	return len(r.labels)
}

// place orders moves by the earlier of the stages that decided.
func (r *reasons) place(a, b string) int { return min(r.stage(a), r.stage(b)) }

// why is the difference that can have moved a document from one fate to the other; "" where there is none. A stage that judges documents alone decides otherwise only if it has changed, or
// a stage before it, or what is read; one that judges documents by others also if other documents came to it.
func (r *reasons) why(a, b string) string {
	if a == notRead || b == notRead {
		if r.input != "" {
			return r.input
		}
		return r.anyBefore(len(r.labels)) // a stage that makes documents
	}
	last := r.place(a, b)
	if s := r.anyBefore(last + 1); s != "" {
		return s
	}
	return r.input
}

// anyBefore is the nearest difference in the stages before a place.
func (r *reasons) anyBefore(end int) string {
	for i := min(end, len(r.labels)) - 1; i >= 0; i-- {
		if r.changed[i] != "" {
			return r.changed[i]
		}
	}
	return ""
}

// textChars is how much of an example is shown.
const textChars = 120

// examples finds ids and words of the examples.
func (m *mover) examples(ctx context.Context, out *Moves, folders ...string) error {
	wanted := map[uint64]string{}
	for i := range out.Moved {
		for _, id := range m.by[[2]string{out.Moved[i].A, out.Moved[i].B}].ids {
			wanted[id] = ""
		}
	}
	texts := map[string]string{}
	for _, folder := range folders {
		if len(wanted) == 0 {
			return nil
		}
		var ids []string
		_, err := inspect.Fates(ctx, folder, func(id, _ string, _ uint64) {
			h := xxhash.Sum64String(id)
			if have, ok := wanted[h]; ok && have == "" {
				wanted[h] = strings.Clone(id)
				ids = append(ids, wanted[h])
			}
		})
		if err != nil {
			return err
		}
		found, err := inspect.Texts(ctx, folder, ids)
		if err != nil {
			return err
		}
		for id, s := range found {
			texts[id] = s
		}
	}
	for i := range out.Moved {
		v := &out.Moved[i]
		for _, h := range m.by[[2]string{v.A, v.B}].ids {
			id := wanted[h]
			s := tally.Cut(pii.Mask(tally.Cut(texts[id], 20*textChars, 80*textChars)), 10*textChars, 40*textChars)
			v.Examples = append(v.Examples, Example{id, tally.Cut(strings.Join(strings.Fields(s), " "), textChars, 4*textChars)})
		}
	}
	return nil
}
