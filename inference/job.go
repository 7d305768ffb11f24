package inference

import (
	"slices"
	"sync/atomic"

	"github.com/winnow-data/winnow/inference/schema"
)

// A call is one Complete in progress.
type call struct {
	dropped  atomic.Bool   // nobody waits for it any longer
	finished chan finished // has room for all its jobs: the Batcher never waits for a caller
}

// finished is the end of one job.
type finished struct {
	index int
	reply Reply
	fatal error // the Batcher's end, for the whole call
}

// A job is one request in the Batcher. It holds nothing of the caller's.
type job struct {
	call  *call
	index int

	task    Task
	pooling Pooling
	ids     []int32 // the prompt, then what was written
	prompt  int     // tokens of the prompt
	limit   int     // most tokens of ids

	seq   sequence // nil while it waits
	taken int      // positions below it have given their results
	share int      // so many leading tokens are worth keeping for others
	after *job     // in work, and computing what this one begins with
	until int      // so many tokens of it
	step  uint64   // the last step it was in

	*writing                    // of Generate
	grammar     *schema.Grammar // that binds it; bound is made when it gets a seat
	grammarName string
	choices     [][]int32  // of Choose
	next        int        // choices[:next] are computed or on their way
	branches    []sequence // of choices, in this step
	logProbs    []float64  // of Score and Choose
	sum         []float64  // of Embed by Mean
	vector      []float32  // of Embed and Classify
}

// left is how many tokens the sequence still lacks.
func (j *job) left() int { return len(j.ids) - j.seq.Len() }

// decodes says that the job is past its prompt and writes.
func (j *job) decodes() bool { return j.writing != nil && len(j.ids) > j.prompt && j.left() == 1 }

// wants appends the offsets, in a slot that begins at from and ends before to, whose hidden states the job needs.
func (j *job) wants(want []int, from, to int) []int {
	lo, hi := len(j.ids)-1, len(j.ids)
	switch {
	case j.task == Score:
		lo, hi = 0, len(j.ids)-1
	case j.task == Embed && j.pooling == Mean:
		lo = 0
	}
	for p := max(lo, from, j.taken); p < min(hi, to); p++ {
		want = append(want, p-from)
	}
	return want
}

// drop gives its pages back.
func (j *job) drop() {
	if j.seq != nil {
		j.seq.Free()
		j.seq = nil
	}
	for _, s := range j.branches {
		s.Free()
	}
	j.branches = j.branches[:0]
}

// sharable says that a prefix computed by another job serves this one: of the others every token must give a result of its own.
func (j *job) sharable() bool { return j.task != Score && (j.task != Embed || j.pooling == Last) }

// common is the length of what a and b begin with.
func common(a, b []int32) int {
	n := min(len(a), len(b))
	if slices.Equal(a[:n], b[:n]) {
		return n
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i
}
