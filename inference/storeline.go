package inference

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// parse reads a line of the store. With index it may leave the text out: what is indexed is the rest.
func (l *line) parse(raw []byte, index bool) error {
	if q := (quick{b: raw}); utf8.Valid(raw) && q.line(l, index) {
		return nil
	}
	*l = line{}
	return json.Unmarshal(raw, l)
}

// quick reads the lines that the store writes of replies in words without ids: members in their order, no space between. What looks any other way it leaves to
// encoding/json.
type quick struct {
	b   []byte
	buf []byte
}

func (q *quick) line(l *line, index bool) bool {
	return q.member(`{"model":`, &l.Model, true) && q.member(`,"request":`, &l.Request, true) && q.optional(`,"key":`, &l.Key, !index) &&
		q.member(`,"task":`, &l.Task, true) && q.optional(`,"text":`, &l.Text, !index) && q.optional(`,"finish":`, &l.Finish, !index) &&
		q.number(`,"in":`, &l.In) && q.number(`,"out":`, &l.Out) && string(q.b) == "}"
}

func (q *quick) optional(name string, s *string, keep bool) bool {
	return !bytes.HasPrefix(q.b, []byte(name)) || q.member(name, s, keep)
}

// member reads a name and a string.
func (q *quick) member(name string, s *string, keep bool) bool {
	rest, ok := bytes.CutPrefix(q.b, []byte(name))
	if !ok || len(rest) == 0 || rest[0] != '"' {
		return false
	}
	rest = rest[1:]
	end, escaped := 0, false
	for {
		k := bytes.IndexByte(rest[end:], '"')
		if k < 0 {
			return false
		}
		end += k
		n := 0
		for n < end && rest[end-1-n] == '\\' {
			n++
		}
		if n%2 == 0 {
			break
		}
		end++
	}
	in := rest[:end]
	q.b = rest[end+1:]
	if !keep {
		return true
	}
	escaped = bytes.IndexByte(in, '\\') >= 0
	for _, c := range in {
		if c < ' ' {
			return false
		}
	}
	if !escaped {
		*s = string(in)
		return true
	}
	return q.unescape(in, s)
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape decodes a string with escapes; surrogates it leaves to encoding/json.
func (q *quick) unescape(in []byte, s *string) bool {
	q.buf = q.buf[:0]
	for {
		k := bytes.IndexByte(in, '\\')
		if k < 0 || k+1 == len(in) {
			break
		}
		q.buf = append(q.buf, in[:k]...)
		if c := escapes[in[k+1]]; c != 0 {
			q.buf, in = append(q.buf, c), in[k+2:]
			continue
		}
		if in[k+1] != 'u' || len(in) < k+6 {
			return false
		}
		r, err := strconv.ParseUint(string(in[k+2:k+6]), 16, 32)
		if err != nil || r >= 0xD800 && r < 0xE000 {
			return false
		}
		q.buf, in = utf8.AppendRune(q.buf, rune(r)), in[k+6:]
	}
	*s = string(append(q.buf, in...))
	return true
}

// number reads a name and a whole number.
func (q *quick) number(name string, n *int) bool {
	rest, ok := bytes.CutPrefix(q.b, []byte(name))
	if !ok {
		return false
	}
	k := 0
	for k < len(rest) && rest[k] >= '0' && rest[k] <= '9' {
		k++
	}
	if k > 1 && rest[0] == '0' {
		return false
	}
	x, err := strconv.Atoi(string(rest[:k]))
	*n, q.b = x, rest[k:]
	return err == nil
}
