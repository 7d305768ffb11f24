package whatif

import (
	"context"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/stages/blob"
)

// A question is an answer in the making.
type question struct {
	plan     *plan.Plan
	sample   plan.Signals
	old, now *signals.Layout
	first    int // the first stage that changes
	until    int // documents are counted before this stage
	dedups   []dedup
	answer   Answer

	names         map[string][2]int
	sources       map[string]*group
	languages     map[string]*group
	all           group
	moved         []int64 // by rule: removed, as far as known
	was           []int64
	entered       []int64 // documents that came to a stage, by stage
	left          []int64 // of those, removed by it
	unlike        int64   // documents whose numbers do not say what became of them
	sides         []*side
	sampled       int64 // as in Answer
	passed        int64
	bytesSeen     int64 // of the sampled, as they stood when they went
	bytesPass     int64 // of those that pass, behind the last stage
	unspared      int64 // documents of which something else was measured on than would stay
	bytesUnspared int64
	bytesBack     int64 // of all documents that dedups removed for one that goes
	blindAhead    bool  // a document comes back to a stage that cannot be foreseen
}

// A dedup is a stage behind the change that removes a document because of another.
type dedup struct {
	stage   int
	label   string
	alike   bool              // only for one of the same text
	longest bool              // the longest of a group survives
	gone    map[uint64]bool   // ids that no longer come here
	back    int64             // documents that it removed for one that no longer comes
	lost    map[uint64]uint64 // their ids, and those of the ones for which they were removed
	freed   map[uint64]*comer // by the document for which they were removed: which of them comes back
}

// A group adds up what becomes of documents.
type group struct {
	was, known         int64 // kept, and kept for certain with the new bounds
	bytesWas, bytesNow int64
	unknown            int64 // pass the new bounds and were not measured on
	bytesUnknown       int64
	maybe              int64 // known to pass all rules, if the stages that cannot be foreseen let them
	bytesMaybe         int64
	freed, bytesFreed  int64 // come back in the place of a duplicate that goes
	sampled, passed    int64
}

// read passes over all signals.
func (q *question) read(ctx context.Context, own blob.Store, examples int) error {
	q.names, q.sources, q.languages = names(q.old), map[string]*group{}, map[string]*group{}
	q.moved, q.was = make([]int64, q.old.Width), make([]int64, q.old.Width)
	q.entered, q.left = make([]int64, len(q.old.Stages)), make([]int64, len(q.old.Stages))
	for i := range q.dedups {
		q.dedups[i].gone = map[uint64]bool{}
	}
	q.sides = q.newSides(examples)
	return q.rows(ctx, own, q.row)
}

// rows visits the signals of all documents.
func (q *question) rows(ctx context.Context, own blob.Store, visit func(*signals.Row)) error {
	list, err := files(ctx, own)
	if err != nil {
		return err
	}
	for _, name := range list {
		for r, err := range q.old.Rows(ctx, own, name) {
			if err != nil {
				return err
			}
			visit(r)
		}
	}
	return nil
}

// never is the stage of documents that went before any rule, or in which a fault was found: no bound brings them back.
const never = -2

// fate returns the stage and the rule by which a document went in the run; signals.Nobody where it stayed.
func (q *question) fate(r *signals.Row) (stage, rule int) {
	if r.DroppedBy == "" {
		return signals.Nobody, signals.Nobody
	}
	if at, ok := q.names[r.DroppedBy]; ok {
		return at[0], at[1]
	}
	return never, never
}

// faultAt is the stage in which a fault was found; len of all for what went before the first.
func (q *question) faultAt(r *signals.Row) int {
	label, _, _ := strings.Cut(r.DroppedBy, ".")
	for k := range q.old.Stages {
		if q.old.Stages[k].Label == label {
			return k
		}
	}
	return signals.Nobody
}

// row takes in one document.
func (q *question) row(r *signals.Row) {
	q.answer.Documents++
	if q.answer.Until != "" && madeBy(q.answer.Until, r.ID) {
		return // by the stage before which documents are counted
	}
	stage, rule := q.fate(r)
	if stage == never {
		if at := q.faultAt(r); at >= q.until {
			q.add(r, true, true, r.Bytes)
		}
		return
	}
	q.enter(stage)
	q.check(r, stage)
	gone := stage != signals.Nobody && stage < q.until
	if gone {
		q.was[q.old.Stages[stage].First+rule]++
	}
	next, by := q.now.Decide(r.M, r.Language, 0)
	if next >= q.until {
		next, by = signals.Nobody, signals.Nobody
	}
	for _, s := range q.sides {
		s.take(q, r, stage)
	}
	switch {
	case !gone && next == signals.Nobody:
		q.add(r, true, true, r.Bytes)
	case !gone:
		q.remove(r, next, by)
		q.add(r, true, false, 0)
	case next != signals.Nobody && next <= stage:
		q.remove(r, next, by)
	default:
		q.comesBack(r, stage, rule, next, by)
	}
}

