package synth

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/dialogue"
	"github.com/winnow-data/winnow/stages/jsontext"
)

// Pick turns prompts with checked answers into rows: of kind sft, an answer to learn from; of kind dpo, a pair of a better and a worse one; of kind kto, an
// answer with the label good or bad. Each row names its prompt as its parent; the prompt itself goes. Later stages act on rows.
//
//	pick:
//	  sft: {where: passed, best: shortest}
//	  dpo: {chosen: passed, rejected: {failed: check_math}, per_prompt: 4}
//
// An answer has passed if all its checks passed. It has failed if one failed and none is unknown. An answer with an unknown check (it repeats another, its
// test could not be run, it was cut off) is in no row: what is not known is no negative.
//
// Settings of `sft`:
//
//   - where (passed): passed, any, or {passed: CHECK}, which looks at the checks of those labels alone.
//   - best (shortest): which of several: shortest, first, score, or farthest, whose words differ most from those already taken.
//   - score: the check whose score counts; the first that gives some if not given.
//   - per_prompt (1): rows of one prompt.
//
// Settings of `dpo`:
//
//   - chosen (passed): passed, any, {passed: CHECK}, or best, the answer of the highest score.
//   - rejected: failed, {failed: CHECK}, or worst, the answer of the lowest score. Without it, what the first check of the recipe failed: a right answer with a wrong
//     equation is then neither chosen nor rejected.
//   - score: as above.
//   - margin (0): by how much the score of the chosen one is higher. Equal scores never make a pair of best and worst.
//   - per_prompt (4): pairs of one prompt. Those of the most similar length go first, and every answer is used before one is used twice.
//
// Settings of `kto`: good (as chosen), bad (as rejected), per_prompt (8).
//
// Without settings it makes sft rows alone. Both sides of a pair differ in more than white space, and no two sft rows of a prompt are the same. Rows keep the fields
// of their prompt. An sft row tells of its answer in `answer_by` and `answer_checks`, a kto row in `label` as well.
type Pick struct {
	SFT SFT // rows to learn from
	DPO DPO // pairs
	KTO KTO // answers with a label
}

var pickDefaults = Pick{SFT: sftDefaults, DPO: dpoDefaults, KTO: ktoDefaults}

// Rules implements [stages.Ruler].
func (p *Pick) Rules() []stages.Rule {
	return []stages.Rule{
		{Name: "picked", Keep: stages.Any, Doc: "the prompt has become rows, which name it as their parent"},
		{Name: "nothing_picked", Keep: stages.Any, Doc: "none of the prompt's answers made a row"},
	}
}

// Validate implements [stages.Validator].
func (p *Pick) Validate() error {
	if !p.SFT.on && !p.DPO.on && !p.KTO.on {
		p.SFT.on = true
	}
	if p.DPO.on && (p.DPO.Chosen.word == "best") != (p.DPO.Rejected.word == "worst") {
		return fmt.Errorf("dpo: %w", errBothSides)
	}
	if p.KTO.on && (p.KTO.Good.word == "best" || p.KTO.Bad.word == "worst") {
		return errors.New("kto: good and bad say what checks found: passed, any or failed; best and worst are for pairs")
	}
	return nil
}

// Refers implements [stages.Referrer].
func (p *Pick) Refers() (labels []string) {
	add := func(on bool, score string, list ...selector) {
		for _, s := range list {
			if on {
				labels = append(labels, s.checks...)
			}
		}
		if on && score != "" {
			labels = append(labels, score)
		}
	}
	add(p.SFT.on, p.SFT.Score, p.SFT.Where.selector)
	add(p.DPO.on, p.DPO.Score, p.DPO.Chosen.selector, p.DPO.Rejected.selector)
	add(p.KTO.on, "", p.KTO.Good.selector, p.KTO.Bad.selector)
	slices.Sort(labels)
	return slices.Compact(labels)
}

