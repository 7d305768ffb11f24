package check

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// prompt returns a document with a gold answer as raw JSON.
func prompt(gold string) *stages.Document {
	d := &stages.Document{}
	if gold != "" {
		d.Fields.SetRaw("gold", []byte(gold))
	}
	return d
}

func TestMath(t *testing.T) {
	for _, c := range []struct {
		name, extract, gold, answer string
		want                        stages.Result
		why                         string
	}{
		{"right", "auto", `"18"`, "#### 18", stages.Passed, "18 = 18"},
		{"wrong", "auto", `"18"`, "#### 19", stages.Failed, "18 ≠ 19"},
		{"a number in JSON", "auto", `18`, "A: 18", stages.Passed, "18 = 18"},
		{"a decimal in JSON", "auto", `18.50`, `\$18.5`, stages.Passed, `18.50 = \$18.5`},
		{"a solution as gold", "auto", `"16-7=<<16-7=9>>9\n#### 9"`, "nine", stages.Passed, "9 = nine"},
		{"escapes", "auto", `"$\\frac{1}{2}$"`, "0.5", stages.Passed, `$\frac{1}{2}$ = 0.5`},
		{"a convention", "auto", `"50%"`, "50", stages.Passed, "50% = 50: the percent sign is left out on one side"},
		{"rounded", "auto", `"1/3"`, "0.33333333", stages.Unknown, "1/3 ? 0.33333333: equal to six digits, not exactly"},
		{"no answer", "auto", `"18"`, "", stages.Failed, "no answer in the text"},
		{"empty statement", "auto", `"18"`, "The total is 18. ####", stages.Failed, "no answer in the text"},
		{"no gold", "auto", "", "18", stages.Unknown, `the gold answer cannot be read: there is no field "gold"`},
		{"empty gold", "auto", `""`, "18", stages.Unknown, `the gold answer cannot be read: "" states no answer`},
		{"gold null", "auto", `null`, "18", stages.Unknown, `the gold answer cannot be read: field "gold" is null`},
		{"gold a list", "auto", `["18"]`, "18", stages.Unknown, `the gold answer cannot be read: field "gold" holds a list, not text or a number`},
		{"gold an object", "auto", `{"a":1}`, "18", stages.Unknown, `the gold answer cannot be read: field "gold" holds an object, not text or a number`},
		{"gold broken", "auto", `"\\frac{1"`, "18", stages.Unknown, `the gold answer cannot be read: "\\frac{1": its brackets do not close`},
		{"gold without value", "auto", `"1/0"`, "1/0", stages.Unknown, `the gold answer cannot be read: "1/0": division by zero`},
		{"hash only", "hash", `"18"`, `\boxed{18}`, stages.Failed, "no answer in the text"},
		{"hash before a box", "hash", `"18"`, "#### 18\n\\boxed{19}", stages.Passed, "18 = 18"},
		{"box only", "boxed", `"18"`, "\\boxed{18} #### 19", stages.Passed, "18 = 18"},
		{"phrase only", "phrase", `"18"`, "The answer is 18. \\boxed{19}", stages.Passed, "18 = 18"},
		{"last number", "number", `"19"`, "The answer is 18. Page 19", stages.Passed, "19 = 19"},
		{"all", "all", `"18"`, " 18\n", stages.Passed, "18 = 18"},
		{"all is no number within", "all", `"18"`, "there are 18", stages.Failed, "18 ≠ there are 18"},
	} {
		m := MathDefaults
		m.Extract = c.extract
		if err := m.Validate(); err != nil {
			t.Fatal(err)
		}
		got := m.Check(prompt(c.gold), &stages.Answer{Text: c.answer})
		if got.Name != "check_math" || got.Result != c.want || got.Why != c.why || (got.Score == 1) != (c.want == stages.Passed) {
			t.Errorf("%s: got %+v, want %v, %q", c.name, got, c.want, c.why)
		}
		if again := m.Check(prompt(c.gold), &stages.Answer{Text: c.answer}); again != got {
			t.Errorf("%s: the second time %+v, first %+v", c.name, again, got)
		}
	}
}

