package filters

import (
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// words counts words as tokens.
type words struct{}

func (words) Count(text string) int { return (&fake{}).Count(text) }

// TestLengthTokens: tokens are a rule where the recipe asks for them, and only there.
func TestLengthTokens(t *testing.T) {
	plain := length
	if got := len(plain.Rules()); got != 3 || plain.Asks().Ask != "" {
		t.Errorf("without tokens: %d rules, asks %+v", got, plain.Asks())
	}
	if m := stagetest.Measure(&plain, "añb c\n", ""); m["chars"] != 6 || m["bytes"] != 7 || m["words"] != 2 {
		t.Errorf("measured %v", m)
	}
	for name, f := range map[string]Length{
		"a bound": {Chars: stages.Any, Words: stages.Any, Bytes: stages.Any, Tokens: stages.AtMost(2)},
		"a model": {Chars: stages.Any, Words: stages.Any, Bytes: stages.Any, Tokens: stages.Any, Model: "m"},
	} {
		env := new(stages.Env)
		for _, as := range []string{"", "m"} {
			env.Provide(stages.CounterResource(as), func() (any, error) { return words{}, nil })
		}
		if err := f.Provision(env); err != nil {
			t.Fatal(err)
		}
		if f.Asks().Ask != stages.AskCount {
			t.Errorf("%s: asks %+v", name, f.Asks())
		}
		if m := stagetest.Measure(&f, "one two three", ""); m["tokens"] != 3 || len(m) != 4 {
			t.Errorf("%s: measured %v", name, m)
		}
		v, err := stagetest.Judge(&f, "one two three", "")
		if want := map[string]string{"a bound": "tokens", "a model": ""}[name]; err != nil || v.Rule != want {
			t.Errorf("%s: verdict %+v, %v", name, v, err)
		}
		if err := f.Provision(new(stages.Env)); err == nil {
			t.Errorf("%s: tokens are counted without a tokenizer", name)
		}
	}
}
