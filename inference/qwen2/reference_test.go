package qwen2

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// naive computes the logits of the last token of a text in float64, one number after the other: the Llama layout with every bias there is.
func naive(c *Config, w map[string]stored32, ids []int32) []float64 {
	linear := func(name string, x []float64) []float64 {
		m := w[name+".weight"]
		y := make([]float64, m.shape[0])
		for r := range y {
			for k, v := range x {
				y[r] += float64(m.v[r*len(x)+k]) * v
			}
			if b, ok := w[name+".bias"]; ok {
				y[r] += float64(b.v[r])
			}
		}
		return y
	}
	norm := func(name string, x []float64) []float64 {
		sum, y := 0.0, make([]float64, len(x))
		for _, v := range x {
			sum += v * v
		}
		for i, v := range x {
			y[i] = v / math.Sqrt(sum/float64(len(x))+float64(c.Eps)) * float64(w[name+".weight"].v[i])
		}
		return y
	}
	rotate := func(x []float64, pos int) {
		for h := 0; h < len(x); h += c.HeadDim {
			for i := range c.HeadDim / 2 {
				sin, cos := math.Sincos(float64(pos) * math.Pow(c.Rope.Theta, -float64(2*i)/float64(c.HeadDim)))
				a, b := x[h+i], x[h+i+c.HeadDim/2]
				x[h+i], x[h+i+c.HeadDim/2] = a*cos-b*sin, b*cos+a*sin
			}
		}
	}
	add := func(x, y []float64) {
		for i, v := range y {
			x[i] += v
		}
	}
	x := make([][]float64, len(ids))
	for t, id := range ids {
		for _, v := range w["model.embed_tokens.weight"].v[int(id)*c.Hidden : (int(id)+1)*c.Hidden] {
			x[t] = append(x[t], float64(v))
		}
	}
	for l := range c.Layers {
		at := fmt.Sprintf("model.layers.%d.", l)
		var ks, vs [][]float64
		for t := range x {
			n := norm(at+"input_layernorm", x[t])
			q, k, v := linear(at+"self_attn.q_proj", n), linear(at+"self_attn.k_proj", n), linear(at+"self_attn.v_proj", n)
			rotate(q, t)
			rotate(k, t)
			ks, vs = append(ks, k), append(vs, v)
			out := make([]float64, len(q))
			for h := range c.Heads {
				g, sum := h/(c.Heads/c.KVHeads)*c.HeadDim, 0.0
				for j := range ks {
					s := 0.0
					for d := range c.HeadDim {
						s += q[h*c.HeadDim+d] * ks[j][g+d]
					}
					p := math.Exp(s / math.Sqrt(float64(c.HeadDim)))
					sum += p
					for d := range c.HeadDim {
						out[h*c.HeadDim+d] += p * vs[j][g+d]
					}
				}
				for d := range c.HeadDim {
					out[h*c.HeadDim+d] /= sum
				}
			}
			add(x[t], linear(at+"self_attn.o_proj", out))
			n = norm(at+"post_attention_layernorm", x[t])
			gate, up := linear(at+"mlp.gate_proj", n), linear(at+"mlp.up_proj", n)
			for i, v := range gate {
				up[i] *= v / (1 + math.Exp(-v))
			}
			add(x[t], linear(at+"mlp.down_proj", up))
		}
	}
	return linear("lm_head", norm("model.norm", x[len(x)-1]))
}

// TestBiases runs the Llama layout with biases on every matrix, which no golden model has, against the plain computation.
func TestBiases(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var weights map[string]stored32
	dir := spoiled(t, "llama", func(m map[string]stored32) {
		for name, s := range m {
			if strings.HasSuffix(name, "_proj.weight") {
				b := stored32{shape: s.shape[:1]}
				for range s.shape[0] {
					b.v = append(b.v, float32(r.NormFloat64()/4))
				}
				m[strings.TrimSuffix(name, "weight")+"bias"] = b
			}
		}
		weights = m
	})
	path := filepath.Join(dir, "config.json")
	config, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(`"attention_bias": false`, `"attention_bias": true`, `"mlp_bias": false`, `"mlp_bias": true`).Replace(string(config))
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := Open(dir, Options{Weights: "f32"})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	c, err := m.NewCache(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ids := numbers(r, 20, m.Config.Vocab)
	s := m.NewSession(nil)
	h, err := s.Forward([]Slot{{Seq: c.New(), IDs: ids, Want: []int{19}}})
	if err != nil {
		t.Fatal(err)
	}
	got, want := make([]float32, m.Config.Vocab), naive(&m.Config, weights, ids)
	s.Logits(got, h)
	for i := range got {
		if !(math.Abs(float64(got[i])-want[i]) <= 1e-4) {
			t.Fatalf("logit %d is %g, want %g", i, got[i], want[i])
		}
	}
}

// TestChunkPositions pins the formulas of the golden folder's README where its models do not tell them apart.
func TestChunkPositions(t *testing.T) {
	for _, tt := range []struct {
		d                     DualChunk
		p, intra, succ, inter int
	}{
		{DualChunk{Size: 32, Local: 8}, 23, 23, 32, 32},
		{DualChunk{Size: 32, Local: 8}, 24, 0, 24, 32},
		{DualChunk{Size: 32, Local: 8}, 31, 7, 31, 32},
		{DualChunk{Size: 32, Local: 24}, 15, 7, 15, 15},
		{DualChunk{Size: 32, Local: 16}, 47, 15, 31, 31},
	} {
		for kind, want := range []int{tt.intra, tt.succ, tt.inter} {
			if got := tt.d.position(tt.p, kind); got != want {
				t.Errorf("%+v: a query at %d is turned by %d for kind %d, want %d", tt.d, tt.p, got, kind, want)
			}
		}
	}
}
