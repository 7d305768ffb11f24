package tokenizer

import (
	"fmt"
	"slices"
)

// A Metadata gives the values of a GGUF file by key. An error says that the key is absent or of another type, and names it. *gguf.Meta is one.
type Metadata interface {
	Has(key string) bool
	String(key string) (string, error)
	Strings(key string) ([]string, error)
	Uint(key string) (uint64, error)
	Ints(key string) ([]int64, error)
	Bool(key string) (bool, error)
}

// FromGGUF makes the tokenizer that the metadata of a GGUF file describes.
func FromGGUF(meta Metadata) (*Tokenizer, error) {
	p, err := PartsFromGGUF(meta)
	if err != nil {
		return nil, err
	}
	return New(p)
}

// PartsFromGGUF collects tokenizer.ggml.* and tokenizer.chat_template. GGUF does not say whether text is normalised: the vocabulary of Qwen is
// for NFC, as its tokenizer.json says, and the other byte-level ones are not. As llama.cpp does, it makes no use of the unknown token: bytes
// without a token are left out.
func PartsFromGGUF(meta Metadata) (Parts, error) {
	p := Parts{BOS: -1, EOS: -1, Pad: -1}
	if !meta.Has("tokenizer.ggml.model") {
		return p, fmt.Errorf("tokenizer: the file has no tokenizer.ggml.model: it carries no tokenizer")
	}
	model, err := meta.String("tokenizer.ggml.model")
	if err != nil {
		return p, fmt.Errorf("tokenizer: %w", err)
	}
	if model != "gpt2" {
		return p, fmt.Errorf("tokenizer: tokenizer.ggml.model is %.40q; supported is gpt2 (byte-level BPE)", model)
	}
	if p.Pre, err = meta.String("tokenizer.ggml.pre"); err != nil {
		return p, fmt.Errorf("tokenizer: how text is cut into words is not known: %w", err)
	}
	p.NFC = slices.Contains([]string{"qwen2", "qwen3", "deepseek-r1-qwen"}, p.Pre)
	p.IgnoreMerges = slices.Contains([]string{"llama-bpe", "llama3", "llama-v3", "falcon3"}, p.Pre)
	if p.Tokens, err = meta.Strings("tokenizer.ggml.tokens"); err != nil {
		return p, fmt.Errorf("tokenizer: %w", err)
	}
	if p.Merges, err = meta.Strings("tokenizer.ggml.merges"); err != nil {
		return p, fmt.Errorf("tokenizer: %w", err)
	}
	if meta.Has("tokenizer.ggml.token_type") {
		types, err := meta.Ints("tokenizer.ggml.token_type")
		if err != nil {
			return p, fmt.Errorf("tokenizer: %w", err)
		}
		p.Types = make([]int, len(types))
		for i, t := range types {
			p.Types[i] = int(t)
		}
	}
	if err := p.idsFromGGUF(meta); err != nil {
		return p, fmt.Errorf("tokenizer: %w", err)
	}
	if meta.Has("tokenizer.chat_template") {
		if p.ChatTemplate, err = meta.String("tokenizer.chat_template"); err != nil {
			return p, fmt.Errorf("tokenizer: %w", err)
		}
	}
	return p, nil
}

// idsFromGGUF reads the ids with a meaning.
func (p *Parts) idsFromGGUF(meta Metadata) error {
	var eot, eom int32 = -1, -1
	for _, x := range []struct {
		key string
		id  *int32
	}{
		{"tokenizer.ggml.bos_token_id", &p.BOS},
		{"tokenizer.ggml.eos_token_id", &p.EOS},
		{"tokenizer.ggml.padding_token_id", &p.Pad},
		{"tokenizer.ggml.eot_token_id", &eot},
		{"tokenizer.ggml.eom_token_id", &eom},
	} {
		if !meta.Has(x.key) {
			continue
		}
		id, err := meta.Uint(x.key)
		if err != nil {
			return err
		}
		if id >= uint64(len(p.Tokens)) {
			return fmt.Errorf("%s is %d; the vocabulary has %d tokens", x.key, id, len(p.Tokens))
		}
		*x.id = int32(id)
	}
	p.Ends = []int32{eot, eom}
	if meta.Has("tokenizer.ggml.add_bos_token") {
		add, err := meta.Bool("tokenizer.ggml.add_bos_token")
		if err != nil {
			return err
		}
		p.AddBOS = add
	}
	if meta.Has("tokenizer.ggml.add_eos_token") {
		add, err := meta.Bool("tokenizer.ggml.add_eos_token")
		if err != nil {
			return err
		}
		if add && p.EOS >= 0 {
			p.Closing = []int32{p.EOS}
		}
	}
	if p.AddBOS && p.BOS < 0 {
		return fmt.Errorf("tokenizer.ggml.add_bos_token without tokenizer.ggml.bos_token_id")
	}
	return nil
}
