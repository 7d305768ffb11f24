package constraint

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages"
)

const passed = stages.Passed

// A pattern is a regular expression in Python's dialect, as far as it needs no back-tracking: matched by all of its states at once (Pike's machine), in
// time in proportion to its size times that of the text. Word boundaries and classes are Unicode's, as in Python and not in Go's regexp.
type pattern struct {
	prog *syntax.Prog
	fold bool
}

// Bounds on patterns and on the work of matching: states times characters. What is beyond is undecided.
const (
	maxPattern = 1000
	maxStates  = 4000
	leastWork  = 1 << 24 // and for each byte of the text:
	byteWork   = 16
)

// literal says whether a pattern matches itself alone.
func literal(expr string) bool { return expr != "" && !strings.ContainsAny(expr, `\.+*?()|[]{}^$`) }

// classes are Python's classes in Go's spelling.
var classes = map[byte][2]string{ // outside and inside of brackets
	'd': {`\p{Nd}`, `\p{Nd}`},
	'D': {`\P{Nd}`, `\P{Nd}`},
	'w': {`[\p{L}\p{N}_]`, `\p{L}\p{N}_`},
	'W': {`[^\p{L}\p{N}_]`, ""},
	's': {`[` + spaces + `]`, spaces},
	'S': {`[^` + spaces + `]`, ""},
}

const spaces = `\x09-\x0d\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}`

// compile reads a pattern of Python's.
func compile(expr string, fold bool) (*pattern, error) {
	if len(expr) > maxPattern {
		return nil, fmt.Errorf("a regular expression of %d bytes, allowed are %d", len(expr), maxPattern)
	}
	expr, err := translate(expr)
	if err != nil {
		return nil, err
	}
	flags := syntax.Perl
	if fold {
		flags |= syntax.FoldCase
	}
	re, err := syntax.Parse(expr, flags)
	if err != nil {
		return nil, fmt.Errorf("no regular expression that can be checked: %w", err)
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil, fmt.Errorf("compile the regular expression: %w", err)
	}
	if len(prog.Inst) > maxStates {
		return nil, fmt.Errorf("a regular expression of %d states, allowed are %d", len(prog.Inst), maxStates)
	}
	return &pattern{prog, fold}, nil
}

// translate writes a pattern of Python's for Go. What the two read differently and Go cannot say is an error.
func translate(expr string) (string, error) {
	var b strings.Builder
	inside := false
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		switch {
		case c == '\\':
			if i++; i == len(expr) {
				return "", errors.New("the regular expression ends with a backslash")
			}
			s, err := escape(expr[i], inside)
			if err != nil {
				return "", err
			}
			b.WriteString(s)
			continue
		case inside && c == '[':
			if strings.HasPrefix(expr[i:], "[:") {
				b.WriteString(`\[`)
				continue
			}
		case inside && c == ']':
			inside = false
		case !inside && c == '[':
			inside = true
			b.WriteByte(c)
			if strings.HasPrefix(expr[i+1:], "^") {
				b.WriteByte('^')
				i++
			}
			if strings.HasPrefix(expr[i+1:], "]") {
				b.WriteString(`\]`)
				i++
			}
			continue
		case !inside && strings.HasPrefix(expr[i:], "{,"):
			return "", errors.New("{,n} in a regular expression means other things in Python and here; write {0,n}")
		case !inside && strings.HasPrefix(expr[i:], "(?") && !strings.HasPrefix(expr[i:], "(?:") && !strings.HasPrefix(expr[i:], "(?P<"):
			return "", errors.New("of the groups (?…) in a regular expression only (?:…) and (?P<name>…) can be checked")
		}
		b.WriteByte(c)
	}
	return b.String(), nil
}

