package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// byteTokens are the 256 tokens of single bytes.
func byteTokens() []string {
	var tokens []string
	for r, b := range byteOf {
		if b >= 0 {
			tokens = append(tokens, string(rune(r)))
		}
	}
	return tokens
}

// tiny is a vocabulary with "ab", "abc" and one special token.
func tiny() Parts {
	tokens := append(byteTokens(), "ab", "abc", "<|end|>")
	return Parts{
		Tokens: tokens, Merges: []string{"a b", "ab c"}, Pre: "gpt-2", BOS: -1, EOS: 258, Pad: -1,
		Added: []AddedToken{{ID: 258, Content: "<|end|>", Special: true}},
	}
}

func TestBadParts(t *testing.T) {
	if _, err := New(tiny()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(p *Parts)
		want   string
	}{
		"no vocabulary":       {func(p *Parts) { p.Tokens = nil }, "the vocabulary is empty"},
		"too many tokens":     {func(p *Parts) { p.Tokens = make([]string, MaxTokens+1) }, "at most 2097151 are allowed"},
		"no pre-tokenizer":    {func(p *Parts) { p.Pre = "" }, `unknown pre-tokenizer ""; known are qwen2`},
		"other pre-tokenizer": {func(p *Parts) { p.Pre = "deepseek-v3" }, `unknown pre-tokenizer "deepseek-v3"; known are qwen2, qwen3, gpt-2, smollm, llama-bpe`},
		"types":               {func(p *Parts) { p.Types = []int{1} }, "1 token types for 259 tokens"},
		"missing letter":      {func(p *Parts) { p.Tokens[slices.Index(p.Tokens, "q")] = "qq" }, `no token for the byte 0x71 ("q")`},
		"missing space":       {func(p *Parts) { p.Tokens[slices.Index(p.Tokens, "Ġ")] = " " }, "no token for the byte 0x20"},
		"token twice":         {func(p *Parts) { p.Tokens = append(p.Tokens, "ab") }, `the token "ab" has two ids, 256 and 259`},
		"merge twice":         {func(p *Parts) { p.Merges = append(p.Merges, "a b") }, `merges 0 and 2 are both "a b"`},
		"merge of one":        {func(p *Parts) { p.Merges[1] = "abc" }, `merge 1, "abc": want two tokens with a space between`},
		"merge of three":      {func(p *Parts) { p.Merges[1] = "a b c" }, `merge 1, "a b c": want two tokens`},
		"empty side":          {func(p *Parts) { p.Merges[0] = " b" }, `merge 0, " b": want two tokens`},
		"unknown left":        {func(p *Parts) { p.Merges[0] = "zz b" }, `merge 0, "zz b": the vocabulary has no token "zz"`},
		"unknown right":       {func(p *Parts) { p.Merges[0] = "a zz" }, `the vocabulary has no token "zz"`},
		"unknown result":      {func(p *Parts) { p.Merges[0] = "b a" }, `the vocabulary has no token "ba"`},
		"added id":            {func(p *Parts) { p.Added[0].ID = 1000 }, `the added token "<|end|>" has id 1000; the vocabulary has 259 tokens`},
		"added id below 0":    {func(p *Parts) { p.Added[0].ID = -1 }, "has id -1"},
		"added empty":         {func(p *Parts) { p.Added[0].Content = "" }, "the added token with id 258 is empty"},
		"added too long":      {func(p *Parts) { p.Added[0].Content = strings.Repeat("x", 1025) }, "has 1025 bytes; at most 1024 are allowed"},
		"added twice":         {func(p *Parts) { p.Added = append(p.Added, AddedToken{ID: 257, Content: "<|end|>"}) }, "has two ids, 258 and 257"},
		"two added":           {func(p *Parts) { p.Added = append(p.Added, AddedToken{ID: 258, Content: "x"}) }, `the id 258 has two added tokens, "<|end|>" and "x"`},
		"eos":                 {func(p *Parts) { p.EOS = 259 }, "the EOS id 259 is outside the vocabulary of 259 tokens"},
		"bos":                 {func(p *Parts) { p.BOS = -2 }, "the BOS id -2"},
		"pad":                 {func(p *Parts) { p.Pad = 1 << 30 }, "the padding id 1073741824"},
		"BOS before":          {func(p *Parts) { p.AddBOS = true }, "BOS is wanted before a text, but there is none"},
		"closing":             {func(p *Parts) { p.Closing = []int32{259} }, "the id 259 that closes a text is outside"},
		"ends":                {func(p *Parts) { p.Ends = []int32{3, 259} }, "the id 259 that ends a text is outside"},
		"unknown token":       {func(p *Parts) { p.Unknown = "<unk>" }, `the unknown token "<unk>" is not in the vocabulary`},
		"fused unknown": {func(p *Parts) {
			p.Tokens[slices.Index(p.Tokens, "ñ")], p.Unknown, p.FuseUnknown = "ññ", "<|end|>", true
		}, "fuse_unk with a vocabulary that has no token for the byte 0xf1"},
		"too many merges": {func(p *Parts) { p.Merges = make([]string, MaxTokens+1) }, "at most 2097151 are allowed"},
	} {
		p := tiny()
		c.change(&p)
		if _, err := New(p); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "tokenizer: ") {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// tinyJSON writes tiny as tokenizer.json, with parts of it replaced.
func tinyJSON(replace map[string]string) string {
	p := tiny()
	vocab := map[string]int{}
	for id, s := range p.Tokens[:258] {
		vocab[s] = id
	}
	v, err := json.Marshal(vocab)
	if err != nil {
		panic(err)
	}
	parts := map[string]string{
		"added": `[{"id":258,"content":"<|end|>","special":true}]`, "normalizer": `null`, "pre": `{"type":"ByteLevel","add_prefix_space":false}`,
		"post": `null`, "settings": `"type":"BPE"`, "vocab": string(v), "merges": `["a b",["ab","c"]]`, "tail": "",
	}
	for k, v := range replace {
		parts[k] = v
	}
	return fmt.Sprintf(`{"version":"1.0","added_tokens":%s,"normalizer":%s,"pre_tokenizer":%s,"post_processor":%s,"model":{%s,"vocab":%s,"merges":%s}}%s`,
		parts["added"], parts["normalizer"], parts["pre"], parts["post"], parts["settings"], parts["vocab"], parts["merges"], parts["tail"])
}

func readTokenizer(src string) (*Tokenizer, error) {
	p, err := ReadParts(fstest.MapFS{"tokenizer.json": {Data: []byte(src)}})
	if err != nil {
		return nil, err
	}
	return New(p)
}

func TestBadTokenizerJSON(t *testing.T) {
	tok, err := readTokenizer(tinyJSON(nil))
	if err != nil {
		t.Fatal(err)
	}
	checkIDs(t, tok, "abc<|end|>", true, []int32{257, 258})
	for _, c := range []struct{ part, value, want string }{
		{"settings", `"type":"WordPiece"`, `the model is of type "WordPiece"; supported is byte-level BPE`},
		{"settings", `"type":"Unigram"`, `of type "Unigram"`},
		{"settings", `"type":"BPE","byte_fallback":true`, "byte_fallback (SentencePiece)"},
		{"settings", `"type":"BPE","dropout":0.1`, "dropout 0.1"},
		{"settings", `"type":"BPE","end_of_word_suffix":"</w>"`, `end_of_word_suffix "</w>" is not supported`},
		{"settings", `"type":"BPE","continuing_subword_prefix":"##"`, `continuing_subword_prefix "##"`},
		{"settings", `"type":7`, "cannot unmarshal"},
		{"settings", `"type":"BPE","unk_token":"<unk>"`, `the unknown token "<unk>" is not in the vocabulary`},
		{"vocab", `[["a",0.5]]`, "vocab is a list with scores (Unigram)"},
		{"vocab", `{"a":0,"b":0}`, `the id 0 has two tokens, "a" and "b"`},
		{"vocab", `{"a":-1}`, `the token "a" has id -1; allowed are 0 to 2097150`},
		{"vocab", `{"a":99999999999}`, `the token "a" has id 99999999999`},
		{"vocab", `{"a":999999999999999999999}`, "want a whole number"},
		{"vocab", `{"a":1.5}`, "where ','"},
		{"vocab", `{"a":"x"}`, `id of the token "a": byte`},
		{"vocab", `{}`, "there is no vocab"},
		{"vocab", `{"a"`, "',' where ':' should be"},
		{"vocab", `null`, "where '{' should be"},
		{"merges", `["a b",["ab"]]`, "merge 1 has 1 parts; want 2"},
		{"merges", `[7]`, "where '[' should be"},
		{"merges", `"a b"`, "where '[' should be"},
		{"merges", `["a b",]`, "where '[' should be"},
		{"normalizer", `{"type":"NFKC"}`, `normalizer: type "NFKC" is not supported; supported are NFC and none`},
		{"normalizer", `{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Lowercase"}]}`, `"Sequence" is not supported`},
		{"normalizer", strings.Repeat(`{"type":"Sequence","normalizers":[`, 20000) + strings.Repeat(`]}`, 20000), "normalizer:"},
		{"pre", `null`, "pre_tokenizer: there is none"},
		{"pre", `{"type":"Metaspace","replacement":"▁"}`, `type "Metaspace" is not supported; supported are ByteLevel`},
		{"pre", `{"type":"ByteLevel","add_prefix_space":true}`, "add_prefix_space is not supported"},
		{"pre", `{"type":"Sequence","pretokenizers":[]}`, "the sequence is empty"},
		{"pre", `{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\w+"},"behavior":"Isolated"},{"type":"ByteLevel","use_regex":false}]}`, `unknown pre-tokenizer "\\w+"; known are`},
		{"pre", `{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"String":" "},"behavior":"Isolated"},{"type":"ByteLevel","use_regex":false}]}`, "without a regular expression"},
		{"pre", `{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":` + quote(patternQwen2) + `},"behavior":"Removed"},{"type":"ByteLevel","use_regex":false}]}`, `behavior "Removed"`},
		{"pre", `{"type":"Sequence","pretokenizers":[{"type":"Digits"},{"type":"ByteLevel"}]}`, "the sequence Digits, ByteLevel is not supported"},
		{"pre", strings.Repeat(`{"type":"Sequence","pretokenizers":[`, 20000) + strings.Repeat(`]}`, 20000), "pre_tokenizer:"},
		{"post", `{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}},{"Sequence":{}}]}`, `post_processor: "<s>" is not in the vocabulary`},
		{"added", `[{"id":258}]`, "the added token with id 258 is empty"},
		{"added", `[{"id":0,"content":"x"}]`, `added_tokens: the id 0 has two tokens`},
		{"added", `[{"id":9999999,"content":"x"}]`, `has id 9999999`},
		{"added", `7`, "added_tokens:"},
		{"tail", `x`, "text behind the end"},
	} {
		_, err := readTokenizer(tinyJSON(map[string]string{c.part: c.value}))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %.80s: error %.300v, want %q", c.part, c.value, err, c.want)
		}
	}
	whole := tinyJSON(nil)
	for i := range len(whole) - 1 {
		if _, err := readTokenizer(whole[:i]); err == nil {
			t.Fatalf("the first %d bytes are taken for a whole tokenizer.json", i)
		}
	}
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestGoodTokenizerJSON(t *testing.T) {
	for name, change := range map[string]map[string]string{
		"smollm":        {"pre": `{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":false}]}`},
		"llama 3":       {"pre": `{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":` + quote(patternLlama) + `},"behavior":"Isolated"},{"type":"ByteLevel","use_regex":false}]}`, "settings": `"type":"BPE","ignore_merges":true`},
		"nested NFC":    {"normalizer": `{"type":"Sequence","normalizers":[{"type":"NFC"}]}`},
		"no normalizer": {"normalizer": `{"type":"Sequence","normalizers":[]}`},
		"escapes":       {"vocab": strings.Replace(vocabOf(tinyJSON(nil)), `"abc"`, `"\u0061\u0062c"`, 1)},
	} {
		tok, err := readTokenizer(tinyJSON(change))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkIDs(t, tok, "abc", false, []int32{257})
	}
	tok, err := readTokenizer(tinyJSON(map[string]string{"post": `{"type":"Sequence","processors":[{"type":"ByteLevel"},{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<|end|>"}},{"Sequence":{}}]}]}`}))
	if err != nil {
		t.Fatal(err)
	}
	if id, add := tok.BOS(); id != 258 || !add {
		t.Errorf("BOS %d, added %t; want 258, true", id, add)
	}
	if tok.Closing() != nil {
		t.Errorf("closing ids %v, want none", tok.Closing())
	}
	tok, err = readTokenizer(tinyJSON(map[string]string{"post": `{"type":"TemplateProcessing","single":[{"Sequence":{}},{"SpecialToken":{"id":"<|end|>"}}]}`}))
	if err != nil {
		t.Fatal(err)
	}
	if id, add := tok.BOS(); id != -1 || add || !slices.Equal(tok.Closing(), []int32{258}) {
		t.Errorf("BOS %d, added %t, closing ids %v; want only 258 behind", id, add, tok.Closing())
	}
}

func vocabOf(file string) string {
	_, rest, _ := strings.Cut(file, `"vocab":`)
	vocab, _, _ := strings.Cut(rest, `,"merges"`)
	return vocab
}

func TestBadFolders(t *testing.T) {
	good := map[string]string{
		"vocab.json": vocabOf(tinyJSON(nil)), "merges.txt": "#version: 0.2\na b\r\nab c\n", "added_tokens.json": `{"<|end|>":258}`,
		"tokenizer_config.json":  `{"tokenizer_class":"GPT2Tokenizer","eos_token":{"content":"<|end|>"},"bos_token":null,"pad_token":"<|end|>","chat_template":[{"name":"default","template":"x"}]}`,
		"generation_config.json": `{"eos_token_id":[258,3]}`,
	}
	open := func(change map[string]string) (*Tokenizer, error) {
		dir := fstest.MapFS{}
		for name, text := range good {
			dir[name] = &fstest.MapFile{Data: []byte(text)}
		}
		for name, text := range change {
			if dir[name] = (&fstest.MapFile{Data: []byte(text)}); text == "absent" {
				delete(dir, name)
			}
		}
		p, err := ReadParts(dir)
		if err != nil {
			return nil, err
		}
		return New(p)
	}
	tok, err := open(nil)
	if err != nil {
		t.Fatal(err)
	}
	checkIDs(t, tok, "abc<|end|>", true, []int32{257, 258})
	if got := tok.EOS(); !slices.Equal(got, []int32{258, 3}) || tok.Pad() != 258 || tok.ChatTemplate() != "x" {
		t.Errorf("EOS %v, padding %d, template %q", got, tok.Pad(), tok.ChatTemplate())
	}
	if tok, err = open(map[string]string{"chat_template.jinja": "y"}); err != nil || tok.ChatTemplate() != "y" {
		t.Errorf("chat_template.jinja: %v", err)
	}
	for _, c := range []struct{ file, text, want string }{
		{"vocab.json", "absent", "vocab.json"},
		{"merges.txt", "absent", "merges.txt"},
		{"vocab.json", "{", "vocab.json: byte"},
		{"merges.txt", "a b\nab  c\n", `merge 1, "ab  c": want two tokens`},
		{"added_tokens.json", "[]", "added_tokens.json:"},
		{"added_tokens.json", `{"x":1}`, "added_tokens.json: the id 1 has two tokens"},
		{"tokenizer_config.json", `{"tokenizer_class":"LlamaTokenizer"}`, `tokenizer_class "LlamaTokenizer" with vocab.json and merges.txt is not supported`},
		{"tokenizer_config.json", `{"eos_token":"<eos>"}`, `tokenizer_config.json: eos_token "<eos>" is not in the vocabulary`},
		{"tokenizer_config.json", `{"chat_template":5}`, "chat_template is neither a string nor a list"},
		{"tokenizer_config.json", `{"added_tokens_decoder":{"x":{"content":"y"}}}`, `added_tokens_decoder: "x" is no id`},
		{"tokenizer_config.json", `{"added_tokens_decoder":{"-5":{"content":"y"}}}`, "has id -5"},
		{"generation_config.json", `{"eos_token_id":"x"}`, "eos_token_id is"},
		{"generation_config.json", `{"eos_token_id":400}`, "the id 400 that ends a text is outside"},
	} {
		if _, err := open(map[string]string{c.file: c.text}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %.60s: error %v, want %q", c.file, c.text, err, c.want)
		}
	}
	if _, err := Open(t.TempDir()); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "neither tokenizer.json nor vocab.json") {
		t.Errorf("an empty folder: error %v, want fs.ErrNotExist and what was looked for", err)
	}
}

// TestBadUTF8: one U+FFFD for each maximal part of a character, as Python's errors="replace".
func TestBadUTF8(t *testing.T) {
	tok, err := New(tiny())
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"a\xffb": "a\uFFFDb", "\xe4\xb8": "\uFFFD", "\xe4\xb8a": "\uFFFDa", "\xe4a\xb8": "\uFFFDa\uFFFD", "\xed\xa0\x80": "\uFFFD\uFFFD\uFFFD",
		"\xf0\x9f\x91": "\uFFFD", "\xf0\x80\x80\x80": "\uFFFD\uFFFD\uFFFD\uFFFD", "\xc0\x80": "\uFFFD\uFFFD", "\xf4\x90\x80\x80": "\uFFFD\uFFFD\uFFFD\uFFFD",
		"中\x80文": "中\uFFFD文", "\xc3": "\uFFFD", "\xc3\xc3\xa9": "\uFFFDé",
	} {
		got, wanted := tok.Encode(nil, text, false), tok.Encode(nil, want, false)
		if !slices.Equal(got, wanted) || tok.Count(text) != len(wanted) {
			t.Errorf("%q: %v, want those of %q, %v", text, got, want, wanted)
		}
		var ids []int32
		for _, c := range []byte(text) {
			ids = append(ids, tok.bytes[c])
		}
		checkDecode(t, tok, ids, want)
	}
	checkDecode(t, tok, []int32{-1, 1 << 30, 256, 300}, "ab")
}

