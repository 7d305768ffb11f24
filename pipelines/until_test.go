package pipelines_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/pipelines/run/runtest"
	"github.com/winnow-data/winnow/stages"
)

// adder answers sums, right or wrong as the request's key has it, and keeps the keys.
type adder struct {
	mu   sync.Mutex
	keys map[string]int
}

func (a *adder) Complete(_ context.Context, rs []stages.Request) ([]stages.Reply, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]stages.Reply, len(rs))
	for i, r := range rs {
		a.keys[r.Key]++
		var x, y int
		if _, err := fmt.Sscanf(r.Turns[0].Content, "What is %d plus %d?", &x, &y); err != nil {
			return nil, err
		}
		h := fnv.New32a()
		fmt.Fprint(h, r.Key)
		out[i] = stages.Reply{Text: fmt.Sprintf("Way %d: #### %d", h.Sum32()%5, x+y+int(h.Sum32()>>8%2)), In: 9, Out: 5}
	}
	return out, nil
}

func (*adder) Count(string) int    { return -1 }
func (*adder) Can(stages.Ask) bool { return true }

const stopping = `
name: all
models: {student: {url: "http://none.invalid/v1", model: m}}
input: {path: %q, source: sums, prompt: question, gold: sum}
stages:
  - answer: {n: 12, until: %s}
  - check_math
  - dedup_answers
  - pick: {sft: {per_prompt: 2, best: first}}
output: {path: all, rows: sft, format: trl}
limits: {allow_empty: true}
`

// TestUntil: a run that stops asking early leaves the same rows whatever its workers and batches, its answers are the first of those that it would have got, and
// each prompt has what it was to have where all of its answers have it.
func TestUntil(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "{\"id\":\"p%d\",\"question\":\"What is %d plus %d?\",\"sum\":%d}\n", i, i, 2*i, 3*i)
	}
	in := filepath.Join(t.TempDir(), "sums.jsonl")
	if err := os.WriteFile(in, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	ran := func(until string, opt run.Options) (map[string]string, *adder, map[string]int) {
		a := &adder{keys: map[string]int{}}
		opt.Provide = func(env *stages.Env) {
			env.Provide(stages.ModelResource(""), func() (any, error) { return stages.Model(a), nil })
		}
		out := t.TempDir()
		sums := curate(t, fmt.Sprintf(stopping, in, until), out, opt)
		return sums, a, countsOf(t, out)["answer"]
	}
	all, everybody, _ := ran("{}", run.Options{Workers: 1})
	want, few, counts := ran("{passed: 2}", run.Options{Workers: 1})
	for _, opt := range []run.Options{{Workers: 4, Batch: 1}, {Workers: 2, Batch: 7}} {
		got, a, _ := ran("{passed: 2}", opt)
		runtest.Same(t, fmt.Sprintf("%d workers, batch %d", opt.Workers, opt.Batch), got, want)
		if fmt.Sprint(a.keys) != fmt.Sprint(few.keys) {
			t.Errorf("%d workers: other questions were asked", opt.Workers)
		}
	}
	if len(everybody.keys) != 480 || len(few.keys) >= 300 || len(few.keys) < 80 {
		t.Errorf("%d of %d questions were asked", len(few.keys), len(everybody.keys))
	}
	for key, n := range few.keys {
		if n != 1 || everybody.keys[key] != 1 {
			t.Errorf("%s was asked %d times", key, n)
		}
	}
	if counts["spared"]+counts["asked"] != 480 || counts["asked"] != len(few.keys) {
		t.Errorf("counts %v", counts)
	}
	// The first two different right answers are the same, however many follow.
	runtest.Same(t, "rows", map[string]string{"": want["all-00000.jsonl"]}, map[string]string{"": all["all-00000.jsonl"]})
	if want["all-00000.jsonl"] == "" {
		t.Errorf("no rows: %v", want)
	}
}
