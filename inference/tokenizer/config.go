package tokenizer

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// A tokenText is a token in a configuration: a string, an object with content, or null.
type tokenText string

func (t *tokenText) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err == nil {
		if s != nil {
			*t = tokenText(*s)
		}
		return nil
	}
	var o struct {
		Content string `json:"content"`
	}
	err := json.Unmarshal(b, &o)
	*t = tokenText(o.Content)
	return err
}

// addedJSON is an added token in tokenizer.json and tokenizer_config.json.
type addedJSON struct {
	ID         int64  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

// addToken enters an added token, in place of what is known of it.
func (p *Parts) addToken(a addedJSON) error {
	if err := p.put(a.ID, a.Content); err != nil {
		return err
	}
	token := AddedToken{
		ID: int32(a.ID), Content: a.Content, Special: a.Special,
		LStrip: a.LStrip, RStrip: a.RStrip, SingleWord: a.SingleWord, Normalized: a.Normalized,
	}
	if at, ok := p.addedAt[token.ID]; ok {
		p.Added[at] = token
		return nil
	}
	if p.addedAt == nil {
		p.addedAt = map[int32]int{}
	}
	p.addedAt[token.ID] = len(p.Added)
	p.Added = append(p.Added, token)
	return nil
}

// readConfig takes in tokenizer_config.json.
func (p *Parts) readConfig(src []byte) error {
	var c struct {
		Class        string               `json:"tokenizer_class"`
		AddBOS       *bool                `json:"add_bos_token"`
		AddEOS       bool                 `json:"add_eos_token"`
		BOS          tokenText            `json:"bos_token"`
		EOS          tokenText            `json:"eos_token"`
		Pad          tokenText            `json:"pad_token"`
		Added        map[string]addedJSON `json:"added_tokens_decoder"`
		ChatTemplate json.RawMessage      `json:"chat_template"`
	}
	if err := json.Unmarshal(src, &c); err != nil {
		return err
	}
	if p.Pre == "" { // vocab.json and merges.txt do not say how text is cut
		switch class := strings.TrimSuffix(c.Class, "Fast"); class {
		case "GPT2Tokenizer":
			p.Pre, p.NFC = "gpt-2", false
		case "Qwen2Tokenizer", "":
			p.Pre, p.NFC = "qwen2", true
		default:
			return fmt.Errorf("tokenizer_class %.40q with vocab.json and merges.txt is not supported; supported are Qwen2Tokenizer and GPT2Tokenizer, or a tokenizer.json", c.Class)
		}
	}
	known := map[int32]bool{}
	for _, a := range p.Added {
		known[a.ID] = a.Special
	}
	for key, a := range c.Added {
		id, err := strconv.ParseInt(key, 10, 64)
		if err != nil {
			return fmt.Errorf("added_tokens_decoder: %.40q is no id", key)
		}
		a.ID = id
		if special, ok := known[int32(id)]; ok && int64(int32(id)) == id {
			a.Special = a.Special || special
		}
		if err := p.addToken(a); err != nil {
			return fmt.Errorf("added_tokens_decoder: %w", err)
		}
	}
	for _, x := range []struct {
		name  string
		token tokenText
		id    *int32
	}{{"bos_token", c.BOS, &p.BOS}, {"eos_token", c.EOS, &p.EOS}, {"pad_token", c.Pad, &p.Pad}} {
		if x.token == "" {
			continue
		}
		if *x.id = p.lookup(string(x.token)); *x.id < 0 {
			return fmt.Errorf("%s %.40q is not in the vocabulary", x.name, string(x.token))
		}
	}
	if c.AddBOS != nil {
		p.AddBOS = *c.AddBOS && p.BOS >= 0
	}
	if c.AddEOS && p.EOS >= 0 && len(p.Closing) == 0 {
		p.Closing = []int32{p.EOS}
	}
	var err error
	p.ChatTemplate, err = templateOf(c.ChatTemplate)
	return err
}

// templateOf reads chat_template: a string, or a list of named templates of which "default" counts.
func templateOf(src json.RawMessage) (string, error) {
	if len(src) == 0 || string(src) == "null" {
		return "", nil
	}
	var s string
	if json.Unmarshal(src, &s) == nil {
		return s, nil
	}
	var list []struct{ Name, Template string }
	if err := json.Unmarshal(src, &list); err != nil {
		return "", fmt.Errorf("chat_template is neither a string nor a list of templates")
	}
	for _, t := range list {
		if t.Name == "default" {
			return t.Template, nil
		}
	}
	return "", nil
}

// readTemplate takes in chat_template.jinja, which goes before the one in tokenizer_config.json.
func (p *Parts) readTemplate(src []byte) error {
	p.ChatTemplate = string(src)
	return nil
}

// readGeneration takes the ids that end a text from generation_config.json.
func (p *Parts) readGeneration(src []byte) error {
	var c struct {
		EOS json.RawMessage `json:"eos_token_id"`
	}
	if err := json.Unmarshal(src, &c); err != nil {
		return err
	}
	if len(c.EOS) == 0 || string(c.EOS) == "null" {
		return nil
	}
	if c.EOS[0] != '[' {
		c.EOS = json.RawMessage("[" + string(c.EOS) + "]")
	}
	if err := json.Unmarshal(c.EOS, &p.Ends); err != nil {
		return fmt.Errorf("eos_token_id is %.60q; want an id or a list of ids", strings.TrimSpace(string(c.EOS)))
	}
	return nil
}
