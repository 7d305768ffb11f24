// Package text cuts a text once: words, lines, paragraphs, sentences and what hangs on them, as offsets, made lazily and shared
// by every filter that looks at the same text. A [View] reuses its memory from one text to the next.
//
//	var v text.View
//	v.Reset("世界人权宣言。 Hello, world!")
//	v.WordCount()    // 6: two English words, and six Han characters at 1.5 to the word
//	v.Lines()        // one line: its span, runes, columns, hash, and that it ends in an end mark
//	v.AppendShingles(nil, 5)
//
// # Words
//
// Words are the segments of UAX #29 (word boundaries, Unicode version of the Go release) that hold a letter or a number; segments of
// punctuation, symbols, emoji and white space alone are no words. Scripts written without spaces between words are tailored: every
// Han character, kana, and Thai, Lao, Khmer or Burmese grapheme cluster is a unit of its own, and so is every Tibetan syllable
// (which its script delimits and UAX #29 returns). [View.WordCount] makes such units comparable with words by a factor for each
// script, see [UnitsPerWord]; a length of n words is [View.Units] units of the text at hand. The cut passes the Unicode
// standard's WordBreakTest but for one rule, WB3c: an emoji that a zero-width joiner ties to a word is no part of the word.
//
// # Lines
//
// Lines end at \n. Blank lines are not lines; they delimit paragraphs. White space at both ends, \r included, is no part of a
// line. Widths are columns of a terminal: wide characters of East Asia count two, marks none.
package text

import (
	"fmt"
	"math"
)

// A Span is a part of the text in bytes.
type Span struct{ Start, End int32 }

// A View is a text and what has been cut from it. It belongs to one goroutine. Slices it returns are valid until Reset.
type View struct {
	text     string
	language string
	cut      cut

	words  []Span
	metas  []wordMeta
	hashes []uint64
	tally  tally

	lines      []Line
	paragraphs []Paragraph
	newlines   int
	sentences  int
	runes      int
	plain      bool

	dupLines, dupParagraphs Duplicates
	seen                    Table
	blocks                  [maxBlocks]asciiBlock
	tail                    [blockBytes]byte
	shared                  []sharedCut
}

// cut says which parts of a view are up to date.
type cut struct{ words, count, hashes, lines, sentences, runes, plain, dupLines, dupParagraphs bool }

// maxKept is how many words or lines a view keeps memory for once a smaller text follows.
const maxKept = 1 << 20

// Reset starts the view anew on s. The language stays unknown until SetLanguage.
func (v *View) Reset(s string) {
	if cap(v.words) > maxKept || cap(v.lines) > maxKept {
		*v = View{}
	}
	v.text, v.language, v.cut = s, "", cut{}
	for i := range v.shared {
		v.shared[i].stale = true
	}
}

// Text returns the text.
func (v *View) Text() string { return v.text }

// SetLanguage tells the language of the text (ISO 639-1, else 639-3; "" unknown).
func (v *View) SetLanguage(code string) { v.language = code }

// Language returns the language of the text, "" if unknown.
func (v *View) Language() string { return v.language }

// checkSize panics on a text whose offsets do not fit; the run quarantines the record.
func (v *View) checkSize() {
	if len(v.text) > math.MaxInt32 {
		panic(fmt.Sprintf("cutting a text of %d bytes: at most %d are allowed", len(v.text), math.MaxInt32))
	}
}

// ASCII says whether the text is ASCII only.
func (v *View) ASCII() bool {
	if !v.cut.plain {
		v.plain, v.cut.plain = isASCII(v.text), true
	}
	return v.plain
}

// Runes returns the number of characters (code points) of the text; a byte that is no UTF-8 counts one.
func (v *View) Runes() int {
	if !v.cut.runes {
		v.runes, v.cut.runes = len(v.text), true
		if !v.ASCII() {
			v.runes = countRunes(v.text)
		}
	}
	return v.runes
}

// Width returns the columns of s: wide characters count two, marks and format characters none, all others one.
func Width(s string) int {
	_, w := measure(s)
	return w
}
