package inference

import "slices"

// pageTokens is the number of positions in a page of the engine's cache.
const pageTokens = 64

// A part says what a slot is of: a job's own sequence, or the branch of one of its choices.
type part struct {
	j      *job
	choice int // -1: the job itself
}

// lookAhead is how many waiting jobs are looked at for a seat in one step.
const lookAhead = 256

// admit gives seats to waiting jobs, first come first served, but for those that wait for a common beginning to be computed.
func (b *Batcher) admit() {
	kept := b.waiting[:0]
	free := -1
	for i, j := range b.waiting {
		if len(b.seated) >= b.o.Sequences || i >= lookAhead && len(b.seated) > 0 {
			kept = append(kept, b.waiting[i:]...)
			break
		}
		if j.after != nil && slices.Contains(b.seated, j.after) && j.after.seq.Len() < j.until {
			kept = append(kept, j)
			continue
		}
		if free < 0 {
			free = b.e.freePages() - b.promised()
		}
		if !b.begin(j) {
			kept = append(kept, j)
			continue
		}
		need := j.seq.Need(j.left()) + 1
		if need > free && len(b.seated) > 0 && !b.makeRoom(need, &free) {
			j.drop()
			kept = append(kept, b.waiting[i:]...)
			break
		}
		b.seat(j)
		free -= need
	}
	clear(b.waiting[len(kept):])
	b.waiting = kept
}

// promised is the number of pages that the seated will want soon: for the rest of their prompts, and one for what they write.
func (b *Batcher) promised() int {
	n := 0
	for _, j := range b.seated {
		n += j.seq.Need(j.left()) + 1
	}
	return n
}

// begin gives j a sequence, with what it can take over from others. It reports false where j had better wait for one that computes its beginning.
func (b *Batcher) begin(j *job) bool {
	j.after = nil
	if j.sharable() && !b.shape.total {
		from, n, wait := b.donor(j)
		if wait != nil {
			j.after, j.until = wait, n
			return false
		}
		if from != nil {
			j.seq = from.fork()
			j.seq.Truncate(n)
			return true
		}
	}
	j.seq = b.e.newSequence()
	return true
}

// seat puts j to work.
func (b *Batcher) seat(j *job) {
	n := j.seq.Len()
	j.share = max(j.share, min(n, j.prompt))
	b.count(func(s *Stats) { s.Shared += n })
	if j.grammar != nil && j.bound == nil {
		j.bound = b.masks.enter(j.grammarName, j.grammar, j.limit-j.prompt)
	}
	b.seated = append(b.seated, j)
}

func (b *Batcher) count(f func(*Stats)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(&b.stats)
}

// plan fills slots: one token of each sequence that writes, then prompts and choices up to the budget, the oldest first.
func (b *Batcher) plan() {
	clear(b.slots)
	b.slots, b.parts, b.need = b.slots[:0], b.parts[:0], 0
	for i := 0; i < len(b.seated); i++ {
		if j := b.seated[i]; j.decodes() && b.room(i, j.seq, 1) {
			b.put(j, j.seq, 1)
		}
	}
	budget := max(b.o.Tokens-len(b.slots), b.o.Tokens/8, 1) // the engine's passes hold so many tokens in all
	for i := 0; i < len(b.seated) && budget > 0; i++ {
		j := b.seated[i]
		if j.step == b.steps {
			continue
		}
		if j.left() == 0 {
			budget -= b.putChoices(i, budget)
			continue
		}
		if n := b.piece(i, budget); n > 0 {
			b.put(j, j.seq, n)
			budget -= n
		}
	}
}

// piece is how many of its tokens seat i gets into this step.
func (b *Batcher) piece(i, budget int) int {
	j := b.seated[i]
	n := min(j.left(), budget)
	if at := j.seq.Len(); at < j.prompt {
		n = min(n, j.prompt-at)
	} else if b.shape.total {
		n = 1 // as they were computed the first time
	}
	for n > 1 && !b.room(i, j.seq, n) {
		n = max(1, n-pageTokens)
	}
	if !b.room(i, j.seq, n) {
		return 0
	}
	return n
}

// put makes a slot of the next n tokens of a job.
func (b *Batcher) put(j *job, seq sequence, n int) {
	from := seq.Len()
	s := slot{seq: seq, ids: j.ids[from : from+n], want: j.wants(b.wantOf(len(b.slots)), from, from+n)}
	if from < j.prompt {
		s.total = j.prompt
		b.count(func(s *Stats) { s.Read += n })
	}
	b.add(j, -1, s)
}

// wantOf is the memory for the wanted offsets of slot n.
func (b *Batcher) wantOf(n int) []int {
	if len(b.wants) <= n {
		b.wants = append(b.wants, nil)
	}
	return b.wants[n][:0]
}

func (b *Batcher) add(j *job, choice int, s slot) {
	b.wants[len(b.slots)] = s.want
	b.need += s.seq.Need(len(s.ids))
	b.slots, b.parts = append(b.slots, s), append(b.parts, part{j, choice})
	j.step = b.steps
}

// putChoices makes slots for the choices of seat i whose later tokens are still to be judged, and returns their tokens.
func (b *Batcher) putChoices(i, budget int) (tokens int) {
	j := b.seated[i]
	for j.next < len(j.choices) {
		c := j.choices[j.next]
		n := len(c) - 1 // the last token is only judged
		if n == 0 {
			j.next++
			continue
		}
		if tokens > 0 && tokens+n > budget || len(j.branches) >= b.o.Sequences {
			break
		}
		branch := j.seq.fork()
		if !b.room(i, branch, n) {
			branch.Free()
			break
		}
		s := slot{seq: branch, ids: c[:n], want: b.wantOf(len(b.slots))}
		for k := range n {
			s.want = append(s.want, k)
		}
		b.add(j, j.next, s)
		j.branches = append(j.branches, branch)
		j.next++
		tokens += n
	}
	return tokens
}

// room sees to it that n more tokens of seq, of seat i, find pages besides those that the step's other slots need. It drops kept prefixes first, then sets
// back the youngest jobs behind seat i that are not in the step.
func (b *Batcher) room(i int, seq sequence, n int) bool {
	need := b.need + seq.Need(n)
	for b.e.freePages() < need {
		if b.evict() {
			continue
		}
		k := len(b.seated) - 1
		for k > i && b.seated[k].step == b.steps {
			k--
		}
		if k <= i {
			return false
		}
		b.setBack(k)
	}
	return true
}

// setBack takes seat k's job out of work and puts it in front of those that wait. What it computed so far is kept as tokens and results; its keys and
// values are computed again, with the same bits.
func (b *Batcher) setBack(k int) {
	j := b.seated[k]
	b.seated = slices.Delete(b.seated, k, k+1)
	j.drop()
	j.after = nil
	b.waiting = slices.Insert(b.waiting, 0, j)
	b.count(func(s *Stats) { s.Preempted++ })
}
