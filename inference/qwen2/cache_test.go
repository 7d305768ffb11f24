package qwen2

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/winnow-data/winnow/inference/internal/pool"
)

// open loads a tiny model, with a session over two threads and a cache of some pages.
func open(t testing.TB, name, weights string, pages int64) (*Model, *Session, *Cache) {
	t.Helper()
	m, err := Open(tiny(t, name), Options{Weights: weights})
	if err != nil {
		t.Fatal(err)
	}
	one, err := m.NewCache(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.NewCache(pages * one.PageBytes())
	if err != nil {
		t.Fatal(err)
	}
	p := pool.New(2)
	t.Cleanup(func() { p.Close(); one.Close(); c.Close(); m.Close() })
	return m, m.NewSession(p), c
}

func numbers(r *rand.Rand, n, below int) []int32 {
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32(r.IntN(below))
	}
	return ids
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// TestRandomSteps forks, truncates, extends and frees at random, several sequences a step, and compares each state with that of the whole text alone.
func TestRandomSteps(t *testing.T) {
	for _, name := range []string{"dense-tied", "sliding-on", "moe", "dca-yarn"} {
		for _, weights := range []string{"f32", "int8", "int4", "bf16"} {
			m, s, c := open(t, name, weights, 40)
			alone := m.NewSession(nil)
			r := rand.New(rand.NewPCG(1, 2))
			type text struct {
				seq *Sequence
				ids []int32
			}
			var texts []text
			steps := 60
			if testing.Short() {
				steps = 15
			}
			for range steps {
				switch k := r.IntN(6); {
				case len(texts) < 3 && k < 3:
					texts = append(texts, text{c.New(), nil})
				case len(texts) > 0 && k == 0:
					i := r.IntN(len(texts))
					texts = append(texts, text{texts[i].seq.Fork(), slices.Clone(texts[i].ids)})
				case len(texts) > 0 && k == 1:
					i := r.IntN(len(texts))
					n := r.IntN(len(texts[i].ids) + 1)
					texts[i].seq.Truncate(n)
					texts[i].ids = texts[i].ids[:n:n]
				case len(texts) > 4:
					texts[0].seq.Free()
					texts = texts[1:]
				}
				var slots []Slot
				for i := range texts {
					if n := r.IntN(90); n > 0 && len(texts[i].ids)+n <= 300 {
						ids := numbers(r, n, m.Config.Vocab)
						slots = append(slots, Slot{Seq: texts[i].seq, IDs: ids, Want: []int{n - 1}})
						texts[i].ids = append(texts[i].ids, ids...)
					}
				}
				h, err := s.Forward(slots)
				if errors.Is(err, ErrMemory) {
					for _, x := range texts {
						x.seq.Free()
					}
					texts = nil
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				for _, slot := range slots {
					i := slices.IndexFunc(texts, func(x text) bool { return x.seq == slot.Seq })
					if got, want := slot.Seq.Len(), len(texts[i].ids); got != want {
						t.Fatalf("%s: length %d, want %d", name, got, want)
					}
					seq := c.New()
					want, err := alone.Forward([]Slot{{Seq: seq, IDs: texts[i].ids, Want: []int{len(texts[i].ids) - 1}}})
					seq.Free()
					if errors.Is(err, ErrMemory) {
						h = h[m.Config.Hidden:]
						continue
					}
					if err != nil {
						t.Fatal(err)
					}
					if !sameBits(h[:m.Config.Hidden], want) {
						t.Fatalf("%s, weights %s: a text of %d tokens has other bits than alone", name, weights, len(texts[i].ids))
					}
					h = h[m.Config.Hidden:]
				}
			}
			for _, x := range texts {
				x.seq.Free()
			}
			if c.Free() != c.Pages() {
				t.Errorf("%s: %d of %d pages free after all sequences were freed", name, c.Free(), c.Pages())
			}
		}
	}
}

func TestMemoryShort(t *testing.T) {
	m, s, c := open(t, "dense-tied", "f32", 3)
	a, b := c.New(), c.New()
	ids := numbers(rand.New(rand.NewPCG(3, 4)), 130, m.Config.Vocab)
	if _, err := s.Forward([]Slot{{Seq: a, IDs: ids[:70]}}); err != nil {
		t.Fatal(err)
	}
	fork := a.Fork()
	if got := fork.Need(1); got != 1 {
		t.Errorf("a fork with a shared last page needs %d pages for a token, want 1", got)
	}
	if got := fork.Need(60); got != 2 {
		t.Errorf("a fork with a shared last page needs %d pages for 60 tokens, want 2", got)
	}
	_, err := s.Forward([]Slot{{Seq: fork, IDs: ids[:1]}, {Seq: b, IDs: ids[:1]}})
	if !errors.Is(err, ErrMemory) {
		t.Fatalf("got %v, want ErrMemory", err)
	}
	if a.Len() != 70 || fork.Len() != 70 || b.Len() != 0 || c.Free() != 1 {
		t.Errorf("after a step without memory: lengths %d %d %d, %d pages free; want 70 70 0, 1", a.Len(), fork.Len(), b.Len(), c.Free())
	}
	b.Free()
	if _, err := s.Forward([]Slot{{Seq: fork, IDs: ids[:1]}}); err != nil {
		t.Errorf("the same step with memory: %v", err)
	}
	if _, err := m.NewCache(100); err == nil || !strings.Contains(err.Error(), "a page of 64 positions takes") {
		t.Errorf("a cache of 100 bytes: got %v", err)
	}
}

func TestForwardRefuses(t *testing.T) {
	m, s, c := open(t, "dense-tied", "f32", 20)
	other, _, oc := open(t, "dense-tied", "f32", 2)
	_ = other
	seq := c.New()
	for _, tt := range []struct {
		name  string
		slots []Slot
		want  string
	}{
		{"id beyond", []Slot{{Seq: seq, IDs: []int32{5, 512}}}, "slot 0: token 1 is 512, want 0 to 511"},
		{"negative id", []Slot{{Seq: seq, IDs: []int32{-1}}}, "token 0 is -1"},
		{"context", []Slot{{Seq: seq, IDs: make([]int32, 513)}}, "513 tokens after 0 exceed the context of 512"},
		{"wanted beyond", []Slot{{Seq: seq, IDs: []int32{1}, Want: []int{1}}}, "wanted offset 0 is 1"},
		{"wanted descends", []Slot{{Seq: seq, IDs: []int32{1, 2}, Want: []int{1, 0}}}, "wanted offset 1 is 0"},
		{"twice", []Slot{{Seq: seq, IDs: []int32{1}}, {Seq: seq, IDs: []int32{1}}}, "slots 0 and 1 have the same sequence"},
		{"another model's", []Slot{{Seq: oc.New(), IDs: []int32{1}}}, "is not of this model"},
		{"none", []Slot{{IDs: []int32{1}}}, "is not of this model"},
	} {
		if _, err := s.Forward(tt.slots); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q in it", tt.name, err, tt.want)
		}
		if seq.Len() != 0 || c.Free() != c.Pages() {
			t.Fatalf("%s: something was appended", tt.name)
		}
	}
	if h, err := s.Forward(nil); err != nil || len(h) != 0 {
		t.Errorf("no slots: %v, %v", h, err)
	}
	if _, err := s.Forward([]Slot{{Seq: seq}, {Seq: c.New(), IDs: numbers(rand.New(rand.NewPCG(1, 1)), 512, m.Config.Vocab)}}); err != nil {
		t.Errorf("a slot without tokens beside a full context: %v", err)
	}
}

// TestLongStep goes beyond one pass through the layers: 700 tokens of several texts in a step.
func TestLongStep(t *testing.T) {
	m, s, c := open(t, "dense-tied", "int8", 60)
	r := rand.New(rand.NewPCG(5, 6))
	var slots []Slot
	for _, n := range []int{200, 301, 199, 400} {
		slots = append(slots, Slot{Seq: c.New(), IDs: numbers(r, n, m.Config.Vocab), Want: []int{0, n / 2, n - 1}})
	}
	got, err := s.Forward(slots)
	if err != nil {
		t.Fatal(err)
	}
	got = slices.Clone(got)
	for i, slot := range slots {
		slot.Seq = c.New()
		want, err := s.Forward([]Slot{slot})
		if err != nil {
			t.Fatal(err)
		}
		if h := 3 * m.Config.Hidden; !sameBits(got[i*h:(i+1)*h], want) {
			t.Errorf("text %d has other bits than alone", i)
		}
	}
}

// TestLaterTokensMatterNot: what comes behind a token, even NaNs, changes none of its bits.
func TestLaterTokensMatterNot(t *testing.T) {
	for _, name := range []string{"dense-tied", "sliding-on", "qwen3", "dca"} {
		for _, weights := range []string{"f32", "bf16"} {
			m, s, c := open(t, name, weights, 40)
			const bad = 7
			m.w.embed.Pack(bad, bad+1, func(_ int, dst []float32) {
				for i := range dst {
					dst[i] = float32(math.NaN())
				}
			})
			ids := numbers(rand.New(rand.NewPCG(3, 4)), 150, m.Config.Vocab)
			for i, id := range ids {
				if id == bad {
					ids[i]++
				}
			}
			for _, n := range []int{1, 20, 63, 64, 100, 149} {
				want, err := s.Forward([]Slot{{Seq: c.New(), IDs: ids[:n], Want: []int{n - 1}}})
				if err != nil {
					t.Fatal(err)
				}
				want = slices.Clone(want)
				with := slices.Clone(ids)
				with[n] = bad
				got, err := s.Forward([]Slot{{Seq: c.New(), IDs: with, Want: []int{n - 1, n}}})
				if err != nil {
					t.Fatal(err)
				}
				if !sameBits(got[:len(want)], want) {
					t.Errorf("%s, weights %s: token %d has other bits when a NaN follows", name, weights, n-1)
				}
				if got[len(want)] == got[len(want)] {
					t.Errorf("%s, weights %s: the NaN was not one", name, weights)
				}
			}
		}
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	for _, name := range []string{"dense-tied", "sliding-on", "qwen3", "moe", "moe-norm-mlponly", "dca", "dca-mscale", "yarn"} {
		for _, weights := range []string{"f32", "bf16", "int8", "int4"} {
			_, s, c := open(t, name, weights, 40)
			ids := []int32{1, 2, 3}
			var slots []Slot
			for i := range 3 {
				slots = append(slots, Slot{Seq: c.New(), IDs: []int32{int32(i), 2, 3}, Want: []int{2}})
			}
			top, lp := make([]Top, 3), make([]float64, 3)
			step := func() {
				h, err := s.Forward(slots)
				if err != nil {
					t.Fatal(err)
				}
				s.Top(top, h, 4)
				for i := range slots {
					slots[i].IDs = append(slots[i].IDs[:0], top[i].Best[0].ID)
					slots[i].Want[0] = 0
				}
				s.LogProbs(lp, h, ids)
			}
			for range 62 {
				step()
			}
			if n := testing.AllocsPerRun(20, step); n > 0 {
				t.Errorf("%s, weights %s: %v allocations per decoded step, want 0", name, weights, n)
			}
		}
	}
}

func TestTop(t *testing.T) {
	m, s, c := open(t, "dense-untied-bf16", "f32", 4)
	ids := numbers(rand.New(rand.NewPCG(7, 8)), 40, m.Config.Vocab)
	h, err := s.Forward([]Slot{{Seq: c.New(), IDs: ids, Want: []int{3, 17, 39}}})
	if err != nil {
		t.Fatal(err)
	}
	h = slices.Clone(h)
	logits := make([]float32, 3*m.Config.Vocab)
	s.Logits(logits, h)
	for _, k := range []int{1, 2, 20, 1000} {
		top := make([]Top, 3)
		s.Top(top, h, k)
		for i := range top {
			var want []Candidate
			sum := 0.0
			for id, x := range logits[i*m.Config.Vocab : (i+1)*m.Config.Vocab] {
				want = append(want, Candidate{int32(id), x})
				sum += math.Exp(float64(x))
			}
			slices.SortStableFunc(want, func(a, b Candidate) int {
				switch {
				case a.Logit > b.Logit:
					return -1
				case a.Logit < b.Logit:
					return 1
				}
				return 0
			})
			if want = want[:min(k, len(want))]; !slices.Equal(top[i].Best, want) {
				t.Errorf("top %d: got %v, want %v", k, top[i].Best, want)
			}
			if d := math.Abs(top[i].LogSumExp - math.Log(sum)); !(d < 1e-6) {
				t.Errorf("log-sum-exp is off by %g", d)
			}
		}
	}
}

// TestTopTies: of equal logits the smaller id comes first, whichever worker found it; a state of NaNs gives ids that exist.
func TestTopTies(t *testing.T) {
	m, s, _ := open(t, "dense-tied", "f32", 4)
	h := make([]float32, 2*m.Config.Hidden)
	for i := range m.Config.Hidden {
		h[m.Config.Hidden+i] = float32(math.NaN())
	}
	top := make([]Top, 2)
	s.Top(top, h, 300)
	for i, c := range top[0].Best {
		if c.ID != int32(i) || c.Logit != 0 {
			t.Fatalf("place %d of equal logits: %v", i, c)
		}
	}
	if d := math.Abs(top[0].LogSumExp - math.Log(float64(m.Config.Vocab))); !(d < 1e-6) {
		t.Errorf("log-sum-exp of zeros is off by %g", d)
	}
	if !math.IsNaN(top[1].LogSumExp) || top[1].Best[0].ID < 0 || int(top[1].Best[0].ID) >= m.Config.Vocab {
		t.Errorf("NaN logits: log-sum-exp %g, likeliest %v", top[1].LogSumExp, top[1].Best[0])
	}
}

// TestSideBySide runs sessions of one model and cache in several goroutines: all get the same bits.
func TestSideBySide(t *testing.T) {
	for _, weights := range []string{"f32", "int8"} {
		m, s, c := open(t, "dense-tied", weights, 100)
		ids := numbers(rand.New(rand.NewPCG(9, 9)), 100, m.Config.Vocab)
		want, err := s.Forward([]Slot{{Seq: c.New(), IDs: ids, Want: []int{99}}})
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for i := range 4 {
			group.Go(func() {
				p := pool.New(1 + i%3)
				defer p.Close()
				s := m.NewSession(p)
				for range 10 {
					seq := c.New()
					h, err := s.Forward([]Slot{{Seq: seq, IDs: ids, Want: []int{99}}})
					if err != nil {
						t.Error(err)
						return
					}
					if !sameBits(h, want) {
						t.Errorf("weights %s, goroutine %d: other bits", weights, i)
					}
					seq.Free()
				}
			})
		}
		group.Wait()
		if used := c.Pages() - c.Free(); used != 2 {
			t.Errorf("%d pages are in use after all but one sequence were freed, want 2", used)
		}
	}
}
