package shard

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/winnow-data/winnow/stages"
)

// A mapping turns the members of a record into a document.
type mapping struct {
	text, id, url, language string
	source, sourceField     string
	label                   string
	record                  func() (int64, error) // number of the record being read
	scan                    scanner
	parts                   []member // scratch for messages and answers
	names                   []string // of the members of the record before, to share
	fields                  []stages.Field
	conv                    *conversations // nil for an input of plain texts
	found                   parts          // of the record's conversation
}

func newMapping(name string, o *Options) *mapping {
	or := func(s, byDefault string) string {
		if s == "" {
			return byDefault
		}
		return s
	}
	return &mapping{
		text: or(o.Text, "text"), id: or(o.ID, "id"), url: or(o.URL, "url"), language: or(o.Language, "language"),
		source: o.Source, sourceField: o.SourceField, label: Label(name), conv: conversation(o),
	}
}

// document fills d from the members of one record. Their memory becomes the document's. A member is decoded only when the record is known to
// be sound, so that on an error its bytes are still as they were read.
// Where the format has the text apart, it comes as text.
func (m *mapping) document(d *stages.Document, ms []member, apart *string) error {
	*d = stages.Document{Fields: m.take(len(ms))}
	text, id, messages := -1, -1, -1
	renamed := false
	m.found = parts{}
	for i := range ms {
		f := &ms[i]
		given := m.name(i, f)
		name := given
		if m.conv != nil {
			if at := m.conv.place(&m.found, given); at != nil {
				*at = f
				continue
			}
			if given == m.conv.gold && given != "" {
				d.Fields = append(d.Fields, stages.Field{Name: goldField, Raw: f.raw})
				renamed = renamed || given != goldField
				continue
			}
		}
		switch name {
		case m.text:
			if m.conv != nil {
				name = "input_text"
				break
			}
			if f.raw[0] != '"' {
				return fmt.Errorf("the field %q is no string but %.40s", name, f.raw)
			}
			text = i
			continue
		case m.id:
			switch c := f.raw[0]; {
			case string(f.raw) == `""`:
				continue // an empty id names nothing: as without one
			case c == '"' || c == '-' || '0' <= c && c <= '9':
				id = i
				continue
			case c == 'n':
				continue // without an id
			}
			name = "input_id"
		case m.url:
			name = "url"
		case m.language:
			name = "language"
		case "messages":
			if f.raw[0] == '[' {
				messages = i
			}
		default:
			if m.own(d, name, f) {
				continue
			}
			name = m.rename(name)
		}
		renamed = renamed || name != given
		d.Fields = append(d.Fields, stages.Field{Name: name, Raw: f.raw})
	}
	switch {
	case m.conv != nil:
		if err := m.converse(d, &m.found); err != nil {
			return err
		}
	case text >= 0 || apart != nil:
	case messages < 0:
		return fmt.Errorf("no field %q", m.text)
	default:
		turns, err := m.turns(ms[messages].raw)
		if err != nil {
			return fmt.Errorf("messages: %w", err)
		}
		d.Turns = turns
		d.Fields.Remove("messages")
	}
	if renamed {
		if err := distinct(d.Fields); err != nil {
			return err
		}
	}
	if err := m.identify(d, ms, id); err != nil {
		return err
	}
	if text >= 0 {
		d.Text = ms[text].text()
	}
	if m.conv != nil {
		return nil
	}
	if apart != nil {
		d.Text = *apart
	}
	return nil
}

// goldField is the field that holds the right answer.
const goldField = "gold"

// distinct refuses fields that the mapping gave one name.
func distinct(fields stages.Fields) error {
	for i := range fields {
		for j := range i {
			if fields[i].Name == fields[j].Name {
				return fmt.Errorf("the mapping of fields makes %.40q twice", fields[i].Name)
			}
		}
	}
	return nil
}

// rename gives another name to a field whose own name the recipe gave to another field.
func (m *mapping) rename(name string) string {
	switch name {
	case "text", "id", "url", "language": // here only if the mapping names another field
		return "input_" + name
	case "source":
		if m.source != "" || m.sourceField != "" {
			return "input_source"
		}
	}
	return name
}

// name returns the name of member i, sharing the string with the record before where it had the same there.
func (m *mapping) name(i int, f *member) string {
	if i < len(m.names) && !f.nameEsc && m.names[i] == string(f.name) {
		return m.names[i]
	}
	name := f.decodedName()
	if i == len(m.names) && i < 256 {
		m.names = append(m.names, name)
	} else if i < len(m.names) {
		m.names[i] = name
	}
	return name
}

// own puts a field of winnow's own rows into its place and says whether it was one.
func (m *mapping) own(d *stages.Document, name string, f *member) bool {
	switch name {
	case "source":
		if m.source != "" || m.sourceField != "" || f.raw[0] != '"' {
			return false
		}
		d.Source = m.decode(f)
		return true
	case "kind":
		if k := string(f.raw); k == `"sft"` || k == `"dpo"` || k == `"kto"` {
			d.Kind = k[1:4]
			return true
		}
	case "parents":
		if p, ok := m.strings(f.raw); ok {
			d.Parents = p
			return true
		}
	case "answers":
		if a, ok := m.answers(f.raw); ok {
			d.Answers = a
			return true
		}
	}
	return false
}

// decode returns the string of a raw JSON string in memory of its own: the record may still turn out to be damaged.
func (m *mapping) decode(f *member) string {
	b := f.raw[1 : len(f.raw)-1]
	if f.esc {
		return view(unescape(make([]byte, 0, len(b)), b))
	}
	return view(b)
}

// identify sets id and source, where the record has none from the place it stands at.
func (m *mapping) identify(d *stages.Document, ms []member, id int) error {
	switch {
	case id < 0:
		n, err := m.record()
		if err != nil {
			return err
		}
		d.ID = m.label + "#" + strconv.FormatInt(n, 10)
	case ms[id].raw[0] == '"':
		d.ID = ms[id].text()
	default:
		d.ID = view(ms[id].raw)
	}
	switch {
	case m.source != "":
		d.Source = m.source
	case m.sourceField != "":
		d.Source, _ = d.Field(m.sourceField)
	}
	if d.Source == "" {
		d.Source = m.label
	}
	return nil
}

// take returns an empty list of fields with room for n, from memory that is handed out once.
func (m *mapping) take(n int) []stages.Field {
	if len(m.fields) < n {
		m.fields = make([]stages.Field, max(1024, n))
	}
	f := m.fields[:0:n]
	m.fields = m.fields[n:]
	return f
}

// strings reads an array of strings.
func (m *mapping) strings(raw []byte) (list []string, ok bool) {
	ok = raw[0] == '[' && m.elements(raw, func(f *member) error {
		if f.raw[0] != '"' {
			return errors.New("no string")
		}
		list = append(list, m.decode(f))
		return nil
	}) == nil
	return list, ok && len(list) > 0
}

// elements calls f for each element of an array that the scanner has checked. The element is valid until f returns.
func (m *mapping) elements(raw []byte, f func(*member) error) error {
	i := space(raw, 1)
	for raw[i] != ']' {
		end, esc, err := m.scan.value(raw, i)
		if err != nil {
			return err
		}
		m.parts = append(m.parts, member{raw: raw[i:end:end], esc: esc})
		k := len(m.parts) - 1
		err = f(&m.parts[k])
		m.parts = m.parts[:k]
		if err != nil {
			return err
		}
		if i = space(raw, end); raw[i] == ',' {
			i = space(raw, i+1)
		}
	}
	return nil
}
