package qwen2

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference/internal/golden"
)

// A stored tensor of a safetensors file, float32.
type stored32 struct {
	shape []int
	v     []float32
}

// readStored reads a small file of float32 tensors.
func readStored(t *testing.T, path string) map[string]stored32 {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := binary.LittleEndian.Uint64(data)
	var head map[string]struct {
		Shape []int `json:"shape"`
		At    []int `json:"data_offsets"`
	}
	if err := json.Unmarshal(data[8:8+n], &head); err != nil {
		t.Fatal(err)
	}
	out := map[string]stored32{}
	for name, h := range head {
		if name == "__metadata__" {
			continue
		}
		s := stored32{shape: h.Shape}
		for b := data[8+int(n)+h.At[0] : 8+int(n)+h.At[1]]; len(b) > 0; b = b[4:] {
			s.v = append(s.v, math.Float32frombits(binary.LittleEndian.Uint32(b)))
		}
		out[name] = s
	}
	return out
}

func writeStored(t *testing.T, path string, tensors map[string]stored32) {
	t.Helper()
	head := map[string]any{}
	var body []byte
	for name, s := range tensors {
		at := len(body)
		for _, x := range s.v {
			body = binary.LittleEndian.AppendUint32(body, math.Float32bits(x))
		}
		head[name] = map[string]any{"dtype": "F32", "shape": s.shape, "data_offsets": []int{at, len(body)}}
	}
	h, err := json.Marshal(head)
	if err != nil {
		t.Fatal(err)
	}
	for len(h)%8 != 0 {
		h = append(h, ' ')
	}
	data := binary.LittleEndian.AppendUint64(nil, uint64(len(h)))
	if err := os.WriteFile(path, append(append(data, h...), body...), 0o644); err != nil {
		t.Fatal(err)
	}
}

// spoiled copies a tiny model with its tensors changed.
func spoiled(t *testing.T, name string, change func(map[string]stored32)) string {
	t.Helper()
	from, to := tiny(t, name), t.TempDir()
	config, err := os.ReadFile(filepath.Join(from, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, "config.json"), config, 0o644); err != nil {
		t.Fatal(err)
	}
	tensors := readStored(t, filepath.Join(from, "model.safetensors"))
	change(tensors)
	writeStored(t, filepath.Join(to, "model.safetensors"), tensors)
	return to
}

func TestOpenRefuses(t *testing.T) {
	const norm, up = "model.layers.1.input_layernorm.weight", "model.layers.1.mlp.up_proj.weight"
	for _, tt := range []struct {
		name   string
		change func(map[string]stored32)
		want   string
	}{
		{"unchanged", func(map[string]stored32) {}, ""},
		{"missing", func(m map[string]stored32) { delete(m, up) }, "tensor " + up + ": missing"},
		{"surplus", func(m map[string]stored32) { m["model.layers.3.mlp.x"] = m[norm] }, "1 tensors are no part of the model as configured, the first model.layers.3.mlp.x"},
		{"shape", func(m map[string]stored32) { m[up] = stored32{[]int{64, 160}, m[up].v} }, "tensor " + up + ": shape [64 160], want [160 64]"},
		{"length", func(m map[string]stored32) { m[norm] = stored32{[]int{63}, m[norm].v[:63]} }, "tensor " + norm + ": shape [63], want [64]"},
		{"NaN in a matrix", func(m map[string]stored32) { m[up].v[64*7+3] = float32(math.NaN()) }, "tensor " + up + ": row 7 holds a NaN"},
		{"Inf in a matrix", func(m map[string]stored32) { m[up].v[64*159] = float32(math.Inf(1)) }, "tensor " + up + ": row 159 holds a NaN, an infinity"},
		{"NaN in a norm", func(m map[string]stored32) { m[norm].v[5] = float32(math.NaN()) }, "tensor " + norm + ": value 5 is NaN"},
		{"head that differs", func(m map[string]stored32) {
			e := m["model.embed_tokens.weight"]
			m["lm_head.weight"] = stored32{e.shape, append([]float32{1}, e.v[1:]...)}
		}, "tensor lm_head.weight differs from the embedding"},
		{"head that repeats", func(m map[string]stored32) { m["lm_head.weight"] = m["model.embed_tokens.weight"] }, ""},
		{"old table", func(m map[string]stored32) { m["model.layers.0.self_attn.rotary_emb.inv_freq"] = m[norm] }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, weights := range forms {
				dir := spoiled(t, "dense-tied", tt.change)
				m, err := Open(dir, Options{Weights: weights})
				switch {
				case tt.want == "" && err != nil:
					t.Errorf("weights %q: %v", weights, err)
				case tt.want != "" && err == nil:
					t.Errorf("weights %q: got no error, want %q", weights, tt.want)
				case tt.want != "" && !(strings.Contains(err.Error(), tt.want) && strings.Contains(err.Error(), dir)):
					t.Errorf("weights %q: got %q, want %q and the path in it", weights, err, tt.want)
				}
				if m != nil {
					m.Close()
				}
			}
		})
	}
}

func TestOpenRefusesTokenizer(t *testing.T) {
	dir := spoiled(t, "yarn", func(map[string]stored32) {})
	b, err := os.ReadFile(filepath.Join(tiny(t, "dense-tied"), "tokenizer.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tokenizer.json"), b, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Open(dir, Options{})
	if want := "the tokenizer has id 511, and the embedding has 256 rows"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q in it", err, want)
	}
}

func TestOpenRefusesPaths(t *testing.T) {
	empty, file := t.TempDir(), filepath.Join(t.TempDir(), "x.gguf")
	if err := os.WriteFile(file, []byte("nothing of the kind"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path string
		o    Options
		want string
	}{
		{filepath.Join(empty, "gone"), Options{}, "no such file"},
		{empty, Options{}, "is no model folder: it has no config.json"},
		{file, Options{}, file},
		{file, Options{Weights: "q8"}, `weights "q8", want one of f32, bf16, int8, int4`},
		{file + ".safetensors", Options{}, "no such file"},
	} {
		if _, err := Open(tt.path, tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Open(%q, %+v): got %v, want %q in it", tt.path, tt.o, err, tt.want)
		}
	}
}

// FuzzOpenGGUF damages whole files: what comes back is an error or a model that computes.
func FuzzOpenGGUF(f *testing.F) {
	for _, name := range []string{"dense-tied.q4_0.gguf", "moe.f16.gguf", "llama.f16.gguf", "yarn.f16.gguf"} {
		if b, err := os.ReadFile(golden.Path(f, "golden/qwen2-gguf/"+name)); err == nil {
			f.Add(b, uint32(0), byte(0))
			f.Add(b, uint32(300), byte(7))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, at uint32, flip byte) {
		if len(data) > 0 { // mutators seldom find the few hundred bytes that matter
			data = append([]byte(nil), data...)
			data[int(at)%len(data)] ^= flip
		}
		path := filepath.Join(t.TempDir(), "x.gguf")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		m, err := Open(path, Options{Threads: 1})
		if err != nil {
			if !strings.Contains(err.Error(), path) {
				t.Errorf("the error does not name the file: %v", err)
			}
			return
		}
		defer m.Close()
		c, err := m.NewCache(1 << 24)
		if err != nil {
			return
		}
		defer c.Close()
		s := m.NewSession(nil)
		h, err := s.Forward([]Slot{{Seq: c.New(), IDs: []int32{0, 0}, Want: []int{1}}})
		if err != nil {
			return
		}
		if m.Config.Head == LM {
			s.Top(make([]Top, 1), h, 1)
		}
	})
}
