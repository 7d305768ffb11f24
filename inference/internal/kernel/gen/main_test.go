package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestFilesAreCurrent fails when the generator was changed and not run.
func TestFilesAreCurrent(t *testing.T) {
	for name, write := range files {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, generate(write)) {
			t.Errorf("%s is not what the generator writes: run go generate in inference/internal/kernel", name)
		}
	}
}
