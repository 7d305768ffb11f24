package tokenizer

import "unicode/utf8"

// scratch is what one call of Encode or Count works in. It comes from the tokenizer's pool.
type scratch struct {
	cache  cache
	merger merger
	valid  []byte // the text, when it was not UTF-8
	normal []byte // a part of it in NFC
	runes  []rune
}

// Encode appends the ids of a text to dst. With special, special tokens in the text become their ids; without, they are text like any other.
// It allocates nothing when dst has room. No BOS is added.
func (t *Tokenizer) Encode(dst []int32, text string, special bool) []int32 {
	w := t.scratch.Get().(*scratch)
	out := sink{ids: dst, keep: true}
	t.encode(&out, w, view(text), special)
	t.scratch.Put(w)
	return out.ids
}

// Count returns the number of ids that Encode gives for a text in which special tokens are ordinary text, without making them.
func (t *Tokenizer) Count(text string) int {
	w := t.scratch.Get().(*scratch)
	var out sink
	t.encode(&out, w, view(text), false)
	t.scratch.Put(w)
	return out.n
}

// A sink takes ids, or only their number.
type sink struct {
	ids  []int32
	n    int
	keep bool
}

func (o *sink) add(id int32) {
	o.n++
	if o.keep {
		o.ids = append(o.ids, id)
	}
}

// encode cuts a text at its added tokens.
func (t *Tokenizer) encode(out *sink, w *scratch, s []byte, special bool) {
	if !utf8.Valid(s) {
		text, rest := appendRunes(w.valid[:0], s)
		if len(rest) > 0 {
			text = append(text, "\uFFFD"...)
		}
		w.valid, s = text, text
	}
	done := 0
	for i := 0; ; {
		m, ok := t.added.raw.find(s, i, done, special)
		if !ok {
			break
		}
		if done < m.from {
			t.normalise(out, w, s[done:m.from], special)
		}
		out.add(m.id)
		i, done = m.next, m.to
	}
	if done < len(s) {
		t.normalise(out, w, s[done:], special)
	}
}

// normalise brings a text between added tokens to NFC and cuts it at those that are looked for there.
func (t *Tokenizer) normalise(out *sink, w *scratch, s []byte, special bool) {
	if t.nfc {
		if n := normalEnd(s); n < len(s) {
			w.normal = append(w.normal[:0], s[:n]...)
			w.normal, w.runes = appendNFC(w.normal, w.runes, s[n:])
			s = w.normal
		}
	}
	done := 0
	for i := 0; ; {
		m, ok := t.added.normal.find(s, i, done, special)
		if !ok {
			break
		}
		if done < m.from {
			t.words(out, w, s[done:m.from])
		}
		out.add(m.id)
		i, done = m.next, m.to
	}
	if done < len(s) {
		t.words(out, w, s[done:])
	}
}
