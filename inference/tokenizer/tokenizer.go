// Package tokenizer turns text into the ids of a byte-level BPE vocabulary and back, with exactly the ids that the model was trained on.
//
// A [Tokenizer] comes from a folder in one of the Hugging Face forms ([Open]), from the metadata of a GGUF file ([FromGGUF]) or from [Parts].
// It never changes after that: any number of goroutines may use one.
//
//	t, err := tokenizer.Open("qwen2-0.5b-instruct")
//	ids := t.Encode(nil, "How many tokens?", false)
//	n := t.Count("How many tokens?") // the same number, without the ids
//	text := t.Decode(ids)
//
// The way of a text: special tokens are cut out (only when asked, so that a literal <|im_end|> in a document stays ordinary text); what is
// left is normalised (NFC, where the model has it); a hand-written scanner cuts it into words as the model's regular expression would
// ([Parts.Pre] lists those we know); the bytes of each word are merged pair by pair, lowest rank first.
//
// Letters, numbers and white space are those of Unicode 16, as in the tokenizers library (Go 1.26 has Unicode 15). Bytes that are not UTF-8
// are read as U+FFFD, one for each maximal part of a character, as Python's errors="replace" reads them.
package tokenizer

import (
	"slices"
	"sync"
)

// MaxTokens bounds the size of a vocabulary: ids take 21 bits in the table of merges. The largest in use has about 262,000.
const MaxTokens = 1<<21 - 1

// A Tokenizer encodes and decodes for one vocabulary. It is immutable and may be shared.
type Tokenizer struct {
	text    []byte   // the bytes of all tokens, one after another
	ends    []uint32 // where in text the token of an id ends; an id without a token is empty
	bytes   [256]int32
	pairs   pairTable
	merged  []int32 // id that the merge of a rank makes
	pre     premerge
	scan    scanner
	nfc     bool
	whole   map[string]int32 // words taken whole before any merge: only with ignore_merges
	added   *added
	bos     int32
	pad     int32
	eos     []int32
	addBOS  bool
	closing []int32
	chat    string
	special []bool // by id: nil when no token is special
	scratch sync.Pool
}

// Size returns the number of ids from 0 to the largest; a few of them may have no token.
func (t *Tokenizer) Size() int { return len(t.ends) }

// MaxID returns the largest id that Encode can give. A model's embedding must have more rows than that.
func (t *Tokenizer) MaxID() int32 { return int32(len(t.ends) - 1) }

// BOS returns the id of the token that begins a text, or -1, and whether the model wants it before a raw prompt. Encode never adds it.
func (t *Tokenizer) BOS() (id int32, add bool) { return t.bos, t.addBOS }

// EOS returns the ids that end a generated text. The slice belongs to the caller.
func (t *Tokenizer) EOS() []int32 { return slices.Clone(t.eos) }

// Closing returns the ids that the model wants behind a text that it embeds. Encode never adds them. The slice belongs to the caller.
func (t *Tokenizer) Closing() []int32 { return slices.Clone(t.closing) }

// Pad returns the id that fills a batch, or -1.
func (t *Tokenizer) Pad() int32 { return t.pad }

// ChatTemplate returns the Jinja template that came with the tokenizer, or "". Package chat knows the common ones.
func (t *Tokenizer) ChatTemplate() string { return t.chat }

// Bytes returns what an id stands for, nil for an id that has no token. Do not change it. One id may hold a part of a character.
func (t *Tokenizer) Bytes(id int32) []byte {
	if id < 0 || int(id) >= len(t.ends) {
		return nil
	}
	from := uint32(0)
	if id > 0 {
		from = t.ends[id-1]
	}
	return t.text[from:t.ends[id]:t.ends[id]]
}

// Special reports whether an id is a control token such as <|im_end|>, which is no part of any text.
func (t *Tokenizer) Special(id int32) bool {
	return id >= 0 && int(id) < len(t.special) && t.special[id]
}
