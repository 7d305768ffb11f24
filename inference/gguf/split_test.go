package gguf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// part is a file of a split model with one tensor. Counts are as in llama.cpp: numbers from 0, both 16 bits.
func part(no, count uint16, name string) []byte {
	f := header(1, 2).str("split.no").u32(uint32(Uint16))
	f.b = append(f.b, byte(no), byte(no>>8))
	f.str("split.count").u32(uint32(Uint16))
	f.b = append(f.b, byte(count), byte(count>>8))
	f.tensor(name, f32, 0, 8).pad().raw(32)
	return f.b
}

func TestSplit(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string][]byte
		open  string
		want  string // of the error; "": it opens
	}{
		"three parts": {
			map[string][]byte{"m-00001-of-00003.gguf": part(0, 3, "a"), "m-00002-of-00003.gguf": part(1, 3, "b"), "m-00003-of-00003.gguf": part(2, 3, "c")},
			"m-00001-of-00003.gguf", "",
		},
		"not the first": {
			map[string][]byte{"m-00002-of-00003.gguf": part(1, 3, "b")},
			"m-00002-of-00003.gguf", "this is part 2 of 3; open the first, ",
		},
		"a part is missing": {
			map[string][]byte{"m-00001-of-00002.gguf": part(0, 2, "a")},
			"m-00001-of-00002.gguf", "part 2 of 2: open ",
		},
		"other name": {
			map[string][]byte{"m.gguf": part(0, 2, "a")},
			"m.gguf", "this is part 1 of 2, so its name should end in -00001-of-00002.gguf",
		},
		"number beyond": {
			map[string][]byte{"m-00001-of-00002.gguf": part(7, 2, "a")},
			"m-00001-of-00002.gguf", "split.no is 7 of a model in 2 parts",
		},
		"parts of two models": {
			map[string][]byte{"m-00001-of-00002.gguf": part(0, 2, "a"), "m-00002-of-00002.gguf": part(1, 5, "b")},
			"m-00001-of-00002.gguf", "says that it is part 2 of 5, want part 2 of 2",
		},
		"the same part twice": {
			map[string][]byte{"m-00001-of-00002.gguf": part(0, 2, "a"), "m-00002-of-00002.gguf": part(0, 2, "b")},
			"m-00001-of-00002.gguf", "says that it is part 1 of 2, want part 2 of 2",
		},
		"the same tensor twice": {
			map[string][]byte{"m-00001-of-00002.gguf": part(0, 2, "a"), "m-00002-of-00002.gguf": part(1, 2, "a")},
			"m-00001-of-00002.gguf", "tensor a: another part has it too",
		},
		"a part is damaged": {
			map[string][]byte{"m-00001-of-00002.gguf": part(0, 2, "a"), "m-00002-of-00002.gguf": part(1, 2, "b")[:150]},
			"m-00001-of-00002.gguf", "part 2 of 2: ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for name, data := range c.files {
				if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			f, err := Open(filepath.Join(dir, c.open))
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("error %v, want %q", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"a", "b", "c"} {
				x, err := f.Tensor(name)
				if err != nil {
					t.Fatal(err)
				}
				var row [8]float32
				x.Row(0, row[:])
			}
			if len(f.Files) != 3 || len(f.Tensors()) != 3 {
				t.Errorf("%d files, %d tensors, want 3 of each", len(f.Files), len(f.Tensors()))
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
