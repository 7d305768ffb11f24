package realdata

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// Open opens a file below ../shared until the test ends, unpacked if its name ends in .zst or .gz.
func Open(t testing.TB, name string) io.Reader {
	t.Helper()
	file, err := os.Open(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() }) // it was only read
	switch filepath.Ext(name) {
	case ".zst":
		z, err := zstd.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(z.Close)
		return z
	case ".gz":
		z, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	return file
}

// Lines calls f with every line of a file, as [Open] opens it. A line is valid until f returns.
func Lines(t testing.TB, name string, f func(line []byte)) {
	t.Helper()
	lines := bufio.NewScanner(Open(t, name))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		f(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}
