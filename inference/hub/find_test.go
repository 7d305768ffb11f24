package hub

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// lay writes files into a cache as somebody else would have, and makes main point to them.
func lay(t *testing.T, files map[string]string) *Hub {
	t.Helper()
	h := &Hub{Endpoint: Public, Cache: t.TempDir()}
	write := func(path, text string) {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(h.Cache, "models--org--tiny")
	write(filepath.Join(dir, "refs", "main"), commitID)
	for name, text := range files {
		write(filepath.Join(dir, "snapshots", commitID, name), text)
	}
	return h
}

const twoShards = `{"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}`

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string // index: twoShards
		want  Want
		found string // below the snapshot; "." for itself
		says  []string
	}{
		{"whole file", []string{"config.json", "model.safetensors"}, tiny, ".", nil},
		{"odd name", []string{"config.json", "weights.safetensors"}, tiny, ".", nil},
		{"shards", []string{"config.json", indexName, "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"}, tiny, ".", nil},
		{"a shard is missing", []string{"config.json", indexName, "model-00001-of-00002.safetensors"}, tiny, "", []string{"only partly", "model-00002-of-00002.safetensors", "winnow model pull org/tiny"}},
		{"shards without index", []string{"config.json", "model-00001-of-00002.safetensors"}, tiny, "", []string{indexName}},
		{"no weights", []string{"config.json", "tokenizer.json"}, tiny, "", []string{"without its weights"}},
		{"no config", []string{"model.safetensors"}, tiny, "", []string{"config.json"}},
		{"one gguf", []string{"tiny-q8_0.gguf", "README.md"}, tiny, "tiny-q8_0.gguf", nil},
		{"two gguf", []string{"tiny-q8_0.gguf", "tiny-q4_0.gguf"}, tiny, "", []string{"2 GGUF files fit", "--file 'tiny-q4_0.gguf'", "tiny-q8_0.gguf"}},
		{"two gguf, exact", []string{"tiny-q8_0.gguf", "tiny-q4_0.gguf"}, Want{Name: repoID, File: "tiny-q4_0.gguf"}, "tiny-q4_0.gguf", nil},
		{"two gguf, glob", []string{"tiny-q8_0.gguf", "sub/tiny-q4_0.gguf"}, Want{Name: repoID, File: "*q4*"}, "sub/tiny-q4_0.gguf", nil},
		{"two gguf, part of the name", []string{"tiny-Q8_0.gguf", "tiny-Q4_0.gguf"}, Want{Name: repoID, File: "q4_0"}, "tiny-Q4_0.gguf", nil},
		{"two gguf, other file", []string{"tiny-Q8_0.gguf", "tiny-Q4_0.gguf"}, Want{Name: repoID, File: "q2_k"}, "", []string{"without q2_k", "winnow model pull org/tiny --file 'q2_k'"}},
		{"split gguf", []string{"t-00001-of-00002.gguf", "t-00002-of-00002.gguf"}, tiny, "t-00001-of-00002.gguf", nil},
		{"split gguf, a part is missing", []string{"t-00001-of-00002.gguf"}, tiny, "", []string{"t-00002-of-00002.gguf"}},
		{"safetensors and gguf", []string{"config.json", "model.safetensors", "tiny.gguf"}, tiny, ".", nil},
		{"nothing of a model", []string{"README.md"}, tiny, "", []string{"not in", "winnow model pull org/tiny"}},
		{"other revision", []string{"config.json", "model.safetensors"}, Want{Name: repoID, Revision: "v1"}, "", []string{"org/tiny@v1 is not in", "winnow model pull org/tiny@v1"}},
		{"commit", []string{"config.json", "model.safetensors"}, Want{Name: repoID, Revision: commitID}, ".", nil},
		{"beginning of the commit", []string{"config.json", "model.safetensors"}, Want{Name: repoID, Revision: commitID[:7]}, ".", nil},
		{"too little of the commit", []string{"config.json", "model.safetensors"}, Want{Name: repoID, Revision: commitID[:6]}, "", []string{"not in"}},
		{"other model", nil, Want{Name: "org/other"}, "", []string{"org/other is not in"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{}
			for _, f := range c.files {
				files[f] = "x"
				if f == indexName {
					files[f] = twoShards
				}
			}
			h := lay(t, files)
			got, err := h.Find(c.want)
			if c.found != "" {
				want := filepath.Join(h.Cache, "models--org--tiny", "snapshots", commitID, c.found)
				if err != nil || got != want {
					t.Errorf("got %q (%v), want %q", got, err, want)
				}
				return
			}
			var missing *MissingError
			var several *AmbiguousError
			if !errors.As(err, &missing) && !errors.As(err, &several) {
				t.Fatalf("got %q (%v), want a missing model", got, err)
			}
			for _, s := range c.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("got %q, want it to say %q", err, s)
				}
			}
		})
	}
}

func TestFindSeesThroughLinksThatLeadNowhere(t *testing.T) {
	h := lay(t, map[string]string{"config.json": "{}"})
	dir := filepath.Join(h.Cache, "models--org--tiny", "snapshots", commitID)
	if err := os.Symlink("../../blobs/gone", filepath.Join(dir, "model.safetensors")); err != nil {
		t.Fatal(err)
	}
	var missing *MissingError
	if _, err := h.Find(tiny); !errors.As(err, &missing) {
		t.Errorf("got %v, want the weights missing", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "other.safetensors"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Find(tiny); !errors.As(err, &missing) || missing.Lacks != "model.safetensors" {
		t.Errorf("got %v, want model.safetensors missing", err)
	}
}

func TestChooseTakesOnlyWhatTheEngineReads(t *testing.T) {
	names := []string{
		"README.md", "config.json", "consolidated.safetensors", "flax_model.msgpack", "merges.txt", "model-00001-of-00002.safetensors",
		"model-00002-of-00002.safetensors", indexName, "onnx/model.onnx", "original/params.json", "pytorch_model.bin", "tokenizer_config.json", "vocab.json",
	}
	got, err := choose(tiny, names)
	want := []string{"config.json", "merges.txt", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", indexName, "tokenizer_config.json", "vocab.json"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v (%v), want %v", got, err, want)
	}
	got, err = choose(Want{Name: repoID, File: "consolidated.safetensors"}, names)
	want = []string{"config.json", "consolidated.safetensors", "merges.txt", "tokenizer_config.json", "vocab.json"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("a named file: got %v (%v), want %v", got, err, want)
	}
	_, err = choose(Want{Name: repoID, File: "nothing*"}, names)
	if err == nil || !strings.Contains(err.Error(), "consolidated.safetensors") {
		t.Errorf("got %v, want an error that lists the weights", err)
	}
}

func TestModelsListsTheCache(t *testing.T) {
	h := lay(t, map[string]string{"config.json": "{}", "model.safetensors": "12345678"})
	for _, d := range []string{"models--gpt2/blobs", "datasets--org--data", "models--org--a--b", ".locks"} {
		if err := os.MkdirAll(filepath.Join(h.Cache, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	got, err := h.Models()
	want := []Cached{{Name: "gpt2"}, {Name: repoID, Path: filepath.Join(h.Cache, "models--org--tiny", "snapshots", commitID), Bytes: 50}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v (%v), want %+v", got, err, want)
	}
	if got, err := (&Hub{Cache: filepath.Join(h.Cache, "none")}).Models(); err != nil || got != nil {
		t.Errorf("no cache: got %v (%v)", got, err)
	}
}
