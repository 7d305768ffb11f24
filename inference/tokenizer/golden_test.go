package tokenizer

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/unicode/norm"

	"github.com/winnow-data/winnow/inference/gguf"
)

// shared returns the path of a real input, below ../shared beside the repository. Where it is absent the test is skipped; in CI it fails.
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
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
	path := filepath.Join(filepath.Dir(dir), "shared", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("real inputs are needed in CI: %v", err)
		}
		t.Skipf("real inputs are absent: %v", err)
	}
	return path
}

func readJSON(t testing.TB, path string, v any) {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(src, v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// folder links files of ../shared into a folder of their own, under the names a model folder has.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, from := range files {
		if err := os.Symlink(shared(t, from), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// qwen2Folder makes a model folder with the tokenizer of Qwen2-1.5B-Instruct.
func qwen2Folder(t testing.TB) string {
	t.Helper()
	return folder(t, map[string]string{
		"vocab.json":             "data/tokenizer/vocab.json",
		"merges.txt":             "data/tokenizer/merges.txt",
		"added_tokens.json":      "data/tokenizer/qwen2-1.5b-instruct.added_tokens.json",
		"tokenizer_config.json":  "data/tokenizer/qwen2-1.5b-instruct.tokenizer_config.json",
		"generation_config.json": "data/tokenizer/qwen2-1.5b-instruct.generation_config.json",
	})
}

// qwen2 opens the tokenizer of Qwen2-1.5B-Instruct.
func qwen2(t testing.TB) *Tokenizer {
	t.Helper()
	tok, err := Open(qwen2Folder(t))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// smollm2 opens the tokenizer in the GGUF file of SmolLM2.
func smollm2(t testing.TB) *Tokenizer {
	t.Helper()
	f, err := gguf.Open(shared(t, "data/models/smollm2-135m-instruct.q4_1.gguf"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tok, err := FromGGUF(f.Meta)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// checkIDs compares all ways to encode and decode one text with the ids it must have.
func checkIDs(t *testing.T, tok *Tokenizer, text string, special bool, want []int32) bool {
	t.Helper()
	got := tok.Encode(nil, text, special)
	if !slices.Equal(got, want) {
		t.Errorf("Encode(%.200q, special %t)\n got %v\nwant %v", text, special, got, want)
		return false
	}
	if n := tok.Count(text); !special && n != len(want) {
		t.Errorf("Count(%.200q) = %d, want %d", text, n, len(want))
		return false
	}
	return true
}

// checkDecode compares decoding, whole and as a stream, with the text.
func checkDecode(t *testing.T, tok *Tokenizer, ids []int32, want string) {
	t.Helper()
	if got := tok.Decode(ids); got != want {
		t.Errorf("Decode(%v) = %q, want %q", ids, got, want)
	}
	var b strings.Builder
	s := tok.NewStream()
	for _, id := range ids {
		b.WriteString(s.Push(id))
	}
	b.WriteString(s.Flush())
	if b.String() != want {
		t.Errorf("Stream of %v = %q, want %q", ids, b.String(), want)
	}
}

type goldenText struct {
	Text       string  `json:"text"`
	IDs        []int32 `json:"ids"`
	IDsSpecial []int32 `json:"ids_special"`
}

func (g goldenText) check(t *testing.T, tok *Tokenizer, nfc bool) {
	t.Helper()
	checkIDs(t, tok, g.Text, false, g.IDs)
	special := g.IDs
	if g.IDsSpecial != nil {
		special = g.IDsSpecial
	}
	checkIDs(t, tok, g.Text, true, special)
	text := g.Text
	if nfc {
		text = norm.NFC.String(text)
	}
	if hasBytes(tok, text) {
		checkDecode(t, tok, g.IDs, text)
	}
}

// hasBytes reports whether the vocabulary has tokens for all bytes of a text: others are lost, in the references too.
func hasBytes(tok *Tokenizer, text string) bool {
	for i := range len(text) {
		if tok.bytes[text[i]] < 0 {
			return false
		}
	}
	return true
}

func TestNastyTexts(t *testing.T) {
	tok := qwen2(t)
	var g struct {
		Rows []goldenText `json:"rows"`
	}
	readJSON(t, shared(t, "golden/tokenizer/nasty.json"), &g)
	if len(g.Rows) < 300 {
		t.Fatalf("%d rows, want 300", len(g.Rows))
	}
	for _, row := range g.Rows {
		row.check(t, tok, true)
	}
}

func TestSmolLM2Texts(t *testing.T) {
	tok := smollm2(t)
	var g struct {
		Rows []goldenText `json:"rows"`
	}
	readJSON(t, shared(t, "golden/smollm2/tokens.json"), &g)
	if len(g.Rows) < 200 {
		t.Fatalf("%d rows, want 200", len(g.Rows))
	}
	for _, row := range g.Rows {
		row.check(t, tok, false)
	}
}

// TestLlamaCppCases runs the cases that llama.cpp keeps for this vocabulary.
func TestLlamaCppCases(t *testing.T) {
	tok := qwen2(t)
	in, err := os.ReadFile(shared(t, "data/tokenizer/ggml-vocab-qwen2.gguf.inp"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.ReadFile(shared(t, "data/tokenizer/ggml-vocab-qwen2.gguf.out"))
	if err != nil {
		t.Fatal(err)
	}
	texts := strings.Split(string(in), "\n__ggml_vocab_test__\n")
	lines := strings.Split(string(out), "\n")
	if len(texts) != 47 {
		t.Fatalf("%d texts, want 47", len(texts))
	}
	for i, text := range texts {
		want := []int32{}
		for _, f := range strings.Fields(lines[i]) {
			id, err := strconv.Atoi(f)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, int32(id))
		}
		if i == len(texts)-1 {
			text = strings.TrimSuffix(text, "\n")
		}
		checkIDs(t, tok, text, true, want)
	}
}

// open unpacks a file by its name's end.
func open(t testing.TB, path string) io.Reader {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	switch filepath.Ext(path) {
	case ".zst":
		r, err := zstd.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		return r
	case ".gz":
		r, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	return f
}

// fields returns one field of every row of JSON lines, "" where it is no string.
func fields(t testing.TB, path, field string) []string {
	t.Helper()
	var texts []string
	lines := bufio.NewReaderSize(open(t, path), 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		text := ""
		if len(line) > 0 {
			var row map[string]json.RawMessage
			if err := json.Unmarshal(line, &row); err == nil {
				json.Unmarshal(row[field], &text)
			}
			texts = append(texts, text)
		}
		if err == io.EOF {
			return texts
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestRealTexts compares the ids of every named text of the real inputs with those of the tokenizers library.
func TestRealTexts(t *testing.T) {
	tok := qwen2(t)
	var g struct {
		Files []struct {
			File, Field string
			Rows        [][]json.RawMessage
		}
	}
	readJSON(t, shared(t, "golden/tokenizer/real.json"), &g)
	checked, bytes := 0, 0
	for _, f := range g.Files {
		texts := fields(t, shared(t, "data/"+f.File), f.Field)
		var ids []int32
		for _, row := range f.Rows {
			var at, size, n int
			var sum string
			var want []int32
			for i, v := range []any{&at, &size, &n, &sum, &want} {
				if i < len(row) {
					if err := json.Unmarshal(row[i], v); err != nil {
						t.Fatal(err)
					}
				}
			}
			text := texts[at]
			if len(text) != size {
				t.Fatalf("%s, row %d: %d bytes, want %d", f.File, at, len(text), size)
			}
			ids = tok.Encode(ids[:0], text, true)
			if len(ids) != n || digest(ids) != sum || len(row) > 4 && !slices.Equal(ids, want) {
				t.Errorf("%s, row %d, %.60q: %d ids, want %d", f.File, at, text, len(ids), n)
				continue
			}
			if got, want := tok.Decode(ids), norm.NFC.String(text); got != want {
				t.Errorf("%s, row %d: the ids decode to %.60q", f.File, at, got)
			}
			checked++
			bytes += size
		}
	}
	t.Logf("%d texts, %.1f MB", checked, float64(bytes)/1e6)
	if checked < 1000 {
		t.Errorf("%d texts checked, want over 1,000", checked)
	}
}

// digest returns the xxh64 of ids as little-endian numbers of 32 bits.
func digest(ids []int32) string {
	b := make([]byte, 4*len(ids))
	for i, id := range ids {
		binary.LittleEndian.PutUint32(b[4*i:], uint32(id))
	}
	s := strconv.FormatUint(xxhash.Sum64(b), 16)
	return strings.Repeat("0", 16-len(s)) + s
}
