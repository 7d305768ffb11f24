package tokenizer

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// A walker goes through JSON text once. It knows just enough to hand large lists and objects to its caller piece by piece: package json takes ten
// times as long for a vocabulary. What it passes over is only checked for balance; what its caller uses is checked in full.
type walker struct {
	src []byte
	at  int
}

func (w *walker) errorf(format string, args ...any) error {
	return fmt.Errorf("byte %d: "+format, append([]any{w.at}, args...)...)
}

// next passes over white space and returns the byte that follows, 0 at the end.
func (w *walker) next() byte {
	for w.at < len(w.src) {
		switch c := w.src[w.at]; c {
		case ' ', '\t', '\n', '\r':
			w.at++
		default:
			return c
		}
	}
	return 0
}

// take passes over one byte, which must be c.
func (w *walker) take(c byte) error {
	if got := w.next(); got != c || w.at == len(w.src) {
		if w.at == len(w.src) {
			return w.errorf("the text ends where %q should be", c)
		}
		return w.errorf("%q where %q should be", got, c)
	}
	w.at++
	return nil
}

// each calls f before every value of a list, or with its key before every value of an object. f passes over the value.
func (w *walker) each(open byte, f func(key string) error) error {
	if err := w.take(open); err != nil {
		return err
	}
	end := open + 2 // ] and } stand two behind [ and {
	if w.next() == end {
		w.at++
		return nil
	}
	for {
		key := ""
		if open == '{' {
			var err error
			if key, err = w.text(); err != nil {
				return err
			}
			if err := w.take(':'); err != nil {
				return err
			}
		}
		if err := f(key); err != nil {
			return err
		}
		if w.next() == end {
			w.at++
			return nil
		}
		if err := w.take(','); err != nil {
			return err
		}
	}
}

// text reads a string.
func (w *walker) text() (string, error) {
	if w.next() != '"' {
		return "", w.errorf("want a string")
	}
	from := w.at + 1
	plain := true
	for i := from; i < len(w.src); i++ {
		switch c := w.src[i]; {
		case c == '"':
			raw := w.src[from:i]
			if plain && utf8.Valid(raw) {
				w.at = i + 1
				return string(raw), nil
			}
			var s string
			if err := json.Unmarshal(w.src[from-1:i+1], &s); err != nil {
				return "", w.errorf("%w", err)
			}
			w.at = i + 1
			return s, nil
		case c == '\\':
			plain = false
			i++
		case c < ' ':
			return "", w.errorf("a control character in a string")
		}
	}
	return "", w.errorf("a string does not end")
}

// integer reads a whole number.
func (w *walker) integer() (int64, error) {
	w.next()
	from := w.at
	for w.at < len(w.src) && (w.src[w.at] == '-' || w.src[w.at]-'0' < 10) {
		w.at++
	}
	n, err := strconv.ParseInt(string(w.src[from:w.at]), 10, 64)
	if err != nil {
		return 0, w.errorf("want a whole number")
	}
	return n, nil
}

// raw passes over a value and returns its text.
func (w *walker) raw() (json.RawMessage, error) {
	c := w.next()
	from, depth := w.at, 0
	if c == 0 {
		return nil, w.errorf("the text ends where a value should be")
	}
	for w.at < len(w.src) {
		switch c := w.src[w.at]; c {
		case '"':
			if err := w.skipString(); err != nil {
				return nil, err
			}
			w.at--
		case '[', '{':
			depth++
		case ']', '}', ',':
			if depth == 0 {
				return w.src[from:w.at], nil
			}
			if c != ',' {
				depth--
			}
		}
		w.at++
		if depth == 0 && (c == '"' || c == '[' || c == '{') {
			break
		}
	}
	if depth > 0 {
		return nil, w.errorf("a list or an object does not end")
	}
	return w.src[from:w.at], nil
}

// skipString passes over a string.
func (w *walker) skipString() error {
	for i := w.at + 1; i < len(w.src); i++ {
		switch w.src[i] {
		case '\\':
			i++
		case '"':
			w.at = i + 1
			return nil
		}
	}
	return w.errorf("a string does not end")
}

// end says that nothing but white space follows.
func (w *walker) end() error {
	if w.next() != 0 || w.at < len(w.src) {
		return w.errorf("text behind the end")
	}
	return nil
}
