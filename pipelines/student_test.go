package pipelines_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference/random"
	"github.com/winnow-data/winnow/inference/remote/remotetest"
	"github.com/winnow-data/winnow/inference/tensor"
	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/models"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/pipelines/run/runtest"
)

// taught runs the rejection quickstart with another student and returns the sums of its files and what was asked.
func taught(t *testing.T, out string, f pipelines.Flags) (map[string]string, models.Usage) {
	t.Helper()
	f.Out = out
	job, problems, err := pipelines.Load("rejection-quickstart", f)
	if err != nil || job == nil {
		t.Fatal(err, problems)
	}
	defer job.Close()
	p, err := job.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := job.Prepare(t.Context(), p, pipelines.Change{}); err != nil {
		t.Fatal(err)
	}
	r, err := job.Runner(p, run.Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	sums := runtest.Fingerprint(t, out)
	maps.DeleteFunc(sums, func(name, _ string) bool {
		return !strings.HasSuffix(name, ".jsonl") || strings.HasPrefix(name, "_winnow")
	})
	return sums, job.Asked()[0]
}

// TestStudents: the rejection quickstart runs with the record in the binary, with a model of the engine, and with an endpoint; what the others were asked once is
// replayed with nobody there.
func TestStudents(t *testing.T) {
	_, asked := taught(t, t.TempDir(), pipelines.Flags{})
	if asked.Asked != 0 || asked.Found != 800 || asked.Failed != 0 {
		t.Errorf("the record in the binary: %+v, want 800 replies found", asked)
	}

	tiny := filepath.Join(t.TempDir(), "tiny.gguf")
	shape, err := random.Named("tiny")
	if err != nil {
		t.Fatal(err)
	}
	if err := shape.Write(t.Context(), tiny, random.Options{Type: tensor.Q8_0}); err != nil {
		t.Fatal(err)
	}
	solver := remotetest.New(t)
	solver.Reply = func(body map[string]any) string {
		if strings.Contains(fmt.Sprint(body["messages"]), "Janet") {
			return "She sells 9 * 2 = <<9*2=18>>18 eggs.\n#### 18"
		}
		return fmt.Sprintf("It is %v.", body["seed"])
	}
	for _, c := range []struct {
		name, model string
		rows        bool // some answers are right
	}{
		{"engine", tiny, false},
		{"endpoint", solver.URL + "#tiny", true},
	} {
		f := pipelines.Flags{
			Model: []string{"student=" + c.model}, Limit: 6, Record: filepath.Join(t.TempDir(), "record"),
			Set: []string{"answer.max_tokens=60", "limits.allow_empty=true"},
		}
		want, asked := taught(t, t.TempDir(), f)
		if asked.Asked != 24 || asked.Failed != 0 {
			t.Errorf("%s: %+v, want 24 questions", c.name, asked)
		}
		calls := len(solver.Calls(""))
		f.Model = []string{"student=replay:" + f.Record}
		got, asked := taught(t, t.TempDir(), f)
		if asked.Asked != 0 || asked.Found != 24 || len(solver.Calls("")) != calls {
			t.Errorf("%s replayed: %+v, want 24 replies found and nobody asked", c.name, asked)
		}
		runtest.Same(t, c.name+" replayed", got, want)
		if c.rows && want["sft/rejection-quickstart-00000.jsonl"] == "" {
			t.Errorf("%s: no rows: %v", c.name, want)
		}
	}
}
