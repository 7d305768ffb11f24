package inference

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference/internal/exact"
	"github.com/winnow-data/winnow/inference/tokenizer"
)

// A fake is an engine whose hidden state is a hash of the tokens up to there and whose logits are hashes of state and token: right answers are
// known without a model, and a token computed after the wrong ones shows.
type fake struct {
	s     shape
	free  int
	refs  map[int]int // sequences that hold a page
	next  int
	h     []float32
	most  int // tokens in a step
	fail  error
	panic bool
	slow  func()
	even  bool // all tokens are equally likely but for a hair
}

const fakeHidden = 4

var fakeLabels = []string{"yes", "no", "maybe", "yesterday", "éàü"}

const fakeTemplate = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"

// fakeTokenizer has the 256 bytes, a few longer tokens, and two special ones.
func fakeTokenizer(t testing.TB) *tokenizer.Tokenizer {
	t.Helper()
	alphabet := make([]string, 256)
	extra := 256
	for b := range 256 {
		if b >= '!' && b <= '~' || b >= 0xa1 && b != 0xad {
			alphabet[b] = string(rune(b))
		} else {
			alphabet[b] = string(rune(extra))
			extra++
		}
	}
	p := tokenizer.Parts{Tokens: slices.Clone(alphabet), Pre: "gpt-2", BOS: -1, Pad: -1, ChatTemplate: fakeTemplate}
	merge := func(a, b string) {
		p.Merges = append(p.Merges, a+" "+b)
		p.Tokens = append(p.Tokens, a+b)
	}
	merge("t", "h")
	merge("th", "e")
	merge(alphabet[' '], "the")
	merge("y", "e")
	merge("ye", "s")
	merge("n", "o")
	merge(`"`, "}")
	merge(`"`, ",")
	merge(`{`, `"`)
	for _, s := range []string{"<|im_start|>", "<|im_end|>"} {
		p.Added = append(p.Added, tokenizer.AddedToken{ID: int32(len(p.Tokens)), Content: s, Special: true})
		p.Tokens = append(p.Tokens, s)
	}
	p.EOS = int32(len(p.Tokens) - 1)
	tok, err := tokenizer.New(p)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func newFake(t testing.TB, pages int) (*fake, *tokenizer.Tokenizer) {
	tok := fakeTokenizer(t)
	return &fake{
		s:    shape{vocab: tok.Size() + 3, hidden: fakeHidden, context: 1024, labels: 3, head: true, pages: pages, page: pageTokens, pageBytes: 1000},
		free: pages, refs: map[int]int{},
	}, tok
}

// fakeBatcher serves a fake with so many pages.
func fakeBatcher(t testing.TB, pages int, o Options) (*Batcher, *fake) {
	t.Helper()
	f, tok := newFake(t, pages)
	b := newBatcher(f, tok, o)
	b.id = func() string { return "fake" }
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if f.free != pages {
			t.Errorf("%d of %d pages are free at the end", f.free, pages)
		}
	})
	return b, f
}

type fakeSequence struct {
	f     *fake
	ids   []int32
	pages []int
}

func (f *fake) shape() shape          { return f.s }
func (f *fake) newSequence() sequence { return &fakeSequence{f: f} }
func (f *fake) freePages() int        { return f.free }
func (f *fake) close() error          { return nil }
func (f *fake) workers() int          { return 1 }

func (f *fake) each(n int, do func(worker, i int)) {
	for i := range n {
		do(0, i)
	}
}

func (s *fakeSequence) Len() int { return len(s.ids) }

func (s *fakeSequence) Need(n int) int {
	if n == 0 {
		return 0
	}
	need := (len(s.ids)+n+pageTokens-1)/pageTokens - len(s.pages)
	if len(s.ids)%pageTokens != 0 && s.f.refs[s.pages[len(s.pages)-1]] > 1 {
		need++
	}
	return need
}

func (s *fakeSequence) fork() sequence {
	for _, p := range s.pages {
		s.f.refs[p]++
	}
	return &fakeSequence{f: s.f, ids: slices.Clone(s.ids), pages: slices.Clone(s.pages)}
}

func (s *fakeSequence) drop(p int) {
	if s.f.refs[p]--; s.f.refs[p] == 0 {
		delete(s.f.refs, p)
		s.f.free++
	}
}

func (s *fakeSequence) take() int {
	s.f.next++
	s.f.free--
	s.f.refs[s.f.next] = 1
	return s.f.next
}

