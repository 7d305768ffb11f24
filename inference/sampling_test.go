package inference

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestGreedyIsTheLikeliest(t *testing.T) {
	b, f := fakeBatcher(t, 64, Options{})
	r := complete(t, b, Request{Prompt: "abc", MaxTokens: 20})[0]
	ids := b.Tokenizer().Encode(nil, "abc", false)
	for i, id := range r.IDs {
		var top [1]best
		f.best(top[:], state(ids))
		if top[0].id != id || r.LogProbs[i] != float64(top[0].logit)-top[0].lse {
			t.Fatalf("token %d is %d (%v), want %d", i, id, r.LogProbs[i], top[0].id)
		}
		ids = append(ids, id)
	}
	if len(r.IDs) == 0 || r.Out != len(r.IDs) {
		t.Errorf("%d tokens, %d counted", len(r.IDs), r.Out)
	}
}

func TestSamplingFollowsTheProbabilities(t *testing.T) {
	w := &writing{temperature: 1, topP: 1, penalty: 1}
	logits := []float32{0, 1, 2, float32(math.Inf(-1)), -1}
	probs := make([]float64, len(logits))
	total := 0.0
	for i, x := range logits {
		probs[i] = math.Exp(float64(x))
		total += probs[i]
	}
	var s sampler
	count := func(w *writing) []int {
		n := make([]int, len(logits))
		for i := range 20000 {
			n[s.draw(w, slices.Clone(logits), uniform(7, i))]++
		}
		return n
	}
	for i, n := range count(w) {
		if want := 20000 * probs[i] / total; math.Abs(float64(n)-want) > 4*math.Sqrt(want)+1 {
			t.Errorf("token %d was drawn %d times, want about %.0f", i, n, want)
		}
	}
	for _, tt := range []struct {
		name string
		w    writing
		want []bool
	}{
		{"top-k", writing{temperature: 1, topP: 1, topK: 2}, []bool{false, true, true, false, false}},
		{"top-k of all", writing{temperature: 1, topP: 1, topK: 9}, []bool{true, true, true, false, true}},
		{"top-p", writing{temperature: 1, topP: 0.6}, []bool{false, false, true, false, false}},
		{"top-p 0.7", writing{temperature: 1, topP: 0.7}, []bool{false, true, true, false, false}},
		{"min-p", writing{temperature: 1, topP: 1, minP: 0.3}, []bool{false, true, true, false, false}},
		{"cold", writing{temperature: 0.01, topP: 1}, []bool{false, false, true, false, false}},
		{"top-k and min-p", writing{temperature: 1, topP: 0.99, topK: 3, minP: 0.5}, []bool{false, false, true, false, false}},
	} {
		for i, n := range count(&tt.w) {
			if n > 0 != tt.want[i] {
				t.Errorf("%s: token %d was drawn %d times", tt.name, i, n)
			}
		}
	}
	nan := []float32{1, float32(math.NaN())}
	if got := s.draw(w, nan, 0.5); got != -1 {
		t.Errorf("drew %d from NaN", got)
	}
}

// Top-p by buckets keeps what sorting keeps.
func TestTopPIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var s sampler
	for _, spread := range []float64{0.001, 0.3, 3, 30} {
		logits := make([]float32, 5000)
		for i := range logits {
			logits[i] = float32(math.Round(rng.NormFloat64()*spread*1000) / 1000)
		}
		logits[5] = float32(math.Inf(-1))
		top := slices.Max(logits)
		for _, share := range []float64{0.01, 0.5, 0.9, 0.999, 1} {
			s.weighAll(logits, top, 1)
			got := s.floor(logits, top, 1, share*sum(s.probs))
			var all []candidate
			for id, x := range logits {
				all = append(all, candidate{int32(id), x})
			}
			slices.SortFunc(all, byLogit)
			acc, want, near := 0.0, math.Inf(-1), map[float64]bool{}
			for _, c := range all[:len(all)-1] {
				acc += float64(s.probs[c.id])
				if math.Abs(acc-share*sum(s.probs)) < 1e-9*acc {
					near[float64(c.logit)] = true // rounding may decide
				}
				if want = float64(c.logit); acc >= share*sum(s.probs) {
					break
				}
			}
			if got != want && !near[want] && !near[got] {
				t.Errorf("spread %v, top-p %v: floor %v, want %v", spread, share, got, want)
			}
		}
	}
}

func TestPenalty(t *testing.T) {
	var s sampler
	logits := []float32{2, -2, 1}
	s.penalise(logits, []int32{0, 1, 0}, 2)
	if !slices.Equal(logits, []float32{1, -4, 1}) {
		t.Errorf("penalised %v", logits)
	}
}
