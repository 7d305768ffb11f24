package dedup_test

import (
	"context"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/dedup"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// meddler changes the documents between the scan and the last pass of a barrier.
type meddler struct {
	How     string
	barrier stages.Barrier
}

func (m *meddler) Phases() []stages.Phase {
	phases := m.barrier.Phases()
	last := len(phases) - 1
	change := stages.Phase{Name: "change", Pass: func(*stages.Task) (stages.Stage, error) { return m, nil }}
	return append(phases[:last:last], change, phases[last])
}

func (m *meddler) Apply(_ context.Context, b *stages.Batch) error {
	for i, d := range b.Live() {
		switch {
		case m.How == "rename" && i == 1:
			d.ID = "other"
		case m.How == "drop last" && i == 2, m.How == "drop removed" && i == 1:
			b.Drop(i, stages.Verdict{Rule: "any"})
		case m.How == "make" && i == 2:
			b.Make(i, stages.Document{})
		}
	}
	return nil
}

// TestCutRefusesOtherDocuments changes the corpus under the barrier: an error, never a wrong removal.
func TestCutRefusesOtherDocuments(t *testing.T) {
	text := count(0, 50)
	docs := docsOf("a|"+text, "b|"+text, "c|something else")
	for how, want := range map[string]string{
		"nothing":      "",
		"rename":       "not the one it was judged by",
		"drop last":    "2 documents, where 3 were judged",
		"drop removed": "not the one it was judged by|2 documents, where 3 were judged",
		"make":         "4 documents, where 3 were judged",
	} {
		for _, name := range []string{"dedup_exact", "dedup_minhash"} {
			make := func(env *stages.Env) (any, error) {
				var c any
				var err error
				if name == "dedup_exact" {
					c, err = stagetest.New[dedup.Exact](spec(t, name), nil)(env)
				} else {
					c, err = stagetest.New(spec(t, name), func(m *dedup.MinHash) { m.Keep = dedup.Keep{Policy: "first"} })(env)
				}
				return &meddler{How: how, barrier: c.(stages.Barrier)}, err
			}
			_, err := stagetest.Run(t.Context(), make, docs, stagetest.Options{})
			ok := err == nil
			for _, w := range strings.Split(want, "|") {
				ok = ok || want != "" && err != nil && strings.Contains(err.Error(), w)
			}
			if !ok || want != "" && err == nil {
				t.Errorf("%s, %s: error %v, want %q", name, how, err, want)
			}
		}
	}
}
