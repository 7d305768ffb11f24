package synth

import (
	"context"
	"fmt"
	"strconv"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/dialogue"
)

// CheckReward scores each answer with a reward model: the conversation with the answer as its last turn. An answer passes whose score lies within bounds.
//
//	check_reward: {model: rm}
//
// Without bounds every scored answer passes: the scores are for pick: `pick: {dpo: {chosen: best, rejected: worst, margin: 0.5}}`.
type CheckReward struct {
	Model        string // name in models; may be left out where there is only one
	Output       int    `allowed:"0.."` // which output of the head is the score, from 0
	stages.Range        // scores that pass; none given: all

	label string
	model stages.Model
}

var checkRewardDefaults = CheckReward{Range: stages.Any, label: "check_reward"}

// Placed implements [stages.Placed].
func (r *CheckReward) Placed(label, _ string) { r.label = label }

// Validate implements [stages.Validator].
func (r *CheckReward) Validate() error { return r.Range.Validate() }

// Asks implements [stages.Asker].
func (r *CheckReward) Asks() stages.Asks {
	return stages.Asks{Model: r.Model, Ask: stages.AskClassify, Calls: typicalAnswers}
}

// Provision implements [stages.Provisioner].
func (r *CheckReward) Provision(env *stages.Env) (err error) {
	if r.model, err = stages.ModelOf[stages.Model](env, r.Model); err == nil && !r.model.Can(stages.AskClassify) {
		err = stages.Final(fmt.Errorf("the model %s has no reward or classification head", r.Model))
	}
	return err
}

// Apply implements [stages.Stage].
func (r *CheckReward) Apply(ctx context.Context, b *stages.Batch) error {
	return eachAnswer(ctx, b, r.model, r.label, func(d *stages.Document, a *stages.Answer) (stages.Request, error) {
		turns := append([]stages.Turn(nil), d.Turns...)
		if d.Turns == nil {
			turns = []stages.Turn{{Role: dialogue.User, Content: d.Text}}
		}
		turns = append(turns, stages.Turn{Role: dialogue.Assistant, Content: a.Text})
		return stages.Request{Ask: stages.AskClassify, Turns: turns, Truncate: true}, nil
	}, func(p stages.Reply) stages.Check {
		if r.Output >= len(p.Vector) {
			return stages.Check{Why: fmt.Sprintf("the model's head has %d outputs, and output %d is the score", len(p.Vector), r.Output)}
		}
		x, err := strconv.ParseFloat(strconv.FormatFloat(float64(p.Vector[r.Output]), 'g', -1, 32), 64)
		if err != nil || x-x != 0 {
			return stages.Check{Why: fmt.Sprintf("the model's score is %v", p.Vector[r.Output])}
		}
		return within(x, r.Range, "score "+strconv.FormatFloat(x, 'g', -1, 64))
	})
}
