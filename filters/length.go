package filters

import (
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// Length keeps documents of a size. No bound is set by default: it measures.
//
//	length: {words: {min: 50}}
//
// Tokens are those of the tokenizer of a model of the recipe, special tokens not parsed: the one that `model` names, or the only one. Of the model no more than
// the tokenizer is opened. Without a bound for tokens and without `model`, tokens are not counted.
//
//	length: {tokens: {max: 8k}, model: qwen}
type Length struct {
	Chars  stages.Range // characters (code points)
	Words  stages.Range // words, as gopher_quality counts them
	Bytes  stages.Range // bytes of UTF-8
	Tokens stages.Range // tokens of the model
	Model  string       // name in models of the model whose tokens are counted; may be left out where there is only one

	counter stages.Counter
}

var length = Length{Chars: stages.Any, Words: stages.Any, Bytes: stages.Any, Tokens: stages.Any}

// tokenized says whether tokens are counted.
func (f *Length) tokenized() bool { return f.Model != "" || !f.Tokens.Open() }

// Asks implements [stages.Asker].
func (f *Length) Asks() stages.Asks {
	if !f.tokenized() {
		return stages.Asks{}
	}
	return stages.Asks{Model: f.Model, Ask: stages.AskCount}
}

// Provision implements [stages.Provisioner].
func (f *Length) Provision(env *stages.Env) (err error) {
	if f.tokenized() {
		f.counter, err = stages.CounterOf(env, f.Model)
	}
	return err
}

// Rules implements stages.Filter.
func (f *Length) Rules() []stages.Rule {
	rules := []stages.Rule{
		{Name: "chars", Keep: f.Chars, Unit: "characters", Doc: "Characters (code points) of the document."},
		{Name: "words", Keep: f.Words, Unit: "words", Doc: "Words of the document; scripts without spaces count units, calibrated to words."},
		{Name: "bytes", Keep: f.Bytes, Unit: "bytes", Doc: "Bytes of the document in UTF-8."},
	}
	if f.tokenized() {
		rules = append(rules, stages.Rule{Name: "tokens", Keep: f.Tokens, Unit: "tokens", Doc: "Tokens of the document, by the tokenizer of a model of the recipe."})
	}
	return rules
}

// Measure implements stages.Filter.
func (f *Length) Measure(t *text.View, m []float64) {
	m[0] = float64(t.Runes())
	m[1] = t.WordCount()
	m[2] = float64(len(t.Text()))
	if f.counter != nil {
		m[3] = float64(f.counter.Count(t.Text()))
	}
}
