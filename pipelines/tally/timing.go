package tally

import (
	"fmt"
	"time"
)

// Timing is the time that stages took, from a sample of documents: one in 64, say. It is kept apart from [Tally] since it differs
// each time.
type Timing struct {
	Stages []Spent `json:"stages"`
}

// Spent is the time one stage took for the documents that were timed.
type Spent struct {
	Documents   int64 `json:"documents"`
	Bytes       int64 `json:"bytes"`
	Nanoseconds int64 `json:"nanoseconds"`
}

// NewTiming returns a timing of so many stages.
func NewTiming(stages int) *Timing { return &Timing{Stages: make([]Spent, stages)} }

// Spent adds the time that a stage took for some documents of so many bytes.
func (t *Timing) Spent(stage, documents, bytes int, d time.Duration) {
	s := &t.Stages[stage]
	s.Documents += int64(documents)
	s.Bytes += int64(bytes)
	s.Nanoseconds += int64(d)
}

// Merge adds o to t.
func (t *Timing) Merge(o *Timing) error {
	if len(t.Stages) != len(o.Stages) {
		return fmt.Errorf("adding up timings: %d stages, want %d", len(o.Stages), len(t.Stages))
	}
	for i, s := range o.Stages {
		t.Stages[i].Documents += s.Documents
		t.Stages[i].Bytes += s.Bytes
		t.Stages[i].Nanoseconds += s.Nanoseconds
	}
	return nil
}
