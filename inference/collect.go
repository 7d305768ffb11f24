package inference

import (
	"math"
)

// rows gathers the wanted states of a step by what is to be done with them, so that each thing is one pass over the head for all sequences.
type rows struct {
	greedy, sampled rowSet // writing jobs
	judged          rowSet // tokens whose probability is asked
	classed         rowSet

	ids      []int32    // of judged
	into     []*float64 // gets the log-probability of ids[i] added
	lp       []float64
	best     []best
	logits   []float32
	labels   []float32
	finished []*job
}

// A rowSet is hidden states with the job of each.
type rowSet struct {
	h    []float32
	jobs []*job
}

func (s *rowSet) reset() {
	clear(s.jobs)
	s.h, s.jobs = s.h[:0], s.jobs[:0]
}

func (s *rowSet) add(j *job, h []float32) {
	s.h, s.jobs = append(s.h, h...), append(s.jobs, j)
}

func (r *rows) reset() {
	r.greedy.reset()
	r.sampled.reset()
	r.judged.reset()
	r.classed.reset()
	clear(r.into)
	clear(r.finished)
	r.ids, r.into, r.finished = r.ids[:0], r.into[:0], r.finished[:0]
}

// logitRows is how many rows of logits are held at once: 16 of 151,936 are 10 MB.
const logitRows = 16

// collect gives each job what the step has computed for it.
func (b *Batcher) collect(h []float32) {
	r := &b.rows
	r.reset()
	for i, s := range b.slots {
		n := len(s.want) * b.shape.hidden
		b.gather(b.parts[i], s, h[:n])
		h = h[n:]
	}
	b.judge()
	if n := len(r.classed.jobs); n > 0 {
		r.labels = sized(r.labels, n*b.shape.labels)
		b.e.classify(r.labels, r.classed.h)
		for i, j := range r.classed.jobs {
			j.vector = append(j.vector[:0], r.labels[i*b.shape.labels:(i+1)*b.shape.labels]...)
		}
	}
	b.write()
	for i := range b.parts {
		j := b.parts[i].j
		for _, s := range j.branches {
			s.Free()
		}
		j.branches = j.branches[:0]
		if b.whole(j) {
			r.finished = append(r.finished, j)
		}
	}
	for _, j := range r.finished {
		if j.step == b.steps { // a job of several choices stands there several times
			j.step = 0
			b.finish(j, b.reply(j))
		}
	}
}

// gather sorts the states of one slot.
func (b *Batcher) gather(p part, s slot, h []float32) {
	j, r, width := p.j, &b.rows, b.shape.hidden
	row := func(k int) []float32 { return h[k*width : (k+1)*width] }
	from := s.seq.Len() - len(s.ids)
	switch {
	case p.choice >= 0:
		for k := range s.want {
			r.ask(j, row(k), j.choices[p.choice][k+1], &j.logProbs[p.choice])
		}
		return
	case len(s.want) == 0:
		return
	case j.task == Score:
		for k, w := range s.want {
			r.ask(j, row(k), j.ids[from+w+1], &j.logProbs[from+w])
		}
	case j.task == Choose:
		for i, c := range j.choices {
			r.ask(j, row(0), c[0], &j.logProbs[i])
		}
	case j.task == Classify:
		r.classed.add(j, row(0))
	case j.task == Embed && j.pooling == Mean:
		for k := range s.want {
			for d, x := range row(k) {
				j.sum[d] += float64(x)
			}
		}
	case j.task == Embed:
		j.vector = append(j.vector[:0], row(0)...)
	case j.writing.fused():
		r.greedy.add(j, row(0))
	default:
		r.sampled.add(j, row(0))
	}
	j.taken = from + s.want[len(s.want)-1] + 1
}

// ask wants the log-probability of id after state h added to *into.
func (r *rows) ask(j *job, h []float32, id int32, into *float64) {
	r.judged.add(j, h)
	r.ids, r.into = append(r.ids, id), append(r.into, into)
}

// judge answers what was asked.
func (b *Batcher) judge() {
	r := &b.rows
	if len(r.ids) == 0 {
		return
	}
	r.lp = sized(r.lp, len(r.ids))
	b.e.logProbs(r.lp, r.judged.h, r.ids)
	for i, lp := range r.lp {
		*r.into[i] += lp
	}
}

// write chooses the next token of each writing job.
func (b *Batcher) write() {
	r := &b.rows
	if n := len(r.greedy.jobs); n > 0 {
		r.best = sized(r.best, n)
		b.e.best(r.best, r.greedy.h)
		for i, j := range r.greedy.jobs {
			t := r.best[i]
			if j.bound != nil && t.id >= 0 && !b.masks.allows(j.bound, t.id, j.limit-len(j.ids)) {
				r.sampled.add(j, r.greedy.h[i*b.shape.hidden:(i+1)*b.shape.hidden])
				continue
			}
			b.accept(j, t.id, float64(t.logit)-t.lse)
		}
	}
	for at := 0; at < len(r.sampled.jobs); at += logitRows {
		n := min(logitRows, len(r.sampled.jobs)-at)
		r.logits = sized(r.logits, n*b.shape.vocab)
		b.e.logits(r.logits, r.sampled.h[at*b.shape.hidden:(at+n)*b.shape.hidden])
		jobs := r.sampled.jobs[at : at+n]
		for i, d := range b.lots(r.logits, jobs) {
			b.accept(jobs[i], d.id, float64(d.raw)-d.lse)
		}
	}
}

// whole says whether a job has all it was asked for.
func (b *Batcher) whole(j *job) bool {
	switch {
	case j.seq == nil || j.left() > 0 && j.writing == nil:
		return false
	case j.writing != nil:
		return j.finish != ""
	case j.task == Choose:
		for j.next < len(j.choices) && len(j.choices[j.next]) == 1 {
			j.next++
		}
		return j.next == len(j.choices)
	}
	return true
}

// reply is the answer of a complete job.
func (b *Batcher) reply(j *job) Reply {
	r := Reply{In: j.prompt, Out: len(j.ids) - j.prompt, LogProbs: j.logProbs, Vector: j.vector}
	for _, c := range j.choices {
		r.In += len(c)
	}
	if j.task == Embed && j.pooling == Mean {
		r.Vector = make([]float32, len(j.sum))
		for d, x := range j.sum {
			r.Vector[d] = float32(x / float64(j.prompt))
		}
	}
	if j.writing != nil {
		j.writing.reply(b, j, &r)
	}
	for _, lp := range r.LogProbs {
		if math.IsNaN(lp) {
			return Reply{Err: errNumbers}
		}
	}
	for _, x := range r.Vector {
		if x != x {
			return Reply{Err: errNumbers}
		}
	}
	return r
}

// sized is v with n values, whatever they are.
func sized[T any](v []T, n int) []T {
	if cap(v) < n {
		return make([]T, n+n/4)[:n]
	}
	return v[:n]
}
