package recipe

import (
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// TestForesee: a stage that acts by the checks behind it gets components of its own of them, with their settings, up to the first stage that is none.
func TestForesee(t *testing.T) {
	r, ps := Load([]byte(`
input: {path: a.jsonl, prompt: q, source: x}
stages:
  - answer: {n: 4, until: {passed: 1}, label: small}
  - answer: {n: 4, until: {passed: 1}}
  - check_math: {only: {source: [x, y]}}
  - check_math: {label: second}
  - dedup_answers: {by: equations}
  - pass_rate
  - check_equations
output: out
`), "r.yaml", registry(t), Options{Dir: "dir", Stat: onDisk})
	if r == nil {
		t.Fatal(ps)
	}
	for i, name := range []string{"small", "answer"} {
		c, err := r.Stages[i].New()
		if err != nil {
			t.Fatal(err)
		}
		again, _ := r.Stages[i].New()
		coming, others := c.(*answer).coming, again.(*answer).coming
		var labels []string
		for k, next := range coming {
			labels = append(labels, next.Label)
			if d, ok := next.Check.(*dedupAnswers); ok && others[k].Check == any(d) {
				t.Errorf("%s: two components share their %s", name, next.Label)
			}
		}
		if strings.Join(labels, " ") != "check_math second dedup_answers" {
			t.Fatalf("%s is told of %v", name, labels)
		}
		if by := coming[2].Check.(*dedupAnswers).By; by != "equations" {
			t.Errorf("%s: dedup_answers by %s", name, by)
		}
		takes := coming[0].Takes
		if takes == nil || !takes(&stages.Document{Source: "y"}) || takes(&stages.Document{Source: "z"}) || coming[1].Takes != nil {
			t.Errorf("%s: only is not that of the recipe", name)
		}
	}
	if c, _ := r.Stages[2].New(); c == nil {
		t.Error("no check_math")
	}
}
