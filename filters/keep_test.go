package filters

import (
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
	"github.com/winnow-data/winnow/stages/text"
)

// keepOf reads the settings of the stage as a recipe spells them.
func keepOf(t testing.TB, src string) (*Keep, string) {
	t.Helper()
	n, ps := settings.Parse("", []byte(src))
	if len(ps) > 0 {
		t.Fatalf("%s: %s", src, ps[0].Text())
	}
	k := keepDefaults
	if ps := settings.Decode(n, &k, "only", "drop", "without", "label"); len(ps) > 0 {
		return nil, ps[0].Text() + " " + ps[0].Hint()
	}
	if err := k.Provision(&stages.Env{}); err != nil {
		t.Fatal(err)
	}
	return &k, ""
}

func TestKeep(t *testing.T) {
	for _, c := range []struct {
		settings, field, raw string // "" for raw: the field is absent
		want                 string // the verdict: "stays", a reason, or "fault"
	}{
		{"{x: {min: 3}}", "x", "3", "stays"},
		{"{x: {min: 3}}", "x", "2.999999", "x 2.999999"},
		{"{x: {max: 3}}", "x", "3.0000001", "x 3.0000001"},
		{"{x: {min: 3}}", "x", `"3.5"`, "stays"},
		{"{x: {min: 3}}", "x", `"2"`, "x 2"},
		{"{x: {min: 3}}", "x", "1e999", "stays"},
		{"{x: {max: 3}}", "x", "-1e999", "stays"},
		{"{x: {min: -.inf, max: 3}}", "x", "-5", "stays"},
		{"{x: {min: 3}}", "x", `"high"`, "fault"},
		{"{x: {min: 3}}", "x", `"NaN"`, "fault"},
		{"{x: {min: 3}}", "x", `"Infinity"`, "fault"},
		{"{x: {min: 3}}", "x", `" 5"`, "fault"},
		{"{x: {min: 3}}", "x", `"0x1F"`, "fault"},
		{"{x: {min: 3}}", "x", `"1_000"`, "fault"},
		{"{x: {min: 3}}", "x", `""`, "fault"},
		{"{x: {min: 3}}", "x", "true", "fault"},
		{"{x: {min: 3}}", "x", "[5]", "fault"},
		{"{x: {min: 3}}", "x", `{"y": 5}`, "fault"},
		{"{x: {min: 3}}", "x", "null", "x absent"},
		{"{x: {min: 3}}", "x", "", "x absent"},
		{"{x: {min: 3, absent: keep}}", "x", "", "stays"},
		{"{x: {min: 3, absent: keep}}", "x", "null", "stays"},
		{"{x: {min: 3, absent: keep}}", "x", "1", "x 1"},
		{"{x: {min: 3, by: {zh: {min: 1}}}}", "x", "2", "stays"},
		{"{x: [high, low]}", "x", `"low"`, "stays"},
		{"{x: [high, low]}", "x", `"mid"`, `x "mid"`},
		{"{x: [high]}", "x", `"High"`, `x "High"`},
		{"{x: [high]}", "x", "", "x absent"},
		{"{x: [high]}", "x", `""`, `x ""`},
		{`{x: [""]}`, "x", `""`, "stays"},
		{"{x: [3]}", "x", "3.0", "stays"},
		{"{x: [3]}", "x", `"3"`, "stays"},
		{"{x: [3]}", "x", `"3.0"`, `x "3.0"`},
		{"{x: [1e3]}", "x", "1000", "stays"},
		{"{x: [true]}", "x", "true", "stays"},
		{"{x: [true]}", "x", "false", "x false"},
		{"{x: [no]}", "x", `"no"`, "stays"},
		{"{x: [math]}", "x", `["art", "math"]`, "stays"},
		{"{x: [math]}", "x", `["art"]`, `x ["art"]`},
		{"{x: [math]}", "x", "[]", "x absent"},
		{"{x: [math]}", "x", `[["math"]]`, "fault"},
		{"{x: [math]}", "x", `[{"a": 1}]`, "fault"},
		{"{x: [math]}", "x", `[null, "math"]`, "stays"},
		{"{x: {not: [spam]}}", "x", `"ham"`, "stays"},
		{"{x: {not: [spam]}}", "x", `["ham", "spam"]`, `x ["ham", "spam"]`},
		{"{x: {not: [spam]}}", "x", "", "x absent"},
		{"{x: {not: [spam], absent: keep}}", "x", "", "stays"},
		{"{x: {match: '^https://'}}", "x", `"https://a"`, "stays"},
		{"{x: {match: '^https://'}}", "x", `"http://a"`, `x "http://a"`},
		{"{x: {match: '^\\d+$'}}", "x", "42", "stays"},
		{"{x: [世界]}", "x", `"\u4e16\u754c"`, "stays"},
		{"{m.a.b: {min: 3}}", "m", `{"a": {"b": 3}}`, "stays"},
		{"{m.a.b: {min: 3}}", "m", `{"a.b": 4}`, "stays"},
		{"{m.a.b: {min: 3}}", "m.a.b", "1", "m.a.b 1"},
		{"{m.a.b: {min: 3}}", "m", `{"a": 5}`, "m.a.b absent"},
		{"{m.a.b: {min: 3}}", "m", `{"a": {"b": null}}`, "m.a.b absent"},
		{"{m.a.b: {min: 3}}", "m", `[1]`, "m.a.b absent"},
		{"{fields: {label: [good]}}", "label", `"bad"`, `label "bad"`},
		{"{source: [cc]}", "x", "1", "stays"},
		{"{source: [books]}", "x", "1", `source "cc"`},
		{"{text: {match: '[0-9]'}}", "x", "1", `text "words"`},
		{"{a: [1], x: [1]}", "x", "1", "a absent"},
	} {
		k, fault := keepOf(t, c.settings)
		if k == nil {
			t.Errorf("%s: %s", c.settings, fault)
			continue
		}
		d := stages.Document{ID: "1", Source: "cc", Text: "words"}
		if c.raw != "" {
			d.Fields = stages.Fields{{Name: c.field, Raw: []byte(c.raw)}}
		}
		var v text.View
		v.Reset(d.Text)
		v.SetLanguage("zh")
		verdict, err := k.Map(&d, &v)
		got := "stays"
		switch {
		case err != nil:
			got = "fault"
		case verdict.Rule != "" && verdict.Why != "":
			got = verdict.Rule + " " + verdict.Why
		case verdict.Rule != "":
			got = verdict.Rule + " " + stageNumber(verdict.Value)
		}
		if got != c.want {
			t.Errorf("%s, %s is %s: %s (%v), want %s", c.settings, c.field, c.raw, got, err, c.want)
		}
	}
}

