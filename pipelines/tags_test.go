package pipelines_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference/remote/remotetest"
	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/pipelines/run/runtest"
)

// TestTagBatches: tags, their vocabulary and the choice by them do not depend on how many documents travel together, neither where a model is asked nor in a replay.
func TestTagBatches(t *testing.T) {
	tagger := remotetest.New(t)
	tagger.Reply = func(body map[string]any) string {
		said := fmt.Sprint(body["messages"])
		n := 0
		for _, r := range said {
			n = (31*n + int(r)) % 1009
		}
		if n%6 == 0 && body["seed"] == nil { // the first try, at temperature 0
			return `{"tags":[{"tag":"123","explanation":"x"}]}`
		}
		return fmt.Sprintf(`{"tags":[{"tag":"Skill %c","explanation":"x"},{"tag":"form-%c","explanation":"y"}]}`, 'a'+n%5, 'p'+n%7)
	}
	dir := t.TempDir()
	var rows strings.Builder
	for i := range 60 {
		fmt.Fprintf(&rows, "{\"id\":\"r%d\",\"q\":\"Do number %d.\"}\n", i, i*i)
	}
	recipe := "name: tags\nmodels: {tagger: {url: %q, model: tiny}}\ninput: {path: rows.jsonl, prompt: q}\n" +
		"stages: [tag, normalize_tags: {min_count: 2}, select: {rows: 12}]\noutput: {path: out, format: jsonl}\n"
	name := filepath.Join(dir, "tags.yaml")
	for file, text := range map[string]string{name: fmt.Sprintf(recipe, tagger.URL), filepath.Join(dir, "rows.jsonl"): rows.String()} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	record := filepath.Join(dir, "record")
	var want map[string]string
	for _, c := range []struct {
		batch, workers int
		model          []string
	}{{1, 1, nil}, {7, 2, nil}, {256, 1, nil}, {1, 8, []string{"tagger=replay:" + record}}, {17, 2, []string{"tagger=replay:" + record}}} {
		before := len(tagger.Calls(""))
		f := pipelines.Flags{Out: t.TempDir(), Model: c.model, Record: record}
		if c.model == nil && want != nil {
			f.Record = t.TempDir()
		}
		job, problems, err := pipelines.Load(name, f)
		if err != nil || job == nil {
			t.Fatal(err, problems)
		}
		p, err := job.Plan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := job.Prepare(t.Context(), p, pipelines.Change{}); err != nil {
			t.Fatal(err)
		}
		r, err := job.Runner(p, run.Options{Workers: c.workers, Batch: c.batch})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := job.Close(); err != nil {
			t.Fatal(err)
		}
		got := runtest.Fingerprint(t, f.Out)
		maps.DeleteFunc(got, func(name, _ string) bool {
			return name == "README.md" || strings.HasPrefix(name, "_winnow/") && !strings.Contains(name, "excluded")
		})
		if want == nil {
			want = got
		}
		runtest.Same(t, fmt.Sprintf("batch %d, %d workers, %v", c.batch, c.workers, c.model), got, want)
		if asked := len(tagger.Calls("")) - before; (asked == 0) != (c.model != nil) || asked > 0 && asked < 61 {
			t.Errorf("batch %d, %v: %d questions", c.batch, c.model, asked)
		}
	}
}
