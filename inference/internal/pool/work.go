package pool

func pack(from, to int) uint64 { return uint64(from)<<32 | uint64(to) }

// first takes the first index of the span, for its owner.
func (s *span) first() (int, bool) {
	for {
		left := s.left.Load()
		from, to := left>>32, left&(1<<32-1)
		if from >= to {
			return 0, false
		}
		if s.left.CompareAndSwap(left, (from+1)<<32|to) {
			return int(from), true
		}
	}
}

// last takes the last index of the span, for the others.
func (s *span) last() (int, bool) {
	for {
		left := s.left.Load()
		from, to := left>>32, left&(1<<32-1)
		if from >= to {
			return 0, false
		}
		if s.left.CompareAndSwap(left, from<<32|(to-1)) {
			return int(to - 1), true
		}
	}
}

// A failure is what a panic carried.
type failure struct{ value any }

// work takes indices until none are left, those of worker w's own run first, and wakes the caller if it did the last one. It may well find a later loop than
// the one that woke it: whatever index it takes, p.f is the function of that index until the index is done.
func (p *Pool) work(w int) {
	var done int64
	for again := true; again; {
		again = p.take(w, &p.spans[w], (*span).first, &done)
		for k := 1; k < p.threads; k++ {
			v := w + k
			if v >= p.threads {
				v -= p.threads
			}
			again = p.take(w, &p.spans[v], (*span).last, &done) || again
		}
	}
	if done > 0 && p.pending.Add(-done) == 0 && w != 0 {
		p.caller.unpark()
	}
}

// take does the indices that next finds in s, counts them, and says whether a panic cut it short.
func (p *Pool) take(w int, s *span, next func(*span) (int, bool), done *int64) (cut bool) {
	defer func() {
		if r := recover(); r != nil {
			p.failure.CompareAndSwap(nil, &failure{r})
			*done++
			cut = true
		}
	}()
	for {
		i, ok := next(s)
		if !ok {
			return false
		}
		p.f(w, i)
		*done++
	}
}
