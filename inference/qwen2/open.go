package qwen2

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/inference/gguf"
	"github.com/winnow-data/winnow/inference/internal/kernel"
	"github.com/winnow-data/winnow/inference/internal/mapped"
	"github.com/winnow-data/winnow/inference/internal/pool"
	"github.com/winnow-data/winnow/inference/safetensors"
	"github.com/winnow-data/winnow/inference/tokenizer"
)

// maxConfig is the most bytes that are read of a config.json: those in use have a few thousand.
const maxConfig = 16 << 20

// Options say how a model is held in memory.
type Options struct {
	// Weights is the form of the matrices: "" as they are stored (block types with their own integers, in 4 or 8 bits; F16 as f32), or f32,
	// bf16, int8 (a scale per 32 columns), int4 (scale and minimum per 32; embedding and head int8). What a file holds in integers of no more
	// than 8 or 4 bits stays as it is. Norms, biases, expert routers and classification heads are float32 always.
	Weights string
	// Anew rounds those integers too, as if the file held floats: to measure a form on any file.
	Anew bool
	// Config is another config.json to read instead of the folder's, "" for none.
	Config string
	// Threads pack the weights; 0: one per CPU.
	Threads int
}

// A Model is a blueprint with its weights. It never changes after Open and may be shared by any number of goroutines; each makes its own
// [Session].
type Model struct {
	Config    Config
	Tokenizer *tokenizer.Tokenizer // nil where the folder has none
	Weights   string               // the form asked for

	w         *weights
	pack      *packing
	kv16      bool      // keys and values are held in 16 bits: see kernel.Attention
	inv       []float64 // angle per position of each pair of a head
	ropeScale float64   // on cos and sin
}

// Open reads a Hugging Face folder (config.json, safetensors, a tokenizer) or a GGUF file. Errors name the file and the field or tensor.
func Open(path string, o Options) (*Model, error) {
	if !slices.Contains(forms, o.Weights) {
		return nil, fmt.Errorf("weights %q, want one of f32, bf16, int8, int4, or nothing for the form they are stored in", o.Weights)
	}
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	m := &Model{Weights: o.Weights}
	if st.IsDir() {
		err = m.openFolder(path, o)
	} else if strings.HasSuffix(path, ".safetensors") || strings.HasSuffix(path, ".json") {
		err = fmt.Errorf("%s: open the folder that holds config.json and the weights, not one of its files", path)
	} else {
		err = m.openGGUF(path, o)
	}
	if err != nil {
		return nil, err
	}
	m.inv, m.ropeScale = m.Config.Rope.Frequencies(m.Config.HeadDim)
	return m, nil
}

// Close returns the memory of the weights. No Session may be used afterwards.
func (m *Model) Close() error {
	m.pack.free()
	m.w = nil
	return nil
}

// Bytes is the memory that the packed weights take.
func (m *Model) Bytes() int64 {
	n := int64(0)
	for _, w := range m.pack.made {
		n += int64(w.Bytes())
	}
	return n
}

// HasBF16 says whether a matrix is held in bfloat16, the one form whose last bits differ between instruction sets.
func (m *Model) HasBF16() bool {
	return slices.ContainsFunc(m.pack.made, func(w *kernel.Matrix) bool { return w.Format == kernel.BF16 })
}

func (m *Model) openFolder(path string, o Options) (err error) {
	name := filepath.Join(path, "config.json")
	if o.Config != "" {
		name = o.Config
	}
	data, err := mapped.Read(name, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: is no model folder: it has no config.json", path)
	}
	if err != nil {
		return err
	}
	if m.Config, err = ParseConfig(data); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	c, err := safetensors.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if hasTokenizer(path) {
		if m.Tokenizer, err = tokenizer.Open(path); err != nil {
			return err
		}
	}
	return m.load(newBinder(path, c, false), o)
}

// hasTokenizer says whether the folder has one in either form.
func hasTokenizer(path string) bool {
	for _, name := range []string{"tokenizer.json", "vocab.json"} {
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			return true
		}
	}
	return false
}

func (m *Model) openGGUF(path string, o Options) (err error) {
	f, err := gguf.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if m.Config, err = ggufConfig(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if f.Meta.Has("tokenizer.ggml.tokens") {
		if m.Tokenizer, err = tokenizer.FromGGUF(f.Meta); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		m.Config.Pad = m.Tokenizer.Pad()
	}
	return m.load(newBinder(path, f, true), o)
}

// load binds the tensors and packs them.
func (m *Model) load(b *binder, o Options) error {
	if t := m.Tokenizer; t != nil && int(t.MaxID()) >= m.Config.Vocab {
		return fmt.Errorf("%s: the tokenizer has id %d, and the embedding has %d rows", b.path, t.MaxID(), m.Config.Vocab)
	}
	err := mapped.Guard(func() {
		m.w, m.pack = m.Config.bind(b, o)
		if b.err == nil {
			b.err = b.rest(&m.Config)
		}
	})
	if err != nil {
		return fmt.Errorf("%s: %w", b.path, err)
	}
	if err = b.err; err == nil {
		workers := pool.New(o.Threads)
		err = m.pack.run(workers)
		workers.Close()
	}
	m.pack.jobs = nil
	if err != nil {
		m.pack.free()
		return err
	}
	m.kv16 = m.w.layers[0].qkv.Format != kernel.F32 && m.Config.Chunk == nil
	return nil
}
