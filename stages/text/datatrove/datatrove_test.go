package datatrove

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/winnow-data/winnow/stages/settings"
	"github.com/winnow-data/winnow/stages/text"
)

func TestCutter(t *testing.T) {
	const s = " I can't.  No!\nYes"
	for words, want := range map[Words][2][]string{
		English:    {{"I", "ca", "n't", ".", "No", "!", "Yes"}, {" I can't.", "  No!", "\nYes"}},
		Whitespace: {{"I", "can't.", "No!", "Yes"}, {s}},
	} {
		c := words.Cutter()
		texts := func(spans []text.Span) (out []string) {
			for _, w := range spans {
				out = append(out, s[w.Start:w.End])
			}
			return out
		}
		if got := texts(c.Words(nil, s)); !slices.Equal(got, want[0]) {
			t.Errorf("%s: words %q, want %q", words, got, want[0])
		}
		got := texts(c.Sentences(nil, s))
		if !slices.Equal(got, want[1]) {
			t.Errorf("%s: sentences %q, want %q", words, got, want[1])
		}
		if c.CountSentences(s) != len(got) || c.CountSentences("") != 1 {
			t.Errorf("%s: %d sentences, and %d in nothing", words, c.CountSentences(s), c.CountSentences(""))
		}
	}
}

func TestSetting(t *testing.T) {
	for _, c := range []struct{ in, want, problem string }{
		{"en", "en", ""},
		{"whitespace", "whitespace", ""},
		{"zh", "en", "only its English words can be reproduced exactly"},
		{"[en]", "en", "only its English words"},
	} {
		tree, _ := settings.Parse("", []byte("{words: "+c.in+"}"))
		v := struct{ Words Words }{English}
		problems := settings.Decode(tree, &v)
		text := ""
		for _, p := range problems {
			text += p.Error()
		}
		if string(v.Words) != c.want || (c.problem == "") != (text == "") || !strings.Contains(text, c.problem) {
			t.Errorf("%s: %q, %s", c.in, v.Words, text)
		}
	}
}

// TestSets compares with what else is known of the sets: 32 signs of ASCII and the control characters but \t, \n, \v's neighbours; and
// Unicode's Sentence_Terminal with five Khmer signs.
func TestSets(t *testing.T) {
	khmer := []rune{0x17D4, 0x17D5, 0x17D6, 0x17D9, 0x17DA}
	terminals := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if IsTerminal(r) {
			terminals++
		}
		if IsTerminal(r) && !unicode.Is(unicode.Sentence_Terminal, r) && !slices.Contains(khmer, r) {
			t.Errorf("%U ends sentences, which Unicode denies", r)
		}
		if r < 0x80 && r > ' ' && r < 0x7F {
			if want := !unicode.IsLetter(r) && !unicode.IsDigit(r); IsPunctuation(r) != want {
				t.Errorf("%q is punctuation: %v, want %v", r, IsPunctuation(r), want)
			}
		}
		if IsSymbol(r) != (IsPunctuation(r) || IsTerminal(r)) {
			t.Errorf("%U is in the union: %v", r, IsSymbol(r))
		}
	}
	if terminals != 159 {
		t.Errorf("%d characters end sentences, want 159", terminals)
	}
	for _, r := range "\t\n\f\v •" {
		if want := r == '\v' || r == '\f'; IsPunctuation(r) != want {
			t.Errorf("%q is punctuation: %v, want %v", r, IsPunctuation(r), want)
		}
	}
}
