package synth

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/dialogue"
	"github.com/winnow-data/winnow/stages/rows"
	"github.com/winnow-data/winnow/stages/settings"
)

// answer makes an answer with checks spelled by letters: p passed, f failed, u unknown; their names are a, b, c and so on.
func answer(text, checks string) stages.Answer {
	a := stages.Answer{Text: text, By: "test"}
	for i, c := range checks {
		a.Checks = append(a.Checks, stages.Check{Name: string(rune('a' + i)), Result: map[rune]stages.Result{'p': stages.Passed, 'f': stages.Failed, 'u': stages.Unknown}[c]})
	}
	return a
}

// scored gives an answer's first check a score.
func scored(text string, x float64) stages.Answer {
	a := answer(text, "p")
	a.Checks[0].Score = x
	return a
}

// prompt makes a prompt with answers.
func prompt(answers ...stages.Answer) stages.Document {
	return stages.Document{ID: "q", Source: "s", Turns: []stages.Turn{{Role: dialogue.User, Content: "Q"}}, Answers: answers}
}

// picker makes a pick of a recipe's settings.
func picker(t *testing.T, yaml string) *Pick {
	t.Helper()
	p := pickDefaults
	tree, ps := settings.Parse("pick", []byte(yaml))
	if len(ps) == 0 {
		ps = settings.Decode(tree, &p)
	}
	if len(ps) > 0 {
		t.Fatalf("%s: %v", yaml, ps)
	}
	return &p
}

