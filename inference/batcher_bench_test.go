package inference

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// A step in which sequences write allocates nothing, whether greedy, sampled or bound.
func TestWritingAllocatesNothing(t *testing.T) {
	f, tok := newFake(t, 4096)
	b := stillBatcher(f, tok, Options{})
	rs := []Request{
		{Prompt: "a"},
		{Prompt: "b", Temperature: 0.8, Stop: []string{"zzzz"}},
		{Prompt: "c", Temperature: 0.8, TopK: 40, TopP: 0.9, Penalty: 1.1},
		{Prompt: "d", Temperature: 1, TopP: 0.9},
		{Prompt: "e", Temperature: 1, MinP: 0.1},
	}
	c := &call{finished: make(chan finished, 100)}
	for i := range rs {
		rs[i].MaxTokens = 500
		j, err := b.prepare(&rs[i], nil)
		if err != nil {
			t.Fatal(err)
		}
		j.call = c
		b.waiting = append(b.waiting, j)
	}
	b.eos = nil
	b.admit()
	step := func() {
		if err := b.step(); err != nil {
			t.Fatal(err)
		}
	}
	for range 40 {
		step()
	}
	for _, j := range b.seated {
		s := j.seq.(*fakeSequence)
		s.ids, s.pages = slices.Grow(s.ids, 600), slices.Grow(s.pages, 20)
	}
	if got := testing.AllocsPerRun(100, step); got != 0 {
		t.Errorf("a step of %d writing sequences allocates %v times", len(b.seated), got)
	}
	if len(b.seated) != len(rs) {
		t.Errorf("%d of %d sequences are still writing", len(b.seated), len(rs))
	}
}

// BenchmarkStep is what the Batcher itself adds to a step of 32 greedy sequences: the engine does nothing.
func BenchmarkStep(b *testing.B) {
	f, tok := newFake(b, 4096)
	f.s.context, f.s.pages = 1<<30, 1<<30
	bt := stillBatcher(&nothing{fake: f}, tok, Options{})
	c := &call{finished: make(chan finished, 100)}
	for i := range 32 {
		j, err := bt.prepare(&Request{IDs: []int32{int32(i)}, MaxTokens: 1 << 20}, nil)
		if err != nil {
			b.Fatal(err)
		}
		j.call, j.limit = c, 1<<30
		bt.waiting = append(bt.waiting, j)
	}
	bt.admit()
	for b.Loop() {
		bt.sweep()
		bt.admit()
		if err := bt.step(); err != nil {
			b.Fatal(err)
		}
	}
}

// nothing is a fake that computes nothing and never ends.
type nothing struct {
	*fake
	buf []float32
}

type noSequence struct{ n int }

func (n *nothing) newSequence() sequence { return &noSequence{} }

func (s *noSequence) Len() int { return s.n }

func (s *noSequence) Need(int) int { return 0 }

func (s *noSequence) Truncate(n int) { s.n = n }

func (s *noSequence) Free() {}

func (s *noSequence) fork() sequence { return &noSequence{s.n} }

func (n *nothing) forward(slots []slot) ([]float32, error) {
	wanted := 0
	for _, s := range slots {
		s.seq.(*noSequence).n += len(s.ids)
		wanted += len(s.want)
	}
	n.buf = sized(n.buf, wanted*fakeHidden)
	return n.buf, nil
}

func (n *nothing) best(out []best, _ []float32) {
	for i := range out {
		out[i] = best{id: 1}
	}
}

// A vocabulary of Qwen2's size, logits spread as a model's.
func BenchmarkDraw(b *testing.B) {
	logits := make([]float32, 151936)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range logits {
		logits[i] = float32(rng.NormFloat64() * 3)
	}
	logits[77] = 15
	for _, tt := range []struct {
		name string
		w    writing
	}{
		{"free", writing{temperature: 0.8, topP: 1}},
		{"top-p", writing{temperature: 0.8, topP: 0.9}},
		{"top-k", writing{temperature: 0.8, topP: 0.9, topK: 40}},
		{"min-p", writing{temperature: 0.8, topP: 1, minP: 0.05}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			var s sampler
			n := 0
			for b.Loop() {
				n++
				s.draw(&tt.w, logits, uniform(1, n))
			}
		})
	}
}
