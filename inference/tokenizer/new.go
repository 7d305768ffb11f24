package tokenizer

import (
	"fmt"
	"strings"
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
	ids := t.setTokens(p)
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
			if w := t.Bytes(int32(id)); len(w) > 0 && t.added.byID[int32(id)] == "" {
				t.whole[string(w)] = int32(id)
			}
		}
	}
	t.scratch.New = func() any { return new(scratch) }
	return t, nil
}

// setTokens keeps the bytes of every token and returns the ids by token.
func (t *Tokenizer) setTokens(p Parts) map[string]int32 {
	ids := make(map[string]int32, len(p.Tokens))
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
		if s != "" {
			ids[s] = int32(i)
		}
	}
	return ids
}

// setBytes finds the token of each byte.
func (t *Tokenizer) setBytes(p Parts, ids map[string]int32) error {
	unknown := int32(-1)
	if p.Unknown != "" {
		id, ok := ids[p.Unknown]
		if !ok {
			return fmt.Errorf("tokenizer: the unknown token %.40q is not in the vocabulary", p.Unknown)
		}
		unknown = id
	}
	for r, b := range byteOf {
		if b < 0 {
			continue
		}
		id, ok := ids[string(rune(r))]
		if !ok {
			id = unknown
		}
		if id < 0 && (b >= ' ' && b <= '~' || b == '\n') {
			return fmt.Errorf("tokenizer: the vocabulary has no token for the byte 0x%02x (%q): it is not byte-level", b, string(rune(r)))
		}
		t.bytes[b] = id
	}
	return nil
}

// setMerges fills the table of merges.
func (t *Tokenizer) setMerges(p Parts, ids map[string]int32) error {
	if len(p.Merges) > MaxTokens {
		return fmt.Errorf("tokenizer: %d merges; at most %d are allowed", len(p.Merges), MaxTokens)
	}
	t.pairs = newPairTable(len(p.Merges))
	t.merged = make([]int32, len(p.Merges))
	t.pre.cross = make([]uint32, 1<<16)
	first := make([]uint32, len(p.Tokens)) // the lowest rank of a merge across characters, by token
	for i := range t.pre.cross {
		t.pre.cross[i] = noRank
	}
	for i := range first {
		first[i] = noRank
	}
	for rank, m := range p.Merges {
		left, right, ok := strings.Cut(m, " ")
		if !ok || left == "" || right == "" || strings.Contains(right, " ") {
			return fmt.Errorf("tokenizer: merge %d is %.60q; want two tokens with a space between", rank, m)
		}
		l, okL := ids[left]
		r, okR := ids[right]
		made, okM := ids[left+right]
		switch {
		case !okL:
			return fmt.Errorf("tokenizer: merge %d, %.60q: the vocabulary has no token %.40q", rank, m, left)
		case !okR:
			return fmt.Errorf("tokenizer: merge %d, %.60q: the vocabulary has no token %.40q", rank, m, right)
		case !okM:
			return fmt.Errorf("tokenizer: merge %d, %.60q: the vocabulary has no token %.40q", rank, m, left+right)
		}
		if was := t.pairs.add(l, r, rank); was != noRank {
			return fmt.Errorf("tokenizer: merges %d and %d are both %.60q", was, rank, m)
		}
		t.merged[rank] = made
		a, b := t.Bytes(l), t.Bytes(r)
		if across, partial := crossing(a, b); across {
			first[l], first[r] = min(first[l], uint32(rank)), min(first[r], uint32(rank))
			if at := int(a[len(a)-1])<<8 | int(b[0]); partial {
				t.pre.cross[at] = min(t.pre.cross[at], uint32(rank))
			}
		}
	}
	t.setPremerge(first)
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