func (s *fakeSequence) Truncate(n int) {
	if n >= len(s.ids) {
		return
	}
	s.ids = s.ids[:n]
	keep := (n + pageTokens - 1) / pageTokens
	for _, p := range s.pages[keep:] {
		s.drop(p)
	}
	s.pages = s.pages[:keep]
}

func (s *fakeSequence) Free() { s.Truncate(0) }

func (f *fake) forward(slots []slot) ([]float32, error) {
	if f.slow != nil {
		f.slow()
	}
	if f.fail != nil {
		return nil, f.fail
	}
	if f.panic {
		panic("a kernel broke")
	}
	need, tokens := 0, 0
	for _, s := range slots {
		need += s.seq.Need(len(s.ids))
		tokens += len(s.ids)
	}
	if need > f.free {
		return nil, fmt.Errorf("need %d pages, have %d", need, f.free)
	}
	f.most = max(f.most, tokens)
	f.h = f.h[:0]
	for _, t := range slots {
		s := t.seq.(*fakeSequence)
		if n := len(s.ids); n%pageTokens != 0 && f.refs[s.pages[len(s.pages)-1]] > 1 {
			last := len(s.pages) - 1
			old := s.pages[last]
			s.pages[last] = s.take()
			s.drop(old)
		}
		from := len(s.ids)
		for _, id := range t.ids {
			if f.s.total { // as dual chunk attention: what a token becomes depends on how long its text will be
				id += int32(max(t.total, from+len(t.ids))) << 16
			}
			s.ids = append(s.ids, id)
		}
		for len(s.pages)*pageTokens < len(s.ids) {
			s.pages = append(s.pages, s.take())
		}
		for _, w := range t.want {
			h := hashed(s.ids[:from+w+1])
			f.h = append(f.h, h[:]...)
		}
	}
	return f.h, nil
}

// state is the hidden state after ids.
func state(ids []int32) []float32 {
	h := hashed(ids)
	return h[:]
}

func hashed(ids []int32) [fakeHidden]float32 {
	h := uint64(1)
	for _, id := range ids {
		h = mix(h + uint64(id)*0x9e3779b97f4a7c15 + 1)
	}
	return [fakeHidden]float32{float32(h >> 44), float32(h >> 24 & 0xfffff), float32(h & 0xffffff), 1}
}

func (f *fake) logit(h []float32, id int32) float32 {
	z := mix(uint64(h[0])<<40 ^ uint64(h[1])<<20 ^ uint64(h[2]) ^ uint64(id+1)*0x9e3779b97f4a7c15)
	if f.even {
		return float32(z>>40) / (1 << 26)
	}
	return float32(z>>40)/(1<<21) - 4
}

func (f *fake) logits(y, h []float32) {
	for r := range len(h) / fakeHidden {
		for id := range f.s.vocab {
			y[r*f.s.vocab+id] = f.logit(h[r*fakeHidden:], int32(id))
		}
	}
}

func (f *fake) logProbs(lp []float64, h []float32, ids []int32) {
	for r, id := range ids {
		lp[r] = f.logProb(h[r*fakeHidden:], id)
	}
}

func (f *fake) logProb(h []float32, id int32) float64 {
	return float64(f.logit(h, id)) - f.lse(h)
}

func (f *fake) lse(h []float32) float64 {
	sum := 0.0
	for id := range f.s.vocab {
		sum += math.Exp(float64(f.logit(h, int32(id))))
	}
	return exact.Log(sum)
}

func (f *fake) best(out []best, h []float32) {
	for r := range out {
		row := h[r*fakeHidden:]
		out[r] = best{id: -1, lse: f.lse(row)}
		for id := range f.s.vocab {
			if x := f.logit(row, int32(id)); out[r].id < 0 || x > out[r].logit {
				out[r].id, out[r].logit = int32(id), x
			}
		}
	}
}

func (f *fake) classify(y, h []float32) {
	for r := range len(h) / fakeHidden {
		copy(y[r*3:], h[r*fakeHidden:][:3])
	}
}

var errFake = errors.New("the fake fails")

// words is a text of n tokens of one byte.
func words(n int, seed byte) string {
	var b strings.Builder
	for i := range n {
		b.WriteByte("abcdefgh"[(i*7+int(seed)*(i/3+1))%8])
	}
	return b.String()
}
