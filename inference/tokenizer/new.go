package tokenizer

import (
	"fmt"
	"slices"
	"sync"
)

// New makes a tokenizer. The error names the first thing in the parts that cannot be.
func New(p Parts) (*Tokenizer, error) {
	scan, err := scannerOf(p.Pre)
	if err != nil {
		return nil, err
	}
	if len(p.Tokens) == 0 {
		return nil, fmt.Errorf("tokenizer: the vocabulary is empty")
	}
	if len(p.Tokens) > MaxTokens {
		return nil, fmt.Errorf("tokenizer: the vocabulary has %d tokens; at most %d are allowed", len(p.Tokens), MaxTokens)
	}
	if p.Types != nil && len(p.Types) != len(p.Tokens) {
		return nil, fmt.Errorf("tokenizer: %d token types for %d tokens", len(p.Types), len(p.Tokens))
	}
	makeProperties()
	t := &Tokenizer{scan: scan, nfc: p.NFC, bos: p.BOS, pad: p.Pad, addBOS: p.AddBOS, chat: p.ChatTemplate}
	if err := t.setAdded(p); err != nil {
		return nil, err
	}
	ids, err := t.setTokens(p)
	if err != nil {
		return nil, err
	}
	if err := t.setBytes(p, ids); err != nil {
		return nil, err
	}
	if err := t.setMerges(p, ids); err != nil {
		return nil, err
	}
	if err := t.setEnds(p); err != nil {
		return nil, err
	}
	if p.IgnoreMerges {
		t.whole = make(map[string]int32, len(p.Tokens))
		for id := range p.Tokens {
			if w := t.Bytes(int32(id)); len(w) > 0 && t.added.byID[int32(id)] == "" && (p.Types == nil || p.Types[id] != typeUnused) {
				t.whole[string(w)] = int32(id)
			}
		}
	}
	t.scratch.New = func() any { return new(scratch) }
	return t, nil
}

// setTokens keeps the bytes of every token and indexes the tokens.
func (t *Tokenizer) setTokens(p Parts) (*index, error) {
	ids := newIndex(p.Tokens)
	var twice error
	var all sync.WaitGroup
	all.Go(func() { twice = t.indexTokens(ids, p.Types) })
	size := 0
	for _, s := range p.Tokens {
		size += len(s)
	}
	t.text = make([]byte, 0, size)
	t.ends = make([]uint32, len(p.Tokens))
	for i, s := range p.Tokens {
		if content, ok := t.added.byID[int32(i)]; ok {
			t.text = append(t.text, content...)
		} else if text, ok := appendBytes(t.text, s); ok {
			t.text = text
		} else {
			t.text = append(t.text, s...)
		}
		t.ends[i] = uint32(len(t.text))
	}
	all.Wait()
	return ids, twice
}

// indexTokens enters all tokens but unused ones, ordinary ones before added ones: an added token may have the text of another.
func (t *Tokenizer) indexTokens(ids *index, types []int) error {
	for id, s := range ids.tokens {
		if _, ok := t.added.byID[int32(id)]; ok || s == "" || types != nil && types[id] == typeUnused {
			continue
		}
		if was := ids.add(id); was >= 0 {
			return fmt.Errorf("tokenizer: the token %.40q has two ids, %d and %d", s, was, id)
		}
	}
	for id := range t.added.byID {
		if ids.tokens[id] != "" {
			ids.add(int(id))
		}
	}
	return nil
}

// setBytes finds the token of each byte.
func (t *Tokenizer) setBytes(p Parts, ids *index) error {
	unknown := int32(-1)
	if p.Unknown != "" {
		id, ok := ids.id(p.Unknown)
		if !ok {
			return fmt.Errorf("tokenizer: the unknown token %.40q is not in the vocabulary", p.Unknown)
		}
		unknown = id
	}
	for r, b := range byteOf {
		if b < 0 {
			continue
		}
		id, ok := ids.id(string(rune(r)))
		if !ok {
			id = unknown
			if p.FuseUnknown && unknown >= 0 {
				return fmt.Errorf("tokenizer: fuse_unk with a vocabulary that has no token for the byte 0x%02x is not supported", b)
			}
		}
		if id < 0 && (b >= ' ' && b <= '~' || b == '\n') {
			return fmt.Errorf("tokenizer: the vocabulary has no token for the byte 0x%02x (%q): it is not byte-level", b, string(rune(r)))
		}
		t.bytes[b] = id
	}
	return nil
}

// setEnds checks the ids with a meaning.
func (t *Tokenizer) setEnds(p Parts) error {
	for _, x := range []struct {
		name string
		id   int32
	}{{"BOS", p.BOS}, {"EOS", p.EOS}, {"padding", p.Pad}} {
		if x.id < -1 || int(x.id) >= len(t.ends) {
			return fmt.Errorf("tokenizer: the %s id %d is outside the vocabulary of %d tokens", x.name, x.id, len(t.ends))
		}
	}
	if p.AddBOS && p.BOS < 0 {
		return fmt.Errorf("tokenizer: BOS is wanted before a text, but there is none")
	}
	for _, id := range p.Closing {
		if id < 0 || int(id) >= len(t.ends) {
			return fmt.Errorf("tokenizer: the id %d that closes a text is outside the vocabulary of %d tokens", id, len(t.ends))
		}
	}
	t.closing = slices.Clone(p.Closing)
	for _, id := range append([]int32{p.EOS}, p.Ends...) {
		if id == -1 {
			continue
		}
		if id < 0 || int(id) >= len(t.ends) {
			return fmt.Errorf("tokenizer: the id %d that ends a text is outside the vocabulary of %d tokens", id, len(t.ends))
		}
		known := false
		for _, e := range t.eos {
			known = known || e == id
		}
		if !known {
			t.eos = append(t.eos, id)
		}
	}
	return nil
}

// ID returns the id of a token by its text, such as "<|im_end|>" or " the".
func (t *Tokenizer) ID(token string) (int32, bool) {
	if id, ok := t.added.byText[token]; ok {
		return id, true
	}
	for id := range t.ends {
		if b := t.Bytes(int32(id)); len(b) > 0 && string(b) == token {
			return int32(id), true
		}
	}
	return 0, false
}
