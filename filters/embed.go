package filters

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/winnow-data/winnow/stages"
)

// Embed writes a vector for each document: the hidden state of a language or embedding model.
//
//	embed: {model: gte, pool: last, into: embedding}
//
// The field holds a list of numbers, of the model's width and not normalised. Of a text the first `tokens` tokens are read.
type Embed struct {
	Model  string // name in models; may be left out where there is only one
	Pool   string `allowed:"last,mean"` // the state of the last token, or the mean over all
	Into   string // the field that takes the vector
	Tokens int    `allowed:"1.."` // of a text that are read; a longer conversation is cut in the middle to fit the model

	model stages.Model
}

var embedDefaults = Embed{Pool: "last", Into: "embedding", Tokens: 2048}

// Validate implements [stages.Validator].
func (e *Embed) Validate() error {
	if e.Into == "" || slices.Contains(own, e.Into) {
		return fmt.Errorf("into: %q cannot take the vector: name a field that is no part of every document", e.Into)
	}
	return nil
}

// Writes implements [stages.Writer].
func (e *Embed) Writes() []string { return []string{e.Into} }

// Asks implements [stages.Asker].
func (e *Embed) Asks() stages.Asks {
	return stages.Asks{Model: e.Model, Ask: stages.AskVector, Calls: 1, Bytes: 4 * e.Tokens}
}

// Provision implements [stages.Provisioner].
func (e *Embed) Provision(env *stages.Env) (err error) {
	e.model, err = stages.ModelOf[stages.Model](env, e.Model)
	return err
}

// Apply implements [stages.Stage].
func (e *Embed) Apply(ctx context.Context, b *stages.Batch) error {
	return each(ctx, b, e.model, func(d *stages.Document) (stages.Request, error) {
		r := content(d, e.model, e.Tokens, stages.AskVector)
		r.Mean = e.Pool == "mean"
		return r, nil
	}, func(i int, d *stages.Document, r stages.Reply) {
		raw := []byte{'['}
		for k, x := range r.Vector {
			if x-x != 0 {
				b.Fail(i, fmt.Errorf("the model's vector holds %v", x))
				return
			}
			if k > 0 {
				raw = append(raw, ',')
			}
			raw = strconv.AppendFloat(raw, float64(x), 'g', -1, 32)
		}
		if len(r.Vector) == 0 {
			b.Fail(i, fmt.Errorf("the model gave no vector"))
			return
		}
		d.Fields.SetRaw(e.Into, append(raw, ']'))
	})
}
