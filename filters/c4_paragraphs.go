package filters

import (
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// C4Paragraphs keeps pages with enough long paragraphs: the rule that mC4 has in place of C4's end marks and sentences, which not all
// languages have (Xue et al. 2021, section 3.1: at least three lines of 200 or more characters).
//
//	c4_paragraphs: {paragraphs: {min: 3}, length: 200}
//
// A paragraph is a line, without the white space around it. Where ours differs: a unit of a script without spaces counts as many
// characters as its share of an English word and its space has, six for a word, and a wide character such as a Hangul syllable counts
// two, so that 50 Han characters or 100 syllables are as long as 200 letters. The reference counts code points, and wants four times as
// much of a Chinese page as of an English one.
type C4Paragraphs struct {
	Paragraphs stages.Range // paragraphs that are long enough
	Length     int          `allowed:"1.."` // characters of a paragraph that is
}

var c4Paragraphs = C4Paragraphs{Paragraphs: stages.AtLeast(3), Length: 200}

// charsPerWord are the characters of an English word, with the space behind it (Universal Declaration of Human Rights: 6.1).
const charsPerWord = 6

// Rules implements [stages.Filter].
func (f *C4Paragraphs) Rules() []stages.Rule {
	return []stages.Rule{{Name: "paragraphs", Keep: f.Paragraphs, Unit: "paragraphs", Doc: "Lines that are long enough; scripts without spaces count calibrated characters (mC4, Xue et al. 2021, 3.1)."}}
}

// Measure implements [stages.Filter].
func (f *C4Paragraphs) Measure(t *text.View, m []float64) {
	long := 0
	words, k := t.Words(), 0
	for _, l := range t.Lines() {
		length := float64(l.Width)
		for k < len(words) && words[k].Start < l.Start {
			k++
		}
		if int(l.Runes) >= f.Length { // never shorter than its characters
			long++
			continue
		}
		for ; k < len(words) && words[k].Start < l.End; k++ {
			if kind := t.WordKind(k); kind != text.Spaced {
				length += charsPerWord/text.UnitsPerWord(kind) - float64(text.Width(t.Text()[words[k].Start:words[k].End]))
			}
		}
		if length >= float64(f.Length) {
			long++
		}
	}
	m[0] = float64(long)
}
