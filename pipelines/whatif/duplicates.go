package whatif

import (
	"context"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/pipelines/inspect"
	"github.com/winnow-data/winnow/pipelines/run"
)

// duplicates looks which documents were removed for one that no longer comes to its dedup: one of each such group comes back, and all may. Of one that removes documents of
// the same text alone, none does: what goes takes its copies with it.
func (q *question) duplicates(ctx context.Context, out string) error {
	need := false
	for i := range q.dedups {
		d := &q.dedups[i]
		d.freed = map[uint64]bool{}
		need = need || len(d.gone) > 0
	}
	if !need {
		return nil
	}
	return inspect.Removals(ctx, out, func(e *run.Exclusion) {
		for i := range q.dedups {
			d := &q.dedups[i]
			if e.Label != d.label || e.Kept == "" {
				continue
			}
			stood := xxhash.Sum64String(e.Kept)
			if d.gone[stood] && !d.gone[xxhash.Sum64String(e.ID)] {
				d.back++
				d.freed[stood] = true
			}
		}
	})
}
