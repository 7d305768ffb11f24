package filters

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/ask"
)

// Perplexity measures how much a text surprises a language model, and keeps what surprises it no more than you allow.
//
//	perplexity: {model: small, max: 60}
//
// It writes the field `perplexity`: exp(-mean log-probability) over the tokens of the text but the first, which has nothing before it. A text of
// fewer than two tokens has none (null) and stays. It is per token of this model: numbers of models with other tokenizers, such as KenLM
// with SentencePiece in cc_net, do not compare.
//
// A text longer than `window` tokens is cut at white space into windows that are scored one by one; the first token of each is not scored.
// Otherwise a text is scored whole; `tokens` scores no more than so many of its first tokens, which costs less. The model's tokenizer says where to cut:
// a record alone (`replay`) has none, so it answers only for texts that were scored whole, and documents that were cut are quarantined.
//
// With keep, documents are parted as in cc_net (Wenzek et al. 2020, section 4.2; perplexity.py): into head, middle and tail of their language, by the
// field `language`, with the border values in the field `perplexity_bucket`. The borders are the 30th and 60th percentile of this run's own documents of the
// language, exact, which takes a second pass: the best 30 % are the head, ties included. Of a language with few documents the percentiles say little.
//
//	perplexity: {model: small, tokens: 512, keep: [head, middle]}
//
// With `cutoffs` they come from a file such as cc_net's cutoff.csv: a column for each language, a line for each percentile; there a document
// is in the head below the border, and one of a language without a column has no bucket and stays.
type Perplexity struct {
	Model        string       // name in models; may be left out where there is only one
	stages.Range              // perplexities that stay; none given: all
	Keep         []string     // parts that stay, of head, middle, tail; none given: no parts are made
	Head         stages.Share `allowed:"0..1"` // of a language's documents, the best, are the head
	Middle       stages.Share `allowed:"0..1"` // up to this share reaches the middle
	Cutoffs      stages.Path  // a file with the borders, as cc_net's cutoff.csv
	Tokens       int          `allowed:"0.."`  // score no more than the first so many tokens; 0: all
	Window       int          `allowed:"16.."` // most tokens that are scored at once

	field string
	env   *stages.Env
}

var perplexityDefaults = Perplexity{Range: stages.Any, Head: 0.3, Middle: 0.6, Window: 2048, field: "perplexity"}

// parts are the names that keep may give, the best first.
var perplexityParts = []string{"head", "middle", "tail"}

// Placed implements [stages.Placed].
func (p *Perplexity) Placed(label, _ string) {
	if p.field = label; label == "" {
		p.field = perplexityDefaults.field
	}
}

// Validate implements [stages.Validator].
func (p *Perplexity) Validate() error {
	for _, k := range p.Keep {
		if !slices.Contains(perplexityParts, k) {
			return fmt.Errorf("keep: %q is no part: allowed are head, middle, tail", k)
		}
	}
	switch {
	case !(p.Head > 0 && p.Head < p.Middle && p.Middle < 1):
		return fmt.Errorf("head: %v, middle: %v: allowed is 0 < head < middle < 1", float64(p.Head), float64(p.Middle))
	case p.Cutoffs != "" && len(p.Keep) == 0:
		return fmt.Errorf("cutoffs: it parts documents for keep, which is not given")
	}
	return nil
}

// Rules implements [stages.Ruler].
func (p *Perplexity) Rules() []stages.Rule {
	rules := []stages.Rule{{Name: "perplexity", Keep: p.Range, Doc: "exp(-mean log-probability) of the text's tokens, by the model"}}
	if len(p.Keep) > 0 {
		rules = append(rules, stages.Rule{Name: "part", Keep: stages.Any, Doc: "perplexity of a document that lies in a part of its language, head, middle or tail, which keep does not name (cc_net)"})
	}
	return rules
}

// Writes implements [stages.Writer].
func (p *Perplexity) Writes() []string {
	if len(p.Keep) == 0 {
		return []string{p.field}
	}
	return []string{p.field, p.bucket()}
}

// Types implements [stages.Typed].
func (p *Perplexity) Types() map[string]string {
	return map[string]string{p.field: "float", p.bucket(): "string"}
}

func (p *Perplexity) bucket() string { return p.field + "_bucket" }

// Asks implements [stages.Asker].
func (p *Perplexity) Asks() stages.Asks {
	return stages.Asks{Model: p.Model, Ask: stages.AskScore, Calls: 1, Bytes: 4 * p.Tokens}
}

// Provision implements [stages.Provisioner].
func (p *Perplexity) Provision(env *stages.Env) error {
	p.env = env
	return nil
}

