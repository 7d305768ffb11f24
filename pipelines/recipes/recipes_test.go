package recipes

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	if got, want := Names(), []string{"educational", "eval-gsm8k", "eval-humaneval", "eval-ifeval", "fineweb@datatrove", "quickstart", "rejection-quickstart", "web"}; !slices.Equal(got, want) {
		t.Fatalf("names %v, want %v", got, want)
	}
	for _, name := range Names() {
		src, ok := Lookup(name)
		if !ok || !strings.Contains(string(src), "name: "+strings.ReplaceAll(name, "@", "-")+"\n") {
			t.Errorf("recipe %s is not the one of its name", name)
		}
		if s := Summary(src); len(s) < 20 || !strings.HasSuffix(s, ".") {
			t.Errorf("recipe %s has the summary %q, want a sentence", name, s)
		}
	}
	for _, name := range []string{"", "nope", "quickstart/README", "../recipes"} {
		if _, ok := Lookup(name); ok {
			t.Errorf("there is a recipe %q", name)
		}
	}
}

// TestSamples holds the shards in the binary to their size, and to the README that names their sources.
func TestSamples(t *testing.T) {
	readme, err := fs.ReadFile(FS(), "quickstart/README.md")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := fs.Glob(FS(), "quickstart/*/*")
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for _, name := range entries {
		info, err := fs.Stat(FS(), name)
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
		if short := strings.TrimPrefix(name, "quickstart/"); !strings.Contains(string(readme), "`"+short+"`") {
			t.Errorf("the README does not name %s", short)
		}
	}
	if len(entries) < 6 || total > 1_500_000 {
		t.Errorf("%d samples of %d bytes, want at least 6 in at most 1,500,000", len(entries), total)
	}
}

// TestBenchmarks holds the benchmarks to their published sizes, and to the README that names their sources.
func TestBenchmarks(t *testing.T) {
	readme, err := fs.ReadFile(FS(), "eval/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for name, rows := range map[string]int{"gsm8k.jsonl.gz": 400, "humaneval.jsonl.gz": 164, "ifeval.jsonl.gz": 540} {
		data, err := fs.ReadFile(FS(), "eval/"+name)
		if err != nil {
			t.Fatal(err)
		}
		total += int64(len(data))
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(text, []byte("\n")); n != rows {
			t.Errorf("%s has %d problems, want %d", name, n, rows)
		}
		if !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("the README does not name %s", name)
		}
	}
	if total > 200_000 {
		t.Errorf("%d bytes of benchmarks, want at most 200,000", total)
	}
}

// TestSamplesAreWhole says that the one file which is meant to be cut is cut, and no other.
func TestSamplesAreWhole(t *testing.T) {
	names, err := fs.Glob(FS(), "*/*/*.gz")
	flat, _ := fs.Glob(FS(), "*/*.gz")
	names = append(names, flat...)
	if err != nil || len(names) == 0 {
		t.Fatalf("no gzip samples: %v", err)
	}
	for _, name := range names {
		f, err := FS().Open(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, z)
		var want error
		if name == "quickstart/shards/web-00001.jsonl.gz" {
			want = io.ErrUnexpectedEOF
		}
		if !errors.Is(err, want) {
			t.Errorf("%s ends with %v, want %v", name, err, want)
		}
	}
	parquet, err := fs.ReadFile(FS(), "quickstart/shards/books.parquet")
	if err != nil || !strings.HasSuffix(string(parquet), "PAR1") {
		t.Errorf("books.parquet has no footer (%v)", err)
	}
}
