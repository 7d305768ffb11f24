package fasttext

import (
	"bytes"
	"fmt"
)

// labelPrefix marks labels in fastText's training files. A word of a text that begins so is no word.
const labelPrefix = "__label__"

// eos is the word that fastText puts at the end of every text.
const eos = "</s>"

var eosHash = hash([]byte(eos))

// A dictionary knows the words and labels of a model, words first, and where the n-grams that survived pruning have their rows.
type dictionary struct {
	entries [][]byte // words, then labels; parts of the file
	nwords  int
	counts  []int64 // of the labels, in training
	slots   []int32 // hash table over entries: index + 1; 0 empty

	pruned     bool
	prunedRows int // rows of a pruned model behind the words
	survivors  survivors
	mod        modulus // by the number of buckets
}

func (d *dictionary) words() int         { return d.nwords }
func (d *dictionary) labels() int        { return len(d.entries) - d.nwords }
func (d *dictionary) label(i int) string { return string(d.entries[d.nwords+i]) }

func (d *dictionary) read(r *reader, buckets int) error {
	d.mod = newModulus(uint32(buckets))
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
	return d.readPruning(r, pruned, buckets)
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
		*scratch = append(append(append((*scratch)[:0], '<'), w...), '>')
		rows = d.grams(rows, *scratch, a)
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
