package lingua

import (
	"encoding/binary"
	"slices"

	"github.com/winnow-data/winnow/stages/lingua/script"
)

// evidence is what trigrams say about a text.
type evidence struct {
	trigrams     int    // distinct ones, summed over the windows
	dissent      int    // those of windows that speak clearly for another language than the likeliest
	best, second uint64 // costs of the likeliest and the next language in units of nats
}

// clearly is how much more, in nats, the likeliest language of a text costs in one of its windows than that window's own likeliest before
// the window counts as being in another language.
const clearly = 10

// cost adds up what each language's model says about the sample: the cost of every distinct trigram of a window. Windows are added, so
// that a trigram counts at most three times.
func (d *Detector) cost(t *table) evidence {
	clear(d.costs[:])
	var e evidence
	from := 0
	for w, to := range d.sample.cuts {
		n := d.costWindow(t, d.sample.runes[from:to])
		missing := uint64(n-d.window.rows) * unseen
		for i := range t.languages {
			c := uint64(d.window.cost(i)) + missing
			d.each[w][i] = c
			d.costs[i] += c
		}
		d.trigrams[w] = n
		e.trigrams += n
		from = to
	}
	winner := 0
	e.best, e.second = 1<<63, uint64(e.trigrams)*unseen
	for i := range t.languages {
		switch c := d.costs[i]; {
		case c < e.best:
			if i > 0 {
				e.second = e.best
			}
			e.best, winner = c, i
		case c < e.second:
			e.second = c
		}
	}
	for w := range d.sample.cuts {
		costs := d.each[w][:len(t.languages)]
		if float64(costs[winner]-slices.Min(costs))*nats > clearly {
			e.dissent += d.trigrams[w]
		}
	}
	return e
}

// costWindow sets d.window to the sums for one window and returns the number of its distinct trigrams.
func (d *Detector) costWindow(t *table, runes []rune) int {
	d.seen.reset()
	d.window = sums{}
	var key uint32
	n, length := 0, 0
	for _, r := range runes {
		if r == 0 || d.sample.table.Of(r) != t.script {
			length = 0
			continue
		}
		key = (key<<10 | uint32(t.letters.of(r))) & (1<<30 - 1)
		if length++; length < 3 || !d.seen.add(key) {
			continue
		}
		n++
		if row := t.row(key); row != nil {
			d.window.add(row)
		}
	}
	d.window.flush()
	return n
}

// row returns the row of a trigram, nil if no language has it.
func (t *table) row(key uint32) []byte {
	mask := uint32(len(t.slots)/4 - 1)
	for at := key * spread >> t.shift; ; at = (at + 1) & mask {
		s := binary.LittleEndian.Uint32(t.slots[at*4:])
		if s == 0 {
			return nil
		}
		row := t.rows[int(s-1)*t.stride:]
		if binary.LittleEndian.Uint32(row) == key {
			return row[:t.stride]
		}
	}
}

// spread is the multiplier of the hash of a key: 2³² divided by the golden ratio.
const spread = 0x9E3779B1

const words = (4 + maxLanguages + 7) / 8 // that a row has at most

// sums adds up rows: eight cells at a time, in 16-bit lanes that are emptied before they can overflow. The four bytes of the key are
// added too and left aside.
type sums struct {
	even, odd [words]uint64
	pending   int
	rows      int // that were added
	total     [8 * words]uint32
}

const lanes = 0x00FF00FF00FF00FF

func (s *sums) add(row []byte) {
	if s.pending == 257 { // 257 · 255 is the largest multiple below 1<<16
		s.flush()
	}
	s.pending++
	s.rows++
	for i := 0; len(row) >= 8 && i < words; i++ {
		w := binary.LittleEndian.Uint64(row)
		s.even[i] += w & lanes
		s.odd[i] += w >> 8 & lanes
		row = row[8:]
	}
}

func (s *sums) flush() {
	for i := range s.even {
		e, o := s.even[i], s.odd[i]
		for k := 0; k < 8; k += 2 {
			s.total[8*i+k] += uint32(e & 0xFFFF)
			s.total[8*i+k+1] += uint32(o & 0xFFFF)
			e, o = e>>16, o>>16
		}
	}
	clear(s.even[:])
	clear(s.odd[:])
	s.pending = 0
}

// cost returns the sum of the cells of language i. Call flush before.
func (s *sums) cost(i int) uint32 { return s.total[4+i] }

// A set holds the keys of one window. It is emptied by counting up.
type set struct {
	slots []uint64 // round<<32 | key
	round uint64
	n     int
}

func (s *set) reset() {
	if s.slots == nil {
		s.slots = make([]uint64, 1024)
	}
	if s.round++; s.round == 1<<32 {
		clear(s.slots)
		s.round = 1
	}
	s.n = 0
}

// add says whether the key was not there.
func (s *set) add(key uint32) bool {
	if 2*s.n >= len(s.slots) {
		s.grow()
	}
	mask := uint32(len(s.slots) - 1)
	for at := key * spread >> 7 & mask; ; at = (at + 1) & mask {
		switch v := s.slots[at]; {
		case v>>32 != s.round:
			s.slots[at] = s.round<<32 | uint64(key)
			s.n++
			return true
		case uint32(v) == key:
			return false
		}
	}
}

func (s *set) grow() {
	old, round := s.slots, s.round
	*s = set{slots: make([]uint64, 4*len(old)), round: round}
	for _, v := range old {
		if v>>32 == round {
			s.add(uint32(v))
		}
	}
}

// words returns the words of one script in the sample, with a blank between them.
func (s *sample) words(id script.ID) string {
	b, open := make([]byte, 0, 4*len(s.runes)), false
	for _, r := range s.runes {
		switch in := r != 0 && s.table.Of(r) == id; {
		case in:
			b, open = append(b, string(r)...), true
		case open:
			b, open = append(b, ' '), false
		}
	}
	return string(b)
}
