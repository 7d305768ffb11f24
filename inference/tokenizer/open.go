package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Open reads the tokenizer of a model folder: tokenizer.json, or vocab.json with merges.txt and added_tokens.json. What
// tokenizer_config.json, chat_template.jinja and generation_config.json say about it is taken in. The error wraps fs.ErrNotExist when the
// folder has no tokenizer. A path to a file tokenizer.json means its folder.
func Open(folder string) (*Tokenizer, error) {
	if filepath.Base(folder) == "tokenizer.json" {
		folder = filepath.Dir(folder)
	}
	p, err := ReadParts(os.DirFS(folder))
	if err != nil {
		return nil, fmt.Errorf("tokenizer of %s: %w", folder, err)
	}
	t, err := New(p)
	if err != nil {
		return nil, fmt.Errorf("tokenizer of %s: %w", folder, trimPrefix(err))
	}
	return t, nil
}

// trimPrefix takes the package's name off an error that is about to get a longer one.
func trimPrefix(err error) error {
	if s, ok := strings.CutPrefix(err.Error(), "tokenizer: "); ok && errors.Unwrap(err) == nil {
		return errors.New(s)
	}
	return err
}

// maxFile bounds what is read of one file: the largest tokenizer.json in use has about 34 MB.
const maxFile = 256 << 20

// readFile reads a file of a model folder.
func readFile(dir fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(dir, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", name) // reading a pipe would wait for its other end
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s has %d bytes; at most %d are read", name, info.Size(), maxFile)
	}
	return fs.ReadFile(dir, name)
}

// ReadParts reads the parts of a tokenizer from a model folder.
func ReadParts(dir fs.FS) (Parts, error) {
	p := Parts{BOS: -1, EOS: -1, Pad: -1}
	src, err := readFile(dir, "tokenizer.json")
	switch {
	case err == nil:
		if err := p.readTokenizerJSON(src); err != nil {
			return p, fmt.Errorf("tokenizer.json: %w", err)
		}
	case errors.Is(err, fs.ErrNotExist):
		if err := p.readVocabMerges(dir); err != nil {
			return p, err
		}
	default:
		return p, err
	}
	if _, err := fs.Stat(dir, "tokenizer_config.json"); p.Pre == "" && errors.Is(err, fs.ErrNotExist) {
		p.Pre, p.NFC = "qwen2", true
	}
	for _, f := range []struct {
		name string
		read func(*Parts, []byte) error
	}{
		{"tokenizer_config.json", (*Parts).readConfig},
		{"generation_config.json", (*Parts).readGeneration},
		{"chat_template.jinja", (*Parts).readTemplate},
	} {
		src, err := readFile(dir, f.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = f.read(&p, src)
		}
		if err != nil {
			return p, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return p, nil
}

// put sets the token of an id, making room.
func (p *Parts) put(id int64, token string) error {
	if id < 0 || id >= MaxTokens {
		return fmt.Errorf("the token %.40q has id %d; allowed are 0 to %d", token, id, MaxTokens-1)
	}
	if n := int(id) + 1; n > len(p.Tokens) {
		p.Tokens = slices.Grow(p.Tokens, n-len(p.Tokens))[:n]
	}
	if was := p.Tokens[id]; was != "" && was != token {
		return fmt.Errorf("the id %d has two tokens, %.40q and %.40q", id, was, token)
	}
	p.Tokens[id] = token
	return nil
}

// lookup returns the id of a token named in a configuration, -1 where there is none.
func (p *Parts) lookup(token string) int32 {
	if token == "" {
		return -1
	}
	for _, a := range p.Added {
		if a.Content == token {
			return a.ID
		}
	}
	for id, s := range p.Tokens {
		if s == token {
			return int32(id)
		}
	}
	return -1
}

func (p *Parts) readVocabMerges(dir fs.FS) error {
	src, err := readFile(dir, "vocab.json")
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is neither tokenizer.json nor vocab.json: %w", fs.ErrNotExist)
	}
	if err != nil {
		return err
	}
	if err := p.readVocab(src); err != nil {
		return fmt.Errorf("vocab.json: %w", err)
	}
	if src, err = readFile(dir, "merges.txt"); err != nil {
		return fmt.Errorf("vocab.json without merges.txt: %w", err)
	}
	text := string(src)
	p.Merges = make([]string, 0, strings.Count(text, "\n")+1)
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line == "" || i == 0 && strings.HasPrefix(line, "#version") {
			continue
		}
		p.Merges = append(p.Merges, line)
	}
	src, err = readFile(dir, "added_tokens.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var tokens map[string]int64
	if err := json.Unmarshal(src, &tokens); err != nil {
		return fmt.Errorf("added_tokens.json: %w", err)
	}
	for token, id := range tokens {
		if err := p.addToken(addedJSON{ID: id, Content: token, Special: true}); err != nil {
			return fmt.Errorf("added_tokens.json: %w", err)
		}
	}
	return nil
}

// readVocab reads an object of tokens and ids.
func (p *Parts) readVocab(src []byte) error {
	w := &walker{src: src}
	if err := p.walkVocab(w); err != nil {
		return err
	}
	return w.end()
}

func (p *Parts) walkVocab(w *walker) error {
	return w.each('{', func(token string) error {
		id, err := w.integer()
		if err != nil {
			return fmt.Errorf("id of the token %.40q: %w", token, err)
		}
		return p.put(id, token)
	})
}
