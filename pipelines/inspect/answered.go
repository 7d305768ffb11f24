package inspect

import (
	"context"
	"errors"
	"io/fs"
	"iter"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob/place"
	"github.com/winnow-data/winnow/stages/rows"
	"github.com/winnow-data/winnow/stages/shard"
)

// Answered yields the prompts of a run that have answers, with what the checks found: those that stand in the corpus, and those that went, such as by pick. An error is
// the last thing that comes.
func Answered(ctx context.Context, dir string) iter.Seq2[*stages.Document, error] {
	return func(yield func(*stages.Document, error) bool) {
		files, err := answeredFiles(ctx, dir)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, f := range files {
			for d, err := range f.Documents(ctx, func(shard.Damage) {}) {
				if err != nil {
					yield(nil, err)
					return
				}
				if d.Kind == "" && len(d.Answers) > 0 && !yield(d, nil) {
					return
				}
			}
		}
	}
}

// answeredFiles are the files of a run that may hold prompts: shards in winnow's own form, and what it tells beside them.
func answeredFiles(ctx context.Context, dir string) ([]File, error) {
	p, out, err := pipelines.ReadPlan(ctx, dir)
	if err != nil {
		return nil, err
	}
	var files []File
	shards, err := place.Resolve(ctx, "", out, place.Options{})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, f := range shards {
		if isShard(f.Name) && !rows.Is(formatOf(p, f.Name)) {
			files = append(files, File{Name: f.Path, in: f.Name, store: f.Store})
		}
	}
	beside, err := streams(ctx, out, "rows")
	return append(files, beside...), err
}
