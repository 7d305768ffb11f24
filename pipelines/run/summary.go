package run

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/report"
	"github.com/winnow-data/winnow/stages/blob"
)

// A Summary is a finished run in a few numbers.
type Summary struct {
	Read        int64         `json:"read"`
	Made        int64         `json:"made"`
	Kept        int64         `json:"kept"`
	Dropped     int64         `json:"dropped"`
	Quarantined int64         `json:"quarantined"`
	Rules       []RuleDrop    `json:"rules"`           // that dropped something, most first
	Rates       []report.Rate `json:"rates,omitempty"` // of the stages that judge answers
	Files       int           `json:"files"`           // of the corpus
	Bytes       int64         `json:"bytes"`           // of the corpus, as it lies
	Work        int64         `json:"work"`            // bytes of work files

	Retries map[string]int64 `json:"retries,omitempty"` // of requests to remote stores, by what was wrong
	Example string           `json:"example,omitempty"` // id of a document that was dropped
}

// A RuleDrop is how many documents went by one rule.
type RuleDrop struct {
	Label     string `json:"label"`
	Rule      string `json:"rule"`
	Documents int64  `json:"documents"`
}

const summaryName = "summary.json"

// summarize adds a result up.
func (r *Runner) summarize(res *Result) *Summary {
	run := res.Sums[0]
	s := &Summary{
		Read: run.Read, Made: run.Made, Kept: run.Kept, Dropped: run.Dropped, Quarantined: run.Quarantined, Files: len(res.Shards),
	}
	for _, f := range res.Shards {
		s.Bytes += f.Bytes
	}
	for k, st := range res.Tally.Stages {
		l := r.layout.tally[k]
		for i := range st.Rules {
			if n := st.Rules[i].Dropped.Documents; n > 0 {
				s.Rules = append(s.Rules, RuleDrop{l.Label, l.Rules[i].Name, n})
			}
		}
	}
	slices.SortStableFunc(s.Rules, func(a, b RuleDrop) int { return cmp.Compare(b.Documents, a.Documents) })
	for _, m := range res.Markers {
		for _, f := range m.Files {
			if f.Work {
				s.Work += f.Size
			}
		}
	}
	s.Retries = res.retries()
	return s
}

// Summary returns the summary of a finished run.
func (r *Runner) Summary(ctx context.Context) (*Summary, error) {
	data, err := blob.Get(ctx, r.own, summaryName, maxMarker)
	if err != nil {
		return nil, fmt.Errorf("the run's summary: %w", err)
	}
	var s Summary
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("the run's summary: %w", err)
	}
	return &s, nil
}

// Done returns how many of all tasks have a marker.
func (r *Runner) Done(ctx context.Context) (done, all int) {
	for i := range r.plan.Phases {
		ph := &r.plan.Phases[i]
		all += ph.Tasks
		for t := range ph.Tasks {
			if m, err := r.marker(ctx, ph, t); err == nil && m != nil {
				done++
			}
		}
	}
	return done, all
}

// Forget removes what a phase has left: its markers first, then their files.
func (r *Runner) Forget(ctx context.Context, ph *plan.Phase) error {
	for t := range ph.Tasks {
		m, err := r.marker(ctx, ph, t)
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		if err := r.own.Remove(ctx, markerName(ph.Name, t)); err != nil {
			return err
		}
		for _, f := range m.Files {
			store := r.own
			if f.Work {
				store = r.work
			}
			if err := store.Remove(ctx, f.Name); err != nil {
				return err
			}
		}
		for _, f := range m.Shards {
			if err := r.out.Remove(ctx, f.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// sweep removes what killed processes have left behind: unfinished files under temporary names, in the output and the work folder.
func (r *Runner) sweep() error {
	for _, dir := range r.local.swept {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && blob.IsTemp(d.Name()) {
				return os.Remove(name)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("sweep %s: %w", dir, err)
		}
	}
	return nil
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// digest is the sha256 of b in hex.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
