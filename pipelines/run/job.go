package run

import (
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// A job is a batch of documents on its way through a pass, with what has been found out about each.
type job struct {
	first  int64 // number of the first document in the task
	batch  *stages.Batch
	rows   []row
	damage []placed      // records between these documents that could not be read
	used   []usedBy      // what stages have asked of models
	counts []countsOf    // what stages have counted
	done   chan struct{} // closed when the steps at work on it are through
}

// usedBy is what one stage has asked of a model.
type usedBy struct {
	label string
	stages.Usage
}

// countsOf are the numbers of one stage.
type countsOf struct {
	label string
	n     map[string]int64
}

// A row is what a pass knows of one document. The numbers of words are -1 where nobody has counted.
type row struct {
	words, out int       // of the body as it came, and as it stands
	bytes      int       // of the body as it came
	m          []float64 // measurements, by the steps' places
	edits      []edit
	on         *onward // what was found after its drop
	made       int     // number of the stage that made it, plus one; 0 for documents that came in
}

// An edit is what one step did to the words of a document.
type edit struct {
	stage, before, after int
}

// newJob returns a job over docs for a pass that measures width values.
func newJob(docs []stages.Document, width int) *job {
	j := &job{batch: stages.NewBatch(docs), rows: make([]row, len(docs)), done: make(chan struct{})}
	slab := unmeasuredSlab(len(docs) * width)
	for i := range j.rows {
		j.rows[i] = row{words: -1, out: -1, bytes: docs[i].BodyBytes(), m: slab[i*width : (i+1)*width : (i+1)*width]}
	}
	return j
}

// settle takes in the documents that a stage has made.
func (j *job) settle(stage, width int) {
	at := j.batch.Settle()
	if len(at) == 0 {
		return
	}
	slab := unmeasuredSlab(len(at) * width)
	from := len(j.rows) - 1
	j.rows = slices.Grow(j.rows, len(at))[:len(j.batch.Docs)]
	for to := len(j.rows) - 1; len(at) > 0; to-- {
		if k := len(at) - 1; at[k] == to {
			j.rows[to] = row{words: -1, out: -1, bytes: j.batch.Docs[to].BodyBytes(), m: slab[k*width : (k+1)*width : (k+1)*width], made: stage + 1}
			at = at[:k]
			continue
		}
		j.rows[to] = j.rows[from]
		from--
	}
}

// unmeasuredSlab returns n values that nobody has measured.
func unmeasuredSlab(n int) []float64 {
	slab := make([]float64, n)
	for i := range slab {
		slab[i] = unmeasured
	}
	return slab
}

// blank says whether a text holds nothing but white space.
func blank(s string) bool { return strings.TrimSpace(s) == "" }
