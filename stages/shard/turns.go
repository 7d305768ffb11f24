package shard

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/winnow-data/winnow/stages"
)

// turns reads the messages of a conversation: objects of role and content. Any further member that is not null, or a content that
// is no string, is an error: it would be lost.
func (m *mapping) turns(raw []byte) ([]stages.Turn, error) {
	var turns []stages.Turn
	err := m.elements(raw, func(f *member) error {
		var t stages.Turn
		n := len(turns)
		role, content := false, false
		err := m.object(f, func(name string, v *member) error {
			switch {
			case name == "role" && v.raw[0] == '"':
				t.Role, role = m.decode(v), true
			case name == "content" && v.raw[0] == '"':
				t.Content, content = m.decode(v), true
			case name == "role" || name == "content":
				return fmt.Errorf("turn %d: %s is no string but %.40s", n, name, v.raw)
			case v.raw[0] != 'n':
				return fmt.Errorf("turn %d: %.40q has no place in a turn; role and content are allowed", n, name)
			}
			return nil
		})
		if err == nil && !(role && content) {
			err = fmt.Errorf("turn %d: role and content are both needed", n)
		}
		turns = append(turns, t)
		return err
	})
	if err == nil && len(turns) == 0 {
		err = errors.New("no turns")
	}
	return turns, err
}

// object calls f for each member of an element that must be an object.
func (m *mapping) object(e *member, f func(name string, v *member) error) error {
	if e.raw[0] != '{' {
		return fmt.Errorf("no object but %.40s", e.raw)
	}
	first := len(m.parts)
	defer func() { m.parts = m.parts[:first] }()
	var err error
	if m.parts, err = m.scan.object(e.raw, m.parts); err != nil {
		return err
	}
	for i := first; i < len(m.parts); i++ {
		v := &m.parts[i]
		if err := f(v.knownName(), v); err != nil {
			return err
		}
	}
	return nil
}

// knownName is decodedName without a new string for the names of turns, answers and checks.
func (m *member) knownName() string {
	switch string(m.name) {
	case "role":
		return "role"
	case "content":
		return "content"
	case "from":
		return "from"
	case "value":
		return "value"
	case "text":
		return "text"
	case "by":
		return "by"
	case "checks":
		return "checks"
	case "name":
		return "name"
	case "pass":
		return "pass"
	case "score":
		return "score"
	case "why":
		return "why"
	}
	return m.decodedName()
}

var errForeign = errors.New("not in winnow's form")

// answers reads candidate answers in the form winnow writes. Any other list of that name is somebody else's field.
func (m *mapping) answers(raw []byte) ([]stages.Answer, bool) {
	if raw[0] != '[' {
		return nil, false
	}
	var answers []stages.Answer
	err := m.elements(raw, func(e *member) error {
		var a stages.Answer
		text := false
		err := m.object(e, func(name string, v *member) error {
			switch {
			case name == "text" && v.raw[0] == '"':
				a.Text, text = m.decode(v), true
			case name == "by" && v.raw[0] == '"':
				a.By = m.decode(v)
			case name == "checks" && v.raw[0] == '[':
				return m.elements(v.raw, func(c *member) error { return m.check(&a, c) })
			case v.raw[0] == 'n' && (name == "by" || name == "checks"): // absent, as Parquet has it
			default:
				return errForeign
			}
			return nil
		})
		if err == nil && !text {
			err = errForeign
		}
		answers = append(answers, a)
		return err
	})
	return answers, err == nil && len(answers) > 0
}

func (m *mapping) check(a *stages.Answer, e *member) error {
	var c stages.Check
	err := m.object(e, func(name string, v *member) error {
		switch {
		case name == "name" && v.raw[0] == '"':
			c.Name = m.decode(v)
		case name == "why" && v.raw[0] == '"':
			c.Why = m.decode(v)
		case name == "pass" && v.raw[0] == 't':
			c.Result = stages.Passed
		case name == "pass" && v.raw[0] == 'f':
			c.Result = stages.Failed
		case name == "pass" && v.raw[0] == 'n':
			c.Result = stages.Unknown
		case v.raw[0] == 'n' && (name == "score" || name == "why"):
		case name == "score":
			x, err := strconv.ParseFloat(string(v.raw), 64)
			if err != nil {
				return errForeign
			}
			c.Score = x
		default:
			return errForeign
		}
		return nil
	})
	a.Checks = append(a.Checks, c)
	return err
}
