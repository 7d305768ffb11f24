package run

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/place"
)

// local is what of a run lies on this machine.
type local struct {
	lock  string   // "" where the run lies elsewhere
	swept []string // folders with temporary files that killed processes may have left
	spill string   // for files without a name
}

// open opens the stores of a run whose output goes to dir, a folder or a prefix of an object store. Work files lie in the run's own folder, where
// tasks on other machines find them, or below --scratch.
func (r *Runner) open(dir string) error {
	own := place.Join(dir, Folder)
	work := place.Join(own, "work")
	if r.opt.Scratch != "" {
		work = place.Join(r.opt.Scratch, scratchName(dir))
	}
	if !place.IsRemote(dir) {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make the output folder: %w", err)
		}
		if err := os.MkdirAll(own, 0o700); err != nil {
			return fmt.Errorf("make the run's folder: %w", err)
		}
		r.local = local{lock: filepath.Join(own, "lock"), swept: []string{dir}}
	}
	r.local.spill = os.TempDir()
	if !place.IsRemote(work) {
		r.local.spill = filepath.Join(work, "spill")
		if err := os.MkdirAll(r.local.spill, 0o700); err != nil {
			return fmt.Errorf("make the folder of work files: %w", err)
		}
		if r.local.lock == "" {
			r.local.lock = filepath.Join(work, "lock")
		}
		r.local.swept = append(r.local.swept, work)
	}
	for _, s := range []struct {
		to *blob.Store
		in string
	}{{&r.out, dir}, {&r.own, own}, {&r.work, work}} {
		store, err := place.Open(s.in, place.Options{})
		if err != nil {
			return err
		}
		*s.to = store
	}
	return nil
}

// scratchName names the work folder of an output folder below --scratch. Runs into other folders have another, so that neither sweeps nor
// forgets the other's files; a changed recipe has the same, so that --reuse finds the work of its unchanged phases.
func scratchName(dir string) string {
	if abs, err := place.Abs("", dir); err == nil {
		dir = abs
	}
	return "winnow-" + digest([]byte(dir))[:24]
}

// retries adds up the requests that tasks have made again.
func (res *Result) retries() map[string]int64 {
	var sum map[string]int64
	for _, m := range res.Markers {
		for kind, n := range m.Times.Retries {
			if sum == nil {
				sum = map[string]int64{}
			}
			sum[kind] += n
		}
	}
	return sum
}
