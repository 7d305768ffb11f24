package inspect

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// ran runs a recipe in a temporary folder and returns its job.
func ran(t *testing.T, name string, f pipelines.Flags) *pipelines.Job {
	t.Helper()
	f.Out = t.TempDir()
	job, problems, err := pipelines.Load(name, f)
	if err != nil || job == nil {
		t.Fatalf("load %s: %v %v", name, err, problems)
	}
	p, err := job.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := job.Prepare(t.Context(), p, pipelines.Change{}); err != nil {
		t.Fatal(err)
	}
	r, err := job.Runner(p, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return job
}

// recipeFile writes a recipe with its input and returns its name.
func recipeFile(t *testing.T, stages, input string) string {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "my.yaml")
	text := "name: my\ninput: in.jsonl\nstages: " + stages + "\noutput: {path: out, format: jsonl}\nlimits: {damaged: 90%, allow_empty: true}\n"
	for file, content := range map[string]string{name: text, filepath.Join(dir, "in.jsonl"): input} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return name
}

// TestChainAgreesWithRun passes every document of the quickstart through a chain and compares it with the run: what a stage before
// the first barrier removed, by which rule and value; and nothing else.
func TestChainAgreesWithRun(t *testing.T) {
	job := ran(t, "quickstart", pipelines.Flags{})
	want := map[string]run.Exclusion{}
	if err := everyRecord(t.Context(), job.Out, "excluded", nil, func(e *run.Exclusion) {
		if !strings.HasPrefix(e.Label, "dedup_") {
			want[lay(e.File, e.Row)] = *e
		}
	}); err != nil {
		t.Fatal(err)
	}
	if len(want) < 100 {
		t.Fatalf("the run removed %d documents by rules, want many", len(want))
	}
	p, err := job.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	chain, err := NewChain(job.Recipe, Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, f := range Inputs(job, p) {
		for d, err := range f.Documents(t.Context(), func(shard.Damage) {}) {
			if err != nil {
				t.Fatal(err)
			}
			at := lay(d.At.File, d.At.Row)
			steps, err := chain.Document(t.Context(), d)
			if err != nil {
				t.Fatal(err)
			}
			last := steps[len(steps)-1]
			e, removed := want[at]
			switch {
			case last.Verdict.Rule != e.Rule || removed && last.Label != e.Label:
				t.Errorf("%s %s: the chain says %s.%s, the run %s.%s", at, d.ID, last.Label, last.Verdict.Rule, e.Label, e.Rule)
			case removed && e.Value != nil && math.Abs(*e.Value-last.Verdict.Value) > 0:
				t.Errorf("%s: the chain measured %v, the run %v", at, last.Verdict.Value, *e.Value)
			}
			if removed {
				seen++
			}
		}
	}
	if seen != len(want) {
		t.Errorf("the chain met %d of the %d documents that the run removed", seen, len(want))
	}
}

func lay(file string, row int64) string { return fmt.Sprintf("%s#%d", file, row) }

const threeAndMore = `{"id":"a","text":"one two three"}
{"id":"b","text":"one two three"}
{"id":"c","text":"short"}
{"id":"d","text":"broken
{"id":"e","text":"four five six"}
{"id":"e","text":"the same id again"}
`

func TestExplain(t *testing.T) {
	job := ran(t, recipeFile(t, "[{length: {words: {min: 3}}}, dedup_exact]", threeAndMore), pipelines.Flags{})
	for _, c := range []struct{ id, want string }{
		{"a", "kept; instead of b"},
		{"b", "removed by dedup_exact.duplicate for a; a: kept"},
		{"c", "removed by length.words"},
		{"in.jsonl#3", "quarantined by input"},
		{"in#3", "quarantined by input"},
		{"e", "kept kept"},
	} {
		s, err := Explain(t.Context(), job.Out, c.id)
		if err != nil {
			t.Errorf("%s: %v", c.id, err)
			continue
		}
		if got := told(s); got != c.want {
			t.Errorf("%s: got %q, want %q", c.id, got, c.want)
		}
	}
	for _, id := range []string{"nobody", "", "in.jsonl#99", "#"} {
		if s, err := Explain(t.Context(), job.Out, id); err == nil {
			t.Errorf("%q is explained: %s", id, told(s))
		}
	}
	if _, err := Explain(t.Context(), t.TempDir(), "a"); err == nil {
		t.Error("a folder without a run explains")
	}
}

// told is a story in a few words.
func told(s *Story) string {
	var parts []string
	for _, f := range s.Fates {
		switch {
		case f.Removed != nil:
			w := "removed by " + f.Removed.Label + "." + f.Removed.Rule
			if f.Removed.Kept != "" {
				w += " for " + f.Removed.Kept
			}
			parts = append(parts, w)
		case f.Quarantined != nil:
			parts = append(parts, "quarantined by "+f.Quarantined.Label)
		default:
			parts = append(parts, "kept")
		}
	}
	out := strings.Join(parts, " ")
	for _, e := range s.Instead {
		out += "; instead of " + e.ID
	}
	for id, r := range s.Related {
		r.Instead = nil
		out += "; " + id + ": " + told(&r)
	}
	return out
}

func TestOrigin(t *testing.T) {
	job := ran(t, recipeFile(t, "[{length: {words: {min: 3}}}, dedup_exact]", threeAndMore), pipelines.Flags{})
	text, steps, err := Origin(t.Context(), job.Out, stages.Place{File: "in.jsonl", Row: 2})
	if err != nil {
		t.Fatal(err)
	}
	if text != "short" || len(steps) != 1 || steps[0].Verdict.Rule != "words" {
		t.Errorf("got %q, %+v", text, steps)
	}
	if _, _, err := Origin(t.Context(), job.Out, stages.Place{File: "in.jsonl", Row: 3}); err == nil {
		t.Error("a damaged record is read again")
	}
}

func TestEstimate(t *testing.T) {
	var in strings.Builder
	for i := range 400 {
		fmt.Fprintf(&in, "{\"id\":\"%03d\",\"text\":\"%s\"}\n", i, strings.Repeat(fmt.Sprintf("w%03d ", i), 1+i%4*4))
	}
	name := recipeFile(t, "[{length: {words: {min: 2}}}]", in.String())
	for _, c := range []struct {
		n       int
		exact   bool
		sampled int64
		kept    int64 // three of four
		within  float64
	}{
		{1000, true, 400, 300, 0},
		{100, false, 100, 300, 0.02},
	} {
		job, problems, err := pipelines.Load(name, pipelines.Flags{})
		if err != nil || job == nil {
			t.Fatal(err, problems)
		}
		p, err := job.Plan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, err := Estimate(t.Context(), job, p, c.n)
		if err != nil {
			t.Fatal(err)
		}
		if got.Sampled != c.sampled || got.Exact != c.exact || math.Abs(float64(got.Kept-c.kept)) > c.within*float64(c.kept)+0.5 {
			t.Errorf("sample of %d: got %+v, want %d sampled, about %d kept", c.n, got, c.sampled, c.kept)
		}
		if s := got.Stages[1]; s.Label != "length" || s.Entered != c.sampled || math.Abs(s.Removed-0.25) > 0.02 {
			t.Errorf("sample of %d: stage %+v, want a quarter removed", c.n, s)
		}
		if _, err := os.Stat(job.Out); err == nil {
			t.Errorf("the estimate made %s", job.Out)
		}
	}
}

// TestEstimateWeighsFiles says that a sample of the same size from a large and a small file is taken for what each stands for.
func TestEstimateWeighsFiles(t *testing.T) {
	name := recipeFile(t, "[{length: {words: {min: 2}}}]", strings.Repeat("{\"id\":\"a\",\"text\":\"stays for certain\"}\n", 100))
	short := strings.Repeat("{\"id\":\"a\",\"text\":\"goesforcertainly!\"}\n", 1900)
	if err := os.WriteFile(filepath.Join(filepath.Dir(name), "short.jsonl"), []byte(short), 0o600); err != nil {
		t.Fatal(err)
	}
	job, problems, err := pipelines.Load(name, pipelines.Flags{In: []string{filepath.Join(filepath.Dir(name), "*.jsonl")}})
	if err != nil || job == nil {
		t.Fatal(err, problems)
	}
	p, err := job.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := Estimate(t.Context(), job, p, 40)
	if err != nil {
		t.Fatal(err)
	}
	if got.Sampled != 40 || got.Documents != 2000 || got.Kept != 100 || math.Abs(got.Stages[1].Removed-0.95) > 1e-9 {
		t.Errorf("got %+v, want 2,000 documents of which 100 stay", got)
	}
}

// TestSurveyOfAnyOrder says that files read side by side add up to the same.
func TestSurveyOfAnyOrder(t *testing.T) {
	files, err := Paths(t.Context(), []string{"embedded:quickstart/shards"})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 5 {
		t.Fatalf("%d files, want 5", len(files))
	}
	survey := func(files []File) string {
		d, err := Survey(t.Context(), "shards", files, "source")
		if err != nil {
			t.Fatal(err)
		}
		if d.Damaged == 0 {
			t.Error("the damaged records are not counted")
		}
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if a, b := survey(files), survey(files); a != b {
		t.Error("two surveys of the same files differ")
	}
}

func TestStream(t *testing.T) {
	f, err := Stream(t.Context(), strings.NewReader("{\"id\":\"a\",\"text\":\"x\"}\n{bad\n{\"text\":\"y\"}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	bad := 0
	for d, err := range f.Documents(t.Context(), func(shard.Damage) { bad++ }) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, d.ID)
	}
	if got := strings.Join(ids, " "); got != "a stdin#2" || bad != 1 {
		t.Errorf("got ids %q and %d damaged records", got, bad)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Stream(ctx, strings.NewReader("")); err == nil {
		t.Error("a stopped command reads on")
	}
}
