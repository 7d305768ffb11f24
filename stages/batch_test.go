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
