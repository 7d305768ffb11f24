package mapped

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"unsafe"
)

func write(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFile(t *testing.T) {
	for name, want := range map[string][]byte{
		"empty":    {},
		"one byte": {7},
		"pages":    bytes.Repeat([]byte("0123456789"), 5000),
	} {
		data, release, err := File(write(t, want))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(data, want) {
			t.Errorf("%s: read other bytes", name)
		}
		DontNeed(data)
		if !bytes.Equal(data, want) {
			t.Errorf("%s: read other bytes after DontNeed", name)
		}
		for range 2 { // a second release does nothing
			if err := release(); err != nil {
				t.Errorf("%s: release: %v", name, err)
			}
		}
	}
	if _, _, err := File(filepath.Join(t.TempDir(), "gone")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, _, err := File(t.TempDir()); err == nil {
		t.Error("a folder was mapped")
	}
}

func TestHuge(t *testing.T) {
	if got := Huge(0); got != nil {
		t.Errorf("no bytes: %d", len(got))
	}
	Free(nil)
	for _, n := range []int{1, 4096, 5000, 2<<20 - 1, 2 << 20, 5<<20 + 123} {
		b := Huge(n)
		if len(b) != n {
			t.Fatalf("%d bytes, want %d", len(b), n)
		}
		if n >= 2<<20 && uintptr(unsafe.Pointer(&b[0]))&63 != 0 {
			t.Errorf("%d bytes do not begin on a cache line", n)
		}
		for i := 0; i < n; i += 511 {
			if b[i] != 0 {
				t.Fatalf("byte %d of %d is %d", i, n, b[i])
			}
		}
		b[0], b[n-1] = 1, 2
		Free(b)
		Free(make([]byte, n)) // from the heap: left to the collector
	}
}

func TestGuardPanics(t *testing.T) {
	if err := Guard(func() {}); err != nil {
		t.Errorf("nothing went wrong: %v", err)
	}
	defer func() {
		if r := recover(); r != "mine" {
			t.Errorf("recovered %v, want the panic to pass", r)
		}
	}()
	_ = Guard(func() { panic("mine") })
}
