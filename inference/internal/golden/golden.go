// Package golden finds what the reference implementations computed, and the real models that tests read. They lie beside the repository,
// in ../shared, and are no part of it.
package golden

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Path returns the path of a file or folder below ../shared, such as "golden/qwen2". Where it is absent the test is skipped, saying
// so; in CI it fails.
func Path(t testing.TB, name string) string {
	t.Helper()
	path, err := find(name)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("reference values are needed in CI: %v", err)
	}
	if err != nil {
		t.Skipf("reference values are absent: %v", err)
	}
	return path
}

// find looks for a path beside the folder with go.mod that the test runs in.
func find(name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", os.ErrNotExist
		}
		dir = up
	}
	path := filepath.Join(filepath.Dir(dir), "shared", filepath.FromSlash(name))
	_, err = os.Stat(path)
	return path, err
}

// JSON decodes a file below ../shared into v.
func JSON(t testing.TB, name string, v any) {
	t.Helper()
	data, err := os.ReadFile(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}
