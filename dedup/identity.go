package dedup

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/stages"
)

// A ref names a document within the barrier: its task and the number of live documents before it.
type ref uint64

func newRef(task int, ordinal uint32) ref { return ref(uint64(task)<<32 | uint64(ordinal)) }

func (r ref) task() int       { return int(r >> 32) }
func (r ref) ordinal() uint32 { return uint32(r) }

// contentHash is the first half of the SHA-256 of a text. Two texts with the same one are taken for equal: an accident among n texts
// has probability n²/2¹²⁹, and making one on purpose costs 2⁶⁴ hashes.
func contentHash(s string) (h [16]byte) {
	sum := sha256.Sum256([]byte(s))
	copy(h[:], sum[:])
	return h
}

// idCheck is what a removal carries to make sure, when it is carried out, that it meets the document it was decided on.
func idCheck(id string) uint32 { return uint32(xxhash.Sum64String(id)) }

// A recordHash orders records with equal texts by all else that they hold.
type recordHash struct{ buf []byte }

func (r *recordHash) of(d *stages.Document) uint64 {
	r.buf = r.buf[:0]
	for _, s := range []string{d.ID, d.Source, d.Kind} {
		r.add(s)
	}
	for i := range d.Turns {
		r.add(d.Turns[i].Role)
		r.add(d.Turns[i].Content)
	}
	for i := range d.Answers {
		r.add(d.Answers[i].By)
		r.add(d.Answers[i].Text)
	}
	for _, p := range d.Parents {
		r.add(p)
	}
	for _, f := range d.Fields {
		r.add(f.Name)
		r.add(string(f.Raw))
	}
	return xxhash.Sum64(r.buf)
}

func (r *recordHash) add(s string) {
	r.buf = binary.AppendUvarint(r.buf, uint64(len(s)))
	r.buf = append(r.buf, s...)
}

// groupHash is the hash of the field that documents are compared within; 0 if there is none.
func groupHash(d *stages.Document, within string) uint64 {
	if within == "" {
		return 0
	}
	s, ok := d.Field(within)
	if !ok {
		return 1
	}
	return xxhash.Sum64String(s)
}
