package tokenizer

import "strings"

// scratch is what one call of Encode or Count works in.
type scratch struct {
	ids   []int32
	ranks []uint32
}

func newScratch() *scratch { return &scratch{} }

// Encode appends the ids of a text to dst. With special, special tokens in the text become their ids; without, they are text like any other.
// It allocates nothing when dst has room. No BOS is added.
func (t *Tokenizer) Encode(dst []int32, text string, special bool) []int32 {
	w := t.scratch.Get().(*scratch)
	dst = t.encode(dst, w, text, special)
	t.scratch.Put(w)
	return dst
}

// Count returns the number of ids that Encode gives for a text in which special tokens are ordinary text.
func (t *Tokenizer) Count(text string) int {
	return len(t.Encode(nil, text, false))
}

func (t *Tokenizer) encode(dst []int32, w *scratch, s string, special bool) []int32 {
	s = strings.ToValidUTF8(s, "\uFFFD")
	done := 0
	for i := 0; ; {
		m, ok := t.added.raw.find(s, i, done, special)
		if !ok {
			return t.normalized(dst, w, s[done:], special)
		}
		if done < m.from {
			dst = t.normalized(dst, w, s[done:m.from], special)
		}
		dst = append(dst, m.id)
		i, done = m.next, m.to
	}
}

func (t *Tokenizer) normalized(dst []int32, w *scratch, s string, special bool) []int32 {
	if t.nfc {
		s = normalize(s)
	}
	done := 0
	for i := 0; ; {
		m, ok := t.added.normal.find(s, i, done, special)
		if !ok {
			return t.words(dst, w, s[done:])
		}
		if done < m.from {
			dst = t.words(dst, w, s[done:m.from])
		}
		dst = append(dst, m.id)
		i, done = m.next, m.to
	}
}

func (t *Tokenizer) words(dst []int32, w *scratch, s string) []int32 {
	for i := 0; i < len(s); {
		end := t.scan(s, i)
		dst = t.word(dst, w, s[i:end])
		i = end
	}
	return dst
}

func (t *Tokenizer) word(dst []int32, w *scratch, s string) []int32 {
	if t.whole != nil {
		if id, ok := t.whole[s]; ok {
			return append(dst, id)
		}
	}
	ids := w.ids[:0]
	for i := range len(s) {
		if id := t.bytes[s[i]]; id >= 0 {
			ids = append(ids, id)
		}
	}
	for {
		best, at := uint32(noRank), 0
		for i := 1; i < len(ids); i++ {
			if r := t.pairs.rank(ids[i-1], ids[i]); r < best {
				best, at = r, i
			}
		}
		if best == noRank {
			break
		}
		ids[at-1] = t.merged[best]
		ids = append(ids[:at], ids[at+1:]...)
	}
	w.ids = ids
	return append(dst, ids...)
}
