package pipelines_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/pipelines/run/runtest"
)

const small = `
name: small
input: {path: "embedded:quickstart"}
stages:
  - extract
  - dedup_exact
  - gopher_quality: {words: {min: 50}}
output: {path: out, format: jsonl}
limits: {damaged: 5%}
`

// again loads a changed recipe for the folder of an earlier run and prepares it.
func again(t *testing.T, text, out string, change pipelines.Change) (*pipelines.State, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "all.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	job, problems, err := pipelines.Load(file, pipelines.Flags{Out: out})
	if err != nil || job == nil {
		t.Fatal(err, problems)
	}
	p, err := job.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	state, err := job.Prepare(t.Context(), p, change)
	if err != nil {
		return nil, err
	}
	r, err := job.Runner(p, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return state, r.Run(t.Context())
}

func TestUnchanged(t *testing.T) {
	out := t.TempDir()
	curate(t, small, out, run.Options{})
	state, err := again(t, small, out, pipelines.Change{})
	if err != nil {
		t.Fatal(err)
	}
	if !state.Finished || state.Summary == nil || state.Summary.Kept == 0 {
		t.Errorf("state is %+v, want finished, with a summary", state)
	}
}

func TestChangedRecipe(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	curate(t, small, out, run.Options{})
	changed := strings.Replace(small, "min: 50", "min: 60", 1)
	want := curate(t, changed, filepath.Join(t.TempDir(), "out"), run.Options{})

	_, err := again(t, changed, out, pipelines.Change{})
	var refused *pipelines.ChangedError
	if !errors.As(err, &refused) || !strings.Contains(refused.Difference, `gopher_quality: words.min was 50, is 60`) {
		t.Fatalf("got %v, want a refusal that names the changed bound", err)
	}
	for _, way := range []string{"--reuse", "--fresh", "--out"} {
		if !strings.Contains(err.Error(), way) {
			t.Errorf("the refusal does not name %s: %v", way, err)
		}
	}
	state, err := again(t, changed, out, pipelines.Change{Reuse: true})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(state.Reused, []string{"00-dedup_exact.scan", "01-dedup_exact.resolve"}) {
		t.Errorf("reused %q, want the phases before the change", state.Reused)
	}
	runtest.Same(t, "reuse", fingerprint(t, out), want)

	state, err = again(t, small, out, pipelines.Change{Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	if state.Aside == "" || len(state.Reused) > 0 {
		t.Errorf("state is %+v, want the old run moved aside", state)
	}
	runtest.Same(t, "aside", fingerprint(t, state.Aside), want)
}

// A damaged plan.json, or one of another version, is refused with the ways on; --fresh keeps it aside.
func TestUnreadablePlan(t *testing.T) {
	for name, text := range map[string]string{"cut off": `{"format": `, "empty": "", "other version": `{"format": 1000000}`} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			file := filepath.Join(out, run.Folder, "plan.json")
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, change := range []pipelines.Change{{}, {Reuse: true}} {
				_, err := again(t, small, out, change)
				var unreadable *pipelines.UnreadableError
				if !errors.As(err, &unreadable) || !strings.Contains(err.Error(), "--fresh") {
					t.Errorf("%+v: got %v, want a refusal that names --fresh", change, err)
				}
			}
			state, err := again(t, small, out, pipelines.Change{Fresh: true})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(filepath.Join(state.Aside, run.Folder, "plan.json")); err != nil || string(got) != text {
				t.Errorf("the old plan aside is %q, %v, want %q", got, err, text)
			}
		})
	}
}

func TestForeignFolder(t *testing.T) {
	out := t.TempDir()
	if err := os.WriteFile(filepath.Join(out, "thesis.tex"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := again(t, small, out, pipelines.Change{Fresh: true})
	if err == nil || !strings.Contains(err.Error(), "thesis.tex") {
		t.Errorf("got %v, want a refusal that names the foreign file", err)
	}
}

// TestStrays leaves shards and exclusions without a marker, as a kill does, and then changes the recipe: they must not stay
// in the corpus. What is not named like a shard stays.
func TestStrays(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	curate(t, small, out, run.Options{})
	want := fingerprint(t, out)
	strays := []string{"small-00099.jsonl", "small-00000-7.jsonl", "_winnow/excluded/07-output-00003.jsonl.zst"}
	for _, name := range append(strays, "small-notes.txt") {
		if err := os.WriteFile(filepath.Join(out, name), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	finish, _ := filepath.Glob(filepath.Join(out, "_winnow", "done", "*-finish", "*.json"))
	if err := os.Remove(finish[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := again(t, small, out, pipelines.Change{}); err != nil {
		t.Fatal(err)
	}
	got := fingerprint(t, out)
	if got["small-notes.txt"] == "" {
		t.Error("a file that is no shard was removed")
	}
	delete(got, "small-notes.txt")
	runtest.Same(t, "strays", got, want)
}

// TestSums breaks the files of a run behind its back: the last phase must not let it pass.
func TestSums(t *testing.T) {
	cases := map[string]func(out string) error{
		"a row that is gone": func(out string) error {
			names, _ := filepath.Glob(filepath.Join(out, "*.jsonl"))
			data, err := os.ReadFile(names[0])
			if err != nil {
				return err
			}
			// The size stays the same, so that the marker still believes the file.
			first, rest, _ := strings.Cut(string(data), "\n")
			return os.WriteFile(names[0], []byte(strings.Repeat(" ", len(first))+"\n"+rest), 0o600)
		},
		"an exclusion that is damaged": func(out string) error {
			names, _ := filepath.Glob(filepath.Join(out, "_winnow", "excluded", "*"))
			data, err := os.ReadFile(names[0])
			if err != nil {
				return err
			}
			data[len(data)/2] ^= 0xff
			return os.WriteFile(names[0], data, 0o600)
		},
	}
	for name, breakIt := range cases {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			curate(t, small, out, run.Options{})
			if err := breakIt(out); err != nil {
				t.Fatal(err)
			}
			finish, _ := filepath.Glob(filepath.Join(out, "_winnow", "done", "*-finish", "*.json"))
			if len(finish) != 1 {
				t.Fatalf("finish left %v", finish)
			}
			if err := os.Remove(finish[0]); err != nil {
				t.Fatal(err)
			}
			if _, err := again(t, small, out, pipelines.Change{}); err == nil {
				t.Error("the run passed, want an error")
			} else {
				t.Log(err)
			}
		})
	}
}
