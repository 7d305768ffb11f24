package tokenizer

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzText(f *testing.F) {
	tok, err := New(tiny())
	if err != nil {
		f.Fatal(err)
	}
	scans := map[string]*Tokenizer{}
	for _, pre := range []string{"qwen2", "llama-bpe", "smollm", "gpt-2"} {
		p := tiny()
		p.Pre, p.NFC = pre, pre == "qwen2"
		if scans[pre], err = New(p); err != nil {
			f.Fatal(err)
		}
	}
	f.Add("abc<|end|> don't 12345  \r\n\t中文é\u0301")
	f.Add("\xff\xe4\xb8'ſ ")
	f.Fuzz(func(t *testing.T, text string) {
		want := strings.ToValidUTF8(text, "")
		ids := tok.Encode(nil, text, false)
		if tok.Count(text) != len(ids) {
			t.Errorf("%d ids, counted %d", len(ids), tok.Count(text))
		}
		if got := tok.Decode(ids); utf8.ValidString(text) && got != want {
			t.Errorf("%q comes back as %q", text, got)
		}
		for pre, tok := range scans {
			s := []byte(want)
			for i := 0; i < len(s); {
				end := tok.scan(s, i)
				if end <= i || end > len(s) || !utf8.Valid(s[i:end]) {
					t.Fatalf("%s: the word at %d of %q ends at %d", pre, i, want, end)
				}
				i = end
			}
			ids := tok.Encode(nil, text, true)
			checkDecode(t, tok, ids, tok.Decode(ids))
		}
	})
}

func FuzzTokenizerJSON(f *testing.F) {
	f.Add(tinyJSON(nil))
	f.Add(tinyJSON(map[string]string{"normalizer": `{"type":"NFC"}`}))
	f.Add(`{"model":{"vocab":{"a":0},"merges":[]}}`)
	f.Fuzz(func(t *testing.T, src string) {
		if tok, err := readTokenizer(src); err == nil {
			tok.Decode(tok.Encode(nil, "abc <|end|> é中", true))
		}
	})
}

func FuzzMerges(f *testing.F) {
	f.Add("a b\nab c", "abcabc")
	f.Fuzz(func(t *testing.T, merges, text string) {
		p := tiny()
		p.Merges = strings.Split(merges, "\n")
		for _, m := range p.Merges { // the vocabulary has what they make
			if s := strings.ReplaceAll(m, " ", ""); s != "" && !slices.Contains(p.Tokens, s) {
				p.Tokens = append(p.Tokens, s)
			}
		}
		tok, err := New(p)
		if err != nil {
			return
		}
		word := strings.ToValidUTF8(text, "")
		if got, want := tok.merge(new(scratch), []byte(word)), naive(tok, word); !slices.Equal(got, want) {
			t.Errorf("%q with %q: %v, want %v", word, merges, got, want)
		}
	})
}
