package random

import (
	"fmt"

	"github.com/winnow-data/winnow/inference/gguf"
	"github.com/winnow-data/winnow/inference/tokenizer"
)

// Token types of GGUF.
const (
	normal      = 1
	control     = 3
	userDefined = 4
	unused      = 5
)

// special are Qwen2's tokens for the end of a document and around the turns of a chat.
var special = []string{"<|endoftext|>", "<|im_start|>", "<|im_end|>"}

// chatML is the template of Qwen2's releases (Apache-2.0).
const chatML = `{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system
You are a helpful assistant.<|im_end|>
' }}{% endif %}{{'<|im_start|>' + message['role'] + '
' + message['content'] + '<|im_end|>' + '
'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant
' }}{% endif %}`

// A vocab is a tokenizer as GGUF stores it.
type vocab struct {
	parts  tokenizer.Parts
	tokens []string
	types  []int32
}

// byteLevel is the smallest vocabulary that encodes every text: one token per byte, in GPT-2's order, and no merges.
func byteLevel() tokenizer.Parts {
	p := tokenizer.Parts{Pre: "qwen2", BOS: -1, EOS: -1, Pad: -1}
	visible := func(b rune) bool { return '!' <= b && b <= '~' || '¡' <= b && b <= '¬' || '®' <= b && b <= 'ÿ' }
	for b := rune(0); b < 256; b++ {
		if visible(b) {
			p.Tokens = append(p.Tokens, string(b))
		}
	}
	shifted := 'Ā' // GPT-2's alphabet writes the other bytes as the letters from U+0100 on
	for b := rune(0); b < 256; b++ {
		if !visible(b) {
			p.Tokens = append(p.Tokens, string(shifted))
			shifted++
		}
	}
	return p
}

// vocabulary lists the tokens by id. Qwen2's special tokens are added when the tokenizer has none, and its chat template likewise.
func vocabulary(p tokenizer.Parts) (vocab, error) {
	v := vocab{parts: p, tokens: append([]string(nil), p.Tokens...)}
	v.types = make([]int32, len(v.tokens))
	for i := range v.types {
		v.types[i] = normal
		if i < len(p.Types) {
			v.types[i] = int32(p.Types[i])
		}
		if v.tokens[i] == "" {
			v.types[i] = unused
		}
	}
	for _, a := range p.Added {
		if a.ID < 0 || int(a.ID) > 1<<24 {
			return v, fmt.Errorf("the tokenizer's added token %q has id %d", a.Content, a.ID)
		}
		typ := int32(userDefined)
		if a.Special {
			typ = control
		}
		v.set(int(a.ID), a.Content, typ)
	}
	if len(p.Added) == 0 && len(p.Types) == 0 {
		for _, s := range special {
			v.set(len(v.tokens), s, control)
		}
		n := int32(len(v.tokens))
		v.parts.BOS, v.parts.EOS, v.parts.Pad = n-3, n-1, n-3
	}
	if v.parts.ChatTemplate == "" {
		v.parts.ChatTemplate = chatML
	}
	for i, s := range v.tokens {
		if s == "" {
			v.tokens[i] = fmt.Sprintf("[PAD%d]", i)
		}
	}
	return v, nil
}

// set gives an id a token.
func (v *vocab) set(id int, token string, typ int32) {
	for len(v.tokens) <= id {
		v.tokens, v.types = append(v.tokens, ""), append(v.types, unused)
	}
	v.tokens[id], v.types[id] = token, typ
}

// meta returns the tokenizer's keys, padded to n tokens.
func (v *vocab) meta(n int) []gguf.Pair {
	for len(v.tokens) < n {
		v.set(len(v.tokens), fmt.Sprintf("[PAD%d]", len(v.tokens)), unused)
	}
	pairs := []gguf.Pair{
		{Key: "tokenizer.ggml.model", Value: "gpt2"},
		{Key: "tokenizer.ggml.pre", Value: v.parts.Pre},
		{Key: "tokenizer.ggml.tokens", Value: v.tokens},
		{Key: "tokenizer.ggml.token_type", Value: v.types},
		{Key: "tokenizer.ggml.merges", Value: v.parts.Merges},
		{Key: "tokenizer.ggml.add_bos_token", Value: v.parts.AddBOS},
		{Key: "tokenizer.chat_template", Value: v.parts.ChatTemplate},
	}
	for _, x := range []struct {
		key string
		id  int32
	}{{"bos", v.parts.BOS}, {"eos", v.parts.EOS}, {"padding", v.parts.Pad}} {
		if x.id >= 0 {
			pairs = append(pairs, gguf.Pair{Key: "tokenizer.ggml." + x.key + "_token_id", Value: uint32(x.id)})
		}
	}
	return pairs
}
