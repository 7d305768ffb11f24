package recipes

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/winnow-data/winnow/stages/realdata"
)

// TestGenerated makes the samples again: they depend on the real inputs alone.
func TestGenerated(t *testing.T) {
	to := t.TempDir()
	if out, err := exec.Command("go", "run", "./_generate", "-from", realdata.Path(t, "data"), "-to", to).CombinedOutput(); err != nil {
		t.Fatalf("generate: %v\n%s", err, out)
	}
	names, err := fs.Glob(FS(), "quickstart/*/*")
	if err != nil {
		t.Fatal(err)
	}
	benchmarks, err := fs.Glob(FS(), "eval/*.gz")
	if err != nil || len(benchmarks) != 3 {
		t.Fatalf("benchmarks %v (%v), want three", benchmarks, err)
	}
	names = append(append(names, benchmarks...), "rejection/problems/gsm8k.jsonl.gz", "rejection/replies/openai.jsonl.zst")
	for _, name := range names {
		want, err := fs.ReadFile(FS(), name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(to, name))
		if err != nil {
			t.Errorf("the generator does not make it: %v", err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale; run go generate ./pipelines/recipes", name)
		}
	}
}
