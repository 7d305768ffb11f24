package recipes

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// sharedData returns the folder of real inputs beside the repository.
func sharedData(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test's folder")
		}
	}
	data := filepath.Join(filepath.Dir(dir), "shared", "data")
	if _, err := os.Stat(data); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the folder of real inputs: %v", err)
		}
		t.Skip("the folder of real inputs, ../shared/data, is not there")
	}
	return data
}

// TestGenerated makes the samples again: they depend on the real inputs alone.
func TestGenerated(t *testing.T) {
	to := t.TempDir()
	if out, err := exec.Command("go", "run", "./_generate", "-from", sharedData(t), "-to", to).CombinedOutput(); err != nil {
		t.Fatalf("generate: %v\n%s", err, out)
	}
	names, err := fs.Glob(FS(), "quickstart/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		want, err := fs.ReadFile(FS(), name)
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel("quickstart", name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(to, rel))
		if err != nil {
			t.Errorf("the generator does not make it: %v", err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale; run go generate ./pipelines/recipes", name)
		}
	}
}
