package datatrove

import (
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/datatrove"
	"github.com/winnow-data/winnow/stages/text/python"
)

// GopherQuality keeps and drops what datatrove 0.10.1 does with GopherQualityFilter, for the same reasons. Settings bear the
// names of its parameters without min_ and max_; a bound that is None or 0 there is -.inf or .inf here, or `without: [RULE]`.
//
//	gopher_quality@datatrove: {doc_words: {min: 50}, stop_words: {min: 2}}
//
// What its values are, where the names do not say it:
//
//   - Words are spaCy's for English (`words: en`), which cuts punctuation off and counts each mark as a word of its own; or what stands
//     between white space (`words: whitespace`).
//   - doc_words and avg_word_length leave out words made of punctuation alone; all shares count them.
//   - Lines are those of str.splitlines, blank ones too. Bullets are • and -.
//   - non_alpha_words_ratio is, its name notwithstanding, the share of words with a letter, and has a minimum.
//
// Where datatrove stops with an error, a text without words whose length is not bounded, the document is quarantined.
//
// Known differences: a blank text is dropped by rule empty before it comes here. The word IS_ALPHA counts as any other; in datatrove only the first time that
// a process meets it, since spaCy fails on it from then on and datatrove cuts the text without it.
type GopherQuality struct {
	Words              datatrove.Words // what is a word: en, whitespace
	DocWords           stages.Range    // words that are not punctuation alone
	AvgWordLength      stages.Range    // their mean length in characters
	SymbolWordRatio    stages.Range    // "#" for each word, and "..." or "…" for each word
	BulletLinesRatio   stages.Range    // share of lines that begin with • or -
	EllipsisLinesRatio stages.Range    // share of lines that end in "..." or "…"
	NonAlphaWordsRatio stages.Range    // share of words with a letter
	StopWords          stages.Range    // different stop words among the words
	StopWordList       []string        // the stop words, in their case

	stops stopWords
	lines []text.Span
}

// GopherQualityDefaults are datatrove's own settings.
var GopherQualityDefaults = GopherQuality{
	Words:              datatrove.English,
	DocWords:           stages.Between(50, 100_000),
	AvgWordLength:      stages.Between(3, 10),
	SymbolWordRatio:    stages.AtMost(0.1),
	BulletLinesRatio:   stages.AtMost(0.9),
	EllipsisLinesRatio: stages.AtMost(0.3),
	NonAlphaWordsRatio: stages.AtLeast(0.8),
	StopWords:          stages.AtLeast(2),
	StopWordList:       []string{"the", "be", "to", "of", "and", "that", "have", "with"},
}

// lower and upper return one bound of a range alone, for each language: where the peer has a reason for each.
func lower(r stages.Range) stages.Range {
	return oneBound(r, func(r stages.Range) stages.Range { return stages.AtLeast(r.Min) })
}

func upper(r stages.Range) stages.Range {
	return oneBound(r, func(r stages.Range) stages.Range { return stages.AtMost(r.Max) })
}

func oneBound(r stages.Range, of func(stages.Range) stages.Range) stages.Range {
	out := of(r)
	for language, by := range r.By {
		if out.By == nil {
			out.By = map[string]stages.Range{}
		}
		out.By[language] = of(by)
	}
	return out
}

// Rules implements stages.Filter.
func (f *GopherQuality) Rules() []stages.Rule {
	return []stages.Rule{
		{Name: "gopher_short_doc", Keep: lower(f.DocWords), Setting: "doc_words", Unit: "words", Doc: "Words that are not punctuation alone (min_doc_words)."},
		{Name: "gopher_long_doc", Keep: upper(f.DocWords), Setting: "doc_words", Unit: "words", Doc: "Words that are not punctuation alone (max_doc_words)."},
		{Name: "gopher_below_avg_threshold", Keep: lower(f.AvgWordLength), Setting: "avg_word_length", Unit: "characters", Doc: "Mean length of words that are not punctuation alone (min_avg_word_length)."},
		{Name: "gopher_above_avg_threshold", Keep: upper(f.AvgWordLength), Setting: "avg_word_length", Unit: "characters", Doc: "Mean length of words that are not punctuation alone (max_avg_word_length)."},
		{Name: "gopher_too_many_hashes", Keep: f.SymbolWordRatio, Setting: "symbol_word_ratio", Doc: "Number signs for each word (max_symbol_word_ratio)."},
		{Name: "gopher_too_many_ellipsis", Keep: f.SymbolWordRatio, Setting: "symbol_word_ratio", Doc: `"..." and "…" for each word (max_symbol_word_ratio).`},
		{Name: "gopher_too_many_bullets", Keep: f.BulletLinesRatio, Setting: "bullet_lines_ratio", Unit: "share", Doc: "Lines that begin with • or - (max_bullet_lines_ratio)."},
		{Name: "gopher_too_many_end_ellipsis", Keep: f.EllipsisLinesRatio, Setting: "ellipsis_lines_ratio", Unit: "share", Doc: `Lines that end in "..." or "…" (max_ellipsis_lines_ratio).`},
		{Name: "gopher_below_alpha_threshold", Keep: f.NonAlphaWordsRatio, Setting: "non_alpha_words_ratio", Unit: "share", Doc: "Words with a letter (max_non_alpha_words_ratio, a minimum)."},
		{Name: "gopher_enough_stop_words", Keep: f.StopWords, Setting: "stop_words", Unit: "words", Doc: "Different stop words (min_stop_words)."},
	}
}