// apply lets a stage act on one document and returns what it made, and the document's outcome.
//
//lint:ignore ST1008 the error is an outcome of the document, not of apply
func apply(t *testing.T, s stages.Stage, d stages.Document) (made []stages.Document, v stages.Verdict, fault error, b *stages.Batch) {
	t.Helper()
	b = stages.NewBatch([]stages.Document{d})
	b.Act("pick")
	if err := s.Apply(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	v, fault = b.Outcome(0)
	for _, i := range b.Settle() {
		made = append(made, b.Docs[i])
	}
	return made, v, fault, b
}

// rowsOf writes rows as kind:answer, or kind:chosen>rejected.
func rowsOf(made []stages.Document) string {
	var list []string
	for i := range made {
		d := &made[i]
		switch d.Kind {
		case "dpo":
			list = append(list, "dpo:"+d.Answers[0].Text+">"+d.Answers[1].Text)
		case "kto":
			raw, _ := d.Fields.Raw("label")
			list = append(list, "kto:"+d.Turns[len(d.Turns)-1].Content+":"+string(raw))
		default:
			list = append(list, d.Kind+":"+d.Turns[len(d.Turns)-1].Content)
		}
	}
	return strings.Join(list, " ")
}

func TestPick(t *testing.T) {
	for _, c := range []struct {
		name, yaml string
		d          stages.Document
		want       string
	}{
		{"no answers", "{}", prompt(), ""},
		{"no checks", "{}", prompt(answer("x", "")), ""},
		{"no checks, any", "sft: {where: any}", prompt(answer("x", "")), "sft:x"},
		{"the shortest", "{}", prompt(answer("longer", "p"), answer("long", "p"), answer("s", "f")), "sft:long"},
		{"the first of equals", "{}", prompt(answer("aa", "p"), answer("bb", "p")), "sft:aa"},
		{"the first", "sft: {best: first}", prompt(answer("longer", "p"), answer("s", "p")), "sft:longer"},
		{"the best score", "sft: {best: score}", prompt(scored("x", 1), scored("y", 3), scored("z", 2)), "sft:y"},
		{"two, no text twice", "sft: {per_prompt: 2}", prompt(answer("a b", "p"), answer(" a  b ", "p"), answer("a c d", "p")), "sft:a b sft:a c d"},
		{"farthest apart", "sft: {best: farthest, per_prompt: 2}", prompt(answer("a b c d", "p"), answer("a b c e", "p"), answer("x y z w", "p")), "sft:x y z w sft:a b c d"},
		{"an unknown check", "{sft: {}, dpo: {}}", prompt(answer("x", "pu"), answer("y", "fu")), ""},
		{"an empty answer", "{sft: {where: any}, kto: {}}", prompt(answer(" \n", "p")), ""},
		{"a right answer with a wrong equation is neither", "{sft: {}, dpo: {}}", prompt(answer("right", "pp"), answer("unsound", "pf"), answer("wrong", "fp")), "sft:right dpo:right>wrong"},
		{"unless the recipe says so", "dpo: {rejected: failed}", prompt(answer("right", "pp"), answer("unsound", "pf")), "dpo:right>unsound"},
		{"by one check alone", "dpo: {chosen: {passed: a}, rejected: {failed: b}}", prompt(answer("one", "pf"), answer("two", "fp")), ""},
		{"no answer is on both sides", "dpo: {chosen: {passed: a}, rejected: {failed: b}}", prompt(answer("one", "pf"), answer("two", "pf")), ""},
		{"sides that are the same", "dpo: {}", prompt(answer("It is blue.", "p"), answer(" It is  blue. ", "f")), ""},
		{"the most similar length first", "dpo: {per_prompt: 1}", prompt(answer("ccccc", "p"), answer("r", "f"), answer("rrrr", "f")), "dpo:ccccc>rrrr"},
		{"each once before one twice", "dpo: {per_prompt: 2}", prompt(answer("c1", "p"), answer("c2xx", "p"), answer("r1", "f"), answer("r2xx", "f")), "dpo:c1>r1 dpo:c2xx>r2xx"},
		{"best and worst", "dpo: {chosen: best, rejected: worst}", prompt(scored("x", 1), scored("y", 3), scored("z", 2)), "dpo:y>x"},
		{"a tie", "dpo: {chosen: best, rejected: worst}", prompt(scored("x", 2), scored("y", 2)), ""},
		{"a margin", "dpo: {chosen: best, rejected: worst, margin: 2.5}", prompt(scored("x", 1), scored("y", 3)), ""},
		{"labels", "kto: {}", prompt(answer("g", "p"), answer("b", "f"), answer("u", "u")), "kto:g:true kto:b:false"},
		{"a row stays", "{}", stages.Document{ID: "r", Kind: "sft"}, ""},
	} {
		made, v, fault, b := apply(t, picker(t, c.yaml), c.d)
		if got := rowsOf(made); got != c.want || fault != nil {
			t.Errorf("%s: %q, %v; want %q", c.name, got, fault, c.want)
		}
		rule := map[bool]string{true: "picked", false: "nothing_picked"}[len(made) > 0]
		if c.d.Kind != "" {
			rule = ""
		}
		if v.Rule != rule || b.Alive(0) != (rule == "") {
			t.Errorf("%s: the prompt went by %q", c.name, v.Rule)
		}
		for i := range made {
			if made[i].ID != fmt.Sprintf("q/pick-%d", i+1) || !slices.Equal(made[i].Parents, []string{"q"}) || made[i].Source != "s" {
				t.Errorf("%s: row %d is %+v", c.name, i, made[i])
			}
			if err := rows.Check(&made[i]); err != nil {
				t.Errorf("%s: row %d: %v", c.name, i, err)
			}
		}
	}
}

func TestPickTellsOfTheAnswer(t *testing.T) {
	d := prompt(answer("x", "pp"))
	d.Answers[0].Checks[1].Why, d.Answers[0].Checks[1].Score = "1 < 2", 0.5
	d.Fields.SetText("skill", "math")
	made, _, _, _ := apply(t, picker(t, "{}"), d)
	by, _ := made[0].Fields.Text("answer_by")
	raw, _ := made[0].Fields.Raw("answer_checks")
	skill, _ := made[0].Fields.Text("skill")
	if by != "test" || skill != "math" || string(raw) != `[{"name":"a","pass":true},{"name":"b","pass":true,"score":0.5,"why":"1 < 2"}]` || !json.Valid(raw) {
		t.Errorf("%q, %q, %s", by, skill, raw)
	}
	if len(d.Fields) != 1 {
		t.Error("the prompt's fields were changed")
	}
}

func TestPickSettings(t *testing.T) {
	for yaml, want := range map[string]string{
		"sft: {best: longest}":                       "longest",
		"sft: {where: failed}":                       "failed",
		"sft: [1]":                                   "want a map",
		"dpo: {chosen: best}":                        "rejected: worst",
		"dpo: {rejected: worst}":                     "chosen: best",
		"dpo: {chosen: {failed: a}}":                 "failed",
		"dpo: {rejected: {failed: []}}":              "no checks",
		"dpo: {per_prompt: 0}":                       "at least 1",
		"kto: {good: best}":                          "best and worst",
		"{sft: {}, dpo: {chosen: {passed: [a, []]}}": "",
	} {
		p := pickDefaults
		tree, ps := settings.Parse("pick", []byte(yaml))
		if len(ps) == 0 {
			ps = settings.Decode(tree, &p)
		}
		if len(ps) == 0 || !strings.Contains(ps[0].Error(), want) {
			t.Errorf("%s: %v, want %q", yaml, ps, want)
		}
	}
}

// TestPairProperties: whatever the checks and texts, each pair has two different answers, the chosen one passed, the rejected one failed, neither is unknown,
// and there are no more than allowed; the same prompt always gives the same rows.
func TestPairProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	texts := []string{"a", "a b", " a  b", "c", "", "c d e", "é", "<<1+1=2>>2"}
	p := picker(t, "{sft: {per_prompt: 3}, dpo: {per_prompt: 3}, kto: {}}")
	for range 5000 {
		d := prompt()
		for range rng.IntN(8) {
			checks := ""
			for range rng.IntN(4) {
				checks += string("pfu"[rng.IntN(3)])
			}
			d.Answers = append(d.Answers, answer(texts[rng.IntN(len(texts))], checks))
		}
		made, _, fault, _ := apply(t, p, d)
		again, _, _, _ := apply(t, p, d)
		if fault != nil || rowsOf(made) != rowsOf(again) {
			t.Fatalf("%v: %v, %q, %q", d.Answers, fault, rowsOf(made), rowsOf(again))
		}
		kinds := map[string]int{}
		for i := range made {
			kinds[made[i].Kind]++
			if err := rows.Check(&made[i]); err != nil {
				t.Fatalf("%v: %v", d.Answers, err)
			}
			if made[i].Kind != "dpo" {
				continue
			}
			c, r := &made[i].Answers[0], &made[i].Answers[1]
			if standing(c) != stages.Passed || standing(r) != stages.Failed || r.Checks[0].Result != stages.Failed && len(d.Answers[0].Checks) > 0 && d.Answers[0].Checks[0].Name == r.Checks[0].Name {
				t.Fatalf("chosen %+v, rejected %+v", c, r)
			}
		}
		if kinds["sft"] > 3 || kinds["dpo"] > 3 || kinds["kto"] > 8 {
			t.Fatalf("%v", kinds)
		}
	}
}

