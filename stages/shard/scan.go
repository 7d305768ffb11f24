package shard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// maxDepth is how deep JSON values may nest, as in encoding/json.
const maxDepth = 10_000

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

var errUnterminated = errors.New("a string has no end")

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

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// quoted checks the string whose opening quote is b[i] and returns where it ends. Eight bytes are looked at in one step.
func quoted(b []byte, i int) (end int, esc bool, err error) {
	if i == len(b) || b[i] != '"' {
		return i, false, fmt.Errorf("byte %d: a string was expected", i)
	}
	i++
	start := i
	var all uint64 // of the bytes seen, to find any beyond ASCII
	for {
		for i+8 <= len(b) {
			x := binary.LittleEndian.Uint64(b[i:])
			quote, slash := x^('"'*ones), x^('\\'*ones)
			hit := ((quote-ones)&^quote | (slash-ones)&^slash | (x-0x20*ones)&^x) & highs
			all |= x
			if hit != 0 {
				i += bits.TrailingZeros64(hit) >> 3
				break
			}
			i += 8
		}
		for i < len(b) && b[i] >= 0x20 && b[i] != '"' && b[i] != '\\' {
			all |= uint64(b[i])
			i++
		}
		switch {
		case i == len(b):
			return i, esc, errUnterminated
		case b[i] == '"':
			if all&highs != 0 && !utf8.Valid(b[start:i]) {
				return i, esc, fmt.Errorf("byte %d: invalid UTF-8", start+validPrefix(b[start:i]))
			}
			return i + 1, esc, nil
		case b[i] == '\\':
			esc = true
			n, err := escape(b[i:])
			if err != nil {
				return i, esc, fmt.Errorf("byte %d: %w", i, err)
			}
			i += n
		default:
			return i, esc, fmt.Errorf("byte %d: raw control character %#02x in a string", i, b[i])
		}
	}
}

// validPrefix returns how many bytes of b are valid UTF-8.
func validPrefix(b []byte) int {
	i := 0
	for i < len(b) {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			break
		}
		i += n
	}
	return i
}

// escape checks the escape that b starts with and returns its length.
func escape(b []byte) (int, error) {
	if len(b) < 2 {
		return 0, errUnterminated
	}
	switch b[1] {
	case 'n', '"', '\\', 't', 'r', '/', 'b', 'f':
		return 2, nil
	case 'u':
	default:
		return 0, fmt.Errorf(`unknown escape \%c`, b[1])
	}
	r := hex4(b[2:])
	switch {
	case r < 0:
		return 0, errors.New(`\u without four hexadecimal digits`)
	case r < 0xD800 || r > 0xDFFF:
		return 6, nil
	case r > 0xDBFF || len(b) < 12 || b[6] != '\\' || b[7] != 'u':
		return 0, errors.New("lone surrogate")
	}
	if low := hex4(b[8:]); low < 0xDC00 || low > 0xDFFF {
		return 0, errors.New("lone surrogate")
	}
	return 12, nil
}

func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return -1
		}
	}
	return r
}
