package filters

import (
	"strings"

	"github.com/winnow-data/winnow/filters/internal/phrase"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// C4 cuts lines that are no sentences out of web pages, and keeps pages of which enough is left: the rules of C4 (Raffel et al. 2020,
// section 2.2; tensorflow/datasets text/c4_utils.py), with the reference's five words and three sentences (datatrove has them the
// other way round). Lines go first; the page is measured on what is left. `without` switches off line rules, by the names of
// their settings, and page rules.
// Where ours differs from the reference, and why:
//
//   - An end mark is any of Unicode's Sentence_Terminal, closing quotes and brackets may follow, and a closing quotation mark ends a
//     line as `"` does there. Thai and Lao lines, whose scripts have no end marks, need none.
//   - Words of a line are those of gopher_quality, so that eight Han characters make five words; sentences follow end marks instead of
//     Punkt's English model.
//   - Notices about cookies and privacy are known in eleven languages more.
//   - A line that stays keeps its white space, and one blank line stays between paragraphs.
//   - The page's bad words, and duplicate lines across pages, are left to other stages.
type C4 struct {
	EndMark       bool         // cut lines that do not end in an end mark or a closing quotation mark
	LineWords     stages.Range // words of a line that stays
	WordChars     stages.Range // characters of the longest word of a line that stays
	Javascript    bool         // cut lines that mention javascript
	Policy        bool         // cut lines about cookies, privacy and terms of use
	Citations     bool         // take citation marks out of lines: [1], [edit], [citation needed]
	Sentences     stages.Range // sentences left
	LoremIpsum    stages.Range // occurrences of "lorem ipsum" left
	CurlyBrackets stages.Range // occurrences of "{" left: code

	view  text.View // of one turn of a conversation
	line  text.View // of a line without its citation marks
	cites bool      // a citation mark may be in it
	fates []fate    // of its lines
	out   []byte    // the edited text
}

var c4 = C4{
	EndMark:       true,
	LineWords:     stages.AtLeast(5),
	WordChars:     stages.AtMost(1000),
	Javascript:    true,
	Policy:        true,
	Citations:     true,
	Sentences:     stages.AtLeast(3),
	LoremIpsum:    stages.AtMost(0),
	CurlyBrackets: stages.AtMost(0),
}

var loremIpsum = phrase.NewSet("lorem ipsum")

// Rules implements stages.Filter.
func (f *C4) Rules() []stages.Rule {
	return []stages.Rule{
		{Name: "sentences", Keep: f.Sentences, Unit: "sentences", Doc: "Sentences in the lines that stay (C4 2.2)."},
		{Name: "lorem_ipsum", Keep: f.LoremIpsum, Doc: `Occurrences of "lorem ipsum", in any case, in the lines that stay (C4 2.2).`},
		{Name: "curly_brackets", Keep: f.CurlyBrackets, Doc: `Occurrences of "{" in the lines that stay (C4 2.2).`},
	}
}

// Switches implements stages.Switcher: the line rules.
func (f *C4) Switches() []string {
	return []string{"end_mark", "line_words", "word_chars", "javascript", "policy", "citations"}
}

// Without implements stages.Switcher.
func (f *C4) Without(name string) {
	switch name {
	case "end_mark":
		f.EndMark = false
	case "line_words":
		f.LineWords = stages.Any
	case "word_chars":
		f.WordChars = stages.Any
	case "javascript":
		f.Javascript = false
	case "policy":
		f.Policy = false
	case "citations":
		f.Citations = false
	}
}

// Map implements stages.Mapper: it cuts lines. It drops nothing itself.
func (f *C4) Map(d *stages.Document, t *text.View) (stages.Verdict, error) {
	d.Edit(func(s string) string {
		if s == t.Text() {
			return f.edit(t)
		}
		f.view.Reset(s)
		f.view.SetLanguage(t.Language())
		return f.edit(&f.view)
	})
	return stages.Verdict{}, nil
}

// Measure implements stages.Filter.
func (f *C4) Measure(t *text.View, m []float64) {
	s := t.Text()
	m[0] = float64(t.Sentences())
	m[1] = float64(loremIpsum.Count(s))
	m[2] = float64(strings.Count(s, "{"))
}

// Interface guards.
var (
	_ stages.Mapper   = (*C4)(nil)
	_ stages.Filter   = (*C4)(nil)
	_ stages.Switcher = (*C4)(nil)
)
