package verifier

import (
	"bufio"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/synth/sandbox"
)

type rule struct {
	KeptCases      []int `json:"kept_cases"`
	Accuracy       []float64
	ValidFunctions []int `json:"valid_functions"`
}

// golden is a row of golden/autoif/cross-validation.jsonl.
type golden struct {
	Instruction string
	Outputs     []string
	Functions   []string
	Cases       []struct {
		Input  string
		Output json.RawMessage
	}
	Results  []string
	Raw      rule `json:"module_scope_raw_outputs"`
	Repaired rule
	Enough   bool
}

func rows[T any](t testing.TB, name string) []T {
	t.Helper()
	f, err := os.Open(realdata.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []T
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<22)
	for s.Scan() {
		var row T
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		list = append(list, row)
	}
	return list
}

// sets reads the raw outputs of a real model.
func sets(t testing.TB) []*Set {
	t.Helper()
	var list []*Set
	goldens := rows[golden](t, "golden/autoif/cross-validation.jsonl")
	for i, raw := range rows[struct {
		Outputs []string `json:"gpt-answer"`
	}](t, "data/autoif/eval_func_rft.jsonl")[:len(goldens)] {
		s := &Set{}
		for k, text := range raw.Outputs {
			o, err := Read(text)
			said := "ok"
			for is, name := range map[error]string{ErrJSON: "invalid json", ErrFence: "no json fence", ErrKeys: "keys missing"} {
				if errors.Is(err, is) {
					said = name
				}
			}
			if said != goldens[i].Outputs[k] {
				t.Errorf("line %d, output %d: %v, the reference says %s", i, k, err, goldens[i].Outputs[k])
			}
			if err == nil {
				s.Add(o)
			}
		}
		list = append(list, s)
	}
	return list
}

func TestReadAgainstReference(t *testing.T) {
	goldens := rows[golden](t, "golden/autoif/cross-validation.jsonl")
	for i, s := range sets(t) {
		g := goldens[i]
		if !slices.Equal(s.Functions, g.Functions) {
			t.Errorf("line %d: %d functions, the reference has %d", i, len(s.Functions), len(g.Functions))
		}
		if len(s.Cases) != len(g.Cases) {
			t.Fatalf("line %d: %d cases, the reference has %d", i, len(s.Cases), len(g.Cases))
		}
		for k, c := range s.Cases {
			if c.Input != g.Cases[k].Input || c.Text != (g.Cases[k].Output[0] == '"') {
				t.Errorf("line %d, case %d: %+v, the reference has %+v", i, k, c, g.Cases[k])
			}
		}
	}
}

// TestCrossAgainstReference runs every function of a real model on every case, in a sandbox, and holds them against each other.
func TestCrossAgainstReference(t *testing.T) {
	goldens := rows[golden](t, "golden/autoif/cross-validation.jsonl")
	box, err := sandbox.Open(sandbox.Options{})
	if errors.Is(err, sandbox.ErrNone) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	for i, s := range sets(t) {
		g := goldens[i]
		r, err := s.Run(t.Context(), box, 2*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		for f, v := range r.Verdicts {
			if string(v) != g.Results[f] || r.Flaky[f] {
				t.Errorf("line %d, function %d: %s (flaky %v), the reference says %s", i, f, v, r.Flaky[f], g.Results[f])
			}
		}
		for _, x := range []struct {
			name string
			rule Rule
			want rule
		}{{"original", Original, g.Raw}, {"repaired", Repaired, g.Repaired}} {
			c := r.Cross(x.rule)
			if !slices.Equal(c.Cases, x.want.KeptCases) || !slices.Equal(c.Functions, x.want.ValidFunctions) {
				t.Errorf("line %d, %s: cases %v, functions %v, the reference has %v and %v", i, x.name, c.Cases, c.Functions, x.want.KeptCases, x.want.ValidFunctions)
			}
			for f, a := range c.Accuracy {
				if math.Abs(a-x.want.Accuracy[f]) > 1e-6 {
					t.Errorf("line %d, %s, function %d: accuracy %v, the reference has %v", i, x.name, f, a, x.want.Accuracy[f])
				}
			}
		}
		strict := r.Cross(Strict)
		t.Logf("line %d: strict leaves cases %v, functions %v", i, strict.Cases, strict.Functions)
		for _, f := range strict.Functions {
			if !r.votes(f) {
				t.Errorf("line %d: function %d says one thing alone and is kept", i, f)
			}
		}
	}
}
