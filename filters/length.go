package filters

import (
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// Length keeps documents of a size. No bound is set by default: it measures.
type Length struct {
	Chars stages.Range // characters (code points)
	Words stages.Range // words, as gopher_quality counts them
	Bytes stages.Range // bytes of UTF-8
}

var length = Length{Chars: stages.Any, Words: stages.Any, Bytes: stages.Any}

// Rules implements stages.Filter.
func (f *Length) Rules() []stages.Rule {
	return []stages.Rule{
		{Name: "chars", Keep: f.Chars, Unit: "characters", Doc: "Characters (code points) of the document."},
		{Name: "words", Keep: f.Words, Unit: "words", Doc: "Words of the document; scripts without spaces count units, calibrated to words."},
		{Name: "bytes", Keep: f.Bytes, Unit: "bytes", Doc: "Bytes of the document in UTF-8."},
	}
}

// Measure implements stages.Filter.
func (f *Length) Measure(t *text.View, m []float64) {
	m[0] = float64(t.Runes())
	m[1] = t.WordCount()
	m[2] = float64(len(t.Text()))
}
