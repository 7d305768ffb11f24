package inference

import "slices"

const (
	minShared   = 32 // tokens; to take over fewer is not worth the wait
	maxPrefixes = 32
)

// A prefix is a computed beginning that is kept for requests to come.
type prefix struct {
	ids  []int32
	seq  sequence
	used uint64 // the step of its last use
}

// donor finds the sequence that has most in common with j, and how much. Where a seated job is about to compute more, that job and how much
// it will have are returned instead.
func (b *Batcher) donor(j *job) (from sequence, n int, wait *job) {
	usable := j.ids[:len(j.ids)-1] // the last token is computed anyway, for its result
	n = minShared - 1
	var kept *prefix
	var giver *job
	for _, p := range b.prefixes {
		if c := common(usable, p.ids); c > n {
			kept, from, n = p, p.seq, c
		}
	}
	later := n
	for _, s := range b.seated {
		c := common(usable, s.ids[:s.prompt])
		if have := min(c, s.seq.Len()); have > n {
			kept, giver, from, n = nil, s, s.seq, have
		}
		if c > later && c > s.seq.Len() {
			wait, later = s, c
		}
	}
	switch {
	case wait != nil && later >= n+minShared:
		wait.share = max(wait.share, later)
		return nil, later, wait
	case giver != nil:
		giver.share = max(giver.share, n)
	case kept != nil:
		kept.used = b.steps
	}
	return from, n, nil
}

// keep stores the beginning of a finished job that others began with too, or that its caller said they will.
func (b *Batcher) keep(j *job) {
	n := min(j.share, j.prompt, j.seq.Len())
	if n < minShared || b.shape.total || slices.ContainsFunc(b.prefixes, func(p *prefix) bool { return common(p.ids, j.ids[:n]) == n }) {
		return
	}
	for len(b.prefixes) >= maxPrefixes {
		b.evict()
	}
	seq := j.seq.fork()
	seq.Truncate(n)
	b.prefixes = append(b.prefixes, &prefix{ids: slices.Clone(j.ids[:n]), seq: seq, used: b.steps})
}

// evict drops the prefix that was not used for longest. It reports false when there is none.
func (b *Batcher) evict() bool {
	if len(b.prefixes) == 0 {
		return false
	}
	oldest := 0
	for i, p := range b.prefixes {
		if p.used < b.prefixes[oldest].used {
			oldest = i
		}
	}
	b.prefixes[oldest].seq.Free()
	b.prefixes = slices.Delete(b.prefixes, oldest, oldest+1)
	return true
}

// idleSteps is how long a kept beginning must not have been used before it makes room for a job that could as well wait for another to end.
const idleSteps = 256

// makeRoom drops prefixes out of use until need pages are free beyond those promised.
func (b *Batcher) makeRoom(need int, free *int) bool {
	for need > *free {
		if !slices.ContainsFunc(b.prefixes, func(p *prefix) bool { return p.used+idleSteps < b.steps }) {
			return false
		}
		before := b.e.freePages()
		b.evict()
		*free += b.e.freePages() - before
	}
	return true
}
