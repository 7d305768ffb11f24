package dolma

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// C4 keeps pages by the C4 rules as dolma measures them: the attributes of its taggers c4_v1 and c4_v2 (dolma 1.2.1,
// taggers/c4.py), with the bounds of its C4 mixer (configs/c4-replication/mixer.yaml). Rules bear dolma's names; of the lines that it
// marks, the rule counts how many there are.
//
//	c4@dolma: {tagger: v2}
//
// That mixer takes the marked lines out of what stays. `cut` does so; documents are judged as they came, as there.
//
//	c4@dolma: {cut: [lines_with_no_ending_punctuation, lines_with_too_few_words]}
//
// `into` names a field that takes the attributes as dolma writes them: names with lists of [start, end, value], in code points. The
// positions of v2 are those in the lowered text, as there. Bad words are those of dolma's English list.
//
// Known differences: a blank text is dropped by rule empty before it comes here, and so is a text of which `cut` leaves nothing.
type C4 struct {
	Tagger      string       `allowed:"v1,v2"`                                                     // version: v1 wants "javascript" as a word of its own, v2 takes it anywhere
	CurlyBrace  stages.Range `yaml:"has_curly_brace"`                                              // 1 if a "{" is there
	LoremIpsum  stages.Range `yaml:"has_lorem_ipsum"`                                              // 1 if "lorem ipsum" is there
	Javascript  stages.Range `yaml:"has_javascript"`                                               // 1 if "javascript" is there
	NaughtyWord stages.Range `yaml:"has_naughty_word"`                                             // 1 if a word or phrase of the list is there
	LineCount   stages.Range `yaml:"line_count"`                                                   // lines, empty ones too
	NoEnding    stages.Range `yaml:"lines_with_no_ending_punctuation"`                             // lines that do not end in . ? ! or "
	TooFewWords stages.Range `yaml:"lines_with_too_few_words"`                                     // lines of fewer than three words
	Cut         []string     `allowed:"lines_with_no_ending_punctuation,lines_with_too_few_words"` // lines that are taken out of documents that stay
	Into        string       // field that takes the attributes; none given: none does

	marks    []lineMark
	judgment [c4Rules]float64
}

const c4Rules = 7

// C4Defaults are dolma's own settings.
var C4Defaults = C4{
	Tagger:      "v2",
	CurlyBrace:  stages.AtMost(0),
	LoremIpsum:  stages.AtMost(0),
	Javascript:  stages.AtMost(0),
	NaughtyWord: stages.AtMost(0),
	LineCount:   stages.Any,
	NoEnding:    stages.Any,
	TooFewWords: stages.Any,
}

// A lineMark is what dolma says of a line.
type lineMark struct {
	start, end      int // in code points, as dolma counts them
	from, to        int // in bytes
	noEnding, short bool
}

// Validate implements [stages.Validator].
func (f *C4) Validate() error {
	for _, name := range f.Cut {
		if name != "lines_with_no_ending_punctuation" && name != "lines_with_too_few_words" {
			return fmt.Errorf("cut: %q: allowed are lines_with_no_ending_punctuation and lines_with_too_few_words", name)
		}
	}
	return checkTagger(f.Tagger)
}

// Writes implements [stages.Writer].
func (f *C4) Writes() []string {
	if f.Into == "" {
		return nil
	}
	return []string{f.Into}
}

// Rules implements [stages.Filter].
func (f *C4) Rules() []stages.Rule {
	return []stages.Rule{
		{Name: "has_curly_brace", Keep: f.CurlyBrace, Doc: `1 if "{" is there (dolma c4).`},
		{Name: "has_lorem_ipsum", Keep: f.LoremIpsum, Doc: `1 if "lorem ipsum" is there, in any case (dolma c4).`},
		{Name: "has_javascript", Keep: f.Javascript, Doc: `1 if "javascript" is there, in any case (dolma c4).`},
		{Name: "has_naughty_word", Keep: f.NaughtyWord, Doc: "1 if a word or phrase of dolma's English list of bad words is there, in any case (dolma c4)."},
		{Name: "line_count", Keep: f.LineCount, Unit: "lines", Doc: "Lines, empty ones too (dolma c4)."},
		{Name: "lines_with_no_ending_punctuation", Keep: f.NoEnding, Unit: "lines", Doc: `Lines that do not end in . ? ! or ", empty ones too (dolma c4).`},
		{Name: "lines_with_too_few_words", Keep: f.TooFewWords, Unit: "lines", Doc: "Lines of fewer than three words, empty ones too (dolma c4)."},
	}
}

