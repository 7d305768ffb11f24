package dolma

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/winnow-data/winnow/filters/internal/ngram"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// GopherRepetition keeps text by the Gopher repetition rules as dolma measures them: the values of its taggers gopher_v1 and
// gopher_v2 (dolma 1.2.1, taggers/gopher.py), digit for digit, with the bounds of the mixer of Dolma 1.6
// (configs/dolma-v1_6/mixing/cc-head.yaml). Rules bear dolma's names. Values are rounded to five decimals, as dolma writes and its
// mixer reads them.
//
//	gopher_repetition@dolma: {tagger: v1}
//
// What is odd in it is kept: all copies of a line count, the first too, and their share of the characters in words can exceed 1; the most
// common n-gram counts even if it occurs once; duplicate n-grams are a share of the characters of all n-grams.
//
// Known differences: those mixer files name the top n-grams "…2gram", which the taggers never wrote, so that the three rules do nothing there. Here they hold;
// `without` switches them off. A blank text is dropped by rule empty before it comes here.
type GopherRepetition struct {
	Tagger    string       `allowed:"v1,v2"`                                     // version: v2 takes a run of line ends for one, v1 counts the empty lines between them
	Lines     stages.Range `yaml:"fraction_of_duplicate_lines"`                  // share of lines that occur more than once
	LineChars stages.Range `yaml:"fraction_of_characters_in_duplicate_lines"`    // characters in them, for each character in words
	Top2grams stages.Range `yaml:"fraction_of_characters_in_most_common_2grams"` // share of characters in the most common 2-gram
	Top3grams stages.Range `yaml:"fraction_of_characters_in_most_common_3grams"` // share of characters in the most common 3-gram
	Top4grams stages.Range `yaml:"fraction_of_characters_in_most_common_4grams"` // share of characters in the most common 4-gram
	Dup5grams stages.Range `yaml:"fraction_of_characters_in_duplicate_5grams"`   // share of characters in 5-grams that occur more than once
	Dup6grams stages.Range `yaml:"fraction_of_characters_in_duplicate_6grams"`   // share of characters in 6-grams that occur more than once
	Dup7grams stages.Range `yaml:"fraction_of_characters_in_duplicate_7grams"`   // share of characters in 7-grams that occur more than once
	Dup8grams stages.Range `yaml:"fraction_of_characters_in_duplicate_8grams"`   // share of characters in 8-grams that occur more than once
	Dup9grams stages.Range `yaml:"fraction_of_characters_in_duplicate_9grams"`   // share of characters in 9-grams that occur more than once
	Dup10gram stages.Range `yaml:"fraction_of_characters_in_duplicate_10grams"`  // share of characters in 10-grams that occur more than once

	words  wordList
	grams  ngram.Counter
	hashes []uint64
	seen   text.Table
	counts []int32 // by line: its copies, at the first
}

// GopherRepetitionDefaults are dolma's own settings.
var GopherRepetitionDefaults = GopherRepetition{
	Tagger:    "v2",
	Lines:     stages.AtMost(0.3),
	LineChars: stages.AtMost(0.3),
	Top2grams: stages.AtMost(0.2),
	Top3grams: stages.AtMost(0.18),
	Top4grams: stages.AtMost(0.16),
	Dup5grams: stages.AtMost(0.15),
	Dup6grams: stages.AtMost(0.14),
	Dup7grams: stages.AtMost(0.13),
	Dup8grams: stages.AtMost(0.12),
	Dup9grams: stages.AtMost(0.11),
	Dup10gram: stages.AtMost(0.1),
}

// Validate implements [stages.Validator].
func (f *GopherRepetition) Validate() error { return checkTagger(f.Tagger) }

