// Package card says what is in a model, without loading it: architecture, size, types, tokenizer, chat template, and what an engine will make
// of the weights. Whatever looks wrong becomes a warning; only what cannot be opened at all is an error.
//
//	c, err := card.Read("Qwen2-0.5B-Instruct") // a folder, a .gguf or a .safetensors file
//	fmt.Println(c.Architecture, c.Parameters, c.Warnings)
package card

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/winnow-data/winnow/inference/chat"
	"github.com/winnow-data/winnow/inference/gguf"
	"github.com/winnow-data/winnow/inference/safetensors"
	"github.com/winnow-data/winnow/inference/tensor"
	"github.com/winnow-data/winnow/inference/tokenizer"
)

// A Card describes a model.
type Card struct {
	Path         string     `json:"path"`
	Format       string     `json:"format"` // "GGUF 3" or "safetensors"
	Files        int        `json:"files"`
	Bytes        int64      `json:"bytes"` // of the tensors
	Name         string     `json:"name,omitempty"`
	Architecture string     `json:"architecture"` // general.architecture or the first of architectures
	Parameters   int        `json:"parameters"`
	Shape        Shape      `json:"shape"`
	Types        []Share    `json:"types"` // most bytes first
	Tokenizer    *Tokenizer `json:"tokenizer"`
	ChatTemplate string     `json:"chat_template,omitempty"` // name of the family, "unknown", or nothing
	Auto         []Form     `json:"weights_auto"`            // most bytes first
	Tensors      []Tensor   `json:"tensors"`                 // in the order of the files
	Warnings     []string   `json:"warnings"`
}

// A Shape holds the numbers of the blueprint. 0 means that the model does not say.
type Shape struct {
	Hidden      int     `json:"hidden"`
	Layers      int     `json:"layers"`
	Heads       int     `json:"heads"`
	KVHeads     int     `json:"kv_heads"`
	HeadDim     int     `json:"head_dim"`
	Inter       int     `json:"feed_forward"`
	Experts     int     `json:"experts,omitempty"`
	ExpertsUsed int     `json:"experts_used,omitempty"`
	Vocab       int     `json:"vocabulary"`
	Context     int     `json:"context"`
	RopeBase    float64 `json:"rope_base"`
	Eps         float64 `json:"norm_eps"`
	Tied        bool    `json:"tied_head"` // the embedding is also the head
}

// A Share is what is stored in one type.
type Share struct {
	Type     string `json:"type"`
	Tensors  int    `json:"tensors"`
	Values   int    `json:"values"`
	Bytes    int64  `json:"bytes"`
	Readable bool   `json:"readable"`
}

// A Tokenizer is what a model says of its own.
type Tokenizer struct {
	Kind    string `json:"kind"` // how text is cut into words: qwen2, smollm, …
	Tokens  int    `json:"tokens"`
	Merges  int    `json:"merges"`
	Special int    `json:"special"`
	BOS     int32  `json:"bos"` // -1: none, as for the others
	EOS     int32  `json:"eos"`
	Pad     int32  `json:"pad"`
	NFC     bool   `json:"nfc"`
}

// A Tensor is a line of the directory.
type Tensor struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Shape []int  `json:"shape"` // rows first
	Bytes int    `json:"bytes"`
}

// Read describes the model in a folder, a GGUF file or a safetensors file.
func Read(path string) (*Card, error) {
	c := &Card{Path: path, Warnings: []string{}}
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if st.IsDir() || strings.HasSuffix(path, ".safetensors") || strings.HasSuffix(path, ".safetensors.index.json") {
		return c, c.readFolder(path, st.IsDir())
	}
	return c, c.readGGUF(path)
}

func (c *Card) warn(format string, args ...any) {
	c.Warnings = append(c.Warnings, fmt.Sprintf(format, args...))
}

func (c *Card) readGGUF(path string) error {
	f, err := gguf.Open(path)
	if err != nil {
		return err
	}
	c.Format, c.Files = fmt.Sprintf("GGUF %d", f.Version), len(f.Files)
	c.fromMeta(f.Meta)
	c.count(f.Tensors(), "token_embd.weight", "output.weight")
	if f.Meta.Has("tokenizer.ggml.model") {
		c.describe(tokenizer.PartsFromGGUF(f.Meta))
	} else {
		c.warn("no tokenizer: it can take ids, not text")
	}
	c.judge()
	return f.Close()
}

func (c *Card) readFolder(path string, folder bool) error {
	s, err := safetensors.Open(path)
	if err != nil {
		return err
	}
	c.Format, c.Files = "safetensors", len(s.Files)
	dir := path
	if !folder {
		dir = filepath.Dir(path)
	}
	c.fromConfig(filepath.Join(dir, "config.json"))
	embedding := "model.embed_tokens.weight"
	if _, err := s.Tensor(embedding); err != nil {
		embedding = "embed_tokens.weight" // of a checkpoint without a head
	}
	c.count(s.Tensors(), embedding, "lm_head.weight")
	if there(dir, "tokenizer.json") || there(dir, "vocab.json") {
		c.describe(tokenizer.ReadParts(os.DirFS(dir)))
	} else {
		c.warn("no tokenizer: it can take ids, not text")
	}
	c.judge()
	return s.Close()
}

func there(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// describe adds the tokenizer and the chat template.
func (c *Card) describe(p tokenizer.Parts, err error) {
	if err != nil {
		c.warn("the tokenizer cannot be used: %v", err)
		return
	}
	t := &Tokenizer{Kind: p.Pre, Tokens: len(p.Tokens), Merges: len(p.Merges), BOS: p.BOS, EOS: p.EOS, Pad: p.Pad, NFC: p.NFC}
	for _, a := range p.Added {
		t.Tokens = max(t.Tokens, int(a.ID)+1)
		if a.Special {
			t.Special++
		}
	}
	for _, typ := range p.Types {
		if typ == 3 { // control
			t.Special++
		}
	}
	c.Tokenizer = t
	if p.ChatTemplate == "" {
		return
	}
	c.ChatTemplate = "unknown"
	if template, err := chat.New(p.ChatTemplate); err == nil {
		c.ChatTemplate = template.Name()
	} else {
		c.warn("%v", err)
	}
}

// judge compares what the parts of the model say of each other.
func (c *Card) judge() {
	for _, s := range c.Types {
		if !s.Readable {
			c.warn("%d tensors of type %s cannot be read; readable: %s", s.Tensors, s.Type, tensor.Readable())
		}
	}
	if t := c.Tokenizer; t != nil {
		if t.Tokens > c.Shape.Vocab {
			c.warn("the tokenizer has %d tokens, but the embedding only %d rows", t.Tokens, c.Shape.Vocab)
		}
		if t.EOS < 0 {
			c.warn("no end-of-sequence token: generation ends only at its limit or a stop text")
		}
	}
	if c.Tokenizer != nil && c.ChatTemplate == "" {
		c.warn("no chat template: raw prompts only")
	}
}
