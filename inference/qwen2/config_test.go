package qwen2

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const smallConfig = `{"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
 "num_key_value_heads": 2, "intermediate_size": 160, "vocab_size": 512, "max_position_embeddings": 512, "rms_norm_eps": 1e-06,
 "rope_theta": 1000000.0, "hidden_act": "silu", "tie_word_embeddings": true, "use_sliding_window": false, "sliding_window": 16, "max_window_layers": 1}`

// with replaces one setting of smallConfig, or adds it.
func with(key, value string) string {
	i := strings.Index(smallConfig, `"`+key+`": `)
	if i < 0 {
		return strings.Replace(smallConfig, "{", `{"`+key+`": `+value+`, `, 1)
	}
	rest := smallConfig[i+len(key)+4:]
	end := strings.IndexAny(rest, ",}")
	if strings.HasPrefix(rest, "[") {
		end = strings.Index(rest, "]") + 1
	}
	return smallConfig[:i] + `"` + key + `": ` + value + rest[end:]
}

func TestConfigRefuses(t *testing.T) {
	for _, tt := range []struct{ key, value, want string }{
		{"architectures", `["BertModel"]`, `architecture "BertModel" is not supported; supported are Qwen2ForCausalLM, `},
		{"architectures", `["Qwen2ForCausalLM", "X"]`, "architecture Qwen2ForCausalLM+X is not supported"},
		{"architectures", `[]`, ""}, // model_type says enough
		{"model_type", `"llama"`, `model_type "llama" contradicts architecture "Qwen2ForCausalLM"`},
		{"hidden_act", `"gelu"`, `hidden_act is "gelu"`},
		{"hidden_size", "0", "hidden_size is 0, want 1 to 65536"},
		{"hidden_size", "-64", "hidden_size is -64, want 1 to 65536"},
		{"hidden_size", "66", "hidden_size is 66, no multiple of num_attention_heads 4"},
		{"hidden_size", "4294967296", "hidden_size is 4294967296"},
		{"hidden_size", "1e300", "hidden_size"},
		{"hidden_size", "null", "hidden_size is missing"},
		{"hidden_size", `"64"`, "hidden_size"},
		{"num_hidden_layers", "1000000000", "num_hidden_layers is 1000000000, want 1 to 1024"},
		{"num_attention_heads", "0", "num_attention_heads"},
		{"num_key_value_heads", "3", "num_attention_heads is 4, no multiple of num_key_value_heads 3"},
		{"num_key_value_heads", "8", "num_key_value_heads is 8, want 1 to 4"},
		{"head_dim", "15", "head_dim is 15"},
		{"head_dim", "1000000", "head_dim is 1000000"},
		{"intermediate_size", "0", "intermediate_size is 0"},
		{"vocab_size", "1000000000", "vocab_size is 1000000000"},
		{"max_position_embeddings", "0", "max_position_embeddings is 0"},
		{"max_position_embeddings", "1000000000000", "max_position_embeddings is 1000000000000"},
		{"rms_norm_eps", "0", "rms_norm_eps is 0"},
		{"rms_norm_eps", "null", "rms_norm_eps is missing"},
		{"rope_theta", "1", "rope_theta is 1"},
		{"rope_theta", "-5", "rope_theta is -5"},
		{"pad_token_id", "512", ""}, // of use to classification heads only
		{"quantization_config", `{"quant_method": "gptq"}`, "quantization_config is set"},
		{"partial_rotary_factor", "0.5", "partial_rotary_factor is 0.5"},
		{"rope_scaling", `{"type": "dynamic", "factor": 2}`, `rope scaling of type "dynamic" is not supported; supported are default, linear, yarn`},
		{"rope_scaling", `{"type": "yarn"}`, "factor is missing"},
		{"rope_scaling", `{"type": "yarn", "factor": 0.5}`, "factor is 0.5"},
		{"rope_scaling", `{"type": "yarn", "rope_type": "linear", "factor": 2}`, `rope_type is "linear" and type is "yarn"`},
		{"rope_scaling", `{"type": "yarn", "factor": 2, "original_max_position_embeddings": 0}`, "original_max_position_embeddings is 0"},
		{"rope_scaling", `{"type": "yarn", "factor": 2, "beta_fast": 1}`, "beta_fast is 1"},
		{"rope_scaling", `{"type": "yarn", "factor": 2, "mscale": 1}`, "mscale"},
		{"layer_types", `["full_attention"]`, "layer_types has 1 entries for 3 layers"},
		{"layer_types", `["full_attention", "full_attention", "linear_attention"]`, `layer_types of layer 2 is "linear_attention"`},
		{"use_sliding_window", "true", ""},
		{"dual_chunk_attention_config", `{"chunk_size": 8, "local_size": 8}`, "local_size is 8, want 1 to chunk_size-1 = 7"},
		{"dual_chunk_attention_config", `{"chunk_size": 0, "local_size": 0}`, "chunk_size is 0"},
		{"dual_chunk_attention_config", `{"chunk_size": 8, "local_size": 2, "sparse_attention_enabled": true}`, "sparse_attention_enabled"},
	} {
		_, err := ParseConfig([]byte(with(tt.key, tt.value)))
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s = %s: %v", tt.key, tt.value, err)
		case tt.want != "" && err == nil:
			t.Errorf("%s = %s: got no error, want %q", tt.key, tt.value, tt.want)
		case tt.want != "" && !strings.Contains(err.Error(), tt.want):
			t.Errorf("%s = %s: got %q, want %q in it", tt.key, tt.value, err, tt.want)
		}
	}
	classify := strings.NewReplacer("ForCausalLM", "ForSequenceClassification", "{", `{"pad_token_id": 512, `).Replace(smallConfig)
	if _, err := ParseConfig([]byte(classify)); err == nil || !strings.Contains(err.Error(), "pad_token_id is 512, want -1 to 511") {
		t.Errorf("padding beyond the vocabulary of a classifier: got %v", err)
	}
	for _, bad := range []string{"", "{", "[]", "{} {}", `{"hidden_size": }`} {
		if _, err := ParseConfig([]byte(bad)); err == nil {
			t.Errorf("ParseConfig(%q): got no error", bad)
		}
	}
}

