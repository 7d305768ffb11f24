package shard

import (
	"fmt"
)

// maxDepth is how deep the values of a record may nest. Readers of what we write give up earlier than we must: Python's json at about
// 1,000.
const maxDepth = 500

// A scanner checks JSON strictly and finds the members of an object without decoding them. RFC 8259, and what RFC 7493 (I-JSON) asks
// for on top: valid UTF-8, no lone surrogates, no name twice in the object itself (in nested objects names are not compared).
type scanner struct {
	open []byte          // the containers around the value, '{' or '['
	seen map[string]bool // names of an object with many members
}

// A member is one name and value of an object, as they stand in the line.
type member struct {
	name    []byte // without quotes, undecoded
	raw     []byte // the value with its quotes
	nameEsc bool   // name holds escapes
	esc     bool   // raw is a string that holds escapes
}

// object appends the members of the object that b is, all of b.
func (s *scanner) object(b []byte, dst []member) ([]member, error) {
	i := space(b, 0)
	if i == len(b) || b[i] != '{' {
		return dst, fmt.Errorf("byte %d: no JSON object", i)
	}
	if i = space(b, i+1); i < len(b) && b[i] == '}' {
		return dst, rest(b, i+1)
	}
	first := len(dst)
	for {
		var m member
		var err error
		if i, m, err = s.member(b, i); err != nil {
			return dst, err
		}
		dst = append(dst, m)
		if i = space(b, i); i == len(b) {
			return dst, fmt.Errorf("byte %d: the object has no end", i)
		}
		switch b[i] {
		case ',':
			i = space(b, i+1)
		case '}':
			if err := rest(b, i+1); err != nil {
				return dst, err
			}
			return dst, s.unique(dst[first:])
		default:
			return dst, fmt.Errorf("byte %d: %q after a member; , or } is allowed", i, b[i])
		}
	}
}

// member reads one name, colon and value.
func (s *scanner) member(b []byte, i int) (int, member, error) {
	var m member
	var err error
	start := i
	if i, m.nameEsc, err = quoted(b, i); err != nil {
		return i, m, err
	}
	m.name = b[start+1 : i-1]
	if i = space(b, i); i == len(b) || b[i] != ':' {
		return i, m, fmt.Errorf("byte %d: no colon after the name %.40q", i, m.name)
	}
	if i = space(b, i+1); i == len(b) {
		return i, m, fmt.Errorf("byte %d: no value for the name %.40q", i, m.name)
	}
	start = i
	if i, m.esc, err = s.value(b, i); err != nil {
		return i, m, err
	}
	m.raw = b[start:i:i]
	return i, m, nil
}

// unique refuses an object that has one name twice.
func (s *scanner) unique(ms []member) error {
	if len(ms) <= 12 {
		for i := range ms {
			for j := range i {
				if sameName(&ms[i], &ms[j]) {
					return fmt.Errorf("the name %.40q stands twice", ms[i].name)
				}
			}
		}
		return nil
	}
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	clear(s.seen)
	for i := range ms {
		name := ms[i].decodedName()
		if s.seen[name] {
			return fmt.Errorf("the name %.40q stands twice", ms[i].name)
		}
		s.seen[name] = true
	}
	return nil
}

func sameName(a, b *member) bool {
	if a.nameEsc || b.nameEsc {
		return a.decodedName() == b.decodedName()
	}
	return string(a.name) == string(b.name)
}

func (m *member) decodedName() string {
	if m.nameEsc {
		return string(unescape(make([]byte, 0, len(m.name)), m.name))
	}
	return string(m.name)
}

// value checks the value that starts at b[i] and returns where it ends.
func (s *scanner) value(b []byte, i int) (end int, esc bool, err error) {
	switch b[i] {
	case '"':
		return quoted(b, i)
	case '{', '[':
		end, err = s.nested(b, i)
		return end, false, err
	}
	end, err = scalar(b, i)
	return end, false, err
}

// nested checks an object or array without recursion.
func (s *scanner) nested(b []byte, i int) (int, error) {
	s.open = s.open[:0]
	var err error
	for {
		if i == len(b) {
			return i, fmt.Errorf("byte %d: a value was expected", i)
		}
		closed := false
		switch c := b[i]; c {
		case '{', '[':
			if len(s.open) == maxDepth {
				return i, fmt.Errorf("byte %d: nested deeper than %d", i, maxDepth)
			}
			s.open = append(s.open, c)
			i = space(b, i+1)
			if closed = i < len(b) && b[i] == c+2; !closed {
				if c == '{' {
					if i, err = key(b, i); err != nil {
						return i, err
					}
				}
				continue
			}
		case '"':
			i, _, err = quoted(b, i)
		default:
			i, err = scalar(b, i)
		}
		if err != nil {
			return i, err
		}
		if i, err = s.after(b, i, closed); err != nil || len(s.open) == 0 {
			return i, err
		}
	}
}

// after goes on behind a value to where the next one starts, or to the end of the outermost container. With closed, b[i]
// ends an empty container.
func (s *scanner) after(b []byte, i int, closed bool) (int, error) {
	for {
		if closed {
			s.open = s.open[:len(s.open)-1]
			i++
			if len(s.open) == 0 {
				return i, nil
			}
		}
		if i = space(b, i); i == len(b) {
			return i, fmt.Errorf("byte %d: a nested value has no end", i)
		}
		top := s.open[len(s.open)-1]
		switch {
		case b[i] == top+2: // ']' is '['+2, '}' is '{'+2
			closed = true
		case b[i] != ',':
			return i, fmt.Errorf("byte %d: %q after a value; , or %q is allowed", i, b[i], top+2)
		case top == '{':
			return key(b, space(b, i+1))
		default:
			return space(b, i+1), nil
		}
	}
}

// key reads a name and its colon, and goes to the value.
func key(b []byte, i int) (int, error) {
	i, _, err := quoted(b, i)
	if err != nil {
		return i, err
	}
	if i = space(b, i); i == len(b) || b[i] != ':' {
		return i, fmt.Errorf("byte %d: no colon after a name", i)
	}
	return space(b, i+1), nil
}

// space skips white space from b[i] on.
func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// rest says whether nothing but white space follows.
func rest(b []byte, i int) error {
	if i = space(b, i); i < len(b) {
		return fmt.Errorf("byte %d: %q after the end of the value", i, b[i])
	}
	return nil
}

// scalar checks a number, true, false or null.
func scalar(b []byte, i int) (int, error) {
	for _, word := range [...]string{"true", "false", "null"} {
		if b[i] == word[0] {
			if len(b)-i >= len(word) && string(b[i:i+len(word)]) == word {
				return i + len(word), nil
			}
			return i, fmt.Errorf("byte %d: no value of JSON starts so", i)
		}
	}
	return number(b, i)
}

func number(b []byte, i int) (int, error) {
	start := i
	digits := func() bool {
		from := i
		for i < len(b) && '0' <= b[i] && b[i] <= '9' {
			i++
		}
		return i > from
	}
	if b[i] == '-' {
		i++
	}
	lead := i
	if !digits() {
		return start, fmt.Errorf("byte %d: no value of JSON starts with %q", start, b[start])
	}
	if b[lead] == '0' && i > lead+1 {
		return start, fmt.Errorf("byte %d: a number starts with 0", start)
	}
	if i < len(b) && b[i] == '.' {
		if i++; !digits() {
			return start, fmt.Errorf("byte %d: a number has no digit after the point", start)
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return start, fmt.Errorf("byte %d: a number has no digit in its exponent", start)
		}
	}
	return i, nil
}
