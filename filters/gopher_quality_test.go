package filters

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
)

func measured(f stages.Filter, s, language string) map[string]float64 {
	var v text.View
	v.Reset(s)
	v.SetLanguage(language)
	rules := f.Rules()
	m := make([]float64, len(rules))
	f.Measure(&v, m)
	out := map[string]float64{}
	for i, r := range rules {
		out[r.Name] = m[i]
	}
	return out
}

func TestGopherQualityMeasures(t *testing.T) {
	na := stages.NA
	for _, c := range []struct {
		text, language, rule string
		want                 float64
	}{
		{"", "en", "words", 0},
		{"", "en", "mean_word", na},
		{"one, two!", "en", "words", 2},
		{"世界人权宣言", "zh", "words", 4},
		{"one three", "en", "mean_word", 4},
		{"世界人权宣言", "zh", "mean_word", na},
		{"世界人权宣言 ab cd ef gh", "zh", "mean_word", 2},
		{"世界人权宣言 ab cd ef", "zh", "mean_word", na},
		{"# a #b ##", "en", "hashes", 2},
		{"###", "en", "hashes", na},
		{"a... b…… c.... d..", "en", "ellipses", 0.75},
		{"说……完", "zh", "ellipses", 0.75},
		{"- a\n* b\n• c\n\nd", "en", "bullets", 0.75},
		{"— a\n– b", "fr", "bullets", 0},
		{"", "en", "bullets", na},
		{"a...\nb…\nc....\n\nd", "en", "end_ellipses", 0.75},
		{"a 1 b 2", "en", "alpha", 0.5},
		{"a | b =>", "en", "alpha", 0.5},
		{"« a » – b ; c", "fr", "alpha", 1},
		{"| |", "en", "alpha", 0},
		{"", "en", "alpha", na},
		{"The the THE and", "en", "stop_words", 2},
		{"the and", "xx", "stop_words", na},
		{"the and", "", "stop_words", 2},
		{"the", "", "stop_words", na},
		{"", "", "stop_words", na},
		{"der und die", "", "stop_words", 3},
		{"人权的宣言是好的", "zh", "stop_words", 2},
		{"人权的宣言是好的", "", "stop_words", 2},
		{"และของ", "th", "stop_words", 2},
		{"", "zh", "stop_words", 0},
	} {
		f := gopherQuality
		got := measured(&f, c.text, c.language)[c.rule]
		if got != c.want && !(stages.IsNA(got) && stages.IsNA(c.want)) {
			t.Errorf("%q in %q: %s is %v, want %v", c.text, c.language, c.rule, got, c.want)
		}
	}
}

func TestFineWebMeasures(t *testing.T) {
	na := stages.NA
	long := strings.Repeat("x", 31)
	for _, c := range []struct {
		text, rule string
		want       float64
	}{
		{"", "line_punct", na},
		{"", "newlines", na},
		{"A.\n\nB\nC?”\nD", "line_punct", 0.5},
		{"A...\nB…", "line_punct", 1},
		{"\"A\"\nB,", "line_punct", 0},
		{"มนุษย์ทั้งหลาย\nเกิดมา", "line_punct", na},
		{long + "\n" + long[:30], "short_lines", 0.5},
		{long + "\n" + long[:29] + ".", "short_lines", 0},
		{strings.Repeat("世", 16) + "\n" + strings.Repeat("世", 15), "short_lines", 0.5},
		{"aa\nb\n aa", "char_dup", 0.4},
		{"a\n\nb\nc", "newlines", 1},
		{"\n\n", "newlines", na},
	} {
		f := fineWeb
		got := measured(&f, c.text, "")[c.rule]
		if got != c.want && !(stages.IsNA(got) && stages.IsNA(c.want)) {
			t.Errorf("%q: %s is %v, want %v", c.text, c.rule, got, c.want)
		}
	}
}

func TestLengthMeasures(t *testing.T) {
	f := length
	got := measured(&f, "世界, hi\xff", "")
	if got["chars"] != 7 || got["bytes"] != 11 || !(got["words"] > 2.33 && got["words"] < 2.34) {
		t.Errorf("got %v", got)
	}
	for _, r := range f.Rules() {
		if !r.Keep.Open() {
			t.Errorf("%s is bounded by default", r.Name)
		}
	}
}

// Bounds are inclusive and those of the papers.
func TestDefaultBounds(t *testing.T) {
	filters := heuristics()
	var got []string
	for _, name := range []string{"gopher_quality", "gopher_repetition", "c4", "fineweb"} {
		for _, r := range filters[name].Rules() {
			got = append(got, fmt.Sprintf("%s %v..%v", r.Name, r.Keep.Min, r.Keep.Max))
			if r.Doc == "" || !strings.HasSuffix(r.Doc, ").") {
				t.Errorf("%s: %s names no source: %q", name, r.Name, r.Doc)
			}
		}
	}
	want := []string{
		"words 50..100000", "mean_word 3..10", "hashes -Inf..0.1", "ellipses -Inf..0.1", "bullets -Inf..0.9", "end_ellipses -Inf..0.3", "alpha 0.8..+Inf", "stop_words 2..+Inf",
		"dup_lines -Inf..0.3", "dup_line_chars -Inf..0.2", "dup_paragraphs -Inf..0.3", "dup_paragraph_chars -Inf..0.2", "top_2gram -Inf..0.2", "top_3gram -Inf..0.18", "top_4gram -Inf..0.16",
		"dup_5gram -Inf..0.15", "dup_6gram -Inf..0.14", "dup_7gram -Inf..0.13", "dup_8gram -Inf..0.12", "dup_9gram -Inf..0.11", "dup_10gram -Inf..0.1",
		"sentences 3..+Inf", "lorem_ipsum -Inf..0", "curly_brackets -Inf..0",
		"line_punct 0.12..+Inf", "short_lines -Inf..0.67", "char_dup -Inf..0.01", "newlines -Inf..0.3",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The means behind the bounds of mean_word by language, measured on the declaration of human rights.
func TestMeanWords(t *testing.T) {
	measured := map[string]float64{}
	var v text.View
	for name, s := range realdata.UDHR(t) {
		v.Reset(s)
		words, letters := v.SpacedWords()
		if v.Kind() == text.Spaced && words >= 500 {
			// Of several texts of a language the longest words count, so that none is dropped by them.
			language := languageOf(name)
			measured[language] = max(measured[language], float64(letters)/float64(words))
		}
	}
	for language, mean := range measured {
		used, ok := meanWords[language]
		if outside := mean < 3.45 || mean > 8.1; outside != ok && !(ok && (mean < 3.6 || mean > 8)) {
			t.Errorf("%s: mean %.2f, bounds of its own: %v", language, mean, ok)
		}
		if ok && !(used > mean-0.06 && used < mean+0.06) {
			t.Errorf("%s: mean %.2f measured, %v in use", language, mean, used)
		}
	}
	for language := range meanWords {
		if _, ok := measured[language]; !ok {
			t.Errorf("%s has bounds of its own and no text", language)
		}
	}
}
