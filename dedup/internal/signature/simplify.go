// Package signature holds what makes the near-duplicates of datatrove 0.10.1: its simplified text, its hash functions and signatures, bit for bit.
// The rules come from the peer's source (utils/text.py, utils/hashing.py, pipeline/dedup/minhash.py) and were compared with its outputs.
//
//	family := signature.NewFamily(14, 8, 1, "xxhash64")
//	signer := signature.NewSigner(family, signature.Simple, 5, python.Split)
//	signer.Sign(sig, text) // false: fewer than 5 words, no signature
package signature

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/winnow-data/winnow/stages/text/datatrove"
	"github.com/winnow-data/winnow/stages/text/python"
)

// A Simplifier says which steps make a simplified text; they come in this order (utils/text.py, TextNormConfig and simplify_text).
type Simplifier struct {
	Lowercase   bool // in lower case
	Numbers     bool // a number, in the digits of any script, becomes 0
	Weekdays    bool // an English weekday becomes WEEKDAY
	Months      bool // an English month becomes MONTH
	Punctuation bool // a punctuation mark becomes a space
	Spaces      bool // white space becomes one space, none at the ends
	Marks       bool // decomposed (NFD), non-spacing marks dropped
}

// Simple is the peer's default.
var Simple = Simplifier{Lowercase: true, Numbers: true, Punctuation: true, Spaces: true, Marks: true}

var (
	weekdays = strings.NewReplacer(replaceAll("WEEKDAY", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")...)
	months   = strings.NewReplacer(replaceAll("MONTH", "january", "february", "march", "april", "may", "june", "july", "august", "september",
		"october", "november", "december")...)
)

func replaceAll(with string, words ...string) (pairs []string) {
	for _, w := range words {
		pairs = append(pairs, w, with)
	}
	return pairs
}

// Simplify returns the simplified text.
func (s Simplifier) Simplify(text string) string {
	if s == Simple {
		return simple(text)
	}
	if s.Lowercase {
		text = python.Lower(text)
	}
	if s.Numbers {
		text = numbers(text)
	}
	if s.Weekdays {
		text = weekdays.Replace(text)
	}
	if s.Months {
		text = months.Replace(text)
	}
	if s.Punctuation {
		text = strings.Map(func(r rune) rune {
			if datatrove.IsPunctuation(r) {
				return ' '
			}
			return r
		}, text)
	}
	if s.Spaces {
		text = strings.Join(strings.FieldsFunc(text, python.IsSpace), " ")
	}
	if s.Marks {
		w := writer{out: make([]byte, 0, len(text))}
		for _, r := range text {
			w.decomposed(r)
		}
		text = string(w.out)
	}
	return strings.TrimFunc(text, python.IsSpace)
}

// numbers puts 0 in place of every number: digits, and once more digits behind one point or comma.
func numbers(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if isDigit(r) {
			b.WriteByte('0')
			i = number(text, i)
			continue
		}
		b.WriteRune(r)
		i += n
	}
	return b.String()
}

// number returns the end of the number that begins with the digit at text[i:].
func number(text string, i int) int {
	end := digits(text, i)
	if end < len(text) {
		if r, n := utf8.DecodeRuneInString(text[end:]); isPoint(r) {
			if more := digits(text, end+n); more > end+n {
				return more
			}
		}
	}
	return end
}

// digits returns the end of the digits at text[i:].
func digits(text string, i int) int {
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !isDigit(r) {
			break
		}
		i += n
	}
	return i
}

// A writer writes decomposed text without non-spacing marks.
type writer struct {
	out     []byte
	end     int     // of the last mark that was kept; what is written behind it ends its row of marks
	run     int     // where that row begins
	classes []uint8 // of each mark in it
}

// decomposed writes a character.
func (w *writer) decomposed(r rune) {
	if r < 0xC0 {
		w.starter(r)
		return
	}
	if r >= 0xAC00 && r < 0xD7A4 {
		w.hangul(r - 0xAC00)
		return
	}
	var enc [utf8.UTFMax]byte
	n := utf8.EncodeRune(enc[:], r)
	p := norm.NFD.Properties(enc[:n])
	d := p.Decomposition()
	if d == nil {
		w.mark(r, p.CCC())
		return
	}
	for len(d) > 0 {
		r, n := utf8.DecodeRune(d)
		w.mark(r, norm.NFD.Properties(d).CCC())
		d = d[n:]
	}
}

func (w *writer) starter(r rune) { w.out = utf8.AppendRune(w.out, r) }

// hangul writes the letters of a syllable (The Unicode Standard 14, section 3.12).
func (w *writer) hangul(s rune) {
	const vowels, finals = 21, 28
	w.starter(0x1100 + s/(vowels*finals))
	w.starter(0x1161 + s/finals%vowels)
	if t := s % finals; t > 0 {
		w.starter(0x11A7 + t)
	}
}

// mark writes what a decomposition holds: nothing for a non-spacing mark, and other marks in canonical order.
func (w *writer) mark(r rune, class uint8) {
	mark := python.IsMark(r)
	switch {
	case class == 0 && mark:
		w.end = -1 // not written, it parts the marks all the same
	case class == 0 || unicode.Is(laterMarks, r):
		w.starter(r)
	case !mark:
		w.order(r, class)
	}
}

// order puts a mark behind those of the same and lesser classes since the last starter.
func (w *writer) order(r rune, class uint8) {
	if w.end != len(w.out) {
		w.run, w.classes = len(w.out), w.classes[:0]
	}
	at, i := w.run, 0
	for i < len(w.classes) && w.classes[i] <= class {
		_, n := utf8.DecodeRune(w.out[at:])
		at += n
		i++
	}
	rest := string(w.out[at:])
	w.out = append(utf8.AppendRune(w.out[:at], r), rest...)
	w.classes = append(w.classes, 0)
	copy(w.classes[i+1:], w.classes[i:])
	w.classes[i] = class
	w.end = len(w.out)
}