func TestYarnContext(t *testing.T) {
	for scaling, want := range map[string]int{
		`null`: 512,
		`{"type": "yarn", "factor": 4, "original_max_position_embeddings": 512}`: 2048,
		`{"type": "yarn", "factor": 4, "original_max_position_embeddings": 64}`:  512,
		`{"type": "linear", "factor": 4}`:                                        512,
	} {
		c, err := ParseConfig([]byte(with("rope_scaling", scaling)))
		if err != nil {
			t.Fatal(err)
		}
		if c.Context != want {
			t.Errorf("rope_scaling %s: context %d, want %d", scaling, c.Context, want)
		}
	}
}

func TestWindows(t *testing.T) {
	for _, tt := range []struct {
		key, value string
		want       []int
	}{
		{"use_sliding_window", "false", nil},
		{"use_sliding_window", "true", []int{0, 16, 16}},
		{"layer_types", `["sliding_attention", "full_attention", "full_attention"]`, []int{16, 0, 0}},
	} {
		c, err := ParseConfig([]byte(with(tt.key, tt.value)))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(c.Window, tt.want) {
			t.Errorf("%s = %s: windows %v, want %v", tt.key, tt.value, c.Window, tt.want)
		}
	}
}

// TestTrig compares with package math: the largest difference of 1,000,000 positions' worth of angles is an ulp or two.
func TestTrig(t *testing.T) {
	for i := range 20000 {
		x := float64(i) * 52.123
		s, c := sincos(x)
		ws, wc := mathSincos(x)
		if !(abs(s-ws) <= 3e-16) || !(abs(c-wc) <= 3e-16) {
			t.Fatalf("sincos(%g) = %g %g, want %g %g", x, s, c, ws, wc)
		}
		y := float64(i-10000) * 0.07
		if got, want := exp(y), mathExp(y); !(abs(got-want) <= 4e-16*want) {
			t.Fatalf("exp(%g) = %g, want %g", y, got, want)
		}
		z := mathExp(float64(i-10000) * 0.05)
		if got, want := log(z), mathLog(z); !(abs(got-want) <= 3e-16*max(1, abs(want))) {
			t.Fatalf("log(%g) = %g, want %g", z, got, want)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte(smallConfig))
	for _, name := range []string{"yarn", "moe-norm-mlponly", "dca-mscale", "qwen3", "llama", "sliding-on", "reward-1"} {
		for _, file := range []string{"config.json", "config.v5.json"} {
			if b, err := os.ReadFile(filepath.Join(tiny(f, name), file)); err == nil {
				f.Add(b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseConfig(data)
		if err != nil {
			return
		}
		if c.Heads%c.KVHeads != 0 || c.Hidden > maxHidden || c.Layers > maxLayers || c.HeadDim%2 != 0 || c.Window != nil && len(c.Window) != c.Layers {
			t.Errorf("accepted %+v", c)
		}
		inv, scale := c.Rope.Frequencies(c.HeadDim)
		for _, x := range append(inv, scale) {
			if x-x != 0 || x < 0 {
				t.Errorf("rope %+v: frequencies %v, factor %g", c.Rope, inv, scale)
			}
		}
	})
}
