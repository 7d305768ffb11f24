package synth

import (
	"fmt"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

func TestDedupAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		u       DedupAnswers
		answers []stages.Answer
		want    string // the places of repeated answers, from 1
	}{
		{"text but for spaces", DedupAnswers{By: "text"}, []stages.Answer{answer("a b", "p"), answer(" a  b", "p"), answer("a c", "p")}, "2"},
		{"a wrong answer never takes a right one's place", DedupAnswers{By: "text"}, []stages.Answer{answer("a", "f"), answer("a", "p"), answer("a", "f"), answer("a", "p")}, "3 4"},
		{"equations", DedupAnswers{By: "equations"}, []stages.Answer{answer("one <<1+1=2>>", "p"), answer("two << 1+1 =2>> !", "p"), answer("<<2=1+1>>", "p")}, "2"},
		{"text where there are none", DedupAnswers{By: "equations"}, []stages.Answer{answer("x", "p"), answer("y", "p"), answer("x ", "p")}, "3"},
		{"the shortest stays", DedupAnswers{By: "equations", Keep: "shortest"}, []stages.Answer{answer("longer <<1+1=2>>", "p"), answer("<<1+1=2>>", "p")}, "1"},
		{"the farthest stays", DedupAnswers{By: "equations", Keep: "farthest"}, []stages.Answer{answer("a b c <<1+1=2>>", "p"), answer("x y z <<1+1=2>>", "p"), answer("a b d", "f")}, "1"},
	} {
		d := prompt(c.answers...)
		c.u.label = "dedup_answers"
		b := stages.NewBatch([]stages.Document{d})
		b.Act("dedup_answers")
		if err := c.u.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		var got []string
		for k, a := range b.Docs[0].Answers {
			if len(a.Checks) > 0 && repeats(a.Checks[len(a.Checks)-1]) {
				got = append(got, fmt.Sprint(k+1))
			}
		}
		if s := strings.Join(got, " "); s != c.want || b.Counted()["repeated"] != int64(len(got)) {
			t.Errorf("%s: %q, counted %v; want %q", c.name, s, b.Counted(), c.want)
		}
	}
}

// TestDedupAnswersByTree: programs are the same whose syntax trees are; one that does not parse repeats none, and is counted.
func TestDedupAnswersByTree(t *testing.T) {
	env := &stages.Env{}
	if _, err := openSandbox(env, "any"); err != nil {
		t.Skip(err)
	}
	const prompted = "def f(x):\n    \"\"\"Add one.\"\"\"\n"
	for _, c := range []struct {
		name     string
		u        DedupAnswers
		prompt   string
		answers  []stages.Answer
		want     string
		unparsed int64
	}{
		{
			"Python",
			DedupAnswers{},
			"Add one.",
			[]stages.Answer{
				answer("So:\n```python\ndef f(x):\n    return x + 1\n```\nDone.", "p"), answer("def f( x ): return x+1 # one", "p"), answer("def f(x): return 1+x", "p"), answer("def f(x: return", "p"),
				answer("def f(x: return", "p"), answer("def f(x):\n  'doc'\n  return x+1", "f"),
			},
			"2", 2,
		},
		{"one that goes on with the prompt", DedupAnswers{}, prompted, []stages.Answer{answer("    return x + 1\n", "p"), answer("def f(x):\n    return (x + 1)", "p")}, "2", 0},
		{"the shortest stays", DedupAnswers{Keep: "shortest"}, "Q", []stages.Answer{answer("def f(x): return x+1 # one", "p"), answer("def f(x): return x+1", "p")}, "1", 0},
		{
			"Go",
			DedupAnswers{Language: "go"},
			"Q",
			[]stages.Answer{answer("```go\nfunc f(x int) int { return x + 1 }\n```", "p"), answer("func f(x int) int {\n\treturn (x + 1) // one\n}", "p"), answer("no", "p"), answer("no", "p")},
			"2", 2,
		},
	} {
		d := prompt(c.answers...)
		d.Turns[0].Content = c.prompt
		d.Fields.SetText("entry_point", "f")
		u := dedupAnswersDefaults
		u.By, u.label = "ast", "dedup_answers"
		if c.u.Keep != "" {
			u.Keep = c.u.Keep
		}
		if c.u.Language != "" {
			u.Language = c.u.Language
		}
		if err := u.Provision(env); err != nil {
			t.Fatal(err)
		}
		b := stages.NewBatch([]stages.Document{d})
		b.Act("dedup_answers")
		if err := u.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		var got []string
		for k, a := range b.Docs[0].Answers {
			if last := a.Checks[len(a.Checks)-1]; repeats(last) {
				got = append(got, fmt.Sprint(k+1))
				if !strings.HasSuffix(last.Why, "the same syntax tree") {
					t.Errorf("%s: %s", c.name, last.Why)
				}
			}
		}
		if s := strings.Join(got, " "); s != c.want || b.Counted()["repeated"] != int64(len(got)) || b.Counted()["unparsed"] != c.unparsed {
			t.Errorf("%s: %q, counted %v; want %q", c.name, s, b.Counted(), c.want)
		}
	}
}
