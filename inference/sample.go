package inference

import (
	"cmp"
	"math"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/inference/internal/exact"
	"github.com/winnow-data/winnow/inference/internal/kernel"
)

// A sampler is the scratch of sampling, and the mark of tokens seen.
type sampler struct {
	seen  []uint32 // by token: the number of the last pass that met it
	pass  uint32
	raw   []candidate // logits before the penalty
	cand  []candidate
	probs []float32
}

type candidate struct {
	id    int32
	logit float32
}

// seedOf is the state from which a request draws: the same whatever else is asked.
func seedOf(seed uint64, key string) uint64 { return mix(seed ^ mix(xxhash.Sum64String(key))) }

// mix is the finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// uniform is draw n of a seed, in [0, 1).
func uniform(seed uint64, n int) float64 {
	return float64(mix(seed+uint64(n+1)*0x9e3779b97f4a7c15)>>11) / (1 << 53)
}

// sample chooses a job's next token from its logits, which it changes, and returns the token's logit as it was. The order is that of transformers:
// penalty, constraint, temperature, top-k, top-p, min-p. -1: the logits are no numbers.
func (b *Batcher) sample(j *job, logits []float32) (int32, float32) {
	w, s := j.writing, &b.sampler
	s.raw = s.raw[:0]
	if w.penalty != 1 {
		s.penalise(logits, j.ids, float32(w.penalty))
	}
	if w.bound != nil {
		b.masks.apply(w.bound, logits, j.limit-len(j.ids))
	}
	id := int32(-1)
	if w.temperature == 0 {
		id = int32(kernel.ArgMax(logits))
	} else {
		id = s.draw(w, logits, uniform(w.seed, len(j.ids)-j.prompt))
	}
	if id < 0 {
		return id, 0
	}
	for _, c := range s.raw {
		if c.id == id {
			return id, c.logit
		}
	}
	return id, logits[id]
}

// penalise makes tokens already seen less likely.
func (s *sampler) penalise(logits []float32, ids []int32, penalty float32) {
	if len(s.seen) < len(logits) {
		s.seen = make([]uint32, len(logits))
	}
	s.pass++
	for _, id := range ids {
		if s.seen[id] == s.pass {
			continue
		}
		s.seen[id] = s.pass
		s.raw = append(s.raw, candidate{id, logits[id]})
		if logits[id] > 0 {
			logits[id] /= penalty
		} else {
			logits[id] *= penalty
		}
	}
}

// draw picks a token with u in [0,1).
func (s *sampler) draw(w *writing, logits []float32, u float64) int32 {
	top := kernel.Max(logits)
	if !(top > float32(math.Inf(-1))) || math.IsInf(float64(top), 1) {
		return -1
	}
	scale := float32(1 / w.temperature)
	if w.topK == 0 && w.topP == 1 && w.minP == 0 {
		s.weighAll(logits, top, scale)
		return int32(at(s.probs, u))
	}
	least := math.Inf(-1)
	if w.minP > 0 {
		least = float64(top) + w.temperature*exact.Log(w.minP)
	}
	switch {
	case w.topK > 0 && w.topK < len(logits):
		s.largest(logits, w.topK)
		s.weigh(top, scale)
		s.nucleus(w.topP * sum(s.probs))
	case w.topP == 1:
		s.gather(logits, least)
		s.weigh(top, scale)
	default:
		s.weighAll(logits, top, scale)
		share := w.topP * sum(s.probs)
		// What lies 16 temperatures below the top seldom matters, and sorting a vocabulary takes 10 ms.
		s.gather(logits, float64(top)-16*w.temperature)
		s.weigh(top, scale)
		if sum(s.probs) < share {
			s.gather(logits, math.Inf(-1))
		}
		slices.SortFunc(s.cand, byLogit)
		s.weigh(top, scale)
		s.nucleus(share)
	}
	n := len(s.cand)
	for n > 1 && float64(s.cand[n-1].logit) < least {
		n--
	}
	return s.cand[at(s.probs[:n], u)].id
}

// byLogit puts the likeliest first, of equals the smaller id.
func byLogit(a, b candidate) int {
	if c := cmp.Compare(b.logit, a.logit); c != 0 {
		return c
	}
	return cmp.Compare(a.id, b.id)
}

// gather makes candidates of the tokens whose logit is at least so much.
func (s *sampler) gather(logits []float32, least float64) {
	s.cand = s.cand[:0]
	for id, x := range logits {
		if float64(x) >= least && x > float32(math.Inf(-1)) {
			s.cand = append(s.cand, candidate{int32(id), x})
		}
	}
}

// largest makes candidates of the k likeliest tokens, in order.
func (s *sampler) largest(logits []float32, k int) {
	s.cand = s.cand[:0]
	least := float32(math.Inf(-1))
	for id, x := range logits {
		if x <= least {
			continue
		}
		if s.cand = append(s.cand, candidate{int32(id), x}); len(s.cand) == 2*k+64 {
			slices.SortFunc(s.cand, byLogit)
			s.cand = s.cand[:k]
			least = s.cand[k-1].logit
		}
	}
	slices.SortFunc(s.cand, byLogit)
	s.cand = s.cand[:min(k, len(s.cand))]
}

// weigh sets probs to the candidates' exp((logit - top)·scale).
func (s *sampler) weigh(top, scale float32) {
	s.probs = s.probs[:0]
	for _, c := range s.cand {
		s.probs = append(s.probs, (c.logit-top)*scale)
	}
	kernel.Exp(s.probs)
}

// weighAll sets probs to exp((logit - top)·scale) of all tokens.
func (s *sampler) weighAll(logits []float32, top, scale float32) {
	s.probs = sized(s.probs, len(logits))
	for i, x := range logits {
		s.probs[i] = (x - top) * scale
	}
	kernel.Exp(s.probs)
}

// nucleus keeps the first candidates that together hold so much (Holtzman et al. 2020, arXiv 1904.09751).
func (s *sampler) nucleus(share float64) {
	acc := 0.0
	for i, p := range s.probs {
		if acc += float64(p); acc >= share {
			s.cand, s.probs = s.cand[:i+1], s.probs[:i+1]
			return
		}
	}
}

func sum(probs []float32) float64 {
	acc := 0.0
	for _, p := range probs {
		acc += float64(p)
	}
	return acc
}

// at is the index into which u in [0,1) falls. probs has a positive number.
func at(probs []float32, u float64) int {
	aim, acc, last := u*sum(probs), 0.0, 0
	for i, p := range probs {
		if p > 0 {
			last = i
			if acc += float64(p); acc > aim {
				return i
			}
		}
	}
	return last
}
