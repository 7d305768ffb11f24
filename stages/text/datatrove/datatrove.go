// Package datatrove is what the `@datatrove` presets of several rooms share: the words and sentences that datatrove 0.10.1 takes a text for, and
// its sets of punctuation.
package datatrove

import (
	"errors"
	"slices"

	"github.com/winnow-data/winnow/stages/settings"
	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/internal/runes"
	"github.com/winnow-data/winnow/stages/text/python"
	"github.com/winnow-data/winnow/stages/text/spacy"
)

// Words is the setting `words` of the presets: what counts as a word and as a sentence.
type Words string

// The kinds of words.
const (
	English    Words = "en"         // words and sentences of spaCy's blank English pipeline: datatrove's default
	Whitespace Words = "whitespace" // what stands between white space; a text is one sentence
)

// UnmarshalSetting implements settings.Unmarshaler.
func (w *Words) UnmarshalSetting(n *settings.Node) error {
	if n.Kind != settings.Scalar || !slices.Contains([]string{string(English), string(Whitespace)}, n.Text) {
		return errors.New("datatrove's words of other languages come from tokenizers that winnow has not (for many languages the wrong ones, " +
			"for some models that are downloaded): only its English words can be reproduced exactly; use the preset's bare name for other languages")
	}
	*w = Words(n.Text)
	return nil
}

// DescribeSetting implements settings.Describer.
func (w *Words) DescribeSetting() settings.Description {
	allowed := []string{string(English), string(Whitespace)}
	return settings.Description{Type: "kind of words", Allowed: allowed, Schema: map[string]any{"enum": allowed}}
}

// A Cutter cuts words and sentences. It belongs to one goroutine.
type Cutter struct {
	spacy     *spacy.Tokenizer // nil: between white space
	sentences []text.Span
}

// Cutter returns a new cutter for the setting.
func (w Words) Cutter() *Cutter {
	if w == Whitespace {
		return &Cutter{}
	}
	return &Cutter{spacy: spacy.English()}
}

// CutterOf returns the cutter for the setting that all stages share that look at texts through v: what it remembers serves them all.
func (w Words) CutterOf(v *text.View) *Cutter {
	return *text.Shared(v, w, func(_ string, c **Cutter) {
		if *c == nil {
			*c = w.Cutter()
		}
	})
}

// Words appends the words of s: split_into_words.
func (c *Cutter) Words(dst []text.Span, s string) []text.Span {
	if c.spacy == nil {
		return python.Split(dst, s)
	}
	return c.spacy.Words(dst, s)
}

// Sentences appends the sentences of s: split_into_sentences. They hold all of s, white space between them too, and there is at least one.
func (c *Cutter) Sentences(dst []text.Span, s string) []text.Span {
	if c.spacy == nil {
		return append(dst, text.Span{End: int32(len(s))})
	}
	first := len(dst)
	dst = c.spacy.Sentences(dst, s)
	if len(dst) == first {
		return append(dst, text.Span{End: int32(len(s))})
	}
	last := int32(0)
	for i := first; i < len(dst); i++ {
		dst[i].Start, last = last, dst[i].End
	}
	dst[len(dst)-1].End = int32(len(s))
	return dst
}

// CountSentences returns how many sentences s has, at least one.
func (c *Cutter) CountSentences(s string) int {
	c.sentences = c.Sentences(c.sentences[:0], s)
	return len(c.sentences)
}

// The sets of utils/text.py, in hexadecimal.
const (
	punctuation = "0-8 B-1F 21-2F 3A-40 5B-60 7B-9F AB B4 BB 2013-2014 2019 201C-201E 2026 2236 2501 25BA 3001-3002 3008-300D 3010-3011 " +
		"FF01 FF05 FF08-FF09 FF0C FF0E FF11 FF1A-FF1B FF1F FF5E"
	terminal = "21 2E 3F 589 61D-61F 6D4 700-702 7F9 837 839 83D-83E 964-965 104A-104B 1362 1367-1368 166E 1735-1736 17D4-17D6 17D9-17DA " +
		"1803 1809 1944-1945 1AA8-1AAB 1B5A-1B5B 1B5E-1B5F 1B7D-1B7E 1C3B-1C3C 1C7E-1C7F 203C-203D 2047-2049 2E2E 2E3C 2E53-2E54 3002 " +
		"A4FF A60E-A60F A6F3 A6F7 A876-A877 A8CE-A8CF A92F A9C8-A9C9 AA5D-AA5F AAF0-AAF1 ABEB FE52 FE56-FE57 FF01 FF0E FF1F FF61 " +
		"10A56-10A57 10F55-10F59 10F86-10F89 11047-11048 110BE-110C1 11141-11143 111C5-111C6 111CD 111DE-111DF 11238-11239 1123B-1123C " +
		"112A9 1144B-1144C 115C2-115C3 115C9-115D7 11641-11642 1173C-1173E 11944 11946 11A42-11A43 11A9B-11A9C 11C41-11C42 11EF7-11EF8 " +
		"11F43-11F44 16A6E-16A6F 16AF5 16B37-16B38 16B44 16E98 1BC9F 1DA88"
)

const (
	isPunctuation uint16 = 1 << iota
	isTerminal
)

var sets = func() *runes.Table {
	t := new(runes.Table)
	t.Set(isPunctuation, runes.Ranges(punctuation))
	t.Set(isTerminal, runes.Ranges(terminal))
	return t
}()

// IsPunctuation says whether r is one of PUNCTUATION, which simplify_text takes out. TERMINAL_PUNCTUATION is no part of it.
func IsPunctuation(r rune) bool { return sets.Of(r)&isPunctuation != 0 }

// IsTerminal says whether r is one of TERMINAL_PUNCTUATION.
func IsTerminal(r rune) bool { return sets.Of(r)&isTerminal != 0 }

// IsSymbol says whether r is one of PUNCTUATION_SET, the union of both.
func IsSymbol(r rune) bool { return sets.Of(r) != 0 }
