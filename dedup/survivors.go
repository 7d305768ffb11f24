package dedup

import (
	"container/list"
	"encoding/binary"
	"fmt"

	"github.com/winnow-data/winnow/dedup/internal/shingle"
)

const (
	// headSize is how many survivors of a cluster, the best, every other member is compared with.
	headSize = 16
	// nearSize is how many more it is compared with at most: those that share most bands with it.
	nearSize = 32
)

// survivors are the documents of one cluster that stay so far, best first.
type survivors struct {
	m      *MinHash
	memory int64 // bytes of bodies that are held
	load   func(candidate) (record, error)

	all   []*survivor
	index bandIndex // of all but the head
	used  list.List // *survivor with bodies, least recently used first
	held  int64
	free  []*body

	sig   []uint32
	keys  []uint64
	grams []uint64
	near  []*survivor
}

// A survivor is a document that stays.
type survivor struct {
	id    string
	named uint64 // its number among those named in the list of removals
	at    candidate
	body  *body // nil if memory was short
	place *list.Element
}

// A body is what a document is compared by.
type body struct {
	words    []uint64
	unspaced bool
	grams    shingle.Set
	three    shingle.Set // word 3-grams; empty until asked for
	distinct float64     // share of distinct 3-grams
}

func newSurvivors(m *MinHash, memory int64, load func(candidate) (record, error)) *survivors {
	return &survivors{m: m, memory: memory, load: load, sig: make([]uint32, m.family.Size())}
}

// body makes the body of a record.
func (s *survivors) body(r record) (*body, error) {
	if len(r.rest)%8 != 0 || len(r.rest) == 0 {
		return nil, fmt.Errorf("candidate %q: words of %d bytes, not a multiple of 8", r.id, len(r.rest))
	}
	b := &body{}
	if n := len(s.free); n > 0 {
		b, s.free = s.free[n-1], s.free[:n-1]
	}
	b.words, b.unspaced, b.distinct = b.words[:0], r.unspaced, 0
	for i := 0; i < len(r.rest); i += 8 {
		b.words = append(b.words, binary.LittleEndian.Uint64(r.rest[i:]))
	}
	s.grams = shingle.Grams(s.grams[:0], b.words, s.m.Ngram)
	b.grams.Build(s.grams)
	return b, nil
}

// threeGrams makes the set of word 3-grams once.
func (b *body) threeGrams(scratch []uint64) []uint64 {
	if b.distinct > 0 {
		return scratch
	}
	scratch = shingle.Grams(scratch[:0], b.words, 3)
	b.three.Build(scratch)
	b.distinct = float64(b.three.Len()) / float64(len(scratch))
	return scratch
}

func (b *body) bytes() int64 {
	return int64(8*cap(b.words) + b.grams.Bytes() + b.three.Bytes())
}

// release takes a body back for use by another document.
func (s *survivors) release(b *body) {
	if len(s.free) < headSize && b.bytes() < 1<<20 {
		s.free = append(s.free, b)
	}
}

// keep adds a survivor.
func (s *survivors) keep(c candidate, id string, b *body) (*survivor, error) {
	v := &survivor{id: id, named: unnamed, at: c, body: b}
	s.all = append(s.all, v)
	if len(s.all) > headSize {
		s.sign(b)
		s.index.add(int32(len(s.all)-1), s.keys)
	}
	s.hold(v)
	return v, nil
}

// sign leaves the keys of the bands of a body in s.keys.
func (s *survivors) sign(b *body) {
	s.grams = shingle.Grams(s.grams[:0], b.words, s.m.Ngram)
	s.m.family.Sign(s.sig, s.grams)
	s.keys = s.m.family.Keys(s.keys[:0], s.sig, 0)
}

// hold makes v the last used one and lets others go while memory is short.
func (s *survivors) hold(v *survivor) {
	v.place = s.used.PushBack(v)
	s.held += v.body.bytes()
	for s.held > s.memory && s.used.Len() > 1 {
		old := s.used.Remove(s.used.Front()).(*survivor)
		s.held -= old.body.bytes()
		s.release(old.body)
		old.body, old.place = nil, nil
	}
}

// reach makes sure that v has its body.
func (s *survivors) reach(v *survivor) error {
	if v.body != nil {
		s.used.MoveToBack(v.place)
		return nil
	}
	r, err := s.load(v.at)
	if err != nil {
		return err
	}
	if v.body, err = s.body(r); err != nil {
		return err
	}
	s.hold(v)
	return nil
}

// reset forgets all.
func (s *survivors) reset() {
	for e := s.used.Front(); e != nil; e = e.Next() {
		s.release(e.Value.(*survivor).body)
	}
	s.used.Init()
	s.held = 0
	clear(s.all)
	s.all = s.all[:0]
	s.index.reset()
}

// found is the survivor that a document is like, or the closest one.
type found struct {
	by         *survivor // nil if there was none to compare with
	similarity float64
	why        reason
	accepted   bool
	missed     bool // some candidates were not compared
}

// find compares b with survivors until one is found that stands for it, best first.
func (s *survivors) find(b *body) (f found, err error) {
	for _, v := range s.all[:min(len(s.all), headSize)] {
		if done, err := s.try(b, v, &f); done || err != nil {
			return f, err
		}
	}
	if len(s.all) <= headSize {
		return f, nil
	}
	s.sign(b)
	near, missed := s.index.find(s.keys, nearSize)
	f.missed = missed
	s.near = s.near[:0]
	for _, i := range near {
		s.near = append(s.near, s.all[i])
	}
	for _, v := range s.near {
		if done, err := s.try(b, v, &f); done || err != nil {
			return f, err
		}
	}
	return f, nil
}

// try compares b with one survivor.
func (s *survivors) try(b *body, v *survivor, f *found) (done bool, err error) {
	if err := s.reach(v); err != nil {
		return false, err
	}
	held := v.body.bytes()
	similarity, why, ok := s.compare(b, v.body)
	s.held += v.body.bytes() - held // it may have made its 3-grams
	if ok || f.by == nil || similarity > f.similarity {
		f.by, f.similarity, f.why, f.accepted = v, similarity, why, ok
	}
	return ok, nil
}

// compare says whether kept may stand for b.
func (s *survivors) compare(b, kept *body) (similarity float64, why reason, ok bool) {
	similarity = b.grams.Jaccard(&kept.grams)
	if b.unspaced || kept.unspaced {
		return similarity, jaccard, similarity >= max(s.m.Similarity, unspacedSimilarity)
	}
	if similarity >= s.m.Similarity {
		return similarity, jaccard, true
	}
	return similarity, contained, s.contains(kept, b)
}

// leastDistinct is the share of distinct 3-grams from which on a text is too repetitive to be judged by the set of them.
const leastDistinct = 0.9

// contains says whether all word 3-grams of b stand in kept, which must not be shorter; of repetitive texts, whether b stands
// there in one piece.
func (s *survivors) contains(kept, b *body) bool {
	if len(b.words) > len(kept.words) {
		return false
	}
	s.grams = kept.threeGrams(s.grams)
	s.grams = shingle.Grams(s.grams[:0], b.words, 3)
	for _, g := range s.grams {
		if !kept.three.Has(g) {
			return false
		}
	}
	s.grams = b.threeGrams(s.grams)
	if b.distinct >= leastDistinct && kept.distinct >= leastDistinct {
		return true
	}
	return shingle.Index(kept.words, b.words) >= 0
}
