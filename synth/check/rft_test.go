package check

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/synth/check/internal/equation"
	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// lines decodes a file of JSON rows.
func lines[T any](t testing.TB, name string) []T {
	t.Helper()
	f, err := os.Open(realdata.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []T
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<22)
	for s.Scan() {
		var row T
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		out = append(out, row)
	}
	return out
}

var models = []string{"6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"}

type recorded struct {
	Solution  string
	IsCorrect bool `json:"is_correct"`
}

// golden is a row of golden/math/gsm8k-700-rft.jsonl.
type golden struct {
	Pair          bool
	DistinctPaths int `json:"distinct_paths"`
	Solutions     map[string]struct {
		Correct      bool
		Equations    int
		BadEquations []string `json:"bad_equations"`
		Key          string
	}
}

// TestRejectionSampling recounts the recorded answers to 700 problems of GSM8K: labels, equations, paths and pairs.
func TestRejectionSampling(t *testing.T) {
	rows := lines[map[string]json.RawMessage](t, "data/gsm8k/model-solutions-700.jsonl")
	want := lines[golden](t, "golden/math/gsm8k-700-rft.jsonl")
	m, e, prose := MathDefaults, EquationsDefaults, EquationsDefaults
	e.In = equation.Annotations
	m.Gold = "ground_truth"
	correct, valid, paths, pairs := 0, 0, 0, 0
	var alsoWrong []string // by the equations of solutions without annotations, which the reference does not read
	for i, row := range rows {
		d := &stages.Document{}
		d.Fields.SetRaw("ground_truth", row["ground_truth"])
		keys, right := map[string]bool{}, 0
		for _, model := range models {
			var s recorded
			if err := json.Unmarshal(row[model], &s); err != nil {
				t.Fatal(err)
			}
			a := &stages.Answer{Text: s.Solution}
			c, q := m.Check(d, a), e.Check(d, a)
			g := want[i].Solutions[model]
			if (c.Result == stages.Passed) != s.IsCorrect || c.Result == stages.Unknown {
				t.Errorf("line %d, %s: got %v, recorded %v", i, model, c, s.IsCorrect)
			}
			if key := EquationKey(s.Solution); g.Equations > 0 && key != g.Key { // the reference knows annotations only
				t.Errorf("line %d, %s: key %q, want %q", i, model, key, g.Key)
			}
			annotated(t, s.Solution, g.Equations, g.BadEquations)
			if c.Result != stages.Passed {
				continue
			}
			right++
			if q.Result == stages.Passed {
				valid++
				key := ""
				if g.Equations > 0 {
					key = EquationKey(s.Solution)
				}
				keys[key] = true
				if p := prose.Check(d, a); p.Result != stages.Passed {
					alsoWrong = append(alsoWrong, p.Why)
				}
			} else if len(g.BadEquations) == 0 {
				t.Errorf("line %d, %s: %s", i, model, q.Why)
			}
		}
		correct += right
		paths += len(keys)
		if right > 0 && right < len(models) {
			pairs++
		}
		if len(keys) != want[i].DistinctPaths || (right > 0 && right < len(models)) != want[i].Pair {
			t.Errorf("line %d: %d paths, want %d", i, len(keys), want[i].DistinctPaths)
		}
	}
	if correct != 1072 || valid != 1071 || paths != 785 || pairs != 379 {
		t.Errorf("got %d right, %d with valid equations, %d paths, %d problems with a pair; want 1072, 1071, 785, 379", correct, valid, paths, pairs)
	}
	if want := "1 of 4 equations do not hold; first 1 - 1 - 1 - 1 - 1 - 1 - 1 - 1=0.01: the left side is -6"; len(alsoWrong) != 1 || alsoWrong[0] != want {
		t.Errorf("wrong in prose: got %q, want %q", alsoWrong, want)
	}
}

// annotated compares the annotations of a solution with the reference's count and its list of those that do not hold.
func annotated(t *testing.T, solution string, n int, bad []string) {
	t.Helper()
	var r equation.Reader
	got, wrong := 0, []string{}
	for e := range r.All(solution) {
		if !e.Annotated {
			continue
		}
		got++
		if !e.Holds(exact.Frac(1, 1000)) {
			s := e.Left
			if e.Right != "" {
				s += "=" + e.Right
			}
			wrong = append(wrong, strings.ReplaceAll(s, " ", ""))
		}
	}
	if got != n || !slices.Equal(wrong, bad) {
		t.Errorf("%d annotations, wrong %q; want %d, %q", got, wrong, n, bad)
	}
}

// TestAnnotationsOfGSM8K calculates the 27,998 annotations of GSM8K. All hold; two are written with // for division.
func TestAnnotationsOfGSM8K(t *testing.T) {
	var r equation.Reader
	n, wrong := 0, 0
	rows := lines[struct{ Answer string }](t, "data/gsm8k/train.jsonl")
	for _, row := range append(rows, lines[struct{ Answer string }](t, "data/gsm8k/test.jsonl")...) {
		for e := range r.All(row.Answer) {
			if !e.Annotated {
				continue
			}
			n++
			if !e.Holds(exact.Frac(1, 1000)) {
				wrong++
				t.Logf("wrong: %s", e.Why())
			}
		}
	}
	if n != 27_998 || wrong != 0 {
		t.Errorf("%d annotations, %d wrong; want 27,998 and 0", n, wrong)
	}
}

// TestProseOfGSM8K reads what stands beside the annotations of right solutions. What does not hold there are slips of the writers ("10 x 1,248 = 11,480",
// cents for dollars, "100 * 0.75 = $0.75"); more would mean that prose is misread.
func TestProseOfGSM8K(t *testing.T) {
	var r equation.Reader
	n, wrong := 0, 0
	for _, row := range lines[struct{ Answer string }](t, "data/gsm8k/train.jsonl") {
		for e := range r.In(row.Answer, equation.Prose) {
			n++
			if !e.Holds(exact.Frac(1, 1000)) {
				wrong++
				t.Logf("%s", e.Why())
			}
		}
	}
	if n < 19_800 || wrong > 40 {
		t.Errorf("%d calculations, %d wrong; want 19,800 or more, 40 or fewer", n, wrong)
	}
}
