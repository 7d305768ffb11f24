package random

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/winnow-data/winnow/inference/gguf"
	"github.com/winnow-data/winnow/inference/tensor"
	"github.com/winnow-data/winnow/inference/tokenizer"
)

// write makes a model and opens it.
func write(t *testing.T, s Shape, o Options) *gguf.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "random.gguf")
	if err := s.Write(t.Context(), path, o); err != nil {
		t.Fatal(err)
	}
	f, err := gguf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func named(t *testing.T, name string) Shape {
	t.Helper()
	s, err := Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestWrite: for every type the file holds the weights, as near as the type can.
func TestWrite(t *testing.T) {
	for typ, tolerance := range map[tensor.Type]float64{tensor.F32: 0, tensor.F16: 1e-4, tensor.BF16: 4e-4, tensor.Q8_0: 4e-4, tensor.Q4_0: 8e-3} {
		s := named(t, "tiny")
		f := write(t, s, Options{Type: typ, Seed: 42})
		s.Vocab = 384
		sources := s.Tensors(Options{Type: typ, Seed: 42})
		if len(sources) != len(f.Tensors()) {
			t.Fatalf("%s: %d tensors, want %d", typ, len(f.Tensors()), len(sources))
		}
		for i, x := range f.Tensors() {
			src := sources[i]
			if x.Name != src.Name || !slices.Equal(x.Shape, src.Shape) {
				t.Fatalf("%s: tensor %d is %s %v, want %s %v", typ, i, x.Name, x.Shape, src.Name, src.Shape)
			}
			if vector := len(x.Shape) == 1; vector != (x.Type == tensor.F32) && typ != tensor.F32 {
				t.Errorf("%s: %s %v is %s", typ, x.Name, x.Shape, x.Type)
			}
			got, want := make([]float32, x.Cols()), make([]float32, x.Cols())
			limit := tolerance
			if x.Type == tensor.F32 {
				limit = 0
			}
			for r := range x.Rows() {
				x.Row(r, got)
				src.Rows(r, r+1, want)
				for c := range got {
					if d := math.Abs(float64(got[c] - want[c])); !(d <= limit) {
						t.Fatalf("%s: %s: row %d, column %d: %g, want %g", typ, x.Name, r, c, got[c], want[c])
					}
				}
			}
		}
	}
}

// TestByteVocabulary: without a tokenizer the file has one that takes any text, with Qwen2's special tokens.
func TestByteVocabulary(t *testing.T) {
	f := write(t, named(t, "tiny"), Options{Type: tensor.Q8_0})
	tok, err := tokenizer.FromGGUF(f.Meta)
	if err != nil {
		t.Fatal(err)
	}
	const text = "a\x00é 中\n"
	ids := tok.Encode(nil, text, false)
	if len(ids) != len(text) {
		t.Errorf("%d tokens, want one for each of %d bytes", len(ids), len(text))
	}
	for _, name := range []string{"<|endoftext|>", "<|im_start|>", "<|im_end|>"} {
		if ids := tok.Encode(nil, name, true); len(ids) != 1 || ids[0] < 256 {
			t.Errorf("%s is %v, want one token above the bytes", name, ids)
		}
	}
	if !slices.Contains(tok.EOS(), 258) {
		t.Errorf("ends %v, want 258 among them", tok.EOS())
	}
}

// TestFolderVocabulary: tokens, merges and special tokens of a folder are kept, the rest of the shape's vocabulary is padding.
func TestFolderVocabulary(t *testing.T) {
	parts, err := tokenizer.ReadParts(fstest.MapFS{
		"vocab.json": {Data: []byte(`{"a":0,"b":1,"ab":2,"Ġ":3}`)},
		"merges.txt": {Data: []byte("#version: 0.2\na b\n")},
		"tokenizer_config.json": {Data: []byte(`{"tokenizer_class":"Qwen2Tokenizer","eos_token":"<end>","pad_token":"<pad>",
			"added_tokens_decoder":{"4":{"content":"<end>","special":true},"6":{"content":"<pad>","special":true}},"chat_template":"mine"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	f := write(t, named(t, "tiny"), Options{Type: tensor.F32, Tokenizer: &parts})
	tokens, err := f.Meta.Strings("tokenizer.ggml.tokens")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a", "b", "ab", "Ġ", "<end>", "[PAD5]", "<pad>", "[PAD7]"}; len(tokens) != 128 || !slices.Equal(tokens[:8], want) {
		t.Errorf("%d tokens %q, want 128 that begin %q", len(tokens), tokens[:8], want)
	}
	types, err := f.Meta.Ints("tokenizer.ggml.token_type")
	if err != nil || len(types) != 128 || !slices.Equal(types[:8], []int64{1, 1, 1, 1, control, unused, control, unused}) {
		t.Errorf("%d types %v, %v", len(types), types[:8], err)
	}
	if merges, err := f.Meta.Strings("tokenizer.ggml.merges"); err != nil || !slices.Equal(merges, []string{"a b"}) {
		t.Errorf("merges %q, %v", merges, err)
	}
	if eos, err := f.Meta.Uint("tokenizer.ggml.eos_token_id"); err != nil || eos != 4 {
		t.Errorf("eos %d, %v", eos, err)
	}
	if template, err := f.Meta.String("tokenizer.chat_template"); err != nil || template != "mine" {
		t.Errorf("template %q, %v", template, err)
	}
}

// TestRefused: what cannot be written says what can.
func TestRefused(t *testing.T) {
	many := tokenizer.Parts{Tokens: make([]string, 200_000)}
	for _, c := range []struct {
		shape string
		o     Options
		want  string
	}{
		{"tiny", Options{Type: tensor.Q5_0}, "type Q5_0 cannot be written; can: f32, f16, bf16, q8_0, q4_0"},
		{"qwen2-0.5b", Options{Type: tensor.Q8_0, Tokenizer: &many}, "the tokenizer has 200003 tokens, but the shape qwen2-0.5b has room for 151936"},
	} {
		err := named(t, c.shape).Write(t.Context(), filepath.Join(t.TempDir(), "x"), c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.shape, err, c.want)
		}
	}
	if _, err := Named("gpt-5"); err == nil || !strings.Contains(err.Error(), `shape "gpt-5" is not known; known: tiny, qwen2-0.5b`) {
		t.Errorf("an unknown shape: %v", err)
	}
}
