// Package ask holds what the components that ask a model share: prompts with places for a document's fields, rubrics, the part of a text that
// is shown, and what can be read from a reply.
package ask

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages"
)

// A Prompt is a text with places: {field} stands for the document's field of that name, {text} for its words, {id}, {source} and {kind} for what
// it says. Each place is replaced once: what comes in is never looked at again. {{field}} is {field} itself, and braces around anything
// that is no name are ordinary text, so that JSON may stand in a prompt.
type Prompt struct {
	parts []part
}

type part struct {
	text  string
	place bool // text is the name of a field
}

// NewPrompt cuts a text at its places.
func NewPrompt(s string) Prompt {
	var p Prompt
	var plain strings.Builder
	for s != "" {
		at := strings.IndexByte(s, '{')
		if at < 0 {
			break
		}
		plain.WriteString(s[:at])
		s = s[at:]
		if name := nameIn(s, "{", "}"); name != "" {
			p.parts = append(p.parts, part{text: plain.String()}, part{name, true})
			plain.Reset()
			s = s[len(name)+2:]
			continue
		}
		if name := nameIn(s, "{{", "}}"); name != "" {
			plain.WriteString("{" + name + "}")
			s = s[len(name)+4:]
			continue
		}
		plain.WriteByte('{')
		s = s[1:]
	}
	plain.WriteString(s)
	p.parts = append(p.parts, part{text: plain.String()})
	return p
}

// nameIn returns the field's name that stands between open and shut at the beginning of s, "" where there is none.
func nameIn(s, open, shut string) string {
	rest, ok := strings.CutPrefix(s, open)
	if !ok {
		return ""
	}
	name, _, ok := strings.Cut(rest, shut)
	if !ok || len(name) > 100 || name == "" {
		return ""
	}
	for i, r := range name {
		if r != '_' && !(r < utf8.RuneSelf && unicode.IsLetter(r)) && (i == 0 || !(r >= '0' && r <= '9')) {
			return ""
		}
	}
	return name
}

// Places names the fields that the prompt needs, in order; a name may come twice.
func (p Prompt) Places() []string {
	var names []string
	for _, q := range p.parts {
		if q.place {
			names = append(names, q.text)
		}
	}
	return names
}

// Split returns what stands before the first place, which all documents have in common, and the rest.
func (p Prompt) Split() (before string, rest Prompt) {
	for i, q := range p.parts {
		if q.place {
			return before, Prompt{p.parts[i:]}
		}
		before += q.text
	}
	return before, Prompt{}
}

// Fill puts a document into the places; text is what {text} stands for. A field that the document has not is an error.
func (p Prompt) Fill(d *stages.Document, text string) (string, error) {
	var b strings.Builder
	for _, q := range p.parts {
		switch {
		case !q.place:
			b.WriteString(q.text)
		case q.text == "text":
			b.WriteString(text)
		default:
			v, ok := d.Field(q.text)
			if !ok {
				return "", fmt.Errorf("the prompt has a place for the field %q, which the document has not, or not as a plain value", q.text)
			}
			b.WriteString(v)
		}
	}
	return b.String(), nil
}

// Head returns the first n characters of s, all of it for 0.
func Head(s string, n int) string {
	if n <= 0 || len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// Fence sets text between two lines that it does not hold itself, in any case of its letters, so that where it ends is beyond doubt.
func Fence(name, text string) string {
	mark, lower := name, strings.ToLower(text)
	for k := 2; strings.Contains(lower, "<"+mark+">") || strings.Contains(lower, "</"+mark+">"); k++ {
		mark = fmt.Sprintf("%s-%d", name, k)
	}
	return "<" + mark + ">\n" + text + "\n</" + mark + ">"
}

// File says whether a setting that is a built-in name or a file means a file: it holds a slash, or ends as a text file does.
func File(s string) bool {
	if strings.ContainsAny(s, `/\`) {
		return true
	}
	for _, end := range []string{".txt", ".md", ".yaml", ".yml", ".json"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}
