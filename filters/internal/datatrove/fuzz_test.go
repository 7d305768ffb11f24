package datatrove

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/winnow-data/winnow/filters/internal/ngram"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/datatrove"
)

// plainTop is find_top_duplicate of the n-grams; -1 where there is none.
func plainTop(words []string, n int) int {
	count, best, top := map[string]int{}, "", -1
	for i := 0; i+n <= len(words); i++ {
		count[strings.Join(words[i:i+n], " ")]++
	}
	for i := 0; i+n <= len(words); i++ {
		if gram := strings.Join(words[i:i+n], " "); best == "" || count[gram] > count[best] {
			best, top = gram, utf8.RuneCountInString(gram)*count[gram]
		}
	}
	return top
}

// plainCopies is find_all_duplicate.
func plainCopies(words []string, n int) (runes int) {
	seen := map[string]bool{}
	for i := 0; i+n <= len(words); {
		gram := strings.Join(words[i:i+n], "")
		if seen[gram] {
			runes += utf8.RuneCountInString(gram)
			i += n
			continue
		}
		seen[gram] = true
		i++
	}
	return runes
}

// FuzzPresets compares n-grams with datatrove's functions written out, and asks all presets for sane answers.
func FuzzPresets(f *testing.F) {
	for _, s := range []string{
		"", "\n", "a b c d e f a b c d e f a b c d e f", "ab c d e f g a bc d e f g ab cd e f g", "I am Frank, I am Frank, I am Frank",
		strings.Repeat("the cat sat on the mat ", 9), "漢 字 仮 名 交 漢 字 仮 名 交 り", "a\n\n\nb\n\na\n\n", "x[1] y z. {", "Lorem ipsum coo\u212Aies", "\xff \xfe\n.",
	} {
		f.Add(s)
	}
	quality, repetition, fine, web, loose := GopherQualityDefaults, GopherRepetitionDefaults, FineWebDefaults, C4Defaults, C4Defaults
	loose.NumSentences, loose.WordsPerLine, loose.NoTerminalPunct = stages.Any, stages.Any, false
	var v text.View
	f.Fuzz(func(t *testing.T, s string) {
		v.Reset(s)
		for _, c := range []stages.Filter{&quality, &repetition, &fine} {
			Decided(c, &v)
		}
		w := wordsOf(datatrove.English, &v)
		words := make([]string, w.len())
		for i := range words {
			words[i] = strings.Clone(w.word(i))
		}
		got := repetition.values(&v)
		for n := ngram.MinTop; n <= ngram.MaxTop && got.chars > 0; n++ {
			if want := plainTop(words, n); got.top[n-ngram.MinTop] != want {
				t.Errorf("%q: top %d-gram %d, want %d", s, n, got.top[n-ngram.MinTop], want)
			}
		}
		for n := ngram.MinDup; n <= ngram.MaxDup; n++ {
			if want := plainCopies(words, n); got.dup[n-ngram.MinDup] != want {
				t.Errorf("%q: copies of %d-grams %d, want %d", s, n, got.dup[n-ngram.MinDup], want)
			}
		}
		if w.len() > 0 && len(strings.Join(words, "")) > len(s) {
			t.Errorf("%q: words %q", s, words)
		}
		for _, c := range []*C4{&web, &loose} {
			d := stages.Document{Text: s}
			verdict, err := c.Map(&d, &v)
			if err != nil || verdict.Rule != "" && d.Text != s || len(d.Text) > len(s) {
				t.Errorf("%q: %v, %v, %q", s, verdict, err, d.Text)
			}
		}
	})
}
