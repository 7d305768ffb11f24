package golden

import (
	"os"
	"path/filepath"
	"testing"
)

// shared finds the folder of real inputs beside the repository.
func shared(t testing.TB, name ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(append([]string{dir, "..", "shared"}, name...)...)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the shared inputs are absent: %v", err)
		}
		t.Skipf("the shared inputs are absent: %v", err)
	}
	return path
}

// report fails the test for every check that is beyond its limit, and shows the others with -v.
func report(t *testing.T, r *Report) {
	t.Helper()
	if len(r.Checks) == 0 {
		t.Errorf("%s: nothing was checked", r.Model)
	}
	for _, c := range r.Checks {
		if c.Bad > 0 {
			t.Errorf("%s %s: %v", r.Model, r.Weights, c)
		} else {
			t.Logf("%s %s: %v", r.Model, r.Weights, c)
		}
	}
}

func TestModels(t *testing.T) {
	root := shared(t, "golden", "qwen2")
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			values := filepath.Join(root, e.Name())
			if e.Name() == "dense-tied-sharded" {
				values = filepath.Join(root, "dense-tied")
			}
			reports, err := Verify(values, filepath.Join(root, e.Name()), Options{Threads: 2})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range reports {
				report(t, r)
			}
		})
	}
}

func TestFiles(t *testing.T) {
	_, err := Verify(shared(t, "golden", "qwen2-gguf"), "", Options{Threads: 2, Each: func(r *Report) { report(t, r) }})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSmolLM2(t *testing.T) {
	model := shared(t, "data", "models", "smollm2-135m-instruct.q4_1.gguf")
	_, err := Verify(shared(t, "golden", "smollm2"), model, Options{Threads: 2, Short: testing.Short(), Each: func(r *Report) { report(t, r) }})
	if err != nil {
		t.Fatal(err)
	}
}
