package tokenizer

import (
	"encoding/json"
	"fmt"
	"strings"
)

// readTokenizerJSON takes in a tokenizer.json of the tokenizers library. What we would not do as it does is an error.
func (p *Parts) readTokenizerJSON(src []byte) error {
	var f struct {
		Added      []addedJSON     `json:"added_tokens"`
		Normalizer json.RawMessage `json:"normalizer"`
		Pre        *preJSON        `json:"pre_tokenizer"`
		Post       *postJSON       `json:"post_processor"`
		Model      struct {
			Type         string          `json:"type"`
			Dropout      *float64        `json:"dropout"`
			Unknown      *string         `json:"unk_token"`
			Prefix       *string         `json:"continuing_subword_prefix"`
			Suffix       *string         `json:"end_of_word_suffix"`
			ByteFallback bool            `json:"byte_fallback"`
			IgnoreMerges bool            `json:"ignore_merges"`
			Vocab        json.RawMessage `json:"vocab"`
			Merges       json.RawMessage `json:"merges"`
		} `json:"model"`
	}
	if err := json.Unmarshal(src, &f); err != nil {
		return err
	}
	m := f.Model
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
	if err := p.readVocab(m.Vocab); err != nil {
		return fmt.Errorf("vocab: %w", err)
	}
	if err := p.readMerges(m.Merges); err != nil {
		return fmt.Errorf("merges: %w", err)
	}
	p.IgnoreMerges = m.IgnoreMerges
	if m.Unknown != nil {
		p.Unknown = *m.Unknown
	}
	for _, a := range f.Added {
		if err := p.addToken(a); err != nil {
			return fmt.Errorf("added_tokens: %w", err)
		}
	}
	var err error
	if p.NFC, err = readNormalizer(f.Normalizer); err != nil {
		return fmt.Errorf("normalizer: %w", err)
	}
	if p.Pre, err = f.Pre.pattern(); err != nil {
		return fmt.Errorf("pre_tokenizer: %w", err)
	}
	if first := f.Post.first(); first != "" {
		p.BOS, p.AddBOS = p.lookup(first), true
		if p.BOS < 0 {
			return fmt.Errorf("post_processor: %.40q is not in the vocabulary", first)
		}
	}
	return nil
}

// readMerges reads merges as "left right" or as ["left", "right"].
func (p *Parts) readMerges(src json.RawMessage) error {
	if json.Unmarshal(src, &p.Merges) == nil {
		return nil
	}
	var pairs [][]string
	if err := json.Unmarshal(src, &pairs); err != nil {
		return fmt.Errorf("want a list of \"left right\" or of [\"left\", \"right\"]: %w", err)
	}
	p.Merges = make([]string, len(pairs))
	for i, m := range pairs {
		if len(m) != 2 {
			return fmt.Errorf("merge %d has %d parts; want 2", i, len(m))
		}
		p.Merges[i] = m[0] + " " + m[1]
	}
	return nil
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

// preJSON is a pre-tokenizer.
type preJSON struct {
	Type             string           `json:"type"`
	Pattern          *json.RawMessage `json:"pattern"`
	Behavior         string           `json:"behavior"`
	Invert           bool             `json:"invert"`
	AddPrefixSpace   bool             `json:"add_prefix_space"`
	UseRegex         *bool            `json:"use_regex"`
	IndividualDigits bool             `json:"individual_digits"`
	List             []preJSON        `json:"pretokenizers"`
}

// pattern returns how a pre-tokenizer cuts text, as Parts.Pre has it.
func (j *preJSON) pattern() (string, error) {
	if j == nil {
		return "", fmt.Errorf("there is none; supported are ByteLevel, and Split or Digits before it")
	}
	list := []preJSON{*j}
	if j.Type == "Sequence" {
		list = j.List
	}
	if len(list) == 0 || list[len(list)-1].Type != "ByteLevel" {
		return "", fmt.Errorf("type %.40q is not supported; supported are ByteLevel, and Split or Digits before it", list[max(len(list)-1, 0)].Type)
	}
	last := list[len(list)-1]
	if last.AddPrefixSpace {
		return "", fmt.Errorf("add_prefix_space is not supported")
	}
	regex := last.UseRegex == nil || *last.UseRegex
	switch {
	case len(list) == 1 && regex:
		return "gpt-2", nil
	case len(list) == 2 && regex && list[0].Type == "Digits" && list[0].IndividualDigits:
		return "smollm", nil
	case len(list) == 2 && !regex && list[0].Type == "Split":
		return list[0].split()
	}
	var names []string
	for _, l := range list {
		names = append(names, fmt.Sprintf("%.40s", l.Type))
	}
	return "", fmt.Errorf("the sequence %s is not supported; supported are ByteLevel, Digits (individual) then ByteLevel, Split then ByteLevel without regex", strings.Join(names, ", "))
}

// split returns the regular expression of a Split whose matches are words.
func (j *preJSON) split() (string, error) {
	var p struct{ Regex string }
	if j.Pattern == nil || json.Unmarshal(*j.Pattern, &p) != nil || p.Regex == "" {
		return "", fmt.Errorf("Split without a regular expression is not supported")
	}
	isolated := j.Behavior == "Isolated" && !j.Invert
	if _, err := scannerOf(p.Regex); err != nil {
		return "", err
	}
	if !isolated && !(j.Behavior == "Removed" && j.Invert) {
		return "", fmt.Errorf("Split with behavior %.40q, invert %t is not supported; supported is Isolated", j.Behavior, j.Invert)
	}
	return p.Regex, nil
}

// postJSON is a post-processor.
type postJSON struct {
	Type   string     `json:"type"`
	List   []postJSON `json:"processors"`
	Single []struct {
		SpecialToken *struct {
			ID string `json:"id"`
		} `json:"SpecialToken"`
	} `json:"single"`
}

// first returns the special token that a template puts before a text, or "".
func (j *postJSON) first() string {
	if j == nil {
		return ""
	}
	for i := range j.List {
		if j.List[i].Type == "TemplateProcessing" {
			return j.List[i].first()
		}
	}
	if j.Type == "TemplateProcessing" && len(j.Single) > 0 && j.Single[0].SpecialToken != nil {
		return j.Single[0].SpecialToken.ID
	}
	return ""
}