// TestManyAdded: thousands of added tokens that begin alike are found, the longest first, in little time.
func TestManyAdded(t *testing.T) {
	p := tiny()
	var text strings.Builder
	var added []int32
	for i := range 50_000 {
		content := fmt.Sprintf("<|reserved_%d", i*7)
		added = append(added, int32(len(p.Tokens)))
		p.Added = append(p.Added, AddedToken{ID: int32(len(p.Tokens)), Content: content, Special: true})
		p.Tokens = append(p.Tokens, content)
		text.WriteString(content + "<ab")
	}
	tok, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	var want []int32
	for _, id := range added {
		want = append(want, id, tok.bytes['<'], 256)
	}
	checkIDs(t, tok, text.String(), true, want)
}

// A pipe in a file's place would be waited for.
func TestPipeForTokenizer(t *testing.T) {
	for _, name := range []string{"tokenizer.json", "tokenizer_config.json"} {
		dir := fstest.MapFS{
			"vocab.json": {Data: []byte(`{}`)}, "merges.txt": {Data: []byte("")}, name: {Mode: fs.ModeNamedPipe},
		}
		if name != "tokenizer.json" {
			src, err := json.Marshal(idsOf(tiny()))
			if err != nil {
				t.Fatal(err)
			}
			dir["vocab.json"].Data = src
		}
		if _, err := ReadParts(dir); err == nil || !strings.Contains(err.Error(), name+" is no regular file") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// idsOf is vocab.json.
func idsOf(p Parts) map[string]int {
	vocab := map[string]int{}
	for id, token := range p.Tokens {
		vocab[token] = id
	}
	return vocab
}
