package pipelines_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference/remote/remotetest"
	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/run"
)

// TestTagReadsLooseReplies: an endpoint that keeps to no schema is read with patience and asked again, and a replay of its record gives the same.
func TestTagReadsLooseReplies(t *testing.T) {
	tagger := remotetest.New(t)
	tagger.Reply = func(body map[string]any) string {
		said := fmt.Sprint(body["messages"])
		switch {
		case strings.Contains(said, "Do list."):
			return `["list", "bare"]`
		case strings.Contains(said, "Do long."):
			return `{"tags":[{"tag":"long","explanation":"` + strings.Repeat("so ", 90) + `"}]}`
		case strings.Contains(said, "Do words."):
			return "Sure! Here they are: ['in words',]"
		case strings.Contains(said, "Do again.") && body["seed"] != nil: // from the second try on
			return `["again"]`
		}
		return "I would rather not."
	}
	dir := t.TempDir()
	var rows strings.Builder
	for _, id := range []string{"list", "long", "words", "again", "never"} {
		fmt.Fprintf(&rows, "{\"id\":%q,\"q\":\"Do %s.\"}\n", id, id)
	}
	name := filepath.Join(dir, "tags.yaml")
	recipe := fmt.Sprintf("name: tags\nmodels: {tagger: {url: %q, model: tiny}}\nlimits: {model_failures: 50%%}\ninput: {path: rows.jsonl, prompt: q}\nstages: [tag]\noutput: {path: out, format: jsonl}\n", tagger.URL)
	for file, text := range map[string]string{name: recipe, filepath.Join(dir, "rows.jsonl"): rows.String()} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	record := filepath.Join(dir, "record")
	for _, model := range [][]string{nil, {"tagger=replay:" + record}} {
		f := pipelines.Flags{Out: t.TempDir(), Model: model, Record: record}
		sum := ran(t, name, f)
		if sum.Kept != 4 || sum.Quarantined != 1 {
			t.Errorf("%v: %d kept, %d quarantined, want 4 and 1", model, sum.Kept, sum.Quarantined)
		}
		out, err := os.ReadFile(filepath.Join(f.Out, "tags-00000.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`["list","bare"]`, `["long"]`, `["in words"]`, `["again"]`} {
			if !strings.Contains(string(out), want) {
				t.Errorf("%v: no tags %s in %s", model, want, out)
			}
		}
	}
}

// ran runs a recipe to its end.
func ran(t *testing.T, recipe string, f pipelines.Flags) *run.Summary {
	t.Helper()
	job, problems, err := pipelines.Load(recipe, f)
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
	r, err := job.Runner(p, run.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := job.Close(); err != nil {
		t.Fatal(err)
	}
	sum, err := r.Summary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sum
}
