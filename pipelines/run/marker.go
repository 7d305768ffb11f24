package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sync/errgroup"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/shard"
)

// A Marker says that a task is done and what it left. It is written last, with the phase's key: a task with a marker of
// the plan's key is never done again. Markers, not engines, are the truth.
type Marker struct {
	Key         string                    `json:"key"`
	Phase       string                    `json:"phase"`
	Task        int                       `json:"task"`
	Rows        int64                     `json:"rows"` // documents that left the pass
	Files       []File                    `json:"files"`
	Shards      []shard.File              `json:"shards,omitempty"`
	Excluded    int64                     `json:"excluded"`
	Quarantined int64                     `json:"quarantined"`
	Signals     int64                     `json:"signals,omitempty"` // rows
	Judged      *signals.Overlap          `json:"judged,omitempty"`
	Tally       json.RawMessage           `json:"tally,omitempty"`
	Facts       map[string]map[string]any `json:"facts,omitempty"` // by stage label, from barriers
	Times       Times                     `json:"times"`
}

// A File is one that a task left in the run's folder or its work folder.
type File struct {
	Name string `json:"name"`
	Work bool   `json:"work,omitempty"` // in the work folder
	Size int64  `json:"size"`
}

// Times are what a task cost. They differ from run to run and take part in no comparison.
type Times struct {
	Start     int64              `json:"start"`   // unix milliseconds
	Wall      float64            `json:"seconds"` // of the task
	Bytes     int64              `json:"bytes"`   // of the input read, as they lie
	Documents int64              `json:"documents"`
	Stages    map[string]float64 `json:"stages,omitempty"`
	Memory    int64              `json:"memory"` // resident bytes of the process at the end
	Host      string             `json:"host,omitempty"`
	Retries   map[string]int64   `json:"retries,omitempty"` // of requests to remote stores
}

// maxMarker bounds what is read back: a tally stays under 300 KB, facts and file lists beside it are small.
const maxMarker = 16 << 20

func markerName(phase string, task int) string { return fmt.Sprintf("done/%s/%05d.json", phase, task) }

// marker returns the marker of a finished task, or nil. A marker of another key, or one whose files are not there whole, counts as
// none.
func (r *Runner) marker(ctx context.Context, ph *plan.Phase, task int) (*Marker, error) {
	data, err := blob.Get(ctx, r.own, markerName(ph.Name, task), maxMarker)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the marker of %s %d: %w", ph.Name, task, err)
	}
	var m Marker
	if err := json.Unmarshal(data, &m); err != nil || m.Key != ph.Key {
		return nil, nil
	}
	for _, f := range m.Files {
		store := r.own
		if f.Work {
			store = r.work
		}
		if whole, err := whole(ctx, store, f.Name, f.Size); !whole {
			return nil, err
		}
	}
	for _, f := range m.Shards {
		if whole, err := whole(ctx, r.out, f.Name, f.Bytes); !whole {
			return nil, err
		}
	}
	return &m, nil
}

// whole says whether a file is there with all its bytes. That a store cannot say is an error, and no reason to do a task again.
func whole(ctx context.Context, s blob.Store, name string, size int64) (bool, error) {
	e, err := s.Stat(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for %s: %w", name, err)
	}
	return e.Size == size, nil
}

// mark writes the marker of a finished task.
func (r *Runner) mark(ctx context.Context, m *Marker) error {
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("marker of %s %d: %w", m.Phase, m.Task, err)
	}
	if err := r.putMarker(ctx, m, data); err != nil {
		return fmt.Errorf("write the marker of %s %d: %w", m.Phase, m.Task, err)
	}
	return nil
}

// putMarker puts a marker where none is. Of two attempts at one task, which cluster engines do make, the first has done it; both have written the same
// bytes. A marker that counts for nothing gives way.
func (r *Runner) putMarker(ctx context.Context, m *Marker, data []byte) error {
	name := markerName(m.Phase, m.Task)
	for n := 0; ; n++ {
		err := r.own.PutIfAbsent(ctx, name, data)
		if !errors.Is(err, blob.ErrExists) || n == 3 {
			return err
		}
		ph, _, err := r.plan.Find(m.Phase)
		if err != nil {
			return err
		}
		if there, err := r.marker(ctx, ph, m.Task); err != nil || there != nil {
			return err
		}
		if err := r.own.Remove(ctx, name); err != nil {
			return err
		}
	}
}

// markersAtOnce is how many markers are looked at together: each is a few requests, which an object store answers in tens of milliseconds.
const markersAtOnce = 32

// markers returns the markers of all tasks of a phase, nil for those that are not done.
func (r *Runner) markers(ctx context.Context, ph *plan.Phase) ([]*Marker, error) {
	list := make([]*Marker, ph.Tasks)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(markersAtOnce)
	for t := range list {
		g.Go(func() (err error) {
			list[t], err = r.marker(ctx, ph, t)
			return err
		})
	}
	return list, g.Wait()
}
