package inspect

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob/place"
	"github.com/winnow-data/winnow/stages/rows"
	"github.com/winnow-data/winnow/stages/shard"
)

// Removals reads all removals of the run of an output.
func Removals(ctx context.Context, out string, visit func(*run.Exclusion)) error {
	return everyRecord(ctx, out, "excluded", nil, visit)
}

// Texts finds the words of documents of a run by their ids: in its shards, else where its removals say that the input held them, with what the stages before the
// removal made of them. Ids whose words can no longer be found are missing.
func Texts(ctx context.Context, dir string, ids []string) (map[string]string, error) {
	p, out, err := pipelines.ReadPlan(ctx, dir)
	if err != nil {
		return nil, err
	}
	wanted, found := map[string]bool{}, map[string]string{}
	for _, id := range ids {
		wanted[id] = true
	}
	shards, err := place.Resolve(ctx, "", out, place.Options{})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, f := range shards {
		if len(found) == len(wanted) || !isShard(f.Name) {
			continue
		}
		file := File{Name: f.Path, in: f.Name, store: f.Store, opt: shard.Options{Form: rows.Form(formatOf(p, f.Name))}}
		for d, err := range file.Documents(ctx, func(shard.Damage) {}) {
			if err != nil {
				return nil, err
			}
			if _, ok := found[d.ID]; !ok && wanted[d.ID] {
				found[strings.Clone(d.ID)] = strings.Clone(d.Body())
			}
		}
	}
	places := map[stages.Place]string{}
	err = Removals(ctx, out, func(e *run.Exclusion) {
		if _, ok := found[e.ID]; !ok && wanted[e.ID] {
			found[e.ID] = ""
			places[stages.Place{File: e.File, Row: e.Row}] = e.ID
		}
	})
	if err != nil {
		return nil, err
	}
	origins(ctx, dir, places, found)
	return found, nil
}

// origins reads documents again from where the input held them. Input that is no longer there leaves them out.
func origins(ctx context.Context, dir string, places map[stages.Place]string, found map[string]string) {
	for _, id := range places {
		delete(found, id)
	}
	job, p, err := pipelines.Open(ctx, dir)
	if err != nil || len(places) == 0 {
		return
	}
	chain, err := NewChain(job.Recipe, Options{})
	if err != nil {
		chain = nil // a stage needs what only a run has: the words are the input's
	}
	last := map[string]int64{}
	for at := range places {
		last[at.File] = max(last[at.File], at.Row)
	}
	for i, f := range Inputs(job, p) {
		end, ok := last[p.Inputs[i].Name]
		if !ok {
			continue
		}
		for d, err := range f.Documents(ctx, func(shard.Damage) {}) {
			if err != nil || d.At.Row > end {
				break
			}
			if id, ok := places[d.At]; ok {
				if chain != nil {
					_, _ = chain.Document(ctx, d) // without batches nothing of the world is asked
				}
				found[id] = strings.Clone(d.Body())
			}
		}
	}
}
