package compare

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/report"
	"github.com/winnow-data/winnow/stages"
)

func TestMcNemar(t *testing.T) {
	for _, c := range []struct {
		fixed, broken int
		want          float64
	}{
		{0, 0, 1}, {1, 0, 1}, {3, 3, 1}, {0, 5, 0.0625}, {5, 0, 0.0625}, {9, 3, 598.0 / 4096}, {10, 0, 2.0 / 1024}, {1000, 900, 0.02311},
	} {
		if got := mcnemar(c.fixed, c.broken); math.Abs(got-c.want) > 1e-5 {
			t.Errorf("%d fixed, %d broken: p = %v, want %v", c.fixed, c.broken, got, c.want)
		}
	}
}

func TestOutcome(t *testing.T) {
	check := func(name string, r stages.Result) stages.Check { return stages.Check{Name: name, Result: r} }
	answer := func(checks ...stages.Check) stages.Answer { return stages.Answer{Checks: checks} }
	const p, f, u = stages.Passed, stages.Failed, stages.Unknown
	for _, c := range []struct {
		name    string
		answers []stages.Answer
		want    map[string]stages.Result
	}{
		{"none", nil, map[string]stages.Result{}},
		{"one", []stages.Answer{answer(check("m", f))}, map[string]stages.Result{"m": f}},
		{"one of two is enough", []stages.Answer{answer(check("m", f)), answer(check("m", p))}, map[string]stages.Result{"m": p}},
		{"in whatever order", []stages.Answer{answer(check("m", p)), answer(check("m", f))}, map[string]stages.Result{"m": p}},
		{"unknown gives way", []stages.Answer{answer(check("m", u)), answer(check("m", f)), answer(check("m", u))}, map[string]stages.Result{"m": f}},
		{"all instructions", []stages.Answer{answer(check("c/a", p), check("c/b", f))}, map[string]stages.Result{"c": f}},
		{"all pass", []stages.Answer{answer(check("c/a", p), check("c/b", p))}, map[string]stages.Result{"c": p}},
		{"one is unknown", []stages.Answer{answer(check("c/a", f), check("c/b", u))}, map[string]stages.Result{"c": u}},
		{"no answer follows all", []stages.Answer{answer(check("c/a", p), check("c/b", f)), answer(check("c/a", f), check("c/b", p))}, map[string]stages.Result{"c": f}},
		{"two checks", []stages.Answer{answer(check("m", p), check("e", f))}, map[string]stages.Result{"m": p, "e": f}},
	} {
		got := outcome(c.answers)
		if len(got) != len(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		for label, r := range c.want {
			if got[label] != r {
				t.Errorf("%s: %s is %v, want %v", c.name, label, got[label], r)
			}
		}
	}
}

func TestPairComparesDuplicatesInOrder(t *testing.T) {
	const p, f, u = stages.Passed, stages.Failed, stages.Unknown
	got := pair("m",
		map[string][]stages.Result{"a": {p, f}, "b": {f}, "c": {u}, "gone": {p}, "d": {p}},
		map[string][]stages.Result{"a": {p, p, p}, "b": {f}, "c": {p}, "new": {p}, "d": {f}})
	if got.Both != 1 || got.Neither != 1 || got.Undecided != 1 || !slices.Equal(got.Fixed, []string{"a"}) || !slices.Equal(got.Broken, []string{"d"}) {
		t.Errorf("got %+v", got)
	}
}

func stage(label, name, settings string) plan.Stage {
	return plan.Stage{Label: label, Name: name, Version: 1, Settings: json.RawMessage(`{"label":"` + label + `","settings":` + settings + `,"drop":true}`)}
}

func TestChanges(t *testing.T) {
	a := &plan.Plan{Name: "x", Stages: []plan.Stage{stage("answer", "answer", `{"n":1,"temperature":0}`), stage("c4", "c4", `{"words":{"min":5}}`)}}
	b := &plan.Plan{Name: "x", Seed: 7, Limit: 10, Stages: []plan.Stage{stage("answer", "answer", `{"n":1,"temperature":0.7}`), stage("pick", "pick", `{}`)}}
	a.Stages[0].Model = &plan.Model{Identity: "sha256:0123456789abcdef0123 weights int8"}
	b.Stages[0].Model = &plan.Model{Identity: "endpoint h/v1 model m"}
	want := []Change{
		{"seed", "0", "7"},
		{"--limit", "all", "10"},
		{"answer.temperature", "0", "0.7"},
		{"answer: model", "sha256:0123456789ab weights int8", "endpoint h/v1 model m"},
		{"c4", "c4", ""},
		{"pick", "", "pick"},
		{"stages", "answer → c4", "answer → pick"},
	}
	if got := changes(a, b); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got := changes(a, a); len(got) != 0 {
		t.Errorf("a plan differs from itself in %q", got)
	}
	only := &plan.Plan{Stages: []plan.Stage{{Label: "c4", Settings: json.RawMessage(`{"settings":{"words":{"min":5}},"drop":false,"only":[{"field":"language","values":["en"]}]}`)}}}
	all := &plan.Plan{Stages: []plan.Stage{{Label: "c4", Settings: json.RawMessage(`{"settings":{"words":{"min":6}},"drop":true}`)}}}
	if got, want := changes(only, all), []Change{{"c4.drop", "false", ""}, {"c4.only", `[{"field":"language","values":["en"]}]`, ""}, {"c4.words.min", "5", "6"}}; !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestCountsOfOneRunAlone(t *testing.T) {
	a := &report.Data{Stages: []report.Stage{{Label: "answer"}, {Label: "pick"}}, Answers: []report.Counted{
		{Stage: "answer", Counts: map[string]int64{"asked": 4, "failed": 0}}, {Stage: "pick", Counts: map[string]int64{"sft": 2}},
	}}
	b := &report.Data{Stages: []report.Stage{{Label: "answer"}}, Answers: []report.Counted{{Stage: "answer", Counts: map[string]int64{"asked": 4, "unfit": 1}}}}
	var got []string
	for _, c := range counts(a, b) {
		if c.Stage != "" {
			raw, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(raw))
		}
	}
	want := []string{
		`{"stage":"answer","name":"asked","a":4,"b":4}`, `{"stage":"answer","name":"unfit","a":null,"b":1}`, `{"stage":"pick","name":"sft","a":2,"b":null}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
