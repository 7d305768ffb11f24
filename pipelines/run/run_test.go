package run

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// texts has what every fake reacts to, and the same twice.
var texts = [][]string{
	{"plain", "NaN", "boom", "blank", "make", "fail", "unwanted", "plain"},
	{"unnamed", "far too long for a text of at most forty characters", "", "plain", "zebra"},
}

// TestOutcomes: what components do ends in the corpus, in a removal or in quarantine, and the sums say so.
func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		name, stages                           string
		kept, dropped, quarantined, read, made int64
	}{
		{"nothing", "[]", 12, 1, 0, 13, 0},
		{"filter", "[number]", 9, 2, 2, 13, 0},
		{"drop: false removes nothing", "[number: {drop: false}]", 10, 1, 2, 13, 0},
		{"without", "[number: {without: [length]}]", 11, 1, 1, 13, 0},
		{"a mapper that blanks", "[blanker]", 11, 2, 0, 13, 0},
		{"a batch stage", "[batcher]", 11, 2, 2, 13, 2},
		{"drop: false of a batch stage", "[batcher: {drop: false}]", 12, 1, 2, 13, 2},
		{"only", "[batcher: {only: {id: [\"0.4\"]}}]", 14, 1, 0, 13, 2},
		{"filters around a stage", "[number, batcher, number: {label: again}]", 8, 3, 4, 13, 2},
		{"a sort alone", "[order]", 12, 1, 0, 13, 0},
		{"what was made before a sort", "[batcher, order]", 11, 2, 2, 13, 2},
		{"a barrier", "[once]", 10, 3, 0, 13, 0},
		{"drop: false of a barrier", "[once: {drop: false}]", 12, 1, 0, 13, 0},
		{"a barrier with only", "[once: {only: {id: [\"0.0\", \"0.1\", \"0.7\"]}}]", 11, 2, 0, 13, 0},
		{"everything", "[number, blanker, once, batcher, order, number: {label: again}]", 5, 6, 4, 13, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			var first []string
			for _, opt := range []Options{{Workers: 1}, {Workers: 3, Batch: 1}} {
				out := filepath.Join(t.TempDir(), "out")
				r := planned(t, out, c.stages, opt, texts...)
				if err := r.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				s, err := r.Summary(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				got := []int64{s.Kept, s.Dropped, s.Quarantined, s.Read, s.Made}
				if want := []int64{c.kept, c.dropped, c.quarantined, c.read, c.made}; !slices.Equal(got, want) {
					t.Errorf("kept, dropped, quarantined, read, made: %d, want %d", got, want)
				}
				lines := corpus(t, out)
				if int64(len(lines)) != c.kept {
					t.Errorf("%d lines in the corpus, want %d", len(lines), c.kept)
				}
				if first == nil {
					first = lines
				} else if !slices.Equal(lines, first) {
					t.Errorf("%+v: another corpus\n%s\nwant\n%s", opt, strings.Join(lines, "\n"), strings.Join(first, "\n"))
				}
			}
		})
	}
}

// settled fails where a run has left more goroutines than there were.
func settled(t *testing.T, before int) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; {
		if time.Now().After(end) {
			buf := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
		}
		time.Sleep(time.Millisecond)
	}
}

// TestFaults: an error of a stage is tried again, a panic ends the task, and neither leaves a goroutine, a marker or a shard.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name, stages, text, err string
		fails                   int32
	}{
		{name: "a service that is away twice", stages: "[batcher]", text: "plain", fails: 2},
		{name: "a service that is away", stages: "[batcher]", text: "plain", fails: 1 << 20, err: "batcher: the service is away"},
		{name: "a stage that panics", stages: "[batcher]", text: "crash", err: "applied too hard"},
		{name: "a look that drops", stages: "[peeker]", text: "plain", err: "a phase that only looks has ended document 0.0: rule seen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			r := planned(t, out, c.stages, Options{Workers: 2, Batch: 1}, []string{c.text, "b", "c", "d", "e", "f", "g", "h"})
			flaky.Store(c.fails)
			defer flaky.Store(0)
			before := runtime.NumGoroutine()
			err := r.Run(t.Context())
			settled(t, before)
			if c.err == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Fatalf("error %v, want %q", err, c.err)
			}
			if done, _ := r.Done(t.Context()); done != 0 || len(corpus(t, out)) != 0 {
				t.Errorf("%d markers, %d lines of corpus", done, len(corpus(t, out)))
			}
		})
	}
}

// cancelling ends a context once something was looked for.
type cancelling struct {
	blob.Store
	cancel func()
}

