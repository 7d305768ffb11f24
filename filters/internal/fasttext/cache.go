package fasttext

// A cache keeps the rows of words that came before, since most words of a text have: the most frequent thousand words are two thirds
// of it. When it is full it is emptied, so its memory is bounded; answers never depend on it.
type cache struct {
	slots [cacheSlots]cached
	n     int
	words []byte
	kept  []int32
	one   []int32
}

type cached struct {
	hash   uint32
	word   uint32 // place in words
	rows   uint32 // place in rows
	length uint16 // of the word; 0: an empty slot
	count  uint16 // of rows
	isWord bool
}

const (
	cacheSlots = 1 << 14
	cacheWords = 1 << 18 // bytes
	cacheRows  = 1 << 20
	longWord   = 255 // bytes; longer words are not kept
)

// rows returns the rows of a word with a hash, until the next call.
func (c *cache) rows(m *Model, w string, h uint32, scratch *[]byte) (rows []int32, isWord bool) {
	at := h * 0x9E3779B1 >> (32 - 14)
	for ; c.slots[at].length != 0; at = (at + 1) % cacheSlots {
		s := &c.slots[at]
		if s.hash == h && int(s.length) == len(w) && string(c.words[s.word:][:s.length]) == w {
			return c.kept[s.rows:][:s.count], s.isWord
		}
	}
	c.one, isWord = m.dict.rowsOf(c.one[:0], []byte(w), h, &m.args, scratch)
	if len(w) > longWord || len(c.one) > 1<<16-1 {
		return c.one, isWord
	}
	if 2*c.n >= cacheSlots || len(c.words)+len(w) > cacheWords || len(c.kept)+len(c.one) > cacheRows {
		clear(c.slots[:])
		c.n, c.words, c.kept = 0, c.words[:0], c.kept[:0]
		at = h * 0x9E3779B1 >> (32 - 14)
	}
	c.n++
	c.slots[at] = cached{h, uint32(len(c.words)), uint32(len(c.kept)), uint16(len(w)), uint16(len(c.one)), isWord}
	c.words, c.kept = append(c.words, w...), append(c.kept, c.one...)
	return c.one, isWord
}
