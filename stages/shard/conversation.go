package shard

import (
	"errors"
	"fmt"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/dialogue"
)

// Forms are the layouts of conversations that an input may have: `format:` of a recipe.
//
//   - messages: a list of role and content, as OpenAI has it.
//   - sharegpt: `conversations`, a list of from (human, gpt, system) and value, with `system` apart; `chosen` and `rejected` objects of the same form.
//   - alpaca: instruction, input, output, system, history; `chosen` and `rejected` texts.
//   - trl: messages; prompt and completion; prompt, chosen and rejected; each a text or a list of role and content.
//
// An answer with a label, true or false, is a row of kind kto: `label` beside messages and in trl, `kto_tag` in sharegpt and alpaca. What a record holds beside
// these becomes fields.
var Forms = []string{"messages", "sharegpt", "alpaca", "trl"}

// conversations says where a record holds the parts of a conversation. "" for a part that it has not.
type conversations struct {
	form                               string
	prompt, input, completion, history string // history: pairs of question and answer
	system, messages, gold             string
	answers, chosen, rejected          string
}

// conversation returns the places of a conversation's parts in a record; nil for an input of plain texts.
func conversation(o *Options) *conversations {
	c := conversations{form: o.Form}
	switch o.Form {
	case "messages":
		c.messages = "messages"
	case "sharegpt":
		c.messages, c.system, c.chosen, c.rejected = "conversations", "system", "chosen", "rejected"
	case "alpaca":
		c.prompt, c.input, c.completion, c.history, c.system = "instruction", "input", "output", "history", "system"
		c.chosen, c.rejected = "chosen", "rejected"
	case "trl":
		c.prompt, c.completion, c.messages, c.chosen, c.rejected = "prompt", "completion", "messages", "chosen", "rejected"
	default:
		if o.Prompt == "" && o.Messages == "" && o.Chosen == "" && o.Answers == "" && o.Gold == "" {
			return nil
		}
	}
	for _, given := range []struct {
		name  string
		place *string
	}{{o.Prompt, &c.prompt}, {o.Messages, &c.messages}, {o.Gold, &c.gold}, {o.Answers, &c.answers}, {o.Chosen, &c.chosen}, {o.Rejected, &c.rejected}} {
		if given.name != "" {
			*given.place = given.name
		}
	}
	if c.answers != "" && c.answers == c.completion {
		c.completion = "" // candidates, not the last turn
	}
	if c.messages == "" && c.prompt == "" && c.chosen == "" {
		c.messages = "messages"
	}
	return &c
}

// parts are what a record holds of a conversation.
type parts struct {
	prompt, input, completion, history, system, messages, answers, chosen, rejected *member
}

// place returns where a member belongs, nil if it is a field.
func (c *conversations) place(p *parts, name string) **member {
	switch name {
	case "":
		return nil
	case c.prompt:
		return &p.prompt
	case c.input:
		return &p.input
	case c.completion:
		return &p.completion
	case c.history:
		return &p.history
	case c.system:
		return &p.system
	case c.messages:
		return &p.messages
	case c.answers:
		return &p.answers
	case c.chosen:
		return &p.chosen
	case c.rejected:
		return &p.rejected
	}
	return nil
}

// converse makes a document of the parts of a record's conversation. An error is damage: roles out of order, what is no text, no prompt, an answer
// without end.
func (m *mapping) converse(d *stages.Document, p *parts) error {
	turns, err := m.before(p)
	if err != nil {
		return err
	}
	switch {
	case p.chosen != nil || p.rejected != nil:
		err = m.sides(d, turns, p)
	case p.completion != nil:
		var reply []stages.Turn
		if reply, err = m.reply(p.completion, m.conv.completion); err == nil {
			d.Turns = append(turns, reply...)
		}
	default:
		d.Turns = turns
	}
	if err != nil {
		return err
	}
	if p.answers != nil {
		if d.Answers, err = m.candidates(p.answers); err != nil {
			return fmt.Errorf("%s: %w", m.conv.answers, err)
		}
		if last := d.Turns[len(d.Turns)-1]; last.Role != dialogue.User {
			return fmt.Errorf("%s: the conversation before the answers ends with the %s", m.conv.answers, last.Role)
		}
	}
	if err := m.conv.unpaired(d); err != nil {
		return err
	}
	return dialogue.Check(d.Turns)
}

// before returns the turns up to where the answer comes.
func (m *mapping) before(p *parts) (turns []stages.Turn, err error) {
	if p.system != nil && p.system.raw[0] != 'n' {
		text, err := m.word(p.system, m.conv.system)
		if err != nil {
			return nil, err
		}
		if text != "" {
			turns = append(turns, stages.Turn{Role: dialogue.System, Content: text})
		}
	}
	if p.history != nil && p.history.raw[0] != 'n' {
		if turns, err = m.pairs(turns, p.history); err != nil {
			return nil, fmt.Errorf("%s: %w", m.conv.history, err)
		}
	}
	switch {
	case p.messages != nil:
		list, err := m.speakers(p.messages.raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.conv.messages, err)
		}
		return append(turns, list...), nil
	case p.prompt != nil && p.prompt.raw[0] == '[':
		list, err := m.speakers(p.prompt.raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.conv.prompt, err)
		}
		return append(turns, list...), nil
	case p.prompt != nil:
		text, err := m.word(p.prompt, m.conv.prompt)
		if err != nil {
			return nil, err
		}
		if p.input != nil && p.input.raw[0] != 'n' {
			more, err := m.word(p.input, m.conv.input)
			if err != nil {
				return nil, err
			}
			if more != "" {
				text += "\n" + more
			}
		}
		return append(turns, stages.Turn{Role: dialogue.User, Content: text}), nil
	case p.chosen != nil && p.chosen.raw[0] == '[':
		return turns, nil // both sides begin with the prompt
	}
	return nil, m.conv.none()
}