// Measure implements [stages.Filter].
func (f *C4) Measure(t *text.View, m []float64) {
	clear(m)
	s := f.folded(t)
	found := naughty().look(s, f.Tagger == "v1")
	m[0] = one(strings.IndexByte(s, '{') >= 0)
	m[1] = one(found.loremIpsum)
	m[2] = one(found.javascript)
	m[3] = one(found.naughty)
	f.mark(t)
	m[4] = float64(len(f.marks))
	for i := range f.marks {
		m[5] += one(f.marks[i].noEnding)
		m[6] += one(f.marks[i].short)
	}
}

// Rerun implements [stages.Rerunner]: a document is judged before lines are cut, by the first rule that it breaks, and again after.
func (f *C4) Rerun() string {
	if len(f.Cut) > 0 {
		return "with cut a document is judged before its lines are cut and again after"
	}
	return ""
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Map implements [stages.Mapper]: it writes the attributes and cuts lines, if it is to, and judges before it cuts.
func (f *C4) Map(d *stages.Document, t *text.View) (stages.Verdict, error) {
	if f.Into == "" && len(f.Cut) == 0 {
		return stages.Verdict{}, nil
	}
	m := f.judgment[:]
	f.Measure(t, m)
	if f.Into != "" {
		d.Fields.SetRaw(f.Into, f.attributes(t, m))
	}
	if len(f.Cut) == 0 {
		return stages.Verdict{}, nil
	}
	for i, r := range f.Rules() {
		if !r.Keep.For(t.Language()).Has(m[i]) {
			return stages.Verdict{Rule: r.Name, Value: m[i]}, nil
		}
	}
	var part text.View
	d.Edit(func(s string) string {
		part.Reset(s)
		return f.cut(&part)
	})
	return stages.Verdict{}, nil
}

// cut returns the text without the lines that are to go.
func (f *C4) cut(t *text.View) string {
	f.mark(t)
	noEnding, short := slices.Contains(f.Cut, "lines_with_no_ending_punctuation"), slices.Contains(f.Cut, "lines_with_too_few_words")
	s := t.Text()
	var b strings.Builder
	for i := range f.marks {
		if l := &f.marks[i]; !(noEnding && l.noEnding || short && l.short) {
			b.WriteString(s[l.from:l.to])
		}
	}
	return b.String()
}

// attributes writes what was measured as dolma does.
func (f *C4) attributes(t *text.View, m []float64) []byte {
	type span [3]json.RawMessage
	number := func(i int) json.RawMessage { return strconv.AppendInt(nil, int64(i), 10) }
	value := func(x float64) json.RawMessage { return strconv.AppendFloat(nil, x, 'f', 1, 64) }
	out := map[string][]span{}
	rules, whole := f.Rules(), number(t.Runes())
	for i, r := range rules {
		if (m[i] > 0 && i < 4) || r.Name == "line_count" {
			out[r.Name] = []span{{number(0), whole, value(m[i])}}
		}
	}
	for i := range f.marks {
		l := &f.marks[i]
		at := span{number(l.start), number(l.end), value(1)}
		if l.noEnding {
			out[rules[5].Name] = append(out[rules[5].Name], at)
		}
		if l.short {
			out[rules[6].Name] = append(out[rules[6].Name], at)
		}
	}
	raw, err := json.Marshal(out)
	if err != nil {
		panic(fmt.Sprintf("c4@dolma: %v", err)) // numbers and names always encode
	}
	return raw
}

// Interface guards.
var (
	_ stages.Mapper    = (*C4)(nil)
	_ stages.Filter    = (*C4)(nil)
	_ stages.Validator = (*C4)(nil)
	_ stages.Writer    = (*C4)(nil)
)