// Kinds are the kinds of rows that it makes.
func (p *Pick) Kinds() []string {
	var kinds []string
	for kind, on := range map[string]bool{"sft": p.SFT.on, "dpo": p.DPO.on, "kto": p.KTO.on} {
		if on {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// Writes implements [stages.Writer].
func (p *Pick) Writes() []string { return []string{fieldBy, fieldChecks, fieldLabel} }

// Types implements [stages.Typed].
func (p *Pick) Types() map[string]string {
	return map[string]string{fieldBy: "string", fieldLabel: "bool"}
}

// Fields of rows.
const (
	fieldBy     = "answer_by"
	fieldChecks = "answer_checks"
	fieldLabel  = "label"
)

// Apply implements [stages.Stage].
func (p *Pick) Apply(_ context.Context, b *stages.Batch) error {
	for i, d := range b.Live() {
		if d.Kind != "" {
			continue // a row already
		}
		b.Count("prompts", 1)
		made, err := p.rows(b, i, d)
		switch {
		case err != nil:
			b.Fail(i, err)
		case made > 0:
			b.Drop(i, stages.Verdict{Rule: "picked", Value: float64(made)})
		default:
			b.Drop(i, stages.Verdict{Rule: "nothing_picked", Why: why(d)})
		}
	}
	return nil
}

// rows makes the rows of one prompt and returns how many there are.
func (p *Pick) rows(b *stages.Batch, i int, d *stages.Document) (int, error) {
	if len(d.Answers) == 0 {
		return 0, nil
	}
	turns := d.Turns
	if turns == nil {
		turns = []stages.Turn{{Role: dialogue.User, Content: d.Text}}
	}
	if err := dialogue.CheckPrompt(turns); err != nil {
		return 0, fmt.Errorf("the prompt: %w", err)
	}
	n := 0
	for _, k := range p.SFT.pick(d.Answers) {
		b.Make(i, answerRow(d, turns, k, "sft"))
		n++
	}
	b.Count("sft", int64(n))
	pairs := p.DPO.pairs(d.Answers)
	for _, pair := range pairs {
		row := row(d, "dpo")
		row.Turns = turns
		row.Answers = []stages.Answer{d.Answers[pair.chosen], d.Answers[pair.rejected]}
		b.Make(i, row)
		n++
	}
	countPairs(b, d.Answers, pairs)
	for _, l := range p.KTO.labelled(d.Answers) {
		row := answerRow(d, turns, l.answer, "kto")
		row.Fields.SetRaw(fieldLabel, fmt.Appendf(nil, "%t", l.good))
		b.Make(i, row)
		b.Count("kto", 1)
		n++
	}
	return n, nil
}

// row begins a row of a prompt.
func row(d *stages.Document, kind string) stages.Document {
	fields := make(stages.Fields, len(d.Fields), len(d.Fields)+3) // and those that tell of the answer
	copy(fields, d.Fields)
	return stages.Document{Source: d.Source, Kind: kind, Parents: []string{d.ID}, Fields: fields}
}

// answerRow is a row of one answer, which stands behind the prompt as the last turn.
func answerRow(d *stages.Document, turns []stages.Turn, k int, kind string) stages.Document {
	a := &d.Answers[k]
	r := row(d, kind)
	r.Turns = make([]stages.Turn, 0, len(turns)+1)
	r.Turns = append(append(r.Turns, turns...), stages.Turn{Role: dialogue.Assistant, Content: a.Text})
	if a.By != "" {
		r.Fields.SetText(fieldBy, a.By)
	}
	if len(a.Checks) > 0 {
		r.Fields.SetRaw(fieldChecks, checksJSON(a.Checks))
	}
	return r
}

// checksJSON writes checks as answers on disk have them.
func checksJSON(checks []stages.Check) []byte {
	b := make([]byte, 0, 160)
	b = append(b, '[')
	for i := range checks {
		c := &checks[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = jsontext.Append(append(b, `{"name":`...), c.Name)
		switch c.Result {
		case stages.Passed:
			b = append(b, `,"pass":true`...)
		case stages.Failed:
			b = append(b, `,"pass":false`...)
		default:
			b = append(b, `,"pass":null`...)
		}
		if c.Score != 0 && c.Score-c.Score == 0 {
			b = jsontext.AppendNumber(append(b, `,"score":`...), c.Score)
		}
		if c.Why != "" {
			b = jsontext.Append(append(b, `,"why":`...), c.Why)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// why says what stands against a prompt's answers.
func why(d *stages.Document) string {
	if len(d.Answers) == 0 {
		return "no answers"
	}
	n := map[stages.Result]int{}
	for k := range d.Answers {
		n[standing(&d.Answers[k])]++
	}
	return fmt.Sprintf("%d passed, %d failed, %d unknown", n[stages.Passed], n[stages.Failed], n[stages.Unknown])
}
