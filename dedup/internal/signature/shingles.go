package signature

import (
	"unsafe"

	"github.com/winnow-data/winnow/stages/text"
)

// A Cutter appends the words of a text, as [python.Split] and the English tokenizer of spaCy cut them.
type Cutter func(dst []text.Span, s string) []text.Span

// A Signer makes the peer's signatures. It holds scratch and is for one goroutine.
type Signer struct {
	family *Family
	simple Simplifier
	ngram  int
	words  Cutter

	spans    []text.Span
	joined   []byte // a shingle
	shingles []uint64
}

// NewSigner returns a signer with shingles of ngram words, as words cuts them from the simplified text.
func NewSigner(family *Family, simple Simplifier, ngram int, words Cutter) *Signer {
	return &Signer{family: family, simple: simple, ngram: ngram, words: words}
}

// Sign fills sig, as long as the family says, with the signature of a text. It returns false for one with fewer words than a shingle has,
// which has none: the peer never removes it.
func (s *Signer) Sign(sig []uint64, body string) bool {
	if !s.cut(s.simple.Simplify(body)) {
		return false
	}
	s.family.Sign(sig, s.shingles)
	return true
}

// cut leaves the hashes of the shingles of a simplified text in s.shingles: each is a run of words joined by one space, which as a rule is how
// they stand in the text.
func (s *Signer) cut(simple string) bool {
	s.spans, s.shingles = s.words(s.spans[:0], simple), s.shingles[:0]
	whole := unsafe.Slice(unsafe.StringData(simple), len(simple)) // only read
	apart := 0                                                    // the last word that stands otherwise behind the one before
	for i, w := range s.spans {
		if i > 0 && (w.Start != s.spans[i-1].End+1 || simple[w.Start-1] != ' ') {
			apart = i
		}
		first := i + 1 - s.ngram
		if first < 0 {
			continue
		}
		shingle := whole[s.spans[first].Start:w.End]
		if apart > first {
			shingle = s.join(simple, s.spans[first:i+1])
		}
		s.shingles = append(s.shingles, s.family.hash(shingle))
	}
	return len(s.shingles) > 0
}

func (s *Signer) join(simple string, words []text.Span) []byte {
	s.joined = s.joined[:0]
	for i, w := range words {
		if i > 0 {
			s.joined = append(s.joined, ' ')
		}
		s.joined = append(s.joined, simple[w.Start:w.End]...)
	}
	return s.joined
}
