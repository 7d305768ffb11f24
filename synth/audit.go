package synth

import (
	"context"
	"fmt"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/rows"
)

// Audit holds rows against what trainers take, before they are written. It stands at the end of every recipe that writes rows in a trainer's format, named or not.
//
//	audit: {tokens: {max: 8k}, model: student}
//
// A row is quarantined, with the reason, whose turns do not alternate or end with the wrong side, in which a content is empty, longer than 1 MiB or holds a
// control token such as <|im_end|>, or of which both sides of a pair are the same but for white space. Trainers take all of these in silence.
//
// With bounds for tokens, or a model, the length of the prompt with its answer is counted with the model's tokenizer, without those of the template; of a pair
// the longer side.
type Audit struct {
	Tokens stages.Range // tokens of prompt and answer
	Model  string       // name in models of the model whose tokens are counted; may be left out where there is only one

	counter stages.Counter
}

var auditDefaults = Audit{Tokens: stages.Any}

func (a *Audit) tokenized() bool { return a.Model != "" || !a.Tokens.Open() }

// Asks implements [stages.Asker].
func (a *Audit) Asks() stages.Asks {
	if !a.tokenized() {
		return stages.Asks{}
	}
	return stages.Asks{Model: a.Model, Ask: stages.AskCount}
}

// Provision implements [stages.Provisioner].
func (a *Audit) Provision(env *stages.Env) (err error) {
	if a.tokenized() {
		a.counter, err = stages.CounterOf(env, a.Model)
	}
	return err
}

// Validate implements [stages.Validator].
func (a *Audit) Validate() error { return a.Tokens.Validate() }

// Rules implements [stages.Ruler].
func (a *Audit) Rules() []stages.Rule {
	return []stages.Rule{{Name: "tokens", Keep: a.Tokens, Unit: "tokens", Doc: "tokens of the prompt with its answer, by the tokenizer of a model of the recipe"}}
}

// Measures implements [stages.Noter].
func (a *Audit) Measures() int { return 1 }

// Apply implements [stages.Stage].
func (a *Audit) Apply(_ context.Context, b *stages.Batch) error {
	for i, d := range b.Live() {
		if err := rows.Check(d); err != nil {
			b.Fail(i, fmt.Errorf("no valid row: %w", err))
			continue
		}
		if a.counter == nil {
			continue
		}
		n := float64(a.count(d))
		b.Measured(i, "tokens", n)
		if !a.Tokens.Has(n) {
			b.Drop(i, stages.Verdict{Rule: "tokens", Value: n})
		}
	}
	return nil
}

// count is the number of tokens of a row.
func (a *Audit) count(d *stages.Document) int {
	n, longest := 0, 0
	for _, t := range d.Turns {
		n += a.counter.Count(t.Content)
	}
	for k := range d.Answers {
		longest = max(longest, a.counter.Count(d.Answers[k].Text))
	}
	return n + longest
}
