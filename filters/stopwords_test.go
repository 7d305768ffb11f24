package filters

import (
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
)

func TestStopWordLists(t *testing.T) {
	lists := stopLists()
	if len(lists.byCode) < 80 {
		t.Errorf("%d languages have stop words, want 80", len(lists.byCode))
	}
	for code, list := range lists.byCode {
		if n := max(len(list.inside), strings.Count(stopwordsLine(code), " ")-1); n < 4 {
			t.Errorf("%s: %d words, want at least 4", code, n)
		}
	}
	if got := strings.TrimSpace(strings.TrimPrefix(stopwordsLine("en"), "en =")); got != "the be to of and that have with" {
		t.Errorf("English: got %q, want the words of the Gopher paper", got)
	}
}

// stopwordsLine returns the line of the file that holds a language.
func stopwordsLine(code string) string {
	for _, line := range strings.Split(stopwordsFile, "\n") {
		codes, _, _ := strings.Cut(line, " ")
		for _, c := range strings.Split(codes, ",") {
			if c == code {
				return line
			}
		}
	}
	return ""
}

// Every list finds at least three of its words in the declaration of human rights in its language, if that is there.
func TestStopWordsOccur(t *testing.T) {
	var v text.View
	seen := map[string]float64{}
	for name, s := range realdata.UDHR(t) {
		language := languageOf(name)
		v.Reset(s)
		v.SetLanguage(language)
		if n := stopLists().count(&v); !stages.IsNA(n) && v.WordCount() > 500 {
			seen[language] = n
			if n < 3 {
				t.Errorf("%s: %v stop words of %s", name, n, language)
			}
		}
	}
	for code := range stopLists().byCode {
		if _, ok := seen[code]; !ok && !strings.Contains("oc no lb id ku te si bs fo ckb", code) {
			t.Logf("%s: no text to find its stop words in", code)
		}
	}
	if len(seen) < 70 {
		t.Errorf("only %d lists are checked", len(seen))
	}
}

func TestParseStopWords(t *testing.T) {
	for _, c := range []struct{ file, err string }{
		{"xx = a b", ""},
		{"# note\n\nxx,yy ~ 的 了\n", ""},
		{"xx a b c", "line 1"},
		{"xx = a", "at least two"},
		{"xx = a b\nxx = c d", `line 2: language "xx" has a list`},
		{"xx = " + strings.Repeat("a ", 65), "at most 64"},
	} {
		_, err := parseStopWords(c.file)
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q: error %v, want %q", c.file, err, c.err)
		}
	}
}

// A word that is lower, title and upper case, and no other form or word.
func TestHashSet(t *testing.T) {
	words := strings.Fields("the be to of and that have with")
	h := newHashSet(words)
	for i, w := range words {
		for _, form := range []string{w, strings.ToUpper(w[:1]) + w[1:], strings.ToUpper(w)} {
			if got := h.bit(text.Hash(form)); got != 1<<i {
				t.Errorf("%q: bit %b, want %b", form, got, 1<<i)
			}
		}
	}
	for _, w := range []string{"", "tHe", "them", "a"} {
		if got := h.bit(text.Hash(w)); got != 0 {
			t.Errorf("%q is found: %b", w, got)
		}
	}
}