// Measure implements stages.Filter.
func (f *GopherQuality) Measure(t *text.View, m []float64) {
	v := f.values(t)
	m[0], m[1] = float64(v.plain), float64(v.plain)
	m[2], m[3] = stages.NA, stages.NA
	if v.plain > 0 {
		m[2] = float64(v.plainRunes) / float64(v.plain)
		m[3] = m[2]
	}
	m[4] = ratio(v.hashes, v.words)
	m[5] = ratio(v.ellipses, v.words)
	m[6] = ratio(v.bullets, v.lines)
	m[7] = ratio(v.endEllipses, v.lines)
	m[8] = ratio(v.alpha, v.words)
	m[9] = float64(v.stopWords)
}

// qualityValues are what datatrove counts for GopherQualityFilter.
type qualityValues struct {
	words, plain, plainRunes, alpha, stopWords int
	hashes, ellipses                           int
	lines, bullets, endEllipses                int
}

func (f *GopherQuality) values(t *text.View) (v qualityValues) {
	s := t.Text()
	w := wordsOf(f.Words, t)
	v.words = w.len()
	for i := range w.spans {
		has := classOf(w.word(i))
		if has&hasPlain != 0 {
			v.plain++
			v.plainRunes += int(w.runes[i+1] - w.runes[i])
		}
		if has&hasAlpha != 0 {
			v.alpha++
		}
	}
	v.stopWords = f.stops.count(f.StopWordList, w)
	v.hashes = strings.Count(s, "#")
	v.ellipses = strings.Count(s, "...") + strings.Count(s, "…")
	f.lines = python.SplitLines(f.lines[:0], s)
	for _, l := range f.lines {
		line := s[l.Start:l.End]
		v.lines++
		if left := python.StripLeft(line); strings.HasPrefix(left, "•") || strings.HasPrefix(left, "-") {
			v.bullets++
		}
		if right := python.StripRight(line); strings.HasSuffix(right, "...") || strings.HasSuffix(right, "…") {
			v.endEllipses++
		}
	}
	return v
}

// What a word has.
const (
	hasAlpha uint8 = 1 << iota // a letter
	hasPlain                   // a character that is not in PUNCTUATION_SET
	hasHigh                    // a byte beyond ASCII
)

var classOfByte = func() (t [256]uint8) {
	for c := range 256 {
		if c >= utf8.RuneSelf {
			t[c] = hasHigh
		} else {
			t[c] = classOfRune(rune(c))
		}
	}
	return t
}()

func classOfRune(c rune) (has uint8) {
	if python.IsAlpha(c) {
		has = hasAlpha
	}
	if !datatrove.IsSymbol(c) {
		has |= hasPlain
	}
	return has
}

// classOf returns what a word has.
func classOf(word string) (has uint8) {
	for i := range len(word) {
		has |= classOfByte[word[i]]
	}
	if has&hasHigh != 0 {
		for _, c := range word {
			has |= classOfRune(c)
		}
	}
	return has
}

// stopWords finds stop words by their hashes.
type stopWords struct {
	numbers map[uint64]int
	maybe   uint64 // bits of the hashes' last six
	found   []bool
}

// count returns how many of the stop words are among the words.
func (p *stopWords) count(list []string, w *wordList) (n int) {
	if p.numbers == nil {
		p.numbers = map[uint64]int{}
		for _, s := range list {
			h := text.Hash(s)
			if _, twice := p.numbers[h]; !twice {
				p.numbers[h] = len(p.numbers)
				p.maybe |= 1 << (h & 63)
			}
		}
		p.found = make([]bool, len(p.numbers))
	}
	clear(p.found)
	for _, h := range w.hashes {
		if p.maybe>>(h&63)&1 == 0 {
			continue
		}
		if k, ok := p.numbers[h]; ok && !p.found[k] {
			p.found[k] = true
			n++
		}
	}
	return n
}