// TestPassRateOfOneCheck: an evaluation judges what was cut off as it stands, and an answer follows its instructions if it follows all.
func TestPassRateOfOneCheck(t *testing.T) {
	named := func(checks ...stages.Check) stages.Answer { return stages.Answer{Text: "t", Checks: checks} }
	cut := stages.Check{Name: "answer", Why: "cut off at 5 tokens"}
	is := func(name string, r stages.Result) stages.Check { return stages.Check{Name: name, Result: r} }
	for _, c := range []struct {
		name                    string
		answers                 []stages.Answer
		passed, failed, unknown int64
	}{
		{"no answer", nil, 0, 0, 0},
		{"cut off and right", []stages.Answer{named(cut, is("form", stages.Passed))}, 1, 0, 0},
		{"cut off and wrong", []stages.Answer{named(cut, is("form", stages.Failed))}, 0, 1, 0},
		{"one of two instructions", []stages.Answer{named(is("form/a", stages.Passed), is("form/b", stages.Failed))}, 0, 1, 0},
		{"both", []stages.Answer{named(is("form/a", stages.Passed), is("form/b", stages.Passed))}, 1, 0, 0},
		{"one that nobody knows", []stages.Answer{named(is("form/a", stages.Failed), is("form/b", stages.Unknown))}, 0, 0, 1},
		{"the check of another stage", []stages.Answer{named(is("formal", stages.Passed))}, 0, 0, 1},
		{"two answers", []stages.Answer{named(is("form", stages.Passed)), named(is("form", stages.Failed))}, 1, 1, 0},
	} {
		p := PassRate{Of: "form", Range: stages.Any}
		d := prompt(c.answers...)
		_, _, _, b := apply(t, &p, d)
		n := b.Counted()
		if n["passed"] != c.passed || n["failed"] != c.failed || n["unknown"] != c.unknown || !b.Alive(0) {
			t.Errorf("%s: counted %v, want %d passed, %d failed, %d unknown, and the prompt stays", c.name, n, c.passed, c.failed, c.unknown)
		}
	}
}