// A prompt whose gold answer is there and cannot be read is at fault; one without is none of check_math's.
func TestMathFault(t *testing.T) {
	for gold, want := range map[string]string{
		"":           "",
		`null`:       "",
		`"18"`:       "",
		`18`:         "",
		`"Tuesday"`:  "",
		`""`:         `the gold answer cannot be read: "" states no answer`,
		`["18"]`:     `the gold answer cannot be read: field "gold" holds a list, not text or a number`,
		`"\\frac{1"`: `the gold answer cannot be read: "\\frac{1": its brackets do not close`,
		`"1/0"`:      `the gold answer cannot be read: "1/0": division by zero`,
	} {
		m := MathDefaults
		for range 2 {
			got := ""
			if err := m.Fault(prompt(gold)); err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("gold %s: got %q, want %q", gold, got, want)
			}
		}
	}
}

// TestMathOrder shows that what came before does not matter: answers and gold answers in any order get the same checks.
func TestMathOrder(t *testing.T) {
	golds := []string{`"18"`, `"$\\sqrt{2}$"`, `"(1,2)"`, `"18"`, `"yes"`, `""`, `"1,234"`}
	answers := []string{"18", `\boxed{\sqrt 2}`, "(1, 2)", "Yes.", "1234", "", "1.234", "x<3", "18"}
	used := MathDefaults
	for _, g := range golds {
		for _, a := range answers {
			fresh := MathDefaults
			want := fresh.Check(prompt(g), &stages.Answer{Text: a})
			if got := used.Check(prompt(g), &stages.Answer{Text: a}); got != want {
				t.Errorf("gold %s, answer %q: got %+v, want %+v", g, a, got, want)
			}
		}
	}
}

func TestMathGoldInText(t *testing.T) {
	m := MathDefaults
	m.Gold = "text"
	d := &stages.Document{Text: "The answer is 5."}
	if got := m.Check(d, &stages.Answer{Text: "5"}); got.Result != stages.Passed {
		t.Errorf("got %+v", got)
	}
	if got := m.Reads(); len(got) != 1 || got[0] != "text" {
		t.Errorf("reads %q", got)
	}
}

func TestMathSettings(t *testing.T) {
	for _, c := range []struct {
		m    Math
		want string
	}{
		{Math{Extract: "box", Gold: "gold"}, `extract: "box" is no place of an answer; allowed are auto, hash, boxed, phrase, number, all`},
		{Math{Extract: "auto"}, "gold: it must name the field that holds the gold answer"},
	} {
		if err := c.m.Validate(); err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v, want %s", c.m, err, c.want)
		}
	}
}

// TestMathShort shows that a reason stays short whatever the answer.
func TestMathShort(t *testing.T) {
	m := MathDefaults
	got := m.Check(prompt(`"5"`), &stages.Answer{Text: `\boxed{` + strings.Repeat("é", 5000) + `}`})
	if got.Result != stages.Failed || len(got.Why) > 2*maxShown || !json.Valid([]byte(`"`+got.Why+`"`)) {
		t.Errorf("got %+v", got)
	}
}

// TestMathAllocations guards the way of plain numbers: the reason and the copy of a fresh answer are all that is allocated, nothing for a repeated one.
func TestMathAllocations(t *testing.T) {
	m := MathDefaults
	d := prompt(`"18"`)
	a := [2]stages.Answer{{Text: "He has 18.\n#### 18"}, {Text: "He has 19.\n#### 19"}}
	k := 0
	if n := testing.AllocsPerRun(100, func() { k++; m.Check(d, &a[k%2]) }); n > 2 {
		t.Errorf("fresh answers: %v allocations, want 2", n)
	}
	if n := testing.AllocsPerRun(100, func() { m.Check(d, &a[0]) }); n != 0 {
		t.Errorf("repeated answer: %v allocations, want 0", n)
	}
}

// BenchmarkMath judges the 2,800 recorded answers to 700 problems of GSM8K, as a run does: gold read once a problem.
func BenchmarkMath(b *testing.B) {
	var docs []*stages.Document
	bytes, n := 0, 0
	for _, row := range lines[map[string]json.RawMessage](b, "data/gsm8k/model-solutions-700.jsonl") {
		d := &stages.Document{}
		d.Fields.SetRaw("gold", row["ground_truth"])
		for _, model := range models {
			var s recorded
			if err := json.Unmarshal(row[model], &s); err != nil {
				b.Fatal(err)
			}
			d.Answers = append(d.Answers, stages.Answer{Text: s.Solution})
			bytes += len(s.Solution)
			n++
		}
		docs = append(docs, d)
	}
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	m := MathDefaults
	for b.Loop() {
		for _, d := range docs {
			for i := range d.Answers {
				m.Check(d, &d.Answers[i])
			}
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "answers/s")
}
