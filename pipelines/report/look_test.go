package report

import (
	"os"
	"testing"
)

// TestLook writes the page of the fixture to the file that WINNOW_LOOK names, to be looked at.
func TestLook(t *testing.T) {
	path := os.Getenv("WINNOW_LOOK")
	if path == "" {
		t.Skip("WINNOW_LOOK names no file")
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := Build(fixture(t, 4000)).HTML(f); err != nil {
		t.Fatal(err)
	}
}
