package qwen2

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference/gguf"
	"github.com/winnow-data/winnow/inference/tensor"
)

// small is the metadata of a model like golden/qwen2/dense-tied.
func small(arch string) map[string]any {
	return map[string]any{
		"general.architecture": arch, "embedding_length": uint32(64), "block_count": uint32(3), "attention.head_count": uint32(4),
		"attention.head_count_kv": uint32(2), "context_length": uint32(512), "attention.layer_norm_rms_epsilon": float32(1e-6),
		"feed_forward_length": uint32(160), "rope.freq_base": float32(1e6),
	}
}

// writeGGUF writes metadata, whose keys get the architecture's prefix, and float32 tensors.
func writeGGUF(t *testing.T, meta map[string]any, tensors map[string]stored32) string {
	t.Helper()
	w := gguf.Writer{Threads: 1}
	for k, v := range meta {
		if !strings.HasPrefix(k, "general.") {
			k = meta["general.architecture"].(string) + "." + k
		}
		w.Meta = append(w.Meta, gguf.Pair{Key: k, Value: v})
	}
	for name, s := range tensors {
		cols := s.shape[len(s.shape)-1]
		w.Tensors = append(w.Tensors, gguf.Source{Name: ggufNames.Replace(name), Type: tensor.F32, Shape: s.shape, Rows: func(from, to int, dst []float32) {
			copy(dst, s.v[from*cols:to*cols])
		}})
	}
	path := filepath.Join(t.TempDir(), "m.gguf")
	if err := w.WriteFile(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestGGUFRefuses(t *testing.T) {
	embed := map[string]stored32{"embed_tokens.weight": {[]int{8, 64}, make([]float32, 512)}}
	for _, tt := range []struct {
		key   string
		value any
		want  string
	}{
		{"general.architecture", "gemma", `general.architecture is "gemma", supported are qwen2, qwen2moe, llama, qwen3`},
		{"block_count", uint32(0), "num_hidden_layers is 0"},
		{"block_count", uint64(1 << 62), "num_hidden_layers is"},
		{"block_count", "three", "block_count"},
		{"block_count", nil, "block_count"},
		{"attention.head_count", uint32(0), "num_attention_heads is 0"},
		{"attention.head_count", uint32(7), "num_attention_heads is 7"},
		{"attention.value_length", uint32(8), "attention.value_length is 8, only the head dimension 16 is supported"},
		{"rope.dimension_count", uint32(8), "rope.dimension_count is 8"},
		{"rope.scaling.type", "longrope", `rope.scaling.type is "longrope", supported are none, linear, yarn`},
		{"rope.freq_base", float32(0), "rope_theta is 0"},
		{"attention.layer_norm_rms_epsilon", nil, "rms_norm_eps is 0"},
		{"attention.sliding_window", uint32(16), "sliding_window is 16, only 0 is supported in GGUF files"},
		{"context_length", uint32(1 << 30), "max_position_embeddings is 1073741824"},
		{"rope.scaling.type", "none", "tensor output_norm.weight"}, // nothing wrong but that there is no layer
	} {
		meta := small("qwen2")
		if meta[tt.key] = tt.value; tt.value == nil {
			delete(meta, tt.key)
		}
		path := writeGGUF(t, meta, embed)
		_, err := Open(path, Options{Threads: 1})
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s = %v: got %v, want the path and %q in it", tt.key, tt.value, err, tt.want)
		}
	}
	meta := small("llama")
	meta["expert_count"] = uint32(8)
	meta["expert_used_count"], meta["expert_feed_forward_length"] = uint32(2), uint32(16)
	if _, err := Open(writeGGUF(t, meta, embed), Options{}); err == nil || !strings.Contains(err.Error(), "llama.expert_count is set") {
		t.Errorf("experts in llama: got %v", err)
	}
}

// TestGGUFSameBits writes tiny models as GGUF files: they give the bits of the folders they come from.
func TestGGUFSameBits(t *testing.T) {
	for _, tt := range []struct {
		name, arch string
		change     map[string]any
	}{
		{"dense-tied", "qwen2", nil},
		{"qwen3", "qwen3", map[string]any{"embedding_length": uint32(48), "attention.key_length": uint32(16), "attention.value_length": uint32(16), "feed_forward_length": uint32(128)}},
		{"reward-1", "qwen2", map[string]any{"block_count": uint32(2)}},
	} {
		meta := small(tt.arch)
		for k, v := range tt.change {
			meta[k] = v
		}
		path := writeGGUF(t, meta, readStored(t, filepath.Join(tiny(t, tt.name), "model.safetensors")))
		var states [2][]float32
		for i, from := range []string{tiny(t, tt.name), path} {
			m, err := Open(from, Options{})
			if err != nil {
				t.Fatal(err)
			}
			c, err := m.NewCache(1 << 20)
			if err != nil {
				t.Fatal(err)
			}
			s := m.NewSession(nil)
			h, err := s.Forward([]Slot{{Seq: c.New(), IDs: []int32{5, 9, 200, 17}, Want: []int{0, 3}}})
			if err != nil {
				t.Fatal(err)
			}
			states[i] = append(states[i], h...)
			if m.Config.Head == Classify {
				y := make([]float32, 2*m.Config.Labels)
				s.Classify(y, h)
				states[i] = append(states[i], y...)
			}
			c.Close()
			m.Close()
		}
		if !sameBits(states[0], states[1]) {
			t.Errorf("%s: a GGUF file gives other bits than the folder", tt.name)
		}
	}
}