// Phases implements [stages.Barrier].
func (p *Perplexity) Phases() []stages.Phase {
	switch {
	case len(p.Keep) == 0:
		return []stages.Phase{{Name: "score", Pass: func(*stages.Task) (stages.Stage, error) { return p.scorer(nil) }}}
	case p.Cutoffs != "":
		return []stages.Phase{{Name: "score", Pass: func(*stages.Task) (stages.Stage, error) {
			cut, err := readCutoffs(p.env.Dir, string(p.Cutoffs), float64(p.Head), float64(p.Middle))
			if err != nil {
				return nil, stages.Final(err)
			}
			s, err := p.scorer(nil)
			return chained{s, &parter{p, cut, true}}, err
		}}}
	}
	return []stages.Phase{
		{Name: "score", Pass: func(t *stages.Task) (stages.Stage, error) { return p.scorer(newValues(t)) }},
		{Name: "borders", Work: p.borders},
		{Name: "cut", Pass: func(t *stages.Task) (stages.Stage, error) {
			cut, err := readBorders(t)
			return &parter{p, cut, false}, err
		}},
	}
}

// chained are two stages, one behind the other.
type chained [2]stages.Stage

// Apply implements [stages.Stage].
func (c chained) Apply(ctx context.Context, b *stages.Batch) error {
	if err := c[0].Apply(ctx, b); err != nil {
		return err
	}
	return c[1].Apply(ctx, b)
}

// A scorer measures perplexities.
type scorer struct {
	*Perplexity
	model  stages.Model
	values *values // where they are collected; nil for nowhere
}

func (p *Perplexity) scorer(v *values) (*scorer, error) {
	m, err := stages.ModelOf[stages.Model](p.env, p.Model)
	return &scorer{p, m, v}, err
}

// windows cuts a text into what is scored at once. A single token has nothing to be scored by and is left out.
func (s *scorer) windows(text string) []string {
	if s.Tokens > 0 {
		text, _ = ask.Cut(text, s.Tokens, s.model.Count)
	}
	var list []string
	for text != "" {
		var head string
		head, text = ask.Cut(text, s.Window, s.model.Count)
		if n := s.model.Count(head); n > 1 || n < 0 && utf8.RuneCountInString(head) > 1 {
			list = append(list, head)
		}
	}
	return list
}

// Apply implements [stages.Stage].
func (s *scorer) Apply(ctx context.Context, b *stages.Batch) error {
	var rs []stages.Request
	var at []int
	for i, d := range b.Live() {
		for k, w := range s.windows(d.Body()) {
			rs, at = append(rs, stages.Request{Key: d.ID + "#" + strconv.Itoa(k), Ask: stages.AskScore, Text: w}), append(at, i)
		}
	}
	replies, err := complete(ctx, s.model, rs)
	if err != nil {
		return err
	}
	sum, tokens := make([]float64, len(b.Docs)), make([]int, len(b.Docs))
	for k, r := range replies {
		if i := at[k]; used(b, i, r) {
			for _, l := range r.LogProbs {
				sum[i] += l
			}
			tokens[i] += max(0, r.In-1)
		}
	}
	for i, d := range b.Live() {
		s.judge(b, i, d, sum[i], tokens[i])
	}
	return ctx.Err()
}

// judge writes what was measured of a document.
func (s *scorer) judge(b *stages.Batch, i int, d *stages.Document, sum float64, tokens int) {
	if tokens == 0 {
		d.Fields.SetRaw(s.field, []byte("null"))
		b.Measured(i, "perplexity", stages.NA)
		return
	}
	x := rounded(math.Exp(-sum / float64(tokens)))
	if x-x != 0 {
		b.Fail(i, fmt.Errorf("the model gives the text a perplexity of %v: mean log-probability %v of %d tokens", x, sum/float64(tokens), tokens))
		return
	}
	d.Fields.SetNumber(s.field, x)
	b.Measured(i, "perplexity", x)
	if !s.For(languageField(d)).Has(x) {
		b.Drop(i, stages.Verdict{Rule: "perplexity", Value: x})
		return
	}
	if s.values != nil {
		s.values.add(languageField(d), x)
	}
}

// rounded leaves five digits: beyond them the exponential functions of two processors may differ, and nobody looks.
func rounded(x float64) float64 {
	y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 5, 64), 64) // what FormatFloat writes, ParseFloat reads
	return y
}

// A parter puts scored documents into parts and drops those that are not kept.
type parter struct {
	*Perplexity
	cut   map[string]border // by language
	below bool              // a value on the border lies in the part behind it, as in cc_net
}

// A border is where head and middle of a language end.
type border struct {
	Head   float64 `json:"head"`
	Middle float64 `json:"middle"`
	N      int64   `json:"documents,omitempty"` // that were counted
}

// part returns the part of a value.
func (p *parter) part(b border, x float64) string {
	within := func(x, border float64) bool { return x < border || x == border && !p.below }
	switch {
	case within(x, b.Head):
		return "head"
	case within(x, b.Middle):
		return "middle"
	}
	return "tail"
}

// Apply implements [stages.Stage].
func (p *parter) Apply(_ context.Context, b *stages.Batch) error {
	for i, d := range b.Live() {
		x, ok := d.Fields.Number(p.field)
		border, known := p.cut[languageField(d)]
		if !ok || !known {
			d.Fields.SetRaw(p.bucket(), []byte("null"))
			continue
		}
		part := p.part(border, x)
		d.Fields.SetText(p.bucket(), part)
		if !slices.Contains(p.Keep, part) {
			b.Drop(i, stages.Verdict{Rule: "part", Value: x, Why: part})
		}
	}
	return nil
}