// madeBy says whether a stage has made the document of an id: PARENT/LABEL-k, or ID~k of a copy.
func madeBy(label, id string) bool {
	if strings.Contains(id, "/"+label+"-") {
		return true
	}
	k, err := strconv.Atoi(id[strings.LastIndexByte(id, '~')+1:])
	return err == nil && k > 1 && strings.Contains(id, "~")
}

// enter counts a document in the stages that it came to.
func (q *question) enter(stage int) {
	last := stage
	if stage == signals.Nobody {
		last = len(q.entered) - 1
	} else {
		q.left[stage]++
	}
	for k := 0; k <= last; k++ {
		q.entered[k]++
	}
}

// check holds what the old bounds say of the numbers against what became of the document.
func (q *question) check(r *signals.Row, stage int) {
	if got, _ := q.old.Decide(r.M, r.Language, 0); got != stage {
		q.unlike++
	}
}

// remove counts a document that a rule takes with the new bounds, for certain.
func (q *question) remove(r *signals.Row, stage, rule int) {
	q.moved[q.now.Stages[stage].First+rule]++
	was, _ := q.fate(r)
	for i := range q.dedups {
		d := &q.dedups[i]
		if stage < d.stage && (was == signals.Nobody || was >= d.stage) {
			d.gone[xxhash.Sum64String(r.ID)] = true
		}
	}
}

// add counts a document that was kept, or is, or both.
func (q *question) add(r *signals.Row, was, is bool, bytes int64) {
	for _, g := range q.groups(r) {
		if was {
			g.was++
			g.bytesWas += r.Bytes
		}
		if is {
			g.known++
			g.bytesNow += bytes
		}
	}
}

// comesBack takes a document that went by a rule of a stage, and which the new bounds let through there. Where it was measured on, next is the stage behind that takes it.
func (q *question) comesBack(r *signals.Row, stage, rule, next, by int) {
	measured := q.sample.Has(r.ID)
	out := r.BytesOut
	switch is := &q.now.Stages[stage]; {
	case !q.old.Stages[stage].Spares:
		if !q.judges(stage) { // no stage behind could have measured
			measured, out = true, r.Bytes
		}
	case rule < is.Judged && (!is.Drops || is.Off[rule]):
		measured = false // what was measured on is what other bounds would have let through
		q.unspared++
		q.bytesUnspared += r.Bytes
	}
	blind := q.blind(stage)
	if measured {
		q.sampled++
		q.bytesSeen += r.Bytes
		switch {
		case next != signals.Nobody:
			q.moved[q.now.Stages[next].First+by]++
		case out >= 0:
			q.passed++
			q.bytesPass += out
		}
	}
	q.blindAhead = q.blindAhead || blind
	for _, g := range q.groups(r) {
		switch {
		case !measured:
			g.unknown++
			g.bytesUnknown += r.Bytes
			continue
		case next != signals.Nobody || out < 0:
		case blind:
			g.maybe++
			g.bytesMaybe += out
			g.passed++
		default:
			g.known++
			g.bytesNow += out
			g.passed++
		}
		g.sampled++
	}
}

// judges says whether a stage behind another, before the documents are counted, judges or edits single documents.
func (q *question) judges(stage int) bool {
	for k := stage + 1; k < q.until; k++ {
		if !q.old.Stages[k].Blind {
			return true
		}
	}
	return false
}

// blind says whether a stage behind another, before the documents are counted, removes documents by what cannot be foreseen.
func (q *question) blind(stage int) bool {
	for k := stage + 1; k < q.until; k++ {
		if s := &q.now.Stages[k]; s.Blind && s.Drops && len(s.Rules) > 0 {
			return true
		}
	}
	return false
}

// groups are those that a document counts in.
func (q *question) groups(r *signals.Row) [3]*group {
	return [...]*group{&q.all, pick(q.sources, r.Source), pick(q.languages, r.Language)}
}

func pick(m map[string]*group, name string) *group {
	g := m[name]
	if g == nil {
		g = new(group)
		m[strings.Clone(name)] = g
	}
	return g
}
