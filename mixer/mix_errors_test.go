package mixer

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

func TestMixErrors(t *testing.T) {
	docs := corpus(7, map[string]int{"en": 1000, "zh": 100})
	for _, c := range []struct {
		name string
		set  func(*Mix)
		want []string
	}{
		{"two budgets", func(m *Mix) { m.Rows, m.Words = 1, 1 }, []string{"only one"}},
		{"negative budget", func(m *Mix) { m.Rows = -1 }, []string{"-1", "positive"}},
		{"no epochs", func(m *Mix) { m.MaxEpochs = 0 }, []string{"max_epochs is 0"}},
		{"NaN epochs", func(m *Mix) { m.MaxEpochs = math.NaN() }, []string{"max_epochs is NaN"}},
		{"negative weight", func(m *Mix) { m.Weights = map[string]float64{"en": -1} }, []string{"en is -1"}},
		{"infinite weight", func(m *Mix) { m.Weights = map[string]float64{"en": math.Inf(1)} }, []string{"en is +Inf"}},
		{"weights of 0", func(m *Mix) { m.Weights = map[string]float64{"en": 0} }, []string{"must be positive"}},
		{"no field", func(m *Mix) { m.By = "" }, []string{"by names no field"}},
		{"unknown policy", func(m *Mix) { m.Short = "maybe" }, []string{"error, allow"}},
		{"unknown group", func(m *Mix) { m.Weights = map[string]float64{"en": 1, "fr": 1} }, []string{`source "fr"`, `found: "en", "zh"`}},
		{"nothing for the rest", func(m *Mix) { m.Weights = map[string]float64{"en": 1, "zh": 1, "*": 1} }, []string{`source "*"`}},
		{
			"short", func(m *Mix) { m.Rows, m.Weights = 1000, map[string]float64{"en": 1, "zh": 1} },
			[]string{"1,000 rows", `source "zh" is short by 100 rows`, "share is 500", "holds 100", "are 400", "max_epochs: 5,", "rows: 800", "short: allow"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tryMix(t, docs, stagetest.Options{}, c.set)
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), "phase quota") == stages.IsFinal(err) {
				t.Errorf("error %q: final is %v, want it of the quota's", err, stages.IsFinal(err))
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q lacks %q", err, w)
				}
			}
		})
	}
	for _, set := range []func(*Mix){func(m *Mix) { m.MaxEpochs = 5; m.Rows = 1000 }, func(m *Mix) { m.Rows = 800 }} {
		r := runMix(t, docs, stagetest.Options{}, func(m *Mix) { m.Weights = map[string]float64{"en": 1, "zh": 1}; set(m) })
		if got := amounts(r.Docs, rows); got["en"] != got["zh"] {
			t.Errorf("what the error proposes gives %v", got)
		}
	}
}

func TestMixFaults(t *testing.T) {
	docs := corpus(8, map[string]int{"a": 600})
	for _, op := range []string{"create", "write", "close", "open", "read"} {
		for nth := range 3 {
			n := 0
			_, err := tryMix(t, docs, stagetest.Options{Tasks: 2, Fault: func(o string) error {
				if o == op {
					if n++; n == nth+1 {
						return fmt.Errorf("the disk is full")
					}
				}
				return nil
			}}, func(m *Mix) { m.Rows = 100 })
			if err == nil || !strings.Contains(err.Error(), "the disk is full") {
				t.Errorf("%s %d: error %v", op, nth+1, err)
			}
		}
	}
}

func TestMixNothing(t *testing.T) {
	if r := runMix(t, nil, stagetest.Options{}, func(*Mix) {}); len(r.Docs) != 0 {
		t.Errorf("got %d documents of none", len(r.Docs))
	}
	empty := []stages.Document{{ID: "1"}, {ID: "2"}}
	if r := runMix(t, empty, stagetest.Options{}, func(*Mix) {}); len(r.Docs) != 2 {
		t.Errorf("got %d of two empty documents", len(r.Docs))
	}
}