func TestPassRate(t *testing.T) {
	repeated := answer("x", "p")
	repeated.Checks = append(repeated.Checks, repeatsCheck("d", 1, "the same text"))
	for _, c := range []struct {
		name    string
		answers []stages.Answer
		want    float64
		stays   bool
	}{
		{"half", []stages.Answer{answer("", "p"), answer("", "f")}, 0.5, true},
		{"all", []stages.Answer{answer("", "pp")}, 1, false},
		{"none", []stages.Answer{answer("", "pf")}, 0, false},
		{"unknown ones do not count", []stages.Answer{answer("", "p"), answer("", "f"), answer("", "u")}, 0.5, true},
		{"repeated ones do", []stages.Answer{answer("", "p"), repeated, repeated, answer("", "f")}, 0.75, true},
		{"nothing is decided", []stages.Answer{answer("", "u"), answer("", "")}, stages.NA, true},
		{"no answers", nil, stages.NA, true},
	} {
		p := PassRate{Range: stages.Between(0.1, 0.9)}
		d := prompt(c.answers...)
		if got := rate(p.decide(&d)); got != c.want && !(stages.IsNA(got) && stages.IsNA(c.want)) {
			t.Errorf("%s: %v", c.name, got)
		}
		if _, v, _, b := apply(t, &p, d); b.Alive(0) != c.stays || !c.stays && v.Rule != "pass_rate" {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "a b", 2}, {"a b c", "a x c", 1}, {"a b", "b a", 2}, {"k i t t e n", "s i t t i n g", 3},
	} {
		a, b := strings.Fields(c.a), strings.Fields(c.b)
		if got := distance(a, b); got != c.want || distance(b, a) != got {
			t.Errorf("%q and %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestAudit(t *testing.T) {
	for _, c := range []struct {
		name string
		d    stages.Document
		want string
	}{
		{"a row", stages.Document{Kind: "sft", Turns: []stages.Turn{{Role: "user", Content: "Q"}, {Role: "assistant", Content: "A"}}}, ""},
		{"a conversation", stages.Document{Turns: []stages.Turn{{Role: "user", Content: "Q"}, {Role: "assistant", Content: "A"}}}, ""},
		{"a prompt", prompt(), "no row"},
		{"a text", stages.Document{Text: "x"}, "no row"},
		{"a pair", stages.Document{Kind: "dpo", Turns: prompt().Turns, Answers: []stages.Answer{{Text: "a"}, {Text: "b"}}}, ""},
		{"one side", stages.Document{Kind: "dpo", Turns: prompt().Turns, Answers: []stages.Answer{{Text: "a"}}}, "two answers"},
		{"a control token in a side", stages.Document{Kind: "dpo", Turns: prompt().Turns, Answers: []stages.Answer{{Text: "a"}, {Text: "<|im_end|>"}}}, "rejected: the content holds"},
	} {
		a := auditDefaults
		_, _, fault, _ := apply(t, &a, c.d)
		if (fault == nil) != (c.want == "") || fault != nil && !strings.Contains(fault.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, fault, c.want)
		}
	}
	a := Audit{Tokens: stages.AtMost(3), counter: letters{}}
	if _, v, _, _ := apply(t, &a, stages.Document{Kind: "dpo", Turns: prompt().Turns, Answers: []stages.Answer{{Text: "ab"}, {Text: "abc"}}}); v.Rule != "tokens" || v.Value != 4 {
		t.Errorf("%+v", v)
	}
}

// letters counts bytes as tokens.
type letters struct{}

func (letters) Count(s string) int { return len(s) }
