package tokenizer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// meta is metadata in memory.
type meta map[string]any

func (m meta) Has(key string) bool                  { return m[key] != nil }
func (m meta) String(key string) (string, error)    { return value[string](m, key) }
func (m meta) Strings(key string) ([]string, error) { return value[[]string](m, key) }
func (m meta) Uint(key string) (uint64, error)      { return value[uint64](m, key) }
func (m meta) Ints(key string) ([]int64, error)     { return value[[]int64](m, key) }
func (m meta) Bool(key string) (bool, error)        { return value[bool](m, key) }

var errKind = errors.New("is of another kind")

func value[T any](m meta, key string) (v T, err error) {
	v, ok := m[key].(T)
	if !ok {
		return v, fmt.Errorf("key %s: %w", key, errKind)
	}
	return v, nil
}

// tinyMeta is tiny as GGUF metadata, with a user-defined, an unknown and two unused tokens more.
func tinyMeta() meta {
	p := tiny()
	tokens := append(p.Tokens, " user", "<unk>", "[PAD]", "[PAD]")
	types := make([]int64, len(tokens))
	for i := range types {
		types[i] = 1
	}
	types[258], types[259], types[260], types[261], types[262] = typeControl, typeUserDefined, typeUnknown, typeUnused, typeUnused
	return meta{
		"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "qwen2", "tokenizer.ggml.tokens": tokens, "tokenizer.ggml.merges": p.Merges,
		"tokenizer.ggml.token_type": types, "tokenizer.ggml.eos_token_id": uint64(258), "tokenizer.ggml.eot_token_id": uint64(260),
		"tokenizer.ggml.padding_token_id": uint64(258), "tokenizer.ggml.bos_token_id": uint64(258), "tokenizer.ggml.add_bos_token": true, "tokenizer.ggml.add_eos_token": true,
		"tokenizer.chat_template": "template",
	}
}

func TestFromGGUF(t *testing.T) {
	tok, err := FromGGUF(tinyMeta())
	if err != nil {
		t.Fatal(err)
	}
	ab := tok.Encode(nil, "ab", false)
	checkIDs(t, tok, "ab user<|end|>", true, append(slices.Clone(ab), 259, 258))
	if got := tok.Encode(nil, "ab user<|end|>", false); !slices.Contains(got, 259) || slices.Contains(got, 258) {
		t.Errorf("not asked for special tokens: %v; want the user-defined one, not the control token", got)
	}
	if id, add := tok.BOS(); id != 258 || !add || tok.Pad() != 258 || !slices.Equal(tok.EOS(), []int32{258, 260}) || tok.ChatTemplate() != "template" || tok.MaxID() != 262 || !slices.Equal(tok.Closing(), []int32{258}) {
		t.Errorf("BOS %d %t, padding %d, EOS %v, template %q, largest id %d", id, add, tok.Pad(), tok.EOS(), tok.ChatTemplate(), tok.MaxID())
	}
	if got, want := tok.Encode(nil, "e\u0301", false), tok.Encode(nil, "é", false); !slices.Equal(got, want) {
		t.Error("text of a Qwen2 vocabulary is not normalised")
	}
}

func TestBadGGUF(t *testing.T) {
	for _, c := range []struct {
		key   string
		value any
		want  string
	}{
		{"tokenizer.ggml.model", nil, "it carries no tokenizer"},
		{"tokenizer.ggml.model", "llama", `tokenizer.ggml.model is "llama"; supported is gpt2 (byte-level BPE)`},
		{"tokenizer.ggml.model", "bert", `is "bert"`},
		{"tokenizer.ggml.model", uint64(1), "another kind"},
		{"tokenizer.ggml.pre", nil, "how text is cut into words is not known"},
		{"tokenizer.ggml.pre", "default", `unknown pre-tokenizer "default"`},
		{"tokenizer.ggml.tokens", nil, "tokenizer.ggml.tokens"},
		{"tokenizer.ggml.merges", nil, "tokenizer.ggml.merges"},
		{"tokenizer.ggml.token_type", []int64{1}, "1 token types for 263 tokens"},
		{"tokenizer.ggml.eos_token_id", uint64(1 << 40), "tokenizer.ggml.eos_token_id is 1099511627776; the vocabulary has 263 tokens"},
		{"tokenizer.ggml.bos_token_id", nil, "add_bos_token without"},
		{"tokenizer.ggml.add_bos_token", "yes", "another kind"},
		{"tokenizer.chat_template", uint64(1), "another kind"},
	} {
		m := tinyMeta()
		if m[c.key] = c.value; c.value == nil {
			delete(m, c.key)
		}
		if _, err := FromGGUF(m); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "tokenizer: ") {
			t.Errorf("%s %v: error %v, want %q", c.key, c.value, err, c.want)
		}
	}
}
