package signature

import "github.com/winnow-data/winnow/stages/text"

// A Cutter appends the words of a text, as [python.Split] and the English tokenizer of spaCy cut them.
type Cutter func(dst []text.Span, s string) []text.Span

// A Signer makes the peer's signatures. It holds scratch and is for one goroutine.
type Signer struct {
	family *Family
	simple Simplifier
	ngram  int
	words  Cutter

	spans    []text.Span
	joined   []byte // words with one space between them
	ends     []int  // of each word in joined
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

// cut leaves the hashes of the shingles of a simplified text in s.shingles: each is a run of words joined by one space.
func (s *Signer) cut(simple string) bool {
	s.joined, s.ends, s.shingles = s.joined[:0], s.ends[:0], s.shingles[:0]
	s.spans = s.words(s.spans[:0], simple)
	for _, w := range s.spans {
		if len(s.ends) > 0 {
			s.joined = append(s.joined, ' ')
		}
		s.joined = append(s.joined, simple[w.Start:w.End]...)
		s.ends = append(s.ends, len(s.joined))
	}
	from := 0
	for i := s.ngram - 1; i < len(s.ends); i++ {
		s.shingles = append(s.shingles, s.family.hash(s.joined[from:s.ends[i]]))
		from = s.ends[i-s.ngram+1] + 1
	}
	return len(s.shingles) > 0
}
