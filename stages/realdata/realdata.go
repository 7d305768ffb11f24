// Package realdata finds the real inputs that tests and benchmarks read. They lie beside the repository, in ../shared, and are no part of it.
package realdata

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Path returns the path of a file or folder below ../shared, such as "data/corpus". Where it is absent the test is skipped, saying
// so; in CI it fails.
func Path(t testing.TB, name string) string {
	t.Helper()
	path, err := find(name)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("real inputs are needed in CI: %v", err)
	}
	if err != nil {
		t.Skipf("real inputs are absent: %v", err)
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

// UDHR returns the texts of the Universal Declaration of Human Rights by file name without ".txt".
func UDHR(t testing.TB) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(Path(t, "data/langid/udhr2.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	texts := map[string]string{}
	for _, f := range z.File {
		name, ok := strings.CutSuffix(filepath.Base(f.Name), ".txt")
		if !ok {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(b)
	}
	return texts
}