func stageNumber(x float64) string {
	var f stages.Fields
	f.SetNumber("x", x)
	s, _ := f.Text("x")
	return s
}

func TestKeepSettings(t *testing.T) {
	for src, want := range map[string]string{
		"{}":                                "no field to cut on",
		"{x: high}":                         "write [high]",
		"{x: 3}":                            "write [3]",
		"{x: null}":                         "want bounds or a list of values",
		"{x: []}":                           "no document would stay",
		"{x: [[a]]}":                        "want a value",
		"{x: {min: 5, max: 3}}":             "min 5 exceeds max 3",
		"{x: {minimum: 5}}":                 "unknown setting",
		"{x: {}}":                           "every document that has the field would stay",
		"{x: {absent: keep}}":               "every document that has the field would stay",
		"{x: {min: 1, absent: maybe}}":      "absent",
		"{x: {min: 1, not: [a]}}":           "exclude each other",
		"{x: {match: '('}}":                 "missing closing )",
		"{x: [a], fields: {x: [b]}}":        "stands both under fields and beside it",
		"{x: {min: high}}":                  "high",
		"{fields: {label: {min: 1, z: 2}}}": "unknown setting",
	} {
		if k, fault := keepOf(t, src); k != nil || !strings.Contains(fault, want) {
			t.Errorf("%s: %q, want %q", src, fault, want)
		}
	}
}

func TestKeepReadsAndRules(t *testing.T) {
	k, _ := keepOf(t, "{m.stars: {min: 3}, license: {not: [x], absent: keep}, score: [1]}")
	if got := strings.Join(k.Reads(), " "); got != "m score" {
		t.Errorf("reads %q", got)
	}
	var names []string
	for _, r := range k.Rules() {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, " "); got != "license m.stars score" {
		t.Errorf("rules %q", got)
	}
	k.Without("m.stars")
	if err := k.Provision(&stages.Env{}); err != nil {
		t.Fatal(err)
	}
	d := stages.Document{Fields: stages.Fields{{Name: "score", Raw: []byte("1")}}}
	if v, err := k.Map(&d, new(text.View)); err != nil || v.Rule != "" {
		t.Errorf("a field that is left out decides: %+v, %v", v, err)
	}
}

// Two cuts that mean different things must not share a plan's key.
func TestKeepCanonical(t *testing.T) {
	seen := map[string]string{}
	for _, src := range []string{"{x: [a]}", "{x: [a, b]}", "{x: ['a, b']}", "{x: {not: [a]}}", "{x: {match: a}}", "{x: {min: 1}}", "{x: {min: 1, absent: keep}}", "{y: [a]}", "{x: {max: 1}}", "{x: {min: 1, by: {zh: {min: 2}}}}"} {
		k, fault := keepOf(t, src)
		if k == nil {
			t.Fatalf("%s: %s", src, fault)
		}
		key := string(settings.Canonical(k))
		if other, ok := seen[key]; ok {
			t.Errorf("%s and %s are both %s", src, other, key)
		}
		seen[key] = src
	}
}

// FuzzKeep wants no panic on any JSON, and the same verdict twice.
func FuzzKeep(f *testing.F) {
	for _, raw := range []string{"1", `"a"`, "null", `{"b": [1, "x"]}`, `[1, null, "2"]`, `{"b": {"c": 1}}`, "-", "{", "[", `"`} {
		f.Add(raw)
	}
	var cuts []*Keep
	for _, src := range []string{"{a: {min: 1}}", "{a: [x, 2]}", "{a.b: {not: [1]}}", "{a.b.c: {match: '1'}}"} {
		k, _ := keepOf(f, src)
		cuts = append(cuts, k)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		d := stages.Document{Fields: stages.Fields{{Name: "a", Raw: []byte(raw)}}}
		for _, k := range cuts {
			one, err1 := k.Map(&d, new(text.View))
			two, err2 := k.Map(&d, new(text.View))
			if one != two || (err1 == nil) != (err2 == nil) {
				t.Errorf("%q: %+v %v, then %+v %v", raw, one, err1, two, err2)
			}
		}
	})
}

func BenchmarkKeep(b *testing.B) {
	k, _ := keepOf(b, "{score: {min: 3}, language: [en, zh], m.stars: {min: 2}}")
	d := stages.Document{Fields: stages.Fields{{Name: "score", Raw: []byte("3.25")}, {Name: "language", Raw: []byte(`"zh"`)}, {Name: "m", Raw: []byte(`{"stars": 5, "name": "a"}`)}}}
	size := 0
	for _, f := range d.Fields {
		size += len(f.Raw)
	}
	b.SetBytes(int64(size))
	var v text.View
	for b.Loop() {
		if _, err := k.Map(&d, &v); err != nil {
			b.Fatal(err)
		}
	}
}
