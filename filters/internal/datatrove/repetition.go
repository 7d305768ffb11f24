package datatrove

import (
	"slices"
	"strings"

	"github.com/winnow-data/winnow/filters/internal/ngram"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/datatrove"
	"github.com/winnow-data/winnow/stages/text/python"
)

// GopherRepetition keeps and drops what datatrove 0.10.1 does with GopherRepetitionFilter, for the same reasons. Settings bear the
// names of its reasons, as its parameters do; a bound that is None or 0 there is .inf here, or `without: [RULE]`.
//
//	gopher_repetition@datatrove: {dup_line_frac: {max: 0.3}, top_2_gram: {max: 0.2}}
//
// All shares are of the characters of the text, white space and all. What its values are, where the names do not say it:
//
//   - Paragraphs are what stands between two or more line feeds of the stripped text, lines what stands between line feeds; a line feed at the
//     end of the text makes an empty line. A copy is a second or later one.
//   - Words are spaCy's for English (`words: en`), punctuation marks too, or what stands between white space (`words: whitespace`).
//   - top_N_gram takes the most frequent n-gram, the first of several, and counts all its occurrences, with one space between words. One
//     occurrence is enough, so that texts of a few words go; and the share of copies that overlap can exceed 1.
//   - duplicated_N_n_grams looks word by word for an n-gram that has stood before, white space left out ("ab c" is "a bc"), and goes on behind it.
//
// Known differences: a blank text is dropped by rule empty before it comes here. The word IS_ALPHA counts as any other; in datatrove only the first time that
// a process meets it, since spaCy fails on it from then on and datatrove cuts the text without it.
type GopherRepetition struct {
	Words            datatrove.Words // what is a word: en, whitespace
	DupParaFrac      stages.Range    // share of paragraphs that are copies
	DupParaCharFrac  stages.Range    // share of characters in them
	DupLineFrac      stages.Range    // share of lines that are copies
	DupLineCharFrac  stages.Range    // share of characters in them
	Top2gram         stages.Range    `yaml:"top_2_gram"`            // share of characters in the most frequent 2-gram
	Top3gram         stages.Range    `yaml:"top_3_gram"`            // share of characters in the most frequent 3-gram
	Top4gram         stages.Range    `yaml:"top_4_gram"`            // share of characters in the most frequent 4-gram
	Duplicated5gram  stages.Range    `yaml:"duplicated_5_n_grams"`  // share of characters in copies of 5-grams
	Duplicated6gram  stages.Range    `yaml:"duplicated_6_n_grams"`  // share of characters in copies of 6-grams
	Duplicated7gram  stages.Range    `yaml:"duplicated_7_n_grams"`  // share of characters in copies of 7-grams
	Duplicated8gram  stages.Range    `yaml:"duplicated_8_n_grams"`  // share of characters in copies of 8-grams
	Duplicated9gram  stages.Range    `yaml:"duplicated_9_n_grams"`  // share of characters in copies of 9-grams
	Duplicated10gram stages.Range    `yaml:"duplicated_10_n_grams"` // share of characters in copies of 10-grams

	pieces copies
	grams  ngram.Counter
	copied copiedGrams
}

// GopherRepetitionDefaults are datatrove's own settings.
var GopherRepetitionDefaults = GopherRepetition{
	Words:            datatrove.English,
	DupParaFrac:      stages.AtMost(0.3),
	DupParaCharFrac:  stages.AtMost(0.2),
	DupLineFrac:      stages.AtMost(0.3),
	DupLineCharFrac:  stages.AtMost(0.2),
	Top2gram:         stages.AtMost(0.2),
	Top3gram:         stages.AtMost(0.18),
	Top4gram:         stages.AtMost(0.16),
	Duplicated5gram:  stages.AtMost(0.15),
	Duplicated6gram:  stages.AtMost(0.14),
	Duplicated7gram:  stages.AtMost(0.13),
	Duplicated8gram:  stages.AtMost(0.12),
	Duplicated9gram:  stages.AtMost(0.11),
	Duplicated10gram: stages.AtMost(0.1),
}

// Rules implements stages.Filter.
func (f *GopherRepetition) Rules() []stages.Rule {
	const top, dup = ", all its occurrences, of the characters of the text (top_n_grams).", " that have stood before, of the characters of the text (dup_n_grams)."
	return []stages.Rule{
		{Name: "empty", Keep: stages.AtLeast(1), Unit: "characters", Doc: "Characters of the text."},
		{Name: "dup_para_frac", Keep: f.DupParaFrac, Unit: "share", Doc: "Paragraphs that are copies, of all paragraphs."},
		{Name: "dup_para_char_frac", Keep: f.DupParaCharFrac, Unit: "share", Doc: "Characters in paragraphs that are copies, of the characters of the text."},
		{Name: "dup_line_frac", Keep: f.DupLineFrac, Unit: "share", Doc: "Lines that are copies, of all lines."},
		{Name: "dup_line_char_frac", Keep: f.DupLineCharFrac, Unit: "share", Doc: "Characters in lines that are copies, of the characters of the text."},
		{Name: "top_2_gram", Keep: f.Top2gram, Doc: "Characters in the most frequent 2-gram" + top},
		{Name: "top_3_gram", Keep: f.Top3gram, Doc: "Characters in the most frequent 3-gram" + top},
		{Name: "top_4_gram", Keep: f.Top4gram, Doc: "Characters in the most frequent 4-gram" + top},
		{Name: "duplicated_5_n_grams", Keep: f.Duplicated5gram, Unit: "share", Doc: "Characters in 5-grams" + dup},
		{Name: "duplicated_6_n_grams", Keep: f.Duplicated6gram, Unit: "share", Doc: "Characters in 6-grams" + dup},
		{Name: "duplicated_7_n_grams", Keep: f.Duplicated7gram, Unit: "share", Doc: "Characters in 7-grams" + dup},
		{Name: "duplicated_8_n_grams", Keep: f.Duplicated8gram, Unit: "share", Doc: "Characters in 8-grams" + dup},
		{Name: "duplicated_9_n_grams", Keep: f.Duplicated9gram, Unit: "share", Doc: "Characters in 9-grams" + dup},
		{Name: "duplicated_10_n_grams", Keep: f.Duplicated10gram, Unit: "share", Doc: "Characters in 10-grams" + dup},
	}
}

