package mixer

import (
	"fmt"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// TestManyRuns draws from a task whose documents fill more than one sorted run.
func TestManyRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("a quarter of a million documents take a second")
	}
	docs := make([]stages.Document, runLength+5_000)
	for i := range docs {
		docs[i] = stages.Document{ID: fmt.Sprint(i), Source: "abc"[i%3 : i%3+1]}
	}
	const n = 100_000
	if r := runSample(t, docs, stagetest.Options{Batch: 4096}, func(s *Sample) { s.Rows = n }); len(r.Docs) != n {
		t.Errorf("rows: %d gives %d", n, len(r.Docs))
	}
}