func (c cancelling) Open(ctx context.Context, name string) (blob.Object, error) {
	o, err := c.Store.Open(ctx, name)
	c.cancel()
	return o, err
}

// TestCancelled: a run whose context has ended does nothing, says so, and does all the next time.
func TestCancelled(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	r := planned(t, out, "[once, order]", Options{Workers: 2}, texts...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before := runtime.NumGoroutine()
	if err := r.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	settled(t, before)
	own := r.own
	for i := range r.plan.Phases { // also where it ends after a phase has looked for its markers
		ctx, cancel := context.WithCancel(t.Context())
		r.own = cancelling{own, cancel}
		if err := r.phase(ctx, &r.plan.Phases[i]); !errors.Is(err, context.Canceled) {
			t.Errorf("phase %s: error %v", r.plan.Phases[i].Name, err)
		}
	}
	r.own = own
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestStopped: a run that is stopped before it begins is interrupted and goes on.
func TestStopped(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	stop := make(chan struct{})
	close(stop)
	if err := planned(t, out, "[once]", Options{Stop: stop}, texts...).Run(t.Context()); !errors.Is(err, ErrInterrupted) {
		t.Fatalf("error %v", err)
	}
	if err := planned(t, out, "[once]", Options{}, texts...).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestFaultyStores: whichever call to whichever store fails, and goes on to fail, the run ends with that error and without goroutines, and the
// next one leaves the same corpus. A call that fails once is made again.
func TestFaultyStores(t *testing.T) {
	const list = "[number, once, batcher, order]"
	start := func(t *testing.T, out string) *Runner {
		return planned(t, out, list, Options{Workers: 2, Batch: 3}, texts...)
	}
	sound := filepath.Join(t.TempDir(), "out")
	if err := start(t, sound).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := corpus(t, sound)
	stores := map[string]func(*Runner) *blob.Store{
		"out": func(r *Runner) *blob.Store { return &r.out }, "own": func(r *Runner) *blob.Store { return &r.own },
		"work": func(r *Runner) *blob.Store { return &r.work },
	}
	for name, store := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, filepath.Join(t.TempDir(), "out"))
			counted := blob.Faulty(*store(r), blob.Plan{})
			*store(r) = counted
			if err := r.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			calls := counted.Calls()
			step := max(1, calls/7)
			for at := int64(1); at <= calls; at += step {
				out := filepath.Join(t.TempDir(), "out")
				fault := fmt.Errorf("call %d: %w", at, stages.Final(blob.ErrInjected))
				r := start(t, out)
				*store(r) = blob.Faulty(*store(r), blob.Plan{FailAt: at, Stuck: true, Err: fault})
				if err := r.Run(t.Context()); !errors.Is(err, blob.ErrInjected) {
					t.Errorf("call %d of %d fails: error %v", at, calls, err)
				}
				if err := start(t, out).Run(t.Context()); err != nil {
					t.Fatalf("after call %d of %d has failed: %v", at, calls, err)
				}
				if got := corpus(t, out); !slices.Equal(got, want) {
					t.Errorf("after call %d of %d has failed: another corpus\n%s", at, calls, strings.Join(got, "\n"))
				}
			}
		})
	}
}

// TestScratch: work files below --scratch are found again, and two outputs of one recipe do not share them.
func TestScratch(t *testing.T) {
	dir, scratch := t.TempDir(), t.TempDir()
	a := planned(t, filepath.Join(dir, "a"), "[once]", Options{Scratch: scratch}, texts...)
	b := planned(t, filepath.Join(dir, "b"), "[once]", Options{Scratch: scratch}, texts...)
	if a.plan.Key != b.plan.Key || a.local.spill == b.local.spill {
		t.Fatalf("keys %s and %s, work in %s and %s", a.plan.Key, b.plan.Key, a.local.spill, b.local.spill)
	}
	if err := a.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	changed := planned(t, filepath.Join(dir, "a"), "[once, number]", Options{Scratch: scratch}, texts...)
	if changed.plan.Key == a.plan.Key || changed.local.spill != a.local.spill {
		t.Errorf("a changed recipe works in %s, not %s", changed.local.spill, a.local.spill)
	}
	if done, all := changed.Done(t.Context()); done == 0 || done == all {
		t.Errorf("%d of %d tasks of the changed recipe are done; scan and resolve should be", done, all)
	}
	if _, err := os.Stat(filepath.Join(dir, "a", Folder, "work")); err == nil {
		t.Error("there are work files in the output")
	}
}
