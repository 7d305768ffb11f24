package pipelines_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/pipelines/run/runtest"
)

// prepared loads a recipe and makes its folder ready.
func prepared(t testing.TB, text, out string) (*pipelines.Job, *plan.Plan) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "all.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	job, problems, err := pipelines.Load(file, pipelines.Flags{Out: out})
	if err != nil || job == nil {
		t.Fatalf("load: %v %v", err, problems)
	}
	p, err := job.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := job.Prepare(t.Context(), p, pipelines.Change{}); err != nil {
		t.Fatal(err)
	}
	return job, p
}

// curate runs a recipe to its end and returns the fingerprint of what it left.
func curate(t *testing.T, text, out string, opt run.Options) map[string]string {
	t.Helper()
	job, p := prepared(t, text, out)
	r, err := job.Runner(p, opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return fingerprint(t, out)
}

// TestBytes holds the promise of determinism: the same bytes for any number of workers and any size of batch.
func TestBytes(t *testing.T) {
	want := curate(t, runtest.Everything, t.TempDir(), run.Options{Workers: 1, Batch: 256})
	shards := 0
	for name := range want {
		if !strings.HasPrefix(name, "_winnow") && name != "README.md" {
			shards++
		}
	}
	if shards < 4 {
		t.Fatalf("the run left %d shards, want some of both outputs: %v", shards, slices.Sorted(maps.Keys(want)))
	}
	for _, opt := range []run.Options{{Workers: 2, Batch: 1}, {Workers: 8, Batch: 64}, {Workers: 1, Batch: 1024, Memory: 256 << 20}} {
		what := fmt.Sprintf("workers %d, batch %d", opt.Workers, opt.Batch)
		runtest.Same(t, what, curate(t, runtest.Everything, t.TempDir(), opt), want)
	}
}

// TestInterrupted stops runs softly and hard in the middle and goes on: the same bytes, nothing done twice.
func TestInterrupted(t *testing.T) {
	want := curate(t, runtest.Everything, t.TempDir(), run.Options{Workers: 2})
	out := t.TempDir()
	job, p := prepared(t, runtest.Everything, out)
	done := 0
	for k := 0; ; k++ {
		stop := make(chan struct{})
		r, err := job.Runner(p, run.Options{Workers: 2, Stop: stop})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for p := r.Progress(); p.TasksDone == p.TasksHad && ctx.Err() == nil; p = r.Progress() {
				time.Sleep(time.Millisecond)
			}
			if k%2 == 0 {
				close(stop)
			} else {
				cancel()
			}
		}()
		err = r.Run(ctx)
		cancel()
		n, all := r.Done(t.Context())
		if n < done {
			t.Fatalf("%d tasks are done, %d were before", n, done)
		}
		done = n
		if err == nil {
			if n != all {
				t.Fatalf("the run ended without an error with %d of %d tasks done", n, all)
			}
			break
		}
		if k > 5*all {
			t.Fatalf("no end after %d sessions; %d of %d tasks are done: %v", k, n, all, err)
		}
	}
	runtest.Same(t, "interrupted", fingerprint(t, out), want)
}

// fingerprint leaves out the recipe as run: it holds the folder that --out names.
func fingerprint(t *testing.T, out string) map[string]string {
	t.Helper()
	return runtest.Fingerprint(t, out, "_winnow/recipe.yaml")
}
