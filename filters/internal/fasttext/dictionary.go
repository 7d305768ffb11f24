package fasttext

import (
	"bytes"
	"errors"
	"fmt"
)

// labelPrefix marks labels in fastText's training files. A word of a text that begins so is no word.
const labelPrefix = "__label__"

// eos is the word that fastText puts at the end of every text.
const eos = "</s>"

// A dictionary knows the words and labels of a model, words first, and where the n-grams that survived pruning have their rows.
type dictionary struct {
	entries [][]byte // words, then labels; parts of the file
	nwords  int
	counts  []int64 // of the labels, in training
	slots   []int32 // hash table over entries: index + 1; 0 empty

	prune      []uint64 // hash table of a pruned model: bucket<<32 | row + 1; 0 empty
	prunedRows int64    // rows of a pruned model behind the words; -1: not pruned
}

func (d *dictionary) words() int         { return d.nwords }
func (d *dictionary) labels() int        { return len(d.entries) - d.nwords }
func (d *dictionary) label(i int) string { return string(d.entries[d.nwords+i]) }
func (d *dictionary) pruned() bool       { return d.prunedRows >= 0 }

func (d *dictionary) read(r *reader) error {
	size, nwords, nlabels := r.int32(), r.int32(), r.int32()
	r.int64() // tokens seen in training
	pruned := r.int64()
	const entry = 1 + 8 + 1 // an empty word, its count, its kind
	switch {
	case r.err != nil:
		return r.err
	case nwords < 0 || nlabels < 0 || size != nwords+nlabels:
		return fmt.Errorf("%d entries, %d words and %d labels", size, nwords, nlabels)
	case size > len(r.b)/entry:
		return fmt.Errorf("%w: %d entries, %d bytes left", errShort, size, len(r.b))
	}
	d.entries, d.nwords = make([][]byte, size), nwords
	for i := range d.entries {
		d.entries[i] = r.word()
		count := r.int64()
		kind := r.bytes(1)
		if r.err != nil {
			return r.err
		}
		if isLabel := kind[0] == 1; isLabel != (i >= nwords) {
			return fmt.Errorf("entry %d of %d words is of kind %d; words come first", i, nwords, kind[0])
		}
		if i >= nwords {
			d.counts = append(d.counts, count)
		}
	}
	d.index()
	return d.readPruning(r, pruned)
}

// index builds the hash table over the entries. Of equal entries the last one counts, as in the reference.
func (d *dictionary) index() {
	n := 4
	for n < 2*len(d.entries) {
		n *= 2
	}
	d.slots = make([]int32, n)
	for i, e := range d.entries {
		d.slots[d.probe(e, hash(e))] = int32(i + 1)
	}
}

// probe returns the slot of w or the empty slot where it would stand.
func (d *dictionary) probe(w []byte, h uint32) int {
	mask := len(d.slots) - 1
	for at := int(h*0x9E3779B1>>1) & mask; ; at = (at + 1) & mask {
		if s := d.slots[at]; s == 0 || bytes.Equal(d.entries[s-1], w) {
			return at
		}
	}
}

// find returns the place of a word or label in entries, -1 if it is unknown.
func (d *dictionary) find(w []byte, h uint32) int { return int(d.slots[d.probe(w, h)]) - 1 }

func (d *dictionary) readPruning(r *reader, pruned int64) error {
	d.prunedRows = -1
	if pruned < 0 {
		return nil
	}
	d.prunedRows = 0
	b := r.items(int(min(pruned, 1<<40)), 8)
	if r.err != nil {
		return r.err
	}
	n := 4
	for n < 2*int(pruned) {
		n *= 2
	}
	d.prune = make([]uint64, n)
	p := reader{b: b}
	for range pruned {
		bucket, row := p.int32(), p.int32()
		if bucket < 0 || row < 0 {
			return errors.New("pruned n-grams: a number below 0")
		}
		d.prune[d.pruneSlot(uint32(bucket))] = uint64(bucket)<<32 | uint64(row+1) // the last one counts
		d.prunedRows = max(d.prunedRows, int64(row)+1)
	}
	return nil
}

func (d *dictionary) pruneSlot(bucket uint32) int {
	mask := len(d.prune) - 1
	for at := int(bucket*0x9E3779B1>>1) & mask; ; at = (at + 1) & mask {
		if s := d.prune[at]; s == 0 || uint32(s>>32) == bucket {
			return at
		}
	}
}

// push appends the row of an n-gram's bucket, nothing where pruning has taken it.
func (d *dictionary) push(rows []int32, bucket uint32) []int32 {
	if d.prunedRows < 0 {
		return append(rows, int32(d.nwords)+int32(bucket))
	}
	if s := uint32(d.prune[d.pruneSlot(bucket)]); s != 0 {
		rows = append(rows, int32(d.nwords)+int32(s-1))
	}
	return rows
}

// The hash is FNV-1a, 32 bits, over bytes taken as signed: one above 127 flips the upper bits too.
const (
	fnvBasis = 2166136261
	fnvPrime = 16777619
)

func step(h uint32, c byte) uint32 { return (h ^ uint32(int8(c))) * fnvPrime }

func hash(w []byte) uint32 {
	h := uint32(fnvBasis)
	for _, c := range w {
		h = step(h, c)
	}
	return h
}

// grams appends the rows of the character n-grams of <w>: from each character on, shortest first; single characters only inside.
// A character is a byte with the continuation bytes that follow, valid UTF-8 or not.
func (d *dictionary) grams(rows []int32, w []byte, a *args, scratch *[]byte) []int32 {
	s := append(append(append((*scratch)[:0], '<'), w...), '>')
	*scratch = s
	bucket := uint32(a.bucket)
	for i := range s {
		if s[i]&0xC0 == 0x80 {
			continue
		}
		h := uint32(fnvBasis)
		for j, n := i, 1; j < len(s) && n <= a.maxn; n++ {
			h = step(h, s[j])
			for j++; j < len(s) && s[j]&0xC0 == 0x80; j++ {
				h = step(h, s[j])
			}
			if n >= a.minn && (n > 1 || i > 0 && j < len(s)) {
				rows = d.push(rows, h%bucket)
			}
		}
	}
	return rows
}

// rowsOf appends the rows of one word: of a known word its own and those of its n-grams, of an unknown one its n-grams. ok is false
// for a label, which is no word.
func (d *dictionary) rowsOf(rows []int32, w []byte, h uint32, a *args, scratch *[]byte) (_ []int32, ok bool) {
	id := d.find(w, h)
	if id >= d.nwords || id < 0 && bytes.HasPrefix(w, []byte(labelPrefix)) {
		return rows, false
	}
	if id >= 0 {
		rows = append(rows, int32(id))
	}
	if a.maxn > 0 && string(w) != eos {
		rows = d.grams(rows, w, a, scratch)
	}
	return rows, true
}

// wordGrams appends the rows of the n-grams of words from their hashes.
func (d *dictionary) wordGrams(rows []int32, hashes []int32, a *args) []int32 {
	for i := range hashes {
		h := uint64(hashes[i])
		for j := i + 1; j < len(hashes) && j < i+a.wordNgrams; j++ {
			h = h*116049371 + uint64(hashes[j])
			rows = d.push(rows, uint32(h%uint64(a.bucket)))
		}
	}
	return rows
}
