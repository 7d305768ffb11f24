package tokenizer

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A file is what counts in a tokenizer.json, apart from vocabulary and merges.
type file struct {
	added      json.RawMessage
	normalizer json.RawMessage
	pre        json.RawMessage
	post       json.RawMessage
	model      modelJSON
}

type modelJSON struct {
	Type         string   `json:"type"`
	Dropout      *float64 `json:"dropout"`
	Unknown      *string  `json:"unk_token"`
	FuseUnknown  bool     `json:"fuse_unk"`
	Prefix       *string  `json:"continuing_subword_prefix"`
	Suffix       *string  `json:"end_of_word_suffix"`
	ByteFallback bool     `json:"byte_fallback"`
	IgnoreMerges bool     `json:"ignore_merges"`
}

// check refuses models that we would not read as the library does.
func (m *modelJSON) check() error {
	switch {
	case m.Type != "BPE" && m.Type != "":
		return fmt.Errorf("the model is of type %.40q; supported is byte-level BPE", m.Type)
	case m.ByteFallback:
		return fmt.Errorf("the model is a BPE of characters with byte_fallback (SentencePiece); supported is byte-level BPE")
	case m.Dropout != nil && *m.Dropout != 0:
		return fmt.Errorf("the model has dropout %g; supported is 0", *m.Dropout)
	case m.Prefix != nil && *m.Prefix != "":
		return fmt.Errorf("continuing_subword_prefix %.40q is not supported", *m.Prefix)
	case m.Suffix != nil && *m.Suffix != "":
		return fmt.Errorf("end_of_word_suffix %.40q is not supported", *m.Suffix)
	}
	return nil
}

// readTokenizerJSON takes in a tokenizer.json of the tokenizers library. What we would not do as it does is an error.
func (p *Parts) readTokenizerJSON(src []byte) error {
	var f file
	if err := p.walkFile(&f, src); err != nil {
		return err
	}
	var added []addedJSON
	if err := optional(f.added, &added); err != nil {
		return fmt.Errorf("added_tokens: %w", err)
	}
	for _, a := range added {
		if err := p.addToken(a); err != nil {
			return fmt.Errorf("added_tokens: %w", err)
		}
	}
	var err error
	if p.NFC, err = readNormalizer(f.normalizer); err != nil {
		return fmt.Errorf("normalizer: %w", err)
	}
	var pre *preJSON
	if err := optional(f.pre, &pre); err != nil {
		return fmt.Errorf("pre_tokenizer: %w", err)
	}
	if p.Pre, err = pre.pattern(); err != nil {
		return fmt.Errorf("pre_tokenizer: %w", err)
	}
	var post *postJSON
	if err := optional(f.post, &post); err != nil {
		return fmt.Errorf("post_processor: %w", err)
	}
	first, last := post.around()
	for _, token := range []string{first, last} {
		if token != "" && p.lookup(token) < 0 {
			return fmt.Errorf("post_processor: %.40q is not in the vocabulary", token)
		}
	}
	if first != "" {
		p.BOS, p.AddBOS = p.lookup(first), true
	}
	if last != "" {
		p.Closing = []int32{p.lookup(last)}
	}
	return nil
}

// optional decodes a value that may be absent.
func optional(src json.RawMessage, v any) error {
	if len(src) == 0 {
		return nil
	}
	return json.Unmarshal(src, v)
}

// walkFile goes through the file once and takes the vocabulary and the merges as it comes to them.
func (p *Parts) walkFile(f *file, src []byte) error {
	w := &walker{src: src}
	err := w.each('{', func(key string) (err error) {
		switch key {
		case "added_tokens":
			f.added, err = w.raw()
		case "normalizer":
			f.normalizer, err = w.raw()
		case "pre_tokenizer":
			f.pre, err = w.raw()
		case "post_processor":
			f.post, err = w.raw()
		case "model":
			if err := p.walkModel(&f.model, w); err != nil {
				return fmt.Errorf("model: %w", err)
			}
		default:
			_, err = w.raw()
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := w.end(); err != nil {
		return err
	}
	if len(p.Tokens) == 0 {
		return fmt.Errorf("model: there is no vocab")
	}
	p.IgnoreMerges, p.FuseUnknown = f.model.IgnoreMerges, f.model.FuseUnknown
	if f.model.Unknown != nil {
		p.Unknown = *f.model.Unknown
	}
	return nil
}

// walkModel takes in the model. Its settings mostly come first, so that a model of another kind is refused by its name.
func (p *Parts) walkModel(m *modelJSON, w *walker) error {
	settings := map[string]json.RawMessage{}
	check := func() error {
		src, err := json.Marshal(settings)
		if err != nil {
			return err
		}
		*m = modelJSON{}
		if err := json.Unmarshal(src, m); err != nil {
			return err
		}
		return m.check()
	}
	err := w.each('{', func(key string) (err error) {
		switch key {
		case "vocab":
			if err := check(); err != nil {
				return err
			}
			if w.next() == '[' {
				return fmt.Errorf("vocab is a list with scores (Unigram); supported is byte-level BPE")
			}
			if err := p.walkVocab(w); err != nil {
				return fmt.Errorf("vocab: %w", err)
			}
		case "merges":
			if err := p.walkMerges(w); err != nil {
				return fmt.Errorf("merges: %w", err)
			}
		default:
			settings[key], err = w.raw()
		}
		return err
	})
	if err != nil {
		return err
	}
	return check()
}

// walkMerges reads merges as "left right" or as ["left", "right"].
func (p *Parts) walkMerges(w *walker) error {
	return w.each('[', func(string) error {
		if len(p.Merges) >= MaxTokens {
			return fmt.Errorf("more than %d", MaxTokens)
		}
		if w.next() == '"' {
			s, err := w.text()
			p.Merges = append(p.Merges, s)
			return err
		}
		var sides []string
		err := w.each('[', func(string) error {
			s, err := w.text()
			sides = append(sides, s)
			return err
		})
		if err == nil && len(sides) != 2 {
			err = fmt.Errorf("merge %d has %d parts; want 2", len(p.Merges), len(sides))
		}
		if err == nil {
			p.Merges = append(p.Merges, sides[0]+" "+sides[1])
		}
		return err
	})
}

// readNormalizer reports whether text is normalised to NFC. Any other normaliser is an error.
func readNormalizer(src json.RawMessage) (nfc bool, err error) {
	var n *struct {
		Type string            `json:"type"`
		List []json.RawMessage `json:"normalizers"`
	}
	if len(src) == 0 {
		return false, nil
	}
	if err := json.Unmarshal(src, &n); err != nil {
		return false, err
	}
	switch {
	case n == nil || n.Type == "Sequence" && len(n.List) == 0:
		return false, nil
	case n.Type == "NFC":
		return true, nil
	case n.Type == "Sequence" && len(n.List) == 1:
		if strings.Contains(string(n.List[0]), `"Sequence"`) {
			return false, fmt.Errorf("a sequence in a sequence is not supported")
		}
		return readNormalizer(n.List[0])
	}
	return false, fmt.Errorf("type %.40q is not supported; supported are NFC and none", n.Type)
}
