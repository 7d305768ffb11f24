package whatif

import (
	"context"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/pipelines/inspect"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/stages/blob"
)

// A comer is the document that comes back of those that a dedup removed for one that goes: the longest where the stage keeps that, else the first.
type comer struct {
	source, language string
	bytes            int64
}

// duplicates looks which documents were removed for one that no longer comes to its dedup: one of each such group comes back, and all may. Of one that removes documents of
// the same text alone, none does: what goes takes its copies with it.
func (q *question) duplicates(ctx context.Context, out string, own blob.Store) error {
	need := false
	for i := range q.dedups {
		d := &q.dedups[i]
		d.lost, d.freed = map[uint64]uint64{}, map[uint64]*comer{}
		need = need || len(d.gone) > 0
	}
	if !need {
		return nil
	}
	back := false
	err := inspect.Removals(ctx, out, func(e *run.Exclusion) {
		for i := range q.dedups {
			d := &q.dedups[i]
			if e.Label != d.label || e.Kept == "" {
				continue
			}
			stood, id := xxhash.Sum64String(e.Kept), xxhash.Sum64String(e.ID)
			if d.gone[stood] && !d.gone[id] {
				d.back++
				d.lost[id] = stood
				back = true
			}
		}
	})
	if err != nil || !back {
		return err
	}
	if err := q.rows(ctx, own, q.returns); err != nil {
		return err
	}
	for i := range q.dedups {
		for _, c := range q.dedups[i].freed {
			for _, g := range q.groups(&signals.Row{Source: c.source, Language: c.language}) {
				g.freed++
				g.bytesFreed += c.bytes
			}
		}
	}
	return nil
}

// returns takes in the size of a document that a dedup removed for one that goes.
func (q *question) returns(r *signals.Row) {
	stage, _ := q.fate(r)
	for i := range q.dedups {
		d := &q.dedups[i]
		if d.stage != stage {
			continue
		}
		stood, ok := d.lost[xxhash.Sum64String(r.ID)]
		if !ok {
			return
		}
		bytes := r.BytesOut
		if bytes < 0 {
			bytes = r.Bytes
		}
		q.bytesBack += bytes
		if c := d.freed[stood]; c == nil || d.longest && bytes > c.bytes {
			d.freed[stood] = &comer{strings.Clone(r.Source), strings.Clone(r.Language), bytes}
		}
	}
}
