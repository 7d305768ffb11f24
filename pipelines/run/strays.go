package run

import (
	"context"
	"fmt"
	"path"
	"regexp"

	"github.com/winnow-data/winnow/stages/blob"
)

// strays removes what tasks of another plan have left in the run's folder without a marker: they were killed between making their
// shards visible and saying so, and then the recipe changed. Only names that a run gives are touched.
func (r *Runner) strays(ctx context.Context, res *Result) error {
	known := map[string]bool{}
	for _, m := range res.Markers {
		for _, f := range m.Files {
			known[f.Name] = true
		}
		for _, f := range m.Shards {
			known["/"+f.Name] = true
		}
	}
	for _, kind := range []string{"excluded/", "quarantine/", "rows/", "signals/"} {
		if err := removeOthers(ctx, r.own, kind, func(name string) bool { return known[name] }); err != nil {
			return err
		}
	}
	if err := r.uploads(ctx); err != nil {
		return err
	}
	shards := regexp.MustCompile(`^` + regexp.QuoteMeta(r.plan.Name) + `-\d{5}(-\d+)?\.(parquet|jsonl|jsonl\.gz|jsonl\.zst)$`)
	for _, o := range r.plan.Outputs {
		err := removeOthers(ctx, r.out, path.Join(o.Path, r.plan.Name+"-"), func(name string) bool {
			return known["/"+name] || path.Dir(name) != path.Clean(o.Path) || !shards.MatchString(path.Base(name))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// uploads ends what killed processes have begun to send to an object store. All tasks are done, so nobody waits for them.
func (r *Runner) uploads(ctx context.Context) error {
	s, ok := r.out.(interface {
		Sweep(ctx context.Context, prefix string) (int, error)
	})
	if !ok {
		return nil
	}
	n, err := s.Sweep(ctx, "")
	if err != nil {
		return fmt.Errorf("look for unfinished uploads: %w", err)
	}
	if n > 0 {
		r.opt.Log.Warn("unfinished uploads of processes that were killed were ended", "uploads", n)
	}
	return nil
}

// removeOthers removes the names under a prefix that keep does not want.
func removeOthers(ctx context.Context, s blob.Store, prefix string, keep func(string) bool) error {
	var gone []string
	for e, err := range s.List(ctx, prefix) {
		if err != nil {
			return fmt.Errorf("look for strays: %w", err)
		}
		if !keep(e.Name) {
			gone = append(gone, e.Name)
		}
	}
	for _, name := range gone {
		if err := s.Remove(ctx, name); err != nil {
			return fmt.Errorf("remove the stray %s: %w", name, err)
		}
	}
	return nil
}
