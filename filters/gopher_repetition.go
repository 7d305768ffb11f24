package filters

import (
	"github.com/winnow-data/winnow/filters/internal/ngram"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// GopherRepetition keeps text that does not repeat itself, by the repetition heuristics of the Gopher paper (Rae et al. 2021, appendix
// A.1.1, table A1). The bounds are the paper's. Where ours differs from its peers', and why:
//
//   - A duplicate is a second or later copy, as in datatrove: the first copy repeats nothing. Lines and paragraphs are compared without
//     white space around them; blank lines are none.
//   - An n-gram is a run of words without the punctuation between them. Its characters are those of its words; the share is of the
//     characters in lines, as in datatrove, on whose measure FineWeb's ablations confirmed the bounds (DCLM divides by word characters).
//   - The most frequent n-gram counts only if it occurs twice, copies that overlap once (datatrove fires on a text of two words, and
//     its share can exceed 1). Ties: the longest, then the first.
//   - Duplicate n-grams cover the words that lie in any copy of an earlier n-gram, each word once, as the paper asks.
//   - In scripts without spaces, and by their share in mixed text, an n-gram is as many units as n words (text.View.Units).
type GopherRepetition struct {
	DupLines          stages.Range // share of lines that are copies
	DupLineChars      stages.Range // share of characters in them
	DupParagraphs     stages.Range // share of paragraphs that are copies
	DupParagraphChars stages.Range // share of characters in them
	Top2gram          stages.Range `yaml:"top_2gram"`  // share of characters in the most frequent 2-gram
	Top3gram          stages.Range `yaml:"top_3gram"`  // share of characters in the most frequent 3-gram
	Top4gram          stages.Range `yaml:"top_4gram"`  // share of characters in the most frequent 4-gram
	Dup5gram          stages.Range `yaml:"dup_5gram"`  // share of characters in copies of 5-grams
	Dup6gram          stages.Range `yaml:"dup_6gram"`  // share of characters in copies of 6-grams
	Dup7gram          stages.Range `yaml:"dup_7gram"`  // share of characters in copies of 7-grams
	Dup8gram          stages.Range `yaml:"dup_8gram"`  // share of characters in copies of 8-grams
	Dup9gram          stages.Range `yaml:"dup_9gram"`  // share of characters in copies of 9-grams
	Dup10gram         stages.Range `yaml:"dup_10gram"` // share of characters in copies of 10-grams

	grams ngram.Counter
}

var gopherRepetition = GopherRepetition{
	DupLines:          stages.AtMost(0.3),
	DupLineChars:      stages.AtMost(0.2),
	DupParagraphs:     stages.AtMost(0.3),
	DupParagraphChars: stages.AtMost(0.2),
	Top2gram:          stages.AtMost(0.2),
	Top3gram:          stages.AtMost(0.18),
	Top4gram:          stages.AtMost(0.16),
	Dup5gram:          stages.AtMost(0.15),
	Dup6gram:          stages.AtMost(0.14),
	Dup7gram:          stages.AtMost(0.13),
	Dup8gram:          stages.AtMost(0.12),
	Dup9gram:          stages.AtMost(0.11),
	Dup10gram:         stages.AtMost(0.1),
}

// Rules implements stages.Filter.
func (f *GopherRepetition) Rules() []stages.Rule {
	const top = ", all its copies that do not overlap, of the characters in lines (Gopher A.1.1)."
	const dup = " that are copies of earlier ones, each word once, of the characters in lines (Gopher A.1.1)."
	return []stages.Rule{
		{Name: "dup_lines", Keep: f.DupLines, Unit: "share", Doc: "Lines that are copies of an earlier one, of all lines that are not blank (Gopher A.1.1)."},
		{Name: "dup_line_chars", Keep: f.DupLineChars, Unit: "share", Doc: "Characters in lines that are copies of an earlier one, of those in all lines (Gopher A.1.1)."},
		{Name: "dup_paragraphs", Keep: f.DupParagraphs, Unit: "share", Doc: "Paragraphs that are copies of an earlier one, of all paragraphs (Gopher A.1.1)."},
		{Name: "dup_paragraph_chars", Keep: f.DupParagraphChars, Unit: "share", Doc: "Characters in paragraphs that are copies of an earlier one, of those in all lines (Gopher A.1.1)."},
		{Name: "top_2gram", Keep: f.Top2gram, Unit: "share", Doc: "Characters in the most frequent 2-gram" + top},
		{Name: "top_3gram", Keep: f.Top3gram, Unit: "share", Doc: "Characters in the most frequent 3-gram" + top},
		{Name: "top_4gram", Keep: f.Top4gram, Unit: "share", Doc: "Characters in the most frequent 4-gram" + top},
		{Name: "dup_5gram", Keep: f.Dup5gram, Unit: "share", Doc: "Characters in 5-grams" + dup},
		{Name: "dup_6gram", Keep: f.Dup6gram, Unit: "share", Doc: "Characters in 6-grams" + dup},
		{Name: "dup_7gram", Keep: f.Dup7gram, Unit: "share", Doc: "Characters in 7-grams" + dup},
		{Name: "dup_8gram", Keep: f.Dup8gram, Unit: "share", Doc: "Characters in 8-grams" + dup},
		{Name: "dup_9gram", Keep: f.Dup9gram, Unit: "share", Doc: "Characters in 9-grams" + dup},
		{Name: "dup_10gram", Keep: f.Dup10gram, Unit: "share", Doc: "Characters in 10-grams" + dup},
	}
}

// Measure implements stages.Filter.
func (f *GopherRepetition) Measure(t *text.View, m []float64) {
	runes := 0
	for _, p := range t.Paragraphs() {
		runes += int(p.Runes)
	}
	lines, paragraphs := t.DuplicateLines(), t.DuplicateParagraphs()
	m[0] = ratio(float64(lines.Count), float64(len(t.Lines())))
	m[1] = ratio(float64(lines.Runes), float64(runes))
	m[2] = ratio(float64(paragraphs.Count), float64(len(t.Paragraphs())))
	m[3] = ratio(float64(paragraphs.Runes), float64(runes))
	f.grams.Measure(t, m[4:13])
}
