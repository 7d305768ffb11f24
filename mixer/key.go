package mixer

import (
	"encoding/binary"
	"math"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// A keyer gives every document its place in a random order: a 64-bit hash of seed, salt, group, id and words. It does not look at other
// fields, whose spelling depends on the encoding of the shards.
type keyer struct {
	seed uint64
	salt string
}

// of returns the key of d in a group. Documents of one group with the same id and words have the same key; any others share one with
// probability 2^-64.
func (k keyer) of(d *stages.Document, group string) uint64 {
	var h hash
	h.ResetWithSeed(k.seed)
	h.part(k.salt)
	h.part(group)
	h.part(d.ID)
	h.part(d.Text)
	for i := range d.Turns {
		h.part(d.Turns[i].Role)
		h.part(d.Turns[i].Content)
	}
	for i := range d.Answers {
		h.part(d.Answers[i].Text)
	}
	return h.Sum64()
}

// hash hashes parts so that their borders count.
type hash struct{ xxhash.Digest }

func (h *hash) part(s string) {
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], uint64(len(s)))
	h.Write(n[:])
	h.WriteString(s)
}

// place returns where a key lies in the order, 0 to 1.
func place(key uint64) float64 { return float64(key) / math.MaxUint64 }

// A unit is what a budget counts.
type unit string

const (
	tokens unit = "tokens"
	words  unit = "words"
	rows   unit = "rows"
	bytes  unit = "bytes"
)

// of returns how much of the unit d holds; tokens need a tokenizer and are the counter's. v is scratch.
func (u unit) of(d *stages.Document, v *text.View) uint64 {
	switch u {
	case rows:
		return 1
	case bytes:
		return uint64(len(d.Body()))
	}
	v.Reset(d.Body())
	if language, ok := d.Fields.Text("language"); ok {
		v.SetLanguage(language)
	}
	return uint64(math.Round(v.WordCount()))
}
