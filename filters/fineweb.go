package filters

import (
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// FineWeb keeps text whose lines are sentences rather than lists, menus and repeated boilerplate: the custom filters of FineWeb
// (Penedo et al. 2024, section 3.5; datatrove fineweb_quality_filter.py), with its bounds. Where ours differs, and why:
//
//   - A closing quote or bracket after the end mark does not hide it; Khmer and Tibetan end marks count, and "…" as
//     "..." does; line_punct does not apply to Thai and Lao, which have no end marks.
//   - A line is short by its columns, where wide characters count two, and only if it does not end in an end mark: the rule means list items,
//     not verse, dialogue or a sentence of Chinese.
//   - Lines are compared without the white space around them. newlines counts words as gopher_quality does.
type FineWeb struct {
	LinePunct  stages.Range // share of lines that end in an end mark
	ShortLines stages.Range // share of lines of at most 30 columns that end in no end mark
	CharDup    stages.Range // share of characters in second and later copies of a line
	Newlines   stages.Range // line feeds for each word
}

var fineWeb = FineWeb{
	LinePunct:  stages.AtLeast(0.12),
	ShortLines: stages.AtMost(0.67),
	CharDup:    stages.AtMost(0.01),
	Newlines:   stages.AtMost(0.3),
}

// shortLine is the width in columns up to which a line is short (FineWeb section 3.5).
const shortLine = 30

// Rules implements stages.Filter.
func (f *FineWeb) Rules() []stages.Rule {
	return []stages.Rule{
		{Name: "line_punct", Keep: f.LinePunct, Unit: "share", Doc: "Lines that end in an end mark, of all lines that are not blank; not in Thai and Lao (FineWeb 3.5)."},
		{Name: "short_lines", Keep: f.ShortLines, Unit: "share", Doc: "Lines of at most 30 columns that end in no end mark, of all lines that are not blank (FineWeb 3.5)."},
		{Name: "char_dup", Keep: f.CharDup, Unit: "share", Doc: "Characters in second and later copies of a line, of the characters in lines (FineWeb 3.5)."},
		{Name: "newlines", Keep: f.Newlines, Doc: "Line feeds for each word (FineWeb 3.5)."},
	}
}

// Measure implements stages.Filter.
func (f *FineWeb) Measure(t *text.View, m []float64) {
	lines := t.Lines()
	ended, short, runes := 0, 0, 0
	for i := range lines {
		l := &lines[i]
		runes += int(l.Runes)
		if l.Ending&(text.EndMark|text.EndEllipsis) != 0 {
			ended++
		}
		if l.Ending&text.EndMark == 0 && l.Width <= shortLine {
			short++
		}
	}
	n := float64(len(lines))
	m[0] = ratio(float64(ended), n)
	if !t.HasEndMarks() {
		m[0] = stages.NA
	}
	m[1] = ratio(float64(short), n)
	m[2] = ratio(float64(t.DuplicateLines().Runes), float64(runes))
	m[3] = ratio(float64(t.Newlines()), t.WordCount())
}
