package tokenizer

import "encoding/binary"

// A cache remembers the ids of short words. It is bounded, belongs to one goroutine at a time and never changes a result. The two places of
// a word share a line of the processor's cache; the one used longer ago is given up.
type cache [][2]remembered

const (
	cacheBits = 14 // 2^14 pairs of 32 bytes each: 1 MiB
	shortWord = 15 // bytes
	shortIDs  = 3
)

// remembered is a word of at most 15 bytes, its length in the last byte of the key, and its ids.
type remembered struct {
	key [2]uint64
	ids [shortIDs]int32
	n   int32
}

// masks[n] keeps n bytes of a word of 8.
var masks = makeMasks()

func makeMasks() (m [16]uint64) {
	for n := range m {
		m[n] = ^uint64(0)
		if n < 8 {
			m[n] = 1<<(8*n) - 1
		}
	}
	return m
}

// key returns the key of a word of at most 15 bytes.
func key(s []byte, i, n int) (a, b uint64) {
	if i+16 <= len(s) {
		a = binary.LittleEndian.Uint64(s[i:]) & masks[n&15]
		b = binary.LittleEndian.Uint64(s[i+8:])
	} else {
		var tail [16]byte
		copy(tail[:], s[i:i+n])
		a = binary.LittleEndian.Uint64(tail[:])
		b = binary.LittleEndian.Uint64(tail[8:])
	}
	b &= masks[max(n-8, 0)]
	return a, b | uint64(n)<<56
}

// words cuts text into words and adds their ids.
func (t *Tokenizer) words(out *sink, w *scratch, s []byte) {
	if w.cache == nil {
		w.cache = make(cache, 1<<cacheBits)
	}
	lines := w.cache[:1<<cacheBits]
	for i := 0; i < len(s); {
		end := t.scan(s, i)
		n := end - i
		if n > shortWord {
			out.addAll(t.merge(w, s[i:end]))
			i = end
			continue
		}
		a, b := key(s, i, n)
		h := (a ^ b*0x9fb21c651e98df25) * 0x9e3779b97f4a7c15
		line := &lines[h>>(64-cacheBits)]
		e := &line[0]
		if e.key != [2]uint64{a, b} {
			if line[0], line[1] = line[1], line[0]; e.key != [2]uint64{a, b} {
				out.addAll(t.learn(w, e, s[i:end], a, b))
				i = end
				continue
			}
		}
		out.n += int(e.n)
		if out.keep {
			if at := len(out.ids); at+shortIDs <= cap(out.ids) { // three stores are cheaper than a loop
				ids := out.ids[:at+shortIDs]
				*(*[shortIDs]int32)(ids[at:]) = e.ids
				out.ids = ids[:at+int(e.n)]
			} else {
				out.ids = append(out.ids, e.ids[:e.n]...)
			}
		}
		i = end
	}
}

// learn returns the ids of a short word and remembers them where they fit.
func (t *Tokenizer) learn(w *scratch, e *remembered, word []byte, a, b uint64) []int32 {
	ids := t.merge(w, word)
	if len(ids) <= shortIDs {
		e.key, e.n = [2]uint64{a, b}, int32(len(ids))
		copy(e.ids[:], ids)
	}
	return ids
}

func (o *sink) addAll(ids []int32) {
	o.n += len(ids)
	if o.keep {
		o.ids = append(o.ids, ids...)
	}
}
