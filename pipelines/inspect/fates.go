package inspect

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/stages/blob/place"
	"github.com/winnow-data/winnow/stages/rows"
	"github.com/winnow-data/winnow/stages/shard"
)

// Fates passes every document of a run to visit with what became of it: "" where it stands in the corpus, LABEL.RULE where a rule has removed it, LABEL.quarantined. body is a
// hash of its words, of documents in the corpus. An id is valid until visit returns, and need not be unique; a record that could not be read has the id FILE#RECORD. ok is
// false, and nothing is visited, where the corpus is in a trainer's form, whose rows have no ids.
func Fates(ctx context.Context, dir string, visit func(id, fate string, body uint64)) (ok bool, err error) {
	p, out, err := pipelines.ReadPlan(ctx, dir)
	if err != nil {
		return false, err
	}
	for _, o := range p.Outputs {
		if rows.Is(o.Format) {
			return false, nil
		}
	}
	shards, err := place.Resolve(ctx, "", out, place.Options{})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	for _, f := range shards {
		if !isShard(f.Name) {
			continue
		}
		file := File{Name: f.Path, in: f.Name, store: f.Store}
		for d, err := range file.Documents(ctx, func(shard.Damage) {}) {
			if err != nil {
				return false, err
			}
			visit(d.ID, "", xxhash.Sum64String(d.Body()))
		}
	}
	if err := Removals(ctx, out, func(e *run.Exclusion) { visit(e.ID, e.Label+"."+e.Rule, 0) }); err != nil {
		return false, err
	}
	return true, everyRecord(ctx, out, "quarantine", nil, func(q *run.Quarantined) {
		id := q.ID
		if id == "" {
			id = fmt.Sprintf("%s#%d", q.File, q.Row)
		}
		visit(id, q.Label+"."+signals.Quarantined, 0)
	})
}
