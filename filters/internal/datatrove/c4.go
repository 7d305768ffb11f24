package datatrove

import (
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/datatrove"
)

// C4 cuts lines and drops documents as datatrove 0.10.1 does with C4QualityFilter: the same text comes out, and documents go for the
// same reasons. Settings bear the names of its parameters without filter_ and min_ or max_; a bound that is -1 there is
// -.inf or .inf here.
//
//	c4@datatrove: {no_terminal_punct: false}
//
// That is FineWeb's use. Lines are those of str.splitlines, white space at both ends taken off. Each is looked at in this order: it is cut
// for a word of more than word_length characters; citation marks come out of it, and it is not stripped again; it is cut if it ends in none of
// . ? ! " ' or ends in "..."; it is cut for fewer words between white space than words_per_line, citation marks counted; "lorem ipsum" drops the
// document; "javascript" cuts the line; "{" drops the document; a notice about cookies or terms of use cuts the line. Lines that were cut for
// an earlier reason drop no document. Each line left has one sentence at least. What is left is joined with line feeds.
//
// `without` takes the names of reasons to drop a document and of settings that cut lines.
//
// Known differences: a blank text is dropped by rule empty before it comes here, and so is a text of which nothing is left. The turns of a conversation, which
// datatrove does not know, are cut one by one and judged together.
type C4 struct {
	Words           datatrove.Words // what is a sentence: en, spaCy's; whitespace, a line is one
	SplitParagraph  bool            // look at lines; false: at the sentences of the text, joined with spaces again
	RemoveCitations bool            // take [1], [edit] and [citation needed] out of lines
	NoTerminalPunct bool            // cut lines without an end mark
	NumSentences    stages.Range    // sentences in the lines that stay (min_num_sentences)
	WordsPerLine    stages.Range    // words of a line that stays (min_words_per_line)
	WordLength      stages.Range    // characters of each word of a line that stays (max_word_length)
	LoremIpsum      bool            // drop documents that say lorem ipsum
	Javascript      bool            // cut lines that mention javascript
	CurlyBracket    bool            // drop documents with a {
	Policy          bool            // cut lines about cookies, privacy and terms of use

	cutter  *datatrove.Cutter
	perLine stages.Range // bounds in the language at hand
	inWord  stages.Range
	lines   []text.Span
	out     []byte
	fates   [fates]int // how many lines had which fate, of the text at hand
	found   int        // sentences in the lines that stay
	fired   bool       // a line dropped the document before all were counted
	edited  string     // what is left of a text that is no conversation
}

// C4Defaults are datatrove's own settings.
var C4Defaults = C4{
	Words:           datatrove.English,
	SplitParagraph:  true,
	RemoveCitations: true,
	NoTerminalPunct: true,
	NumSentences:    stages.AtLeast(5),
	WordsPerLine:    stages.AtLeast(3),
	WordLength:      stages.AtMost(1000),
	LoremIpsum:      true,
	Javascript:      true,
	CurlyBracket:    true,
	Policy:          true,
}

// Rules implements stages.Ruler.
func (f *C4) Rules() []stages.Rule {
	return []stages.Rule{
		{
			Name: "too_few_sentences", Keep: f.NumSentences, Unit: "sentences", Setting: "num_sentences",
			Doc: "Sentences in the lines that stay (min_num_sentences); not counted where the document went for another reason.",
		},
		{Name: "lorem_ipsum", Keep: stages.Any, Doc: `"lorem ipsum", in any case, in a line that no earlier rule has cut (filter_lorem_ipsum).`},
		{Name: "curly_bracket", Keep: stages.Any, Doc: `"{" in a line that no earlier rule has cut (filter_curly_bracket).`},
	}
}

// Switches implements stages.Switcher: rules that keep the document on its way, and the line rules.
func (f *C4) Switches() []string {
	return []string{"lorem_ipsum", "curly_bracket", "too_few_sentences", "no_terminal_punct", "words_per_line", "word_length", "javascript", "policy", "remove_citations"}
}

// Without implements stages.Switcher.
func (f *C4) Without(name string) {
	switch name {
	case "lorem_ipsum":
		f.LoremIpsum = false
	case "curly_bracket":
		f.CurlyBracket = false
	case "too_few_sentences":
		f.NumSentences = stages.Any
	case "no_terminal_punct":
		f.NoTerminalPunct = false
	case "words_per_line":
		f.WordsPerLine = stages.Any
	case "word_length":
		f.WordLength = stages.Any
	case "javascript":
		f.Javascript = false
	case "policy":
		f.Policy = false
	case "remove_citations":
		f.RemoveCitations = false
	}
}

// Map implements stages.Mapper. The turns of a conversation are looked at as one page; what its answers say drops nothing.
func (f *C4) Map(d *stages.Document, t *text.View) (stages.Verdict, error) {
	f.cutter = f.Words.CutterOf(t)
	f.perLine, f.inWord = f.WordsPerLine.For(t.Language()), f.WordLength.For(t.Language())
	f.found, f.fates, f.fired = 0, [fates]int{}, true
	if d.Turns == nil {
		rule := ""
		if f.edited, rule = f.edit(d.Text); rule != "" {
			return stages.Verdict{Rule: rule, Value: 1}, nil
		}
	}
	for _, turn := range d.Turns {
		if _, rule := f.edit(turn.Content); rule != "" {
			return stages.Verdict{Rule: rule, Value: 1}, nil
		}
	}
	f.fired = false
	if !f.NumSentences.For(t.Language()).Has(float64(f.found)) {
		return stages.Verdict{Rule: "too_few_sentences", Value: float64(f.found)}, nil
	}
	f.cut(d)
	return stages.Verdict{}, nil
}

// cut puts what is left in the place of the words of a document that was looked at.
func (f *C4) cut(d *stages.Document) {
	page := d.Text
	d.Edit(func(s string) string {
		if d.Turns == nil && s == page {
			return f.edited
		}
		if out, rule := f.edit(s); rule == "" {
			return out
		}
		return s
	})
}

// Measures implements stages.Noter.
func (f *C4) Measures() int {
	if f.NumSentences.Open() {
		return 0
	}
	return 1
}

// Measured implements stages.Measurer.
func (f *C4) Measured(m []float64) {
	if len(m) > 0 && !f.fired {
		m[0] = float64(f.found)
	}
}

// Spare implements stages.Sparer: a page with too few sentences keeps its lines, as with datatrove, and would have lost them.
func (f *C4) Spare(d *stages.Document) {
	if !f.fired {
		f.cut(d)
	}
}

// Rerun implements stages.Rerunner.
func (f *C4) Rerun() string {
	if f.NumSentences.Open() {
		return "sentences were not counted, since num_sentences has no bounds"
	}
	return ""
}

// Interface guards.
var (
	_ stages.Mapper   = (*C4)(nil)
	_ stages.Ruler    = (*C4)(nil)
	_ stages.Measurer = (*C4)(nil)
	_ stages.Sparer   = (*C4)(nil)
	_ stages.Rerunner = (*C4)(nil)
	_ stages.Switcher = (*C4)(nil)
)