// none says which part a record lacks.
func (c *conversations) none() error {
	switch {
	case c.prompt != "" && c.messages != "":
		return fmt.Errorf("no field %q and no field %q: the record has no prompt", c.prompt, c.messages)
	case c.prompt != "":
		return fmt.Errorf("no field %q: the record has no prompt", c.prompt)
	}
	return fmt.Errorf("no field %q: the record has no prompt", c.messages)
}

// word decodes a member that must be a text.
func (m *mapping) word(f *member, name string) (string, error) {
	if f.raw[0] != '"' {
		return "", fmt.Errorf("the field %q is no string but %.40s", name, f.raw)
	}
	return m.decode(f), nil
}

// roles maps the names of ShareGPT to ours.
var roles = map[string]string{"human": dialogue.User, "gpt": dialogue.Assistant, "chatgpt": dialogue.Assistant, "bing": dialogue.Assistant, "bard": dialogue.Assistant}

// speakers reads a list of turns in the form of the input.
func (m *mapping) speakers(raw []byte) ([]stages.Turn, error) {
	if raw[0] != '[' {
		return nil, fmt.Errorf("no list of turns but %.40s", raw)
	}
	if m.conv.form != "sharegpt" {
		return m.turns(raw)
	}
	var turns []stages.Turn
	err := m.elements(raw, func(f *member) error {
		t, err := m.speaker(f)
		if err != nil {
			return fmt.Errorf("turn %d: %w", len(turns), err)
		}
		turns = append(turns, t)
		return nil
	})
	if err == nil && len(turns) == 0 {
		err = errors.New("no turns")
	}
	return turns, err
}

// speaker reads one turn of ShareGPT. Members beyond from and value, such as weights, must be null.
func (m *mapping) speaker(f *member) (t stages.Turn, err error) {
	from, value := false, false
	err = m.object(f, func(name string, v *member) error {
		switch {
		case name == "from" && v.raw[0] == '"':
			t.Role, from = m.decode(v), true
			if ours, ok := roles[t.Role]; ok {
				t.Role = ours
			}
		case name == "value" && v.raw[0] == '"':
			t.Content, value = m.decode(v), true
		case name == "from" || name == "value":
			return fmt.Errorf("%s is no string but %.40s", name, v.raw)
		case v.raw[0] != 'n':
			return fmt.Errorf("%.40q has no place in a turn; from and value are allowed", name)
		}
		return nil
	})
	if err == nil && !(from && value) {
		err = errors.New("from and value are both needed")
	}
	return t, err
}

// pairs reads a history: a list of question and answer.
func (m *mapping) pairs(turns []stages.Turn, f *member) ([]stages.Turn, error) {
	if f.raw[0] != '[' {
		return nil, fmt.Errorf("no list but %.40s", f.raw)
	}
	err := m.elements(f.raw, func(e *member) error {
		two, ok := m.strings(e.raw)
		if !ok || len(two) != 2 {
			return fmt.Errorf("no pair of question and answer but %.40s", e.raw)
		}
		turns = append(turns, stages.Turn{Role: dialogue.User, Content: two[0]}, stages.Turn{Role: dialogue.Assistant, Content: two[1]})
		return nil
	})
	return turns, err
}

// byInput is who an answer is by that came with the input and does not say.
const byInput = "input"

// candidates reads answers: a text, or a list of texts or of objects of text, by and checks.
func (m *mapping) candidates(f *member) ([]stages.Answer, error) {
	if f.raw[0] == '"' {
		a := stages.Answer{Text: m.decode(f), By: byInput}
		return []stages.Answer{a}, dialogue.CheckAnswer(a.Text)
	}
	if f.raw[0] != '[' {
		return nil, fmt.Errorf("no list of answers but %.40s", f.raw)
	}
	var list []stages.Answer
	err := m.elements(f.raw, func(e *member) error {
		a := stages.Answer{}
		var err error
		switch e.raw[0] {
		case '"':
			a.Text = m.decode(e)
		case '{':
			a, err = m.candidate(e)
		default:
			err = fmt.Errorf("no string and no object but %.40s", e.raw)
		}
		if err == nil {
			err = dialogue.CheckAnswer(a.Text)
		}
		if err != nil {
			return fmt.Errorf("answer %d: %w", len(list), err)
		}
		if a.By == "" {
			a.By = byInput
		}
		list = append(list, a)
		return nil
	})
	return list, err
}

// candidate reads an answer that is an object.
func (m *mapping) candidate(e *member) (a stages.Answer, err error) {
	text := false
	err = m.object(e, func(name string, v *member) error {
		switch {
		case name == "text" && v.raw[0] == '"':
			a.Text, text = m.decode(v), true
		case name == "by" && v.raw[0] == '"':
			a.By = m.decode(v)
		case name == "checks" && v.raw[0] == '[':
			return m.elements(v.raw, func(c *member) error {
				if err := m.check(&a, c); err != nil {
					return fmt.Errorf("checks: %w", err)
				}
				return nil
			})
		case name == "text" || name == "by":
			return fmt.Errorf("%s is no string but %.40s", name, v.raw)
		case v.raw[0] != 'n':
			return fmt.Errorf("%.40q has no place in an answer; text, by and checks are allowed", name)
		}
		return nil
	})
	if err == nil && !text {
		err = errors.New("it has no text")
	}
	return a, err
}
