package inspect

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/report"
	"github.com/winnow-data/winnow/pipelines/stats"
	"github.com/winnow-data/winnow/stages/pii"
	"github.com/winnow-data/winnow/stages/shard"
	"github.com/winnow-data/winnow/stages/text"
)

// Survey looks at a data set, several files at a time, and adds up in the order of files. by is the field whose values are compared.
func Survey(ctx context.Context, name string, files []File, by string) (*report.StatsData, error) {
	all := make([]*stats.Stats, len(files))
	damaged := make([]int64, len(files))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range files {
		g.Go(func() error {
			s := stats.New(stats.Options{By: by, Mask: pii.Mask})
			var view text.View
			for d, err := range f.Documents(ctx, func(shard.Damage) { damaged[i]++ }) {
				if err != nil {
					return err
				}
				view.Reset(d.Body())
				if language, ok := d.Fields.Text("language"); ok {
					view.SetLanguage(language)
				}
				s.Add(d, &view)
			}
			all[i] = s
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	sum := stats.New(stats.Options{By: by, Mask: pii.Mask})
	var bad int64
	list := make([]report.File, len(files))
	for i, f := range files {
		sum.Merge(all[i])
		bad += damaged[i]
		list[i] = report.File{Name: f.Name}
		if e, err := f.store.Stat(ctx, f.in); err == nil {
			list[i].Bytes = e.Size
		}
	}
	data := report.Describe(name, sum)
	data.Winnow, data.Files, data.Damaged = pipelines.Version(), list, bad
	return data, nil
}
