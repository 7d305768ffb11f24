package pipelines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/place"
)

// A Change says what to do with an earlier run of another plan in the same folder.
type Change struct {
	Reuse bool // keep the phases that the change does not touch
	Fresh bool // move it aside
	// Scratch is the folder of the run's work files, as in [run.Options].
	Scratch string
}

// A State is what a run finds in its folder.
type State struct {
	Finished bool
	Summary  *run.Summary // of a finished run
	Done     int          // tasks with a marker
	Tasks    int
	Reused   []string // phases kept by --reuse
	Aside    string   // where --fresh moved the old run
}

// A ChangedError refuses to mix two plans in one folder.
type ChangedError struct {
	Out, Difference string
}

func (e *ChangedError) Error() string {
	return fmt.Sprintf(`%s holds a run of another plan: %s
ways on:  --reuse  keep the phases that the change does not touch
          --fresh  move the old run aside and start anew
          --out    write somewhere else`, e.Out, e.Difference)
}

// An UnreadableError refuses a folder whose plan.json is damaged or of another version of winnow.
type UnreadableError struct {
	Err error
}

func (e *UnreadableError) Error() string {
	return e.Err.Error() + `
ways on:  --fresh  move the old run aside and start anew
          --out    write somewhere else`
}

func (e *UnreadableError) Unwrap() error { return e.Err }

// Prepare makes the job's folder ready for a plan: it writes plan.json and the recipe as run, or finds them there. It refuses a folder
// with foreign files, and one with a run of another plan unless change says what to do.
func (j *Job) Prepare(ctx context.Context, p *plan.Plan, change Change) (*State, error) {
	state := &State{Tasks: p.Tasks()}
	old, err := j.found(ctx)
	var unreadable *UnreadableError
	if errors.As(err, &unreadable) && change.Fresh {
		state.Aside, err = aside(j.Out)
	}
	if err != nil {
		return nil, err
	}
	if old != nil && old.Key != p.Key {
		switch {
		case change.Fresh:
			if state.Aside, err = aside(j.Out); err != nil {
				return nil, err
			}
		case change.Reuse:
			if state.Reused, err = j.reuse(ctx, old, p, change.Scratch); err != nil {
				return nil, err
			}
		default:
			return nil, &ChangedError{j.Out, plan.Difference(old, p)}
		}
	}
	if err := j.write(ctx, p); err != nil {
		return nil, err
	}
	r, err := j.Runner(p, run.Options{Scratch: change.Scratch})
	if err != nil {
		return nil, err
	}
	state.Done, _ = r.Done(ctx)
	if state.Done == state.Tasks {
		if state.Summary, err = r.Summary(ctx); err != nil {
			return nil, err
		}
		state.Finished = true
	}
	return state, nil
}

// found returns the plan of the run in the job's folder, nil if there is none.
func (j *Job) found(ctx context.Context) (*plan.Plan, error) {
	foreign, err := foreign(ctx, j.Out)
	if err != nil {
		return nil, fmt.Errorf("the output folder: %w", err)
	}
	p, _, err := ReadPlan(ctx, planFile(j.Out))
	if err == nil {
		return p, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, &UnreadableError{err}
	}
	if foreign != "" {
		return nil, fmt.Errorf("%s holds files of something else (%s); name an empty or new folder with --out", j.Out, foreign)
	}
	return nil, nil
}

// foreign returns a name in the output folder that is not the run's own; "" for none.
func foreign(ctx context.Context, out string) (string, error) {
	if !place.IsRemote(out) {
		entries, err := os.ReadDir(out)
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		for _, e := range entries {
			if e.Name() != run.Folder {
				return e.Name(), nil
			}
		}
		return "", err
	}
	store, err := place.Open(out, place.Options{})
	if err != nil {
		return "", err
	}
	for e, err := range store.List(ctx, "") {
		if err != nil || !strings.HasPrefix(e.Name, run.Folder+"/") {
			return e.Name, err
		}
	}
	return "", nil
}

// aside moves the old run to a free name beside it.
func aside(out string) (string, error) {
	if place.IsRemote(out) {
		return "", fmt.Errorf("%s: an object store cannot move a run aside; name another --out, or remove what is there", out)
	}
	for k := 1; ; k++ {
		to := fmt.Sprintf("%s.old-%d", out, k)
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			return to, os.Rename(out, to)
		}
	}
}

// reuse removes what the old plan's changed phases have left and returns the names of the others.
func (j *Job) reuse(ctx context.Context, old, p *plan.Plan, scratch string) ([]string, error) {
	keys := map[string]bool{}
	for _, ph := range p.Phases {
		keys[ph.Name+ph.Key] = true
	}
	r, err := j.Runner(old, run.Options{Scratch: scratch})
	if err != nil {
		return nil, err
	}
	var kept []string
	for i := range old.Phases {
		ph := &old.Phases[i]
		if keys[ph.Name+ph.Key] {
			kept = append(kept, ph.Name)
			continue
		}
		if err := r.Forget(ctx, ph); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// write puts the plan and the recipe as run where every task finds them.
func (j *Job) write(ctx context.Context, p *plan.Plan) error {
	dir := place.Join(j.Out, run.Folder)
	if !place.IsRemote(j.Out) {
		err := os.MkdirAll(j.Out, 0o755)
		if err == nil {
			err = os.MkdirAll(dir, 0o700)
		}
		if err != nil {
			return fmt.Errorf("make the run's folder: %w", err)
		}
	}
	data, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return err
	}
	store, err := place.Open(dir, place.Options{})
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{"recipe.yaml": []byte(p.Recipe), ".gitignore": []byte("*\n"), "plan.json": data} {
		if have, err := blob.Get(ctx, store, name, maxPlan); err == nil && slices.Equal(have, content) {
			continue
		}
		if err := blob.Put(ctx, store, name, content); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}
