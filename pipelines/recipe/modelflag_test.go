package recipe

import (
	"strings"
	"testing"
)

func TestModelFlagReplacesTheWholeModel(t *testing.T) {
	const src = `
models: {small: {hub: a/b, revision: x, weights: int8}} # the one
input: a.jsonl
stages: [{judge: {model: small}}]
output: out
`
	r := load(t, src, Options{
		Models: []ModelFlag{{Flag: "--model u", Kind: "url", Where: "http://h/v1#m"}}, Set: []string{"models.small.concurrency=3"},
		Stat: func(string) error { return nil },
	})
	if got, want := r.Models["small"], (Model{URL: "http://h/v1", Model: "m", Concurrency: 3}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	again := load(t, string(r.Source), Options{Stat: func(string) error { return nil }})
	if again.Models["small"] != r.Models["small"] {
		t.Errorf("the recipe as run reads back as %+v:\n%s", again.Models["small"], r.Source)
	}
}

func TestModelFlagProblems(t *testing.T) {
	const one, two, none = "models: {small: {hub: a/b}}\n", "models: {large: {hub: a/b}, small: {hub: a/b}}\n", ""
	for _, c := range []struct {
		models string
		flag   ModelFlag
		want   string
	}{
		{none, ModelFlag{Kind: "hub", Where: "c/d"}, "names no model"},
		{two, ModelFlag{Kind: "hub", Where: "c/d"}, "several models"},
		{one, ModelFlag{Name: "smal", Kind: "hub", Where: "c/d"}, "names no model smal"},
		{one, ModelFlag{Kind: "url", Where: "http://h/v1"}, "its name at the endpoint is missing"},
		{one, ModelFlag{Kind: "file", Where: "not/there.gguf"}, `there is no "not/there.gguf"`},
		{one, ModelFlag{Kind: "file", Where: "a\nb"}, "control characters"},
	} {
		c.flag.Flag = "--model x"
		r, ps := Load([]byte(c.models+"input: testdata\nstages: [{judge: {model: small}}]\noutput: out\n"), "r.yaml", registry(t), Options{
			Models: []ModelFlag{c.flag},
		})
		if r != nil || len(ps) == 0 || !strings.Contains(message(ps), c.want) {
			t.Errorf("%+v: got %v, want %q", c.flag, ps, c.want)
		}
	}
}

func message(ps []Problem) string {
	var all []string
	for _, p := range ps {
		all = append(all, p.Message)
	}
	return strings.Join(all, "\n")
}
