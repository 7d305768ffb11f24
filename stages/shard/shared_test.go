package shard

import (
	"os"
	"path/filepath"
	"testing"
)

// shared returns the path of a file of the folder with real inputs beside the repository. Where it is absent the test is skipped, in CI it fails.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no folder with go.mod above the test")
		}
		dir = up
	}
	path := filepath.Join(dir, "..", "shared", "data", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("needed in CI: %v", err)
		}
		t.Skipf("the shared inputs are not here: %v", err)
	}
	return path
}
