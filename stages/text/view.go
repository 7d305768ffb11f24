// Package text cuts a text once: words, lines, paragraphs and what hangs on them, as offsets, made lazily and shared by every
// filter that looks at the same text.
package text

import "unicode"

// A Span is a part of the text in bytes.
type Span struct{ Start, End int32 }

// A View is a text and what has been cut from it. It belongs to one goroutine. Slices it returns are valid until Reset.
type View struct {
	text     string
	language string
	words    []Span
	lines    []Span
	cut      struct{ words, lines bool }
}

// Reset starts the view anew on s. The language stays unknown until SetLanguage.
func (v *View) Reset(s string) {
	v.text, v.language = s, ""
	v.words, v.lines = v.words[:0], v.lines[:0]
	v.cut.words, v.cut.lines = false, false
}

// Text returns the text.
func (v *View) Text() string { return v.text }

// SetLanguage tells the language of the text (ISO 639-1, else 639-3; "" unknown).
func (v *View) SetLanguage(code string) { v.language = code }

// Language returns the language of the text, "" if unknown.
func (v *View) Language() string { return v.language }

// Words returns the words in order.
func (v *View) Words() []Span {
	if v.cut.words {
		return v.words
	}
	v.cut.words = true
	start := -1
	for i, r := range v.text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			if start < 0 {
				start = i
			}
		} else if start >= 0 {
			v.words, start = append(v.words, Span{int32(start), int32(i)}), -1
		}
	}
	if start >= 0 {
		v.words = append(v.words, Span{int32(start), int32(len(v.text))})
	}
	return v.words
}

// WordCount returns the number of words as bounds and reports count them.
func (v *View) WordCount() float64 { return float64(len(v.Words())) }
