package shard

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/dialogue"
)

// reply reads what follows a prompt: a text, or a list of turns.
func (m *mapping) reply(f *member, name string) ([]stages.Turn, error) {
	if f.raw[0] == '[' {
		turns, err := m.speakers(f.raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return turns, nil
	}
	if f.raw[0] == '{' && m.conv.form == "sharegpt" {
		t, err := m.speaker(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return []stages.Turn{t}, nil
	}
	if f.raw[0] == '{' {
		turns, err := m.turns(slices.Concat([]byte{'['}, f.raw, []byte{']'}))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return turns, nil
	}
	text, err := m.word(f, name)
	return []stages.Turn{{Role: dialogue.Assistant, Content: text}}, err
}

// sides makes a pair of a record's chosen and rejected answers. Where the record has no prompt, both sides hold it in front.
func (m *mapping) sides(d *stages.Document, turns []stages.Turn, p *parts) error {
	if p.chosen == nil || p.rejected == nil {
		return fmt.Errorf("%q and %q are both needed", m.conv.chosen, m.conv.rejected)
	}
	chosen, err := m.reply(p.chosen, m.conv.chosen)
	if err != nil {
		return err
	}
	rejected, err := m.reply(p.rejected, m.conv.rejected)
	if err != nil {
		return err
	}
	shared := 0
	if p.prompt == nil && p.messages == nil {
		for shared < len(chosen)-1 && shared < len(rejected)-1 && chosen[shared] == rejected[shared] {
			shared++
		}
		turns = append(turns, chosen[:shared]...)
	}
	for _, side := range []struct {
		name  string
		turns []stages.Turn
	}{{m.conv.chosen, chosen[shared:]}, {m.conv.rejected, rejected[shared:]}} {
		if len(side.turns) != 1 || side.turns[0].Role != dialogue.Assistant {
			return fmt.Errorf("%s: one answer of the assistant is wanted behind the prompt", side.name)
		}
		if err := dialogue.CheckAnswer(side.turns[0].Content); err != nil {
			return fmt.Errorf("%s: %w", side.name, err)
		}
		d.Answers = append(d.Answers, stages.Answer{Text: side.turns[0].Content, By: byInput})
	}
	if len(turns) == 0 {
		return errors.New("the record has no prompt")
	}
	d.Turns, d.Kind = turns, "dpo"
	return dialogue.CheckPrompt(turns)
}

// unpaired makes a row of kind kto of a conversation whose answer has a label, as TRL and LLaMA-Factory name it: a bad answer is none to learn from. What looks like
// a label but is no boolean says nothing that one could trust: trainers take the text "false" for true, or leave it out.
func (c *conversations) unpaired(d *stages.Document) error {
	name := map[string]string{"trl": "label", "messages": "label", "sharegpt": "kto_tag", "alpaca": "kto_tag"}[c.form]
	raw, ok := d.Fields.Raw(name)
	if name == "" || !ok || d.Kind != "" || d.Answers != nil || d.Turns[len(d.Turns)-1].Role != dialogue.Assistant {
		return nil
	}
	if string(raw) != "true" && string(raw) != "false" {
		if word := strings.ToLower(string(raw)); name == "label" && raw[0] != 'n' && strings.IndexByte("-0123456789", raw[0]) < 0 && word != `"true"` && word != `"false"` {
			return nil // a field of another meaning
		}
		return fmt.Errorf("the field %q, which says whether the answer is good, is neither true nor false but %.40s", name, raw)
	}
	if name != "label" {
		if _, twice := d.Fields.Raw("label"); twice {
			return fmt.Errorf("the record has both a field %q and a field \"label\"", name)
		}
		d.Fields.Remove(name)
		d.Fields.SetRaw("label", raw)
	}
	d.Kind = "kto"
	return nil
}
