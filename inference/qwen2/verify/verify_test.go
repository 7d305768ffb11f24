package verify

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/winnow-data/winnow/inference/internal/golden"
	"github.com/winnow-data/winnow/inference/internal/kernel"
)

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
	root := golden.Path(t, "golden/qwen2")
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
			reports, err := Golden(values, filepath.Join(root, e.Name()), Options{Threads: 2})
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
	_, err := Golden(golden.Path(t, "golden/qwen2-gguf"), "", Options{Threads: 2, Each: func(r *Report) { report(t, r) }})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSmolLM2(t *testing.T) {
	if len(kernel.Levels()) == 1 {
		t.Skip("plain Go alone takes half an hour for a model of 135 million parameters")
	}
	model := golden.Path(t, "data/models/smollm2-135m-instruct.q4_1.gguf")
	_, err := Golden(golden.Path(t, "golden/smollm2"), model, Options{Threads: 2, Short: testing.Short(), Each: func(r *Report) { report(t, r) }})
	if err != nil {
		t.Fatal(err)
	}
}
