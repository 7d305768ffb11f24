package text

import (
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/realdata"
)

// BenchmarkCut measures the parts of the cut on the declaration of human rights: the English text, and all of them.
func BenchmarkCut(b *testing.B) {
	texts := realdata.UDHR(b)
	var all strings.Builder
	for _, name := range []string{"fra", "rus", "arb", "hin", "cmn_hans", "jpn", "tha", "kor"} {
		all.WriteString(texts[name])
	}
	for _, input := range []struct{ name, text string }{{"english", texts["eng"]}, {"chinese", texts["cmn_hans"]}, {"eight-languages", all.String()}} {
		for _, part := range []struct {
			name string
			f    func(*View)
		}{
			{"words", func(v *View) { v.Words() }},
			{"count", func(v *View) { v.WordCount() }},
			{"words+hashes", func(v *View) { v.WordHashes() }},
			{"lines", func(v *View) { v.Lines() }},
			{"sentences", func(v *View) { v.Sentences() }},
		} {
			b.Run(input.name+"/"+part.name, func(b *testing.B) {
				var v View
				b.SetBytes(int64(len(input.text)))
				for b.Loop() {
					v.Reset(input.text)
					part.f(&v)
				}
			})
		}
	}
}
