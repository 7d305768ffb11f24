package card

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference/internal/golden"
)

// TestFolderAndFile: the same model as a folder and as a GGUF file gives the same numbers.
func TestFolderAndFile(t *testing.T) {
	folder, err := Read(golden.Path(t, "golden/qwen2/dense-tied"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := Read(golden.Path(t, "golden/qwen2-gguf/dense-tied.f32.gguf"))
	if err != nil {
		t.Fatal(err)
	}
	a, b := folder.Shape, file.Shape
	if a.Eps-b.Eps > 1e-12 || b.Eps-a.Eps > 1e-12 { // GGUF stores it as a float32
		t.Errorf("eps %g and %g", a.Eps, b.Eps)
	}
	a.Eps, b.Eps = 0, 0
	if a != b || folder.Parameters != file.Parameters {
		t.Errorf("the folder is %+v, %d parameters; the file %+v, %d", a, folder.Parameters, b, file.Parameters)
	}
	if a.Hidden != 64 || a.Heads != 4 || a.KVHeads != 2 || a.Vocab != 512 || !a.Tied {
		t.Errorf("shape %+v", a)
	}
	for _, c := range []*Card{folder, file} {
		if c.Tokenizer == nil || c.Tokenizer.Tokens != 512 || c.Tokenizer.Special != 3 {
			t.Errorf("%s: tokenizer %+v, want 512 tokens, 3 of them special", c.Path, c.Tokenizer)
		}
		if c.Auto[0].Format != "f32" || c.Auto[0].Values != c.Parameters || c.Auto[0].Bytes != 4*int64(c.Parameters) {
			t.Errorf("%s: auto %+v", c.Path, c.Auto)
		}
	}
}

// TestGoldenCards reads every golden model; those the engine computes get no warning but for what they really lack.
func TestGoldenCards(t *testing.T) {
	for _, c := range []struct{ path, architecture, warning string }{
		{"golden/qwen2/dense-untied-bf16", "Qwen2ForCausalLM", "no tokenizer"},
		{"golden/qwen2/dense-tied-sharded", "Qwen2ForCausalLM", "no tokenizer"},
		{"golden/qwen2/moe", "Qwen2MoeForCausalLM", "no tokenizer"},
		{"golden/qwen2/qwen3", "Qwen3ForCausalLM", "no tokenizer"},
		{"golden/qwen2/llama", "LlamaForCausalLM", "no tokenizer"},
		{"golden/qwen2/embed-base", "Qwen2Model", "no tokenizer"},
		{"golden/qwen2/reward-1/model.safetensors", "Qwen2ForSequenceClassification", "no tokenizer"},
		{"golden/qwen2-gguf/moe.f16.gguf", "qwen2moe", "no chat template"},
		{"golden/qwen2-gguf/wide.q4_k_m.gguf", "qwen2", "no chat template"},
		{"data/models/smollm2-135m-instruct.q4_1.gguf", "llama", ""},
	} {
		got, err := Read(golden.Path(t, c.path))
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		if got.Architecture != c.architecture || got.Shape.Layers == 0 || got.Shape.Vocab == 0 || got.Shape.HeadDim == 0 {
			t.Errorf("%s: %s, %+v", c.path, got.Architecture, got.Shape)
		}
		switch n := len(got.Warnings); {
		case c.warning == "" && n > 0, c.warning != "" && (n != 1 || !strings.HasPrefix(got.Warnings[0], c.warning)):
			t.Errorf("%s: warnings %q, want %q", c.path, got.Warnings, c.warning)
		}
	}
}

// TestWarnings: what is missing or strange is said.
func TestWarnings(t *testing.T) {
	const header = `{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`
	weights := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header+"12345678"...)
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"bare":             {nil, []string{"the blueprint cannot be read", "no tensor embed_tokens.weight", "1 tensors of type I64 cannot be read", "no tokenizer"}},
		"no JSON":          {map[string]string{"config.json": "hello"}, []string{"config.json: invalid character"}},
		"other kind":       {map[string]string{"config.json": `{"architectures":["BertModel"]}`}, []string{"the engine does not compute it: ", "BertModel"}},
		"broken tokenizer": {map[string]string{"tokenizer.json": "{"}, []string{"the tokenizer cannot be used: tokenizer.json: "}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "model.safetensors"), weights, 0o644); err != nil {
				t.Fatal(err)
			}
			for name, text := range c.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := Read(dir)
			if err != nil {
				t.Fatal(err)
			}
			all := strings.Join(got.Warnings, "\n")
			for _, w := range c.want {
				if !strings.Contains(all, w) {
					t.Errorf("warnings %q lack %q", got.Warnings, w)
				}
			}
		})
	}
}
