package extract

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"github.com/winnow-data/winnow/stages/realdata"
)

// An annotated is a page of trafilatura's evaluation: strings that belong to its text, and strings that do not.
type annotated struct {
	File          string
	With, Without []string
	html          string
}

// pages returns the annotated pages of ../shared, decoded.
func pages(t testing.TB) []annotated {
	t.Helper()
	dir := realdata.Path(t, "data/web/trafilatura")
	raw, err := os.ReadFile(filepath.Join(dir, "evaldata.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]annotated
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	html := untar(t, filepath.Join(dir, "html-sample.tar.gz"))
	var out []annotated
	for _, p := range all {
		if src, ok := html[p.File]; ok {
			p.html = decoded(src)
			out = append(out, p)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].File < out[j].File })
	return out
}

func untar(t testing.TB, path string) map[string][]byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[filepath.Base(h.Name)], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

var declared = regexp.MustCompile(`(?i)<meta[^>]+charset=["']?([\w-]+)`)

// decoded returns a page in UTF-8: as it is if it nearly is, else by its declaration.
func decoded(raw []byte) string {
	s := strings.ToValidUTF8(string(raw), "\uFFFD")
	if utf8.Valid(raw) || strings.Count(s, "\uFFFD") < 5 {
		return s
	}
	if m := declared.FindSubmatch(raw); m != nil {
		if e, err := htmlindex.Get(string(m[1])); err == nil {
			if out, err := e.NewDecoder().Bytes(raw); err == nil {
				return string(out)
			}
		}
	}
	return s
}
