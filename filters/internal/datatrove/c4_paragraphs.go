package datatrove

import (
	"strconv"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/python"
)

// C4Paragraphs keeps and drops what datatrove 0.10.1 does with C4ParagraphFilter: text with three lines of 200 characters, as mC4 asks
// for.
//
//	c4_paragraphs@datatrove: {paragraphs: {min: 3}}
//
// Lines are what stands between line feeds, white space and all. datatrove's reason is "< 3 paragraphs".
//
// Known differences: none.
type C4Paragraphs struct {
	Paragraphs   stages.Range // long lines (min_paragraphs)
	ParagraphLen int          `allowed:"0.."` // characters from which a line is long (min_paragraph_len)
}

// C4ParagraphsDefaults are datatrove's own settings.
var C4ParagraphsDefaults = C4Paragraphs{Paragraphs: stages.AtLeast(3), ParagraphLen: 200}

// Rules implements stages.Filter.
func (f *C4Paragraphs) Rules() []stages.Rule {
	name := "< " + strconv.FormatFloat(f.Paragraphs.Min, 'f', -1, 64) + " paragraphs"
	return []stages.Rule{{Name: name, Keep: f.Paragraphs, Unit: "lines", Setting: "paragraphs", Doc: "Long lines (min_paragraphs, min_paragraph_len)."}}
}

// Measure implements stages.Filter.
func (f *C4Paragraphs) Measure(t *text.View, m []float64) {
	n := 0
	for line := range strings.SplitSeq(t.Text(), "\n") {
		if len(line) >= f.ParagraphLen && python.Len(line) >= f.ParagraphLen {
			n++
		}
	}
	m[0] = float64(n)
}
