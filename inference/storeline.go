package inference

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parse reads a line of the store. With index it may leave the text out: what is indexed is the rest. What l held before it may share.
func (l *line) parse(raw []byte, index bool) error {
	parts := everything
	if index {
		parts = indexed
	}
	return l.parseParts(raw, parts)
}

// parts are members of a line.
type parts uint8

const (
	indexed    parts = 1 << iota // model, request
	replied                      // text, finish, by
	others                       // key, task
	everything = indexed | replied | others
)

// parseParts reads in and out, and of the other members at least those that are named.
func (l *line) parseParts(raw []byte, which parts) error {
	if q := (quick{b: raw}); q.line(l, which) {
		l.IDs, l.LogProbs, l.Vector = nil, nil, nil
		return nil
	}
	*l = line{}
	return json.Unmarshal(raw, l)
}

// replyOf reads what a line replies.
func replyOf(raw []byte) (Reply, error) {
	l := line{Finish: FinishStop} // as most do: what is there already is not made anew
	if q := (quick{b: raw}); q.line(&l, replied) {
		return l.reply(), nil
	}
	var whole line
	err := whole.parseParts(raw, replied)
	return whole.reply(), err
}

// quick reads the lines that the store writes of replies in words without ids: members in their order, no space between. What looks any other way it leaves to
// encoding/json.
type quick struct{ b []byte }

func (q *quick) line(l *line, which parts) bool {
	index, reply, rest := which&indexed != 0, which&replied != 0, which&others != 0
	return q.member(`{"model":`, &l.Model, index) && q.member(`,"request":`, &l.Request, index) && q.optional(`,"key":`, &l.Key, rest) &&
		q.member(`,"task":`, &l.Task, rest) && q.optional(`,"text":`, &l.Text, reply) && q.optional(`,"finish":`, &l.Finish, reply) &&
		q.number(`,"in":`, &l.In) && q.number(`,"out":`, &l.Out) && q.optional(`,"by":`, &l.By, reply) && string(q.b) == "}"
}

func (q *quick) optional(name string, s *string, keep bool) bool {
	if bytes.HasPrefix(q.b, []byte(name)) {
		return q.member(name, s, keep)
	}
	*s = ""
	return true
}

// member reads a name and a string.
func (q *quick) member(name string, s *string, keep bool) bool {
	rest, ok := bytes.CutPrefix(q.b, []byte(name))
	if !ok || len(rest) == 0 || rest[0] != '"' {
		return false
	}
	rest = rest[1:]
	end := 0
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
	control, escaped, beyond := look(in)
	switch {
	case control || beyond && !utf8.Valid(in):
		return false
	case escaped:
		return unescape(in, s)
	case *s != string(in):
		*s = string(in)
	}
	return true
}

// look says what b holds: control characters, backslashes, bytes beyond ASCII. It looks at eight bytes in one step.
func look(b []byte) (control, escaped, beyond bool) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	var c, e, h uint64
	for len(b) >= 8 {
		x := binary.LittleEndian.Uint64(b)
		slash := x ^ '\\'*ones
		c |= (x - 0x20*ones) &^ x
		e |= (slash - ones) &^ slash
		h |= x
		b = b[8:]
	}
	control, escaped, beyond = c&highs != 0, e&highs != 0, h&highs != 0
	for _, x := range b {
		control, escaped, beyond = control || x < ' ', escaped || x == '\\', beyond || x >= utf8.RuneSelf
	}
	return control, escaped, beyond
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape decodes a string with escapes; surrogates it leaves to encoding/json.
func unescape(in []byte, s *string) bool {
	var out strings.Builder
	out.Grow(len(in))
	for {
		k := bytes.IndexByte(in, '\\')
		if k < 0 {
			out.Write(in)
			*s = out.String()
			return true
		}
		out.Write(in[:k])
		for in = in[k:]; len(in) > 0 && in[0] == '\\'; {
			if len(in) == 1 {
				return false
			}
			if c := escapes[in[1]]; c != 0 {
				out.WriteByte(c)
				in = in[2:]
				continue
			}
			r := hexRune(in)
			if r < 0 || r >= 0xD800 && r < 0xE000 {
				return false
			}
			if in = in[6:]; r < utf8.RuneSelf {
				out.WriteByte(byte(r))
				continue
			}
			out.WriteRune(r)
		}
	}
}

// hexRune is the character of an escape by number, -1 for what is none.
func hexRune(b []byte) rune {
	if len(b) < 6 || b[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range b[2:6] {
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
