package compare

import (
	"encoding/json"
	"testing"

	"github.com/winnow-data/winnow/pipelines/plan"
)

// TestPairing: documents of one id are compared by fate first; what is left over is paired, or was not read by one run.
func TestPairing(t *testing.T) {
	x := []string{kept, "f.words", "dedup.copy"}
	y := []string{"f.words", kept, "dedup.copy"}
	for _, c := range []struct {
		name string
		p, q []fated
		same int64
		want map[[2]string]int64
	}{
		{"the same fate under other numbers", []fated{{1, 9, 0}}, []fated{{1, 9, 1}}, 1, nil},
		{"other words", []fated{{1, 9, 0}}, []fated{{1, 8, 1}}, 0, map[[2]string]int64{{kept, otherWords}: 1}},
		{"removed", []fated{{1, 9, 0}}, []fated{{1, 0, 0}}, 0, map[[2]string]int64{{kept, "f.words"}: 1}},
		{"two of one id, in whatever order", []fated{{1, 9, 0}, {1, 0, 2}}, []fated{{1, 0, 2}, {1, 9, 1}}, 2, nil},
		{"two of one id, one moved", []fated{{1, 9, 0}, {1, 0, 2}}, []fated{{1, 0, 0}, {1, 9, 1}}, 1, map[[2]string]int64{{"dedup.copy", "f.words"}: 1}},
		{"one more", []fated{{1, 9, 0}}, []fated{{1, 9, 1}, {1, 9, 1}}, 1, map[[2]string]int64{{notRead, kept}: 1}},
		{"gone", []fated{{1, 0, 1}}, nil, 0, map[[2]string]int64{{"f.words", notRead}: 1}},
	} {
		m := &mover{by: map[[2]string]*moved{}}
		m.pair(c.p, c.q, x, y)
		if m.same != c.same || len(m.by) != len(c.want) {
			t.Errorf("%s: %d the same, %d moves", c.name, m.same, len(m.by))
		}
		for key, n := range c.want {
			if m.by[key] == nil || m.by[key].n != n {
				t.Errorf("%s: no %d of %v", c.name, n, key)
			}
		}
	}
}

// TestReasons: a move is explained by a difference in a stage up to the one that decided, or in what was read, and by nothing else.
func TestReasons(t *testing.T) {
	stages := func(words string) []plan.Stage {
		return []plan.Stage{stage("clean", "normalize", `{"form":"nfc"}`), stage("f", "length", `{"words":{"min":`+words+`}}`), stage("dedup", "dedup_exact", `{}`)}
	}
	a := &plan.Plan{Stages: stages("5"), Inputs: []plan.Input{{Name: "x", Size: 3, Version: "v"}}}
	changed := &plan.Plan{Stages: stages("6"), Inputs: a.Inputs}
	other := &plan.Plan{Stages: stages("5"), Inputs: []plan.Input{{Name: "x", Size: 3, Version: "w"}}}
	fewer := &plan.Plan{Stages: stages("5")[:2], Inputs: a.Inputs}
	turned := &plan.Plan{Stages: []plan.Stage{a.Stages[1], a.Stages[0], a.Stages[2]}, Inputs: a.Inputs}
	for _, c := range []struct {
		name     string
		b        *plan.Plan
		from, to string
		want     string
	}{
		{"nothing differs", a, kept, "f.words", ""},
		{"nothing differs, and one has not read it", a, kept, notRead, ""},
		{"nothing differs but the words", a, kept, otherWords, ""},
		{"its own bound", changed, kept, "f.words", "f.words.min"},
		{"a stage before", changed, "dedup.duplicate", kept, "f.words.min"},
		{"only a stage behind", changed, "clean.empty", kept, ""},
		{"blank before the first stage", changed, "input.empty", kept, ""},
		{"the input", other, "clean.empty", kept, "input"},
		{"the input, for what was not read", other, notRead, "f.words", "input"},
		{"a stage that one has not", fewer, "dedup.duplicate", kept, "dedup"},
		{"a stage that one has not, which stands behind", fewer, "f.words", kept, ""},
		{"the order", turned, "f.words", kept, "the order of stages"},
		{"a limit", &plan.Plan{Stages: a.Stages, Inputs: a.Inputs, Limit: 5}, kept, notRead, "--limit"},
		{"a fault found", changed, "f.quarantined", kept, "f.words.min"},
	} {
		if got := newReasons(a, c.b).why(c.from, c.to); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := newReasons(c.b, a).why(c.to, c.from); got != c.want {
			t.Errorf("%s, the other way round: %q, want %q", c.name, got, c.want)
		}
	}
	m := &mover{by: map[[2]string]*moved{{kept, "f.words"}: {n: 3}, {"clean.empty", kept}: {n: 2}}}
	got := m.moves(&Side{plan: a}, &Side{plan: changed})
	if got.Unexplained != 2 || len(got.Moved) != 2 || got.Moved[0].A != "clean.empty" || got.Moved[1].Explained != "f.words.min" {
		raw, _ := json.Marshal(got)
		t.Errorf("%s", raw)
	}
}
