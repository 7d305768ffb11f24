package qwen2

import (
	"math"
	"os"
	"path/filepath"
	"testing"
)

func abs(x float64) float64               { return math.Abs(x) }
func mathSincos(x float64) (s, c float64) { return math.Sincos(x) }
func mathExp(x float64) float64           { return math.Exp(x) }
func mathLog(x float64) float64           { return math.Log(x) }

// goldenFolder is where the tiny models lie, whether it is there or not.
func goldenFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", "golden", "qwen2")
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// tiny is the path of one of them.
func tiny(t testing.TB, name string) string {
	path := filepath.Join(goldenFolder(t), name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the shared inputs are absent: %v", err)
		}
		t.Skipf("the shared inputs are absent: %v", err)
	}
	return path
}
