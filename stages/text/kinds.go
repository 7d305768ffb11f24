package text

import (
	"math"
	"unicode"
)

// A Kind is how a script shows its words.
type Kind uint8

// The kinds. Spaced words are words; the others are units of which several make a word.
const (
	Spaced  Kind = iota
	Han          // characters; also Tangut, Nushu, Khitan
	Kana         // hiragana and katakana
	Thai         // grapheme clusters; also Tai Le, New Tai Lue, Tai Tham, Tai Viet, Ahom
	Lao          // grapheme clusters
	Khmer        // grapheme clusters
	Burmese      // grapheme clusters
	Tibetan      // syllables between tshegs
	Yi           // syllables
	kinds
)

// unitsPerWord is how many units of a kind stand for one word of English: see [UnitsPerWord]. TestCalibration measures it.
var unitsPerWord = [kinds]float64{Spaced: 1, Han: 1.5, Kana: 3.75, Thai: 4.1, Lao: 4.5, Khmer: 3.1, Burmese: 3.7, Tibetan: 1.8, Yi: 1.7}

// UnitsPerWord returns how many units of a kind stand for one word of English, so that bounds found on English mean the same amount
// of text in every script. Calibrated on the Universal Declaration of Human Rights: units of the text in the script, over the words
// of the English text (1,753). Han is the mean of the simplified and the traditional Chinese text; kana is calibrated on what the Han characters of
// the Japanese text, at the factor of Chinese, leave over.
func UnitsPerWord(k Kind) float64 { return unitsPerWord[k] }

func (t *classTable) setUnits() {
	set := func(k Kind, tables ...*unicode.RangeTable) {
		for _, rt := range tables {
			each(rt, func(r rune) {
				if t[r].wb() != wbIgnorable && unicode.In(r, unicode.L, unicode.Nl) {
					t[r] = t[r]&^(wbMask|kindMask) | wbUnit | class(k)<<kindShift | flagAlpha
				}
			})
		}
	}
	set(Han, unicode.Han, unicode.Ideographic)
	set(Kana, unicode.Hiragana, unicode.Katakana)
	for _, r := range []rune{0x30FC, 0xFF70, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035} { // sound and repeat marks of script Common
		t[r] = t[r]&^(wbMask|kindMask) | wbUnit | class(Kana)<<kindShift | flagAlpha
	}
	set(Thai, unicode.Thai, unicode.Tai_Le, unicode.New_Tai_Lue, unicode.Tai_Tham, unicode.Tai_Viet, unicode.Ahom)
	set(Lao, unicode.Lao)
	set(Khmer, unicode.Khmer)
	set(Burmese, unicode.Myanmar)
	set(Yi, unicode.Yi)
	for _, r := range []rune{0xE33, 0xEB3} { // sara am belongs to its consonant: Grapheme_Cluster_Break = SpacingMark
		t[r] = t[r]&^(wbMask|kindMask) | wbIgnorable
	}
	each(unicode.Tibetan, func(r rune) {
		if t[r].wb() == wbLetter {
			t[r] |= class(Tibetan) << kindShift
		}
	})
}

// WordCount returns the number of words as bounds and reports count them: spaced words, and units at [UnitsPerWord].
func (v *View) WordCount() float64 {
	if !v.cut.words && !v.cut.count {
		v.countWords()
	}
	n := float64(v.tally.units[Spaced])
	for k := Spaced + 1; k < kinds; k++ {
		if u := v.tally.units[k]; u > 0 {
			n += float64(u) / unitsPerWord[k]
		}
	}
	return n
}

// Units returns how many of the text's units are as long as n words, at least n: the length of an n-gram. In a spaced script it
// is n; in a mixed text the mean of its parts counts.
func (v *View) Units(n int) int {
	v.Words()
	words := v.WordCount()
	if words == 0 || v.tally.units[Spaced] == len(v.words) {
		return n
	}
	return max(n, int(math.Round(float64(n)*float64(len(v.words))/words)))
}

// Kind returns the kind that most words of the text are of; Spaced if it has none.
func (v *View) Kind() Kind {
	v.Words()
	best, most := Spaced, 0.0
	for k := range kinds {
		if n := float64(v.tally.units[k]) / unitsPerWord[k]; n > most {
			best, most = k, n
		}
	}
	return best
}

// SpacedWords returns how many words of spaced scripts the text has, and their letters: their characters, but of marks
// only those that Unicode calls alphabetic, vowel signs for the most part; a Hangul or Vai syllable makes two letters.
func (v *View) SpacedWords() (words, letters int) {
	v.Words()
	return v.tally.units[Spaced], v.tally.letters
}

// AlphaWords returns how many of the words hold a letter. Every unit does.
func (v *View) AlphaWords() int {
	v.Words()
	return v.tally.alpha
}

// SymbolRuns returns how many runs between white space hold a symbol and no letter or number: "|", "=>", an emoji. Quotation marks,
// dashes, commas and end marks are no symbols.
func (v *View) SymbolRuns() int {
	v.Words()
	return v.tally.symbols
}
