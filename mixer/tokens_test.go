package mixer

import (
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// doubled counts two tokens for each word.
type doubled struct{}

func (doubled) Count(text string) int { return 2 * len(strings.Fields(text)) }

// TestMixTokens: a budget in tokens of a model's tokenizer takes what half as many words would.
func TestMixTokens(t *testing.T) {
	docs := corpus(1, map[string]int{"a": 300, "b": 300})
	o := stagetest.Options{Tasks: 3, Env: func(e *stages.Env) {
		e.Provide(stages.CounterResource("m"), func() (any, error) { return doubled{}, nil })
	}}
	weights := map[string]float64{"a": 3, "b": 1}
	got := runMix(t, docs, o, func(m *Mix) { m.Tokens, m.Model, m.Weights = 4000, "m", weights })
	sums := amounts(got.Docs, words)
	if 2*sums["a"] < 2900 || 2*sums["a"] > 3100 || 2*sums["b"] < 900 || 2*sums["b"] > 1100 {
		t.Errorf("words by source %v, want about 1,500 and 500", sums)
	}
	facts, ok := got.Facts["quota"][0]["mix"].(map[string]any)
	if !ok || facts["unit"] != "tokens" || facts["budget"] != 4000.0 {
		t.Errorf("facts %v", got.Facts["quota"])
	}
	if _, err := tryMix(t, docs, stagetest.Options{}, func(m *Mix) { m.Tokens = 100 }); err == nil || !strings.Contains(err.Error(), "tokenizer") {
		t.Errorf("tokens without a tokenizer: %v", err)
	}
	for _, m := range []Mix{{Tokens: 5, Words: 5}, {Words: 5, Model: "m"}, {Tokens: -1}} {
		m.By, m.MaxEpochs, m.Short = "source", 1, "error"
		if m.Validate() == nil {
			t.Errorf("%+v is allowed", m)
		}
	}
}