// Rules implements [stages.Filter].
func (f *GopherRepetition) Rules() []stages.Rule {
	rules := []stages.Rule{
		{Name: "fraction_of_duplicate_lines", Keep: f.Lines, Unit: "share", Doc: "Lines that occur more than once, of all lines (dolma gopher)."},
		{Name: "fraction_of_characters_in_duplicate_lines", Keep: f.LineChars, Doc: "Characters of lines that occur more than once, for each character in words (dolma gopher)."},
	}
	for i, r := range []stages.Range{f.Top2grams, f.Top3grams, f.Top4grams} {
		rules = append(rules, stages.Rule{
			Name: fmt.Sprintf("fraction_of_characters_in_most_common_%dgrams", ngram.MinTop+i), Keep: r,
			Doc: fmt.Sprintf("Characters of the most common %d-gram, times its count, of those in words; none if there are fewer words (dolma gopher).", ngram.MinTop+i),
		})
	}
	for i, r := range []stages.Range{f.Dup5grams, f.Dup6grams, f.Dup7grams, f.Dup8grams, f.Dup9grams, f.Dup10gram} {
		rules = append(rules, stages.Rule{
			Name: fmt.Sprintf("fraction_of_characters_in_duplicate_%dgrams", ngram.MinDup+i), Keep: r, Unit: "share",
			Doc: fmt.Sprintf("Characters of %d-grams that occur more than once, of those in all %d-grams; none if there are fewer words (dolma gopher).", ngram.MinDup+i, ngram.MinDup+i),
		})
	}
	return rules
}

// Measure implements [stages.Filter].
func (f *GopherRepetition) Measure(t *text.View, m []float64) {
	for i := range m {
		m[i] = stages.NA
	}
	m[0], m[1] = 0, 0
	s := t.Text()
	if s == "" { // the tagger gives zeros, and no n-grams
		return
	}
	f.words.cut(s)
	lines, copies, chars := f.duplicates(s)
	m[0] = written(float64(copies) / float64(lines))
	m[1] = written(float64(chars) / float64(max(f.words.chars, 1)))
	f.ngrams(m[2:])
}

// duplicates counts the lines, those that occur more than once, and the characters in these.
func (f *GopherRepetition) duplicates(s string) (lines, copies, chars int) {
	f.hashes = f.hashes[:0]
	for line := range linesOf(s, f.Tagger) {
		f.hashes = append(f.hashes, text.Hash(line))
	}
	f.seen.Clear(len(f.hashes))
	f.counts = slices.Grow(f.counts[:0], len(f.hashes))[:len(f.hashes)]
	for i, h := range f.hashes {
		first, _ := f.seen.First(h, int32(i))
		if first == int32(i) {
			f.counts[i] = 0
		}
		f.counts[first]++
	}
	i := 0
	for line := range linesOf(s, f.Tagger) {
		if first, _ := f.seen.First(f.hashes[i], int32(i)); f.counts[first] > 1 {
			copies++
			chars += utf8.RuneCountInString(line)
		}
		i++
	}
	return i, copies, chars
}

// ngrams fills m with the shares of the most common 2-, 3- and 4-gram and of the 5- to 10-grams that occur more than once. It leaves those
// that the text has no n-gram for.
func (f *GopherRepetition) ngrams(m []float64) {
	g, w := &f.grams, &f.words
	n := len(w.words)
	ends, end := g.Room(n), int32(0)
	f.hashes = f.hashes[:0]
	for i := range w.words {
		f.hashes = append(f.hashes, text.Hash(w.at(i)))
		ends[i] = end
		end += w.words[i].runes
	}
	ends[n] = end
	g.Words(f.hashes)
	for k := ngram.MinTop; k <= min(ngram.MaxDup, n); k++ {
		g.Step(k, nil)
		if k <= ngram.MaxTop {
			at, count := g.MostFrequent()
			m[k-ngram.MinTop] = written(float64(int(count)*g.Chars(at, k)) / float64(w.chars))
			continue
		}
		m[k-ngram.MinTop] = written(float64(g.Repeated(k)) / float64(g.All(k)))
	}
}

// Interface guards.
var (
	_ stages.Filter    = (*GopherRepetition)(nil)
	_ stages.Validator = (*GopherRepetition)(nil)
)
