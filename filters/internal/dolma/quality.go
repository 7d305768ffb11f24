package dolma

import (
	"fmt"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// taggers are the versions that dolma has of its taggers; v2 of gopher takes a run of line ends for one.
var taggers = []string{"v1", "v2"}

func checkTagger(version string) error {
	for _, v := range taggers {
		if version == v {
			return nil
		}
	}
	return fmt.Errorf("tagger: %q: allowed are %s", version, strings.Join(taggers, " and "))
}

// GopherQuality keeps text by the Gopher quality rules as dolma measures them: the values of its taggers gopher_v1 and gopher_v2
// (dolma 1.2.1, taggers/gopher.py), digit for digit, with the bounds of the mixer of Dolma 1.6 (configs/dolma-v1_6/mixing/cc-head.yaml).
// Rules bear dolma's names. Values are rounded to five decimals, as dolma writes and its mixer reads them.
//
//	gopher_quality@dolma: {tagger: v2, word_count: {min: 30}}
//
// Words lie between white space (Unicode 14, as in Python 3.11). Texts in scripts without spaces have next to none and go: gopher_quality
// is the one that knows them.
//
// Known differences: a blank text is dropped by rule empty before it comes here. What dolma does in two steps, its tagger and its mixer, is one.
type GopherQuality struct {
	Tagger        string       `allowed:"v1,v2"` // version: v2 takes a run of line ends for one, v1 counts the empty lines between them
	WordCount     stages.Range // words
	MedianLength  stages.Range `yaml:"median_word_length"`                           // median of their lengths
	Symbols       stages.Range `yaml:"symbol_to_word_ratio"`                         // share of words with "#" or "…"
	Alpha         stages.Range `yaml:"fraction_of_words_with_alpha_character"`       // share of words with a letter
	RequiredWords stages.Range `yaml:"required_word_count"`                          // words that are one of eight: the, be, to, of, and, that, have, with
	Bullets       stages.Range `yaml:"fraction_of_lines_starting_with_bullet_point"` // share of lines that begin with "*" or "-"
	Ellipses      stages.Range `yaml:"fraction_of_lines_ending_with_ellipsis"`       // share of lines that end in "…"
	Characters    stages.Range `yaml:"character_count"`                              // characters of the document

	words wordList
}

// GopherQualityDefaults are dolma's own settings.
var GopherQualityDefaults = GopherQuality{
	Tagger:        "v2",
	WordCount:     stages.Between(50, 100_000),
	MedianLength:  stages.Between(3, 10),
	Symbols:       stages.AtMost(0.1),
	Alpha:         stages.AtLeast(0.8),
	RequiredWords: stages.AtLeast(2),
	Bullets:       stages.AtMost(0.9),
	Ellipses:      stages.AtMost(0.3),
	Characters:    stages.Any,
}

// Validate implements [stages.Validator].
func (f *GopherQuality) Validate() error { return checkTagger(f.Tagger) }

// Rules implements [stages.Filter].
func (f *GopherQuality) Rules() []stages.Rule {
	return []stages.Rule{
		{Name: "word_count", Keep: f.WordCount, Unit: "words", Doc: "Words between white space (dolma gopher)."},
		{Name: "median_word_length", Keep: f.MedianLength, Unit: "characters", Doc: "Median characters of a word (dolma gopher)."},
		{Name: "symbol_to_word_ratio", Keep: f.Symbols, Unit: "share", Doc: `Words that hold "#" or "…", of all words (dolma gopher).`},
		{Name: "fraction_of_words_with_alpha_character", Keep: f.Alpha, Unit: "share", Doc: "Words that hold a letter, of all words (dolma gopher)."},
		{Name: "required_word_count", Keep: f.RequiredWords, Unit: "words", Doc: "Words that are the, be, to, of, and, that, have or with, in lower case (dolma gopher)."},
		{Name: "fraction_of_lines_starting_with_bullet_point", Keep: f.Bullets, Unit: "share", Doc: `Lines that begin with "*" or "-" (dolma gopher).`},
		{Name: "fraction_of_lines_ending_with_ellipsis", Keep: f.Ellipses, Unit: "share", Doc: `Lines that end in "…" (dolma gopher).`},
		{Name: "character_count", Keep: f.Characters, Unit: "characters", Doc: "Characters (code points) of the document (dolma gopher)."},
	}
}

// Measure implements [stages.Filter].
func (f *GopherQuality) Measure(t *text.View, m []float64) {
	clear(m)
	s := t.Text()
	if s == "" { // the tagger gives zeros
		return
	}
	w := &f.words
	w.cut(s)
	special := strings.IndexByte(s, '#') >= 0 || strings.Contains(s, "…")
	symbols, alpha, required := 0, 0, 0
	for i := range w.words {
		word := w.at(i)
		if hasAlpha(word) {
			alpha++
		}
		if isRequired(word) {
			required++
		}
		if special && (strings.IndexByte(word, '#') >= 0 || strings.Contains(word, "…")) {
			symbols++
		}
	}
	lines, bullets, ellipses := 0, 0, 0
	for line := range linesOf(s, f.Tagger) {
		lines++
		if line != "" && (line[0] == '*' || line[0] == '-') {
			bullets++
		}
		if strings.HasSuffix(line, "…") {
			ellipses++
		}
	}
	n := float64(max(len(w.words), 1))
	m[0] = float64(len(w.words))
	m[1] = written(w.median())
	m[2] = written(float64(symbols) / n)
	m[3] = written(float64(alpha) / n)
	m[4] = float64(required)
	m[5] = written(float64(bullets) / float64(lines))
	m[6] = written(float64(ellipses) / float64(lines))
	m[7] = float64(t.Runes())
}

// isRequired says whether a word is one of dolma's REQUIRED_ENGLISH_WORDS.
func isRequired(w string) bool {
	switch w {
	case "the", "be", "to", "of", "and", "that", "have", "with":
		return true
	}
	return false
}

// linesOf yields the lines of a text, empty ones too: split at every "\n" for v1, at runs of them for v2.
func linesOf(s, tagger string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for {
			i := strings.IndexByte(s, '\n')
			if i < 0 {
				yield(s)
				return
			}
			if !yield(s[:i]) {
				return
			}
			s = s[i+1:]
			if tagger == "v2" {
				s = strings.TrimLeft(s, "\n")
			}
		}
	}
}

// Interface guards.
var (
	_ stages.Filter    = (*GopherQuality)(nil)
	_ stages.Validator = (*GopherQuality)(nil)
)
