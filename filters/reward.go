package filters

import (
	"context"
	"fmt"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/ask"
)

// Reward scores documents with a reward or classification model, and keeps those whose score lies within bounds.
//
//	reward: {model: rm, min: 0.5}
//
// It writes the field `reward_score`, or LABEL_score under a label of its own: the first output of the model's head, or the one that `output` numbers. A
// conversation goes through the model's template, a text as it is; of a text the first `tokens` tokens are read.
type Reward struct {
	Model        string // name in models; may be left out where there is only one
	Output       int    `allowed:"0.."` // which output of the head is the score, from 0
	Tokens       int    `allowed:"1.."` // of a text that are read; a longer conversation is cut in the middle to fit the model
	stages.Range        // scores that stay; none given: all

	field string
	model stages.Model
}

var rewardDefaults = Reward{Tokens: 2048, Range: stages.Any, field: "reward_score"}

// Placed implements [stages.Placed].
func (r *Reward) Placed(label, _ string) { r.field = scoreField(label) }

// Rules implements [stages.Ruler].
func (r *Reward) Rules() []stages.Rule {
	return []stages.Rule{{Name: "score", Keep: r.Range, Doc: "the reward model's score of the document"}}
}

// Validate implements [stages.Validator].
func (r *Reward) Validate() error { return r.Range.Validate() }

// Writes implements [stages.Writer].
func (r *Reward) Writes() []string { return []string{r.field} }

// Types implements [stages.Typed].
func (r *Reward) Types() map[string]string { return map[string]string{r.field: "float"} }

// Asks implements [stages.Asker].
func (r *Reward) Asks() stages.Asks {
	return stages.Asks{Model: r.Model, Ask: stages.AskClassify, Calls: 1, Bytes: 4 * r.Tokens}
}

// Provision implements [stages.Provisioner].
func (r *Reward) Provision(env *stages.Env) (err error) {
	if r.model, err = stages.ModelOf[stages.Model](env, r.Model); err == nil && !r.model.Can(stages.AskClassify) {
		err = stages.Final(fmt.Errorf("the model %s has no reward or classification head", r.Model))
	}
	return err
}

// Apply implements [stages.Stage].
func (r *Reward) Apply(ctx context.Context, b *stages.Batch) error {
	return each(ctx, b, r.model, func(d *stages.Document) (stages.Request, error) {
		return content(d, r.model, r.Tokens, stages.AskClassify), nil
	}, func(i int, d *stages.Document, reply stages.Reply) {
		if r.Output >= len(reply.Vector) {
			b.Fail(i, fmt.Errorf("the model's head has %d outputs, and output %d is the score", len(reply.Vector), r.Output))
			return
		}
		x := shortest(reply.Vector[r.Output])
		if x-x != 0 {
			b.Fail(i, fmt.Errorf("the model's score is %v", x))
			return
		}
		d.Fields.SetNumber(r.field, x)
		b.Measured(i, "score", x)
		if !r.For(languageField(d)).Has(x) {
			b.Drop(i, stages.Verdict{Rule: "score", Value: x})
		}
	})
}

// content asks about all that a document holds: its turns, or the first tokens of its text.
func content(d *stages.Document, m stages.Model, tokens int, what stages.Ask) stages.Request {
	r := stages.Request{Key: d.ID, Ask: what, Truncate: true}
	if d.Turns != nil {
		r.Turns = d.Turns
		return r
	}
	r.Text, _ = ask.Cut(d.Text, tokens, m.Count)
	return r
}