// Measure implements stages.Filter.
func (f *GopherRepetition) Measure(t *text.View, m []float64) {
	v := f.values(t)
	chars := float64(v.chars)
	m[0] = chars
	if chars == 0 {
		for i := 1; i < 14; i++ {
			m[i] = stages.NA
		}
		return
	}
	m[1] = float64(v.paraCopies) / float64(v.paras)
	m[2] = float64(v.paraRunes) / chars
	m[3] = float64(v.lineCopies) / float64(v.lines)
	m[4] = float64(v.lineRunes) / chars
	for i, top := range v.top {
		m[5+i] = stages.NA
		if top >= 0 {
			m[5+i] = float64(top) / chars
		}
	}
	for i, dup := range v.dup {
		m[8+i] = float64(dup) / chars
	}
}

// repetitionValues are what datatrove counts for GopherRepetitionFilter.
type repetitionValues struct {
	chars                        int
	paras, paraCopies, paraRunes int
	lines, lineCopies, lineRunes int
	top                          [ngram.MaxTop - ngram.MinTop + 1]int // -1: no n-gram
	dup                          [ngram.MaxDup - ngram.MinDup + 1]int
}

func (f *GopherRepetition) values(t *text.View) (v repetitionValues) {
	s := t.Text()
	if v.chars = t.Runes(); v.chars == 0 {
		return v
	}
	c := &f.pieces
	feeds := strings.Count(s, "\n")
	c.start(feeds + 1)
	c.between(python.Strip(s), 2)
	v.paras, v.paraCopies, v.paraRunes = c.n, c.again, c.runes
	c.start(feeds + 1)
	c.between(s, 1)
	v.lines, v.lineCopies, v.lineRunes = c.n, c.again, c.runes

	w := wordsOf(f.Words, t)
	f.top(w, v.top[:])
	f.copied.measure(w, v.dup[:])
	return v
}

// between adds what stands between runs of at least so many line feeds.
func (c *copies) between(s string, feeds int) {
	for from := 0; ; {
		at := strings.IndexByte(s[from:], '\n')
		end := from + at
		for at >= 0 {
			next := end
			for next < len(s) && s[next] == '\n' {
				next++
			}
			if next-end >= feeds {
				break
			}
			at = strings.IndexByte(s[next:], '\n')
			end = next + at
		}
		if at < 0 {
			c.add(s[from:])
			return
		}
		c.add(s[from:end])
		for from = end; from < len(s) && s[from] == '\n'; {
			from++
		}
	}
}

// top fills top with the characters in all occurrences of the most frequent 2-, 3- and 4-gram, one space between its words; -1 where a text
// has none.
func (f *GopherRepetition) top(w *wordList, top []int) {
	c := &f.grams
	copy(c.Room(w.len()), w.runes)
	c.Words(w.hashes)
	for n := ngram.MinTop; n <= ngram.MaxTop; n++ {
		if w.len() < n {
			top[n-ngram.MinTop] = -1
			continue
		}
		c.Step(n, nil)
		at, count := c.MostFrequent()
		top[n-ngram.MinTop] = int(count) * (c.Chars(at, n) + n - 1)
	}
}

// copiedGrams finds n-grams that have stood before. Two that are equal are equally long. If they have at least window bytes they begin with the same window;
// so where the shortest n-gram at a word has that many, and no other word begins the same window, none of its n-grams has a copy.
type copiedGrams struct {
	table text.Table
	alone []bool // by word: none of its n-grams has a copy
}

// window is the number of bytes that tells most words of a text apart by what follows.
const window = 12

// measure fills dup with the characters in copies of 5- to 10-grams.
func (c *copiedGrams) measure(w *wordList, dup []int) {
	clear(dup)
	if w.len() <= ngram.MinDup || !c.mark(w) {
		return
	}
	for n := ngram.MinDup; n <= ngram.MaxDup; n++ {
		c.table.Clear(w.len())
		for i := 0; i+n <= w.len(); {
			if c.alone[i] {
				i++
				continue
			}
			from, to := int(w.ends[i]), int(w.ends[i+n])
			first, seen := c.table.First(text.HashIn(w.stream, from, to), int32(i))
			if seen && w.stream[from:to] == w.stream[w.ends[first]:w.ends[first+int32(n)]] {
				dup[n-ngram.MinDup] += int(w.runes[i+n] - w.runes[i])
				i += n
				continue
			}
			i++
		}
	}
}

// mark fills c.alone. It returns whether any word may begin a copy.
func (c *copiedGrams) mark(w *wordList) bool {
	c.alone = slices.Grow(c.alone[:0], w.len())[:w.len()]
	c.table.Clear(w.len())
	found := false
	for i := range w.len() {
		from := int(w.ends[i])
		short := i+ngram.MinDup > w.len() || int(w.ends[i+ngram.MinDup])-from < window
		seen, first := false, int32(0)
		if from+window <= len(w.stream) {
			first, seen = c.table.First(text.HashIn(w.stream, from, from+window), int32(i))
		}
		c.alone[i] = !short && !seen
		if seen {
			c.alone[first] = false
		}
		found = found || short || seen
	}
	return found
}
