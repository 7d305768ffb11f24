package safetensors

import (
	"bytes"
	"errors"
	"testing"

	"github.com/winnow-data/winnow/inference/gguf"
	"github.com/winnow-data/winnow/inference/internal/golden"
	"github.com/winnow-data/winnow/inference/tensor"
)

func open(t *testing.T, path string) *Checkpoint {
	t.Helper()
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// TestShards: one file and two shards hold the same model.
func TestShards(t *testing.T) {
	one := open(t, golden.Path(t, "golden/qwen2/dense-tied"))
	two := open(t, golden.Path(t, "golden/qwen2/dense-tied-sharded"))
	if len(two.Files) != 2 || len(one.Tensors()) != len(two.Tensors()) || len(one.Tensors()) == 0 {
		t.Fatalf("%d files, %d tensors; want 2 files, %d tensors", len(two.Files), len(two.Tensors()), len(one.Tensors()))
	}
	for _, want := range one.Tensors() {
		got, err := two.Tensor(want.Name)
		if err != nil {
			t.Error(err)
			continue
		}
		if got.Type != want.Type || !bytes.Equal(got.Data, want.Data) {
			t.Errorf("%s differs between one file and two shards", want.Name)
		}
	}
}

// TestSameAsGGUF: a checkpoint and the GGUF file made from it hold the same numbers.
func TestSameAsGGUF(t *testing.T) {
	c := open(t, golden.Path(t, "golden/qwen2/dense-tied"))
	f, err := gguf.Open(golden.Path(t, "golden/qwen2-gguf/dense-tied.f32.gguf"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for here, there := range map[string]string{
		"model.embed_tokens.weight":              "token_embd.weight",
		"model.layers.1.self_attn.k_proj.bias":   "blk.1.attn_k.bias",
		"model.layers.0.mlp.down_proj.weight":    "blk.0.ffn_down.weight",
		"model.norm.weight":                      "output_norm.weight",
		"model.layers.0.self_attn.q_proj.weight": "blk.0.attn_q.weight",
	} {
		a, err := c.Tensor(here)
		if err != nil {
			t.Fatal(err)
		}
		b, err := f.Tensor(there)
		if err != nil {
			t.Fatal(err)
		}
		if a.Rows() != b.Rows() || a.Cols() != b.Cols() || !bytes.Equal(a.Data, b.Data) {
			t.Errorf("%s %v differs from %s %v", here, a.Shape, there, b.Shape)
		}
	}
	if _, err := c.Tensor("lm_head.weight"); !errors.Is(err, tensor.ErrMissing) {
		t.Errorf("a tied model's head: error %v, want one that wraps ErrMissing", err)
	}
}

// TestAllGoldenFolders opens every checkpoint of the golden set.
func TestAllGoldenFolders(t *testing.T) {
	for _, name := range []string{
		"classify-3", "dca", "dca-mscale", "dca-yarn", "dense-untied-bf16", "embed-base", "llama", "moe", "moe-norm-mlponly", "moe-step2",
		"qwen3", "reward-1", "sliding-off", "sliding-on", "yarn",
	} {
		c := open(t, golden.Path(t, "golden/qwen2/"+name))
		for _, x := range c.Tensors() {
			row := make([]float32, x.Cols())
			for r := range x.Rows() {
				x.Row(r, row)
			}
		}
	}
}
