package stages

import (
	"errors"
	"slices"
	"testing"
)

// live lists the ids that an acting stage sees.
func live(b *Batch) (ids []string) {
	for _, d := range b.Live() {
		ids = append(ids, d.ID)
	}
	return ids
}

func batch(ids ...string) *Batch {
	docs := make([]Document, len(ids))
	for i, id := range ids {
		docs[i] = Document{ID: id, At: Place{"f", int64(i)}}
	}
	return NewBatch(docs)
}

func TestBatchOutcomes(t *testing.T) {
	b := batch("a", "b", "c", "d")
	b.Act("one")
	b.Drop(0, Verdict{Rule: "r", Value: 2})
	fault := errors.New("broken")
	b.Fail(1, fault)
	b.Hide(2)
	if got := live(b); !slices.Equal(got, []string{"d"}) {
		t.Errorf("seen: %v", got)
	}
	b.Show()
	if got := live(b); !slices.Equal(got, []string{"c", "d"}) {
		t.Errorf("seen after Show: %v", got)
	}
	if v, err := b.Outcome(0); v.Rule != "r" || v.Value != 2 || err != nil || b.By(0) != "one" || b.Alive(0) {
		t.Errorf("dropped: %+v, %v, by %q", v, err, b.By(0))
	}
	if v, err := b.Outcome(1); v != (Verdict{}) || err != fault || b.Alive(1) {
		t.Errorf("failed: %+v, %v", v, err)
	}
	if v, err := b.Outcome(3); v != (Verdict{}) || err != nil || b.By(3) != "" || !b.Alive(3) {
		t.Errorf("live: %+v, %v, by %q", v, err, b.By(3))
	}
	b.Hide(0)
	b.Revive(0)
	if got := live(b); !slices.Equal(got, []string{"c", "d"}) || !b.Alive(0) {
		t.Errorf("a hidden document that was revived is seen: %v", got)
	}
	b.Reset([]Document{{ID: "x"}})
	if got := live(b); !slices.Equal(got, []string{"x"}) {
		t.Errorf("after Reset: %v", got)
	}
}

func TestBatchDropNeedsRule(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a drop without a rule passes")
		}
	}()
	batch("a").Drop(0, Verdict{})
}

// TestBatchMake: what is made stands behind its parent, dead or alive, in the order of making, and takes id and place from it.
func TestBatchMake(t *testing.T) {
	b := batch("a", "b")
	b.Act("s")
	if at := b.Settle(); at != nil {
		t.Errorf("nothing was made, and settles at %v", at)
	}
	b.Make(1, Document{})
	b.Make(0, Document{ID: "own", At: Place{"g", 7}})
	b.Make(1, Document{})
	b.Drop(0, Verdict{Rule: "r"})
	if got := live(b); !slices.Equal(got, []string{"b"}) {
		t.Errorf("before Settle: %v", got)
	}
	if at := b.Settle(); !slices.Equal(at, []int{1, 3, 4}) {
		t.Errorf("settled at %v", at)
	}
	if got := live(b); !slices.Equal(got, []string{"own", "b", "b/s-1", "b/s-2"}) {
		t.Errorf("after Settle: %v", got)
	}
	if b.Docs[1].At != (Place{"g", 7}) || b.Docs[3].At != (Place{"f", 1}) || b.Alive(0) {
		t.Errorf("places %v, %v", b.Docs[1].At, b.Docs[3].At)
	}
	if at := b.Settle(); at != nil {
		t.Errorf("the same is made twice, at %v", at)
	}
}

// TestBatchNotes: what a stage has measured and asked is told once, to the run, and gone when the next stage acts.
func TestBatchNotes(t *testing.T) {
	b := batch("a", "b")
	b.Act("one")
	b.Measured(1, "score", 2.5)
	b.Measured(0, "score", NA)
	b.Used(Usage{Calls: 1, In: 10, Out: 2})
	b.Used(Usage{Calls: 1, Failed: 1, Unparsed: 3})
	var docs []int
	u := b.Noted(func(i int, rule string, x float64) {
		if rule != "score" || i == 1 && x != 2.5 || i == 0 && !IsNA(x) {
			t.Errorf("document %d: %s is %v", i, rule, x)
		}
		docs = append(docs, i)
	})
	if !slices.Equal(docs, []int{1, 0}) || u != (Usage{2, 10, 2, 1, 3}) {
		t.Errorf("noted %v, used %+v", docs, u)
	}
	b.Act("two")
	if u := b.Noted(func(int, string, float64) { t.Error("a note of another stage") }); u != (Usage{}) {
		t.Errorf("used %+v by a stage that asked nothing", u)
	}
}