// escape writes what stands behind a backslash.
func escape(c byte, inside bool) (string, error) {
	if class, ok := classes[c]; ok {
		s := class[0]
		if inside {
			s = class[1]
		}
		if s == "" {
			return "", fmt.Errorf(`\%c in brackets in a regular expression cannot be checked`, c)
		}
		return s, nil
	}
	switch {
	case c == 'b' && inside:
		return `\x08`, nil
	case strings.IndexByte("bBAafnrtvx", c) >= 0:
		return `\` + string(c), nil
	case c >= utf8.RuneSelf:
		return string([]byte{c}), nil
	case c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		return "", fmt.Errorf(`\%c in a regular expression cannot be checked`, c)
	case c <= ' ':
		return string([]byte{c}), nil
	}
	return `\` + string(c), nil
}

// errLong says that matching would take too long.
var errLong = errors.New("the text is too long for this regular expression")

// A thread is a state with the place where its match began.
type thread struct {
	pc    uint32
	start int
}

// A machine matches one text.
type machine struct {
	p          *pattern
	text       string
	work       int
	now, next  []thread
	seen       []int // by state: the place where it was last entered, plus 1
	generation int
}

// has says whether the pattern is in the text and passes where that is what is wanted.
func (p *pattern) has(text, note string, wanted bool) found {
	m := p.machine(text)
	_, _, ok, err := m.find(0, true)
	if err != nil {
		return found{result: stages.Unknown, note: err.Error()}
	}
	return noted(ok == wanted, note)
}

// patterned makes a verifier that compares the number of matches with a number.
func patterned(r relation, n int, unit string, p *pattern, text func(*Text) string) (string, func(*Text) found) {
	return fmt.Sprintf("%s %d %s", r.name, n, unit), func(t *Text) found {
		got, err := p.count(text(t))
		if err != nil {
			return found{result: stages.Unknown, note: err.Error()}
		}
		f := is(r.holds(got, n))
		f.count, f.unit = got, unit
		return f
	}
}

// count counts matches that do not overlap. A pattern that matches nothing at all cannot be counted.
func (p *pattern) count(text string) (int, error) {
	m := p.machine(text)
	n := 0
	for at := 0; at <= len(text); n++ {
		start, end, ok, err := m.find(at, false)
		if err != nil {
			return 0, err
		}
		if !ok {
			break
		}
		if start == end {
			return 0, errors.New("the regular expression matches the empty text")
		}
		at = end
	}
	return n, nil
}

func (p *pattern) machine(text string) *machine {
	return &machine{p: p, text: text, seen: make([]int, len(p.prog.Inst))}
}

// find returns the first match from a place on: the leftmost, and of those the one that Python would find first. With any, the first one met will do.
func (m *machine) find(from int, any bool) (start, end int, ok bool, err error) {
	m.now = m.now[:0]
	for at := from; ; {
		r, size := rune(-1), 0
		if at < len(m.text) {
			r, size = utf8.DecodeRuneInString(m.text[at:])
		}
		m.generation++
		live := m.now
		m.now = m.next[:0]
		for _, t := range live {
			m.enter(t, at)
		}
		if !ok {
			m.enter(thread{uint32(m.p.prog.Start), at}, at)
		}
		m.next = live[:0]
		if m.work += len(m.now) + 1; m.work > leastWork+byteWork*len(m.text) {
			return 0, 0, false, errLong
		}
		for _, t := range m.now {
			in := &m.p.prog.Inst[t.pc]
			if in.Op == syntax.InstMatch {
				start, end, ok = t.start, at, true
				if any {
					return start, end, true, nil
				}
				break // threads behind it are worse
			}
			if size > 0 && m.matches(in, r) {
				m.next = append(m.next, thread{in.Out, t.start})
			}
		}
		m.now, m.next = m.next, m.now
		if size == 0 || ok && len(m.now) == 0 {
			return start, end, ok, nil
		}
		at += size
	}
}

// matches says whether a state takes a character.
func (m *machine) matches(in *syntax.Inst, r rune) bool {
	if in.MatchRune(r) {
		return true
	}
	return m.p.fold && (r == 'İ' || r == 'ı') && in.Op != syntax.InstRuneAnyNotNL && (in.MatchRune('i') || in.MatchRune('I'))
}

// enter adds a state, or the states that it leads to without a character, to those of this place.
func (m *machine) enter(t thread, at int) {
	if m.seen[t.pc] == m.generation {
		return
	}
	m.seen[t.pc] = m.generation
	in := &m.p.prog.Inst[t.pc]
	switch in.Op {
	case syntax.InstFail:
	case syntax.InstAlt, syntax.InstAltMatch:
		m.enter(thread{in.Out, t.start}, at)
		m.enter(thread{in.Arg, t.start}, at)
	case syntax.InstCapture, syntax.InstNop:
		m.enter(thread{in.Out, t.start}, at)
	case syntax.InstEmptyWidth:
		if m.empty(syntax.EmptyOp(in.Arg), at) {
			m.enter(thread{in.Out, t.start}, at)
		}
	default:
		m.now = append(m.now, t)
	}
}

// empty says whether an assertion holds at a place.
func (m *machine) empty(op syntax.EmptyOp, at int) bool {
	s := m.text
	if op&(syntax.EmptyBeginText|syntax.EmptyBeginLine) != 0 && at != 0 {
		return false
	}
	if op&(syntax.EmptyEndText|syntax.EmptyEndLine) != 0 && at != len(s) && s[at:] != "\n" {
		return false
	}
	if op&syntax.EmptyWordBoundary != 0 && !boundary(s, at) {
		return false
	}
	return op&syntax.EmptyNoWordBoundary == 0 || !boundary(s, at) && s != ""
}
