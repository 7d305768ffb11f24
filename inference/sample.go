package inference

import (
	"cmp"
	"math"
	"slices"

	"github.com/winnow-data/winnow/inference/internal/exact"
	"github.com/winnow-data/winnow/inference/internal/kernel"
)

// A sampler is the scratch of sampling, and the mark of tokens seen.
type sampler struct {
	seen   []uint32 // by token: the number of the last pass that met it
	pass   uint32
	raw    []candidate // logits before the penalty
	cand   []candidate
	probs  []float32
	bucket []uint8
}

type candidate struct {
	id    int32
	logit float32
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
		least = max(s.floor(logits, top, scale, w.topP*sum(s.probs)), least)
		for id, x := range logits {
			if float64(x) < least {
				s.probs[id] = 0
			}
		}
		return int32(at(s.probs, u))
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

// Buckets of logits below the top, an eighth of a temperature wide: sorting a vocabulary of 151,936 takes 10 ms, filling these 0.3 ms.
const (
	buckets     = 256
	perBucket   = 8
	lastBuckets = buckets - 1
)

// floor is the least logit of the likeliest tokens that together hold so much (top-p; Holtzman et al. 2020, arXiv 1904.09751). probs holds all tokens' weights.
func (s *sampler) floor(logits []float32, top, scale float32, share float64) float64 {
	var mass [buckets]float64
	s.bucket = sized(s.bucket, len(logits))
	for id, p := range s.probs {
		b := uint8(min((top-logits[id])*scale*perBucket, lastBuckets)) // of -Inf the last
		s.bucket[id] = b
		mass[b] += float64(p)
	}
	border, acc := 0, 0.0
	for border < lastBuckets && acc+mass[border] < share {
		acc += mass[border]
		border++
	}
	s.cand = s.cand[:0]
	for id, b := range s.bucket {
		if int(b) == border && logits[id] > float32(math.Inf(-1)) {
			s.cand = append(s.cand, candidate{int32(id), logits[id]})
		}
	}
	for before := len(logits); len(s.cand) > 64 && len(s.cand) < before; {
		before = len(s.cand)
		acc = s.narrow(acc, share)
	}
	slices.SortFunc(s.cand, byLogit)
	for _, c := range s.cand {
		if acc += float64(s.probs[c.id]); acc >= share {
			return float64(c.logit)
		}
	}
	if n := len(s.cand); n > 0 {
		return float64(s.cand[n-1].logit)
	}
	return math.Inf(-1)
}

// narrow cuts the candidates' logits into buckets of their own and keeps those of the one in which acc reaches share. It returns acc before that one.
func (s *sampler) narrow(acc, share float64) float64 {
	lo, hi := s.cand[0].logit, s.cand[0].logit
	for _, c := range s.cand {
		lo, hi = min(lo, c.logit), max(hi, c.logit)
	}
	scale := lastBuckets / (hi - lo)
	if !(scale < math.MaxFloat32) { // all the same, or as good as
		return acc
	}
	bucket := func(c candidate) int { return int((hi - c.logit) * scale) }
	var mass [buckets]float64
	for _, c := range s.cand {
		mass[bucket(c)] += float64(s.probs[c.id])
	}
	border := 0
	for border < lastBuckets && acc+mass[border] < share {
		acc += mass[border]
		border++
	}
	kept := s.cand[:0]
	for _, c := range s.cand {
		if bucket(c) == border {
			kept = append(kept, c)
		}
	}
	s.cand = kept
	return acc
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

// sumBlock is how many numbers are summed on their own, in eight lanes: one chain of additions would take 4 cycles for each.
const sumBlock = 256

// blockSum is the sum of up to sumBlock numbers, in an order of its own that is always the same.
func blockSum(probs []float32) float64 {
	var acc [8]float64
	for len(probs) >= 8 {
		for l := range acc {
			acc[l] += float64(probs[l])
		}
		probs = probs[8:]
	}
	for l, p := range probs {
		acc[l] += float64(p)
	}
	return ((acc[0] + acc[1]) + (acc[2] + acc[3])) + ((acc[4] + acc[5]) + (acc[6] + acc[7]))
}

func sum(probs []float32) float64 {
	acc := 0.0
	for len(probs) > sumBlock {
		acc += blockSum(probs[:sumBlock])
		probs = probs[sumBlock:]
	}
	return acc + blockSum(probs)
}

// at is the index into which u in [0,1) falls. probs has a positive number.
func at(probs []float32, u float64) int {
	aim, acc, from := u*sum(probs), 0.0, 0
	for ; from+sumBlock < len(probs); from += sumBlock {
		next := acc + blockSum(probs[from:from+sumBlock])
		if next > aim {
			break
		}
		acc = next
	}
	last := -1
	for i := from; i < len(probs); i++ {
		if probs[i] > 0 {
			last = i
			if acc += float64(probs[i]); acc > aim {
				return i
			}
		}
	}
	for last < 0 { // rounding led beyond the last positive one
		if from--; probs[from] > 0 {
			last = from
		}
	}
	return last
}
