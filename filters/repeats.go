package filters

import (
	"fmt"
	"math"
	"unicode"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// Repeats keeps text in which no short run of words or characters goes on and on, as models write when they are stuck and pages when
// they are made to fill space: "no no no no", "lolololol". It looks at what follows itself without a gap; what recurs elsewhere is
// gopher_repetition's.
//
//	repeats: {period: {max: 13}, times: {max: 31}}
//
// The bounds are those of OLMo 3 (allenai/datamap-rs, a period of 1 to 13 tokens 32 times); dolma looks for the same periods from
// three times on (taggers/repetitions). Where ours differs, and why:
//
//   - Tokens are words, and units of scripts without spaces, so that no tokenizer decides; characters are looked at beside them.
//   - A run of characters counts only if a letter, mark or number is in what repeats: rules ("-----"), leaders (". . . ."), indentation
//     and table frames are no defect of a text.
//   - `times` counts what is whole: "abcabca" has abc twice.
type Repeats struct {
	Period    stages.Range // words, and characters, of what repeats: 1 to 64
	Times     stages.Range // times that some words follow themselves
	CharTimes stages.Range // times that some characters follow themselves

	runes []rune
	bytes []byte
}

var repeats = Repeats{Period: stages.Between(1, 13), Times: stages.AtMost(31), CharTimes: stages.AtMost(31)}

// maxPeriod is the longest period that may be asked for.
const maxPeriod = 64

// Validate implements [stages.Validator].
func (f *Repeats) Validate() error {
	p := f.Period
	if len(p.By) > 0 {
		return fmt.Errorf("period: by: the period is the same for all languages: give times other bounds by language")
	}
	if p.Min != math.Trunc(p.Min) || p.Max != math.Trunc(p.Max) || !(1 <= p.Min && p.Min <= p.Max && p.Max <= maxPeriod) {
		return fmt.Errorf("period: %v to %v: allowed are whole numbers from 1 to %d", p.Min, p.Max, maxPeriod)
	}
	return nil
}

// Rules implements [stages.Filter].
func (f *Repeats) Rules() []stages.Rule {
	return []stages.Rule{
		{Name: "times", Keep: f.Times, Unit: "times", Doc: "The most times that a run of words of the periods follows itself (datamap-rs, OLMo 3)."},
		{Name: "char_times", Keep: f.CharTimes, Unit: "times", Doc: "The most times that a run of characters of the periods, one of them a letter or number, follows itself."},
	}
}

// Measure implements [stages.Filter].
func (f *Repeats) Measure(t *text.View, m []float64) {
	lo, hi := int(f.Period.Min), int(f.Period.Max)
	m[0], m[1] = stages.NA, stages.NA
	if words := t.WordHashes(); len(words) > 0 {
		m[0] = float64(longestRun(words, lo, hi, func([]uint64) bool { return true }))
	}
	s := t.Text()
	if s == "" {
		return
	}
	if cap(f.runes) > maxKept && len(s) <= maxKept {
		f.runes = nil
	}
	if cap(f.bytes) > maxKept && len(s) <= maxKept {
		f.bytes = nil
	}
	if t.ASCII() {
		f.bytes = append(f.bytes[:0], s...)
		m[1] = float64(longestRun(f.bytes, lo, hi, anyWordByte))
		return
	}
	f.runes = f.runes[:0]
	for _, r := range s {
		f.runes = append(f.runes, r)
	}
	m[1] = float64(longestRun(f.runes, lo, hi, anyWordRune))
}

func anyWordByte(unit []byte) bool {
	for _, c := range unit {
		if 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' {
			return true
		}
	}
	return false
}

func anyWordRune(unit []rune) bool {
	for _, r := range unit {
		if r < utf8.RuneSelf && anyWordByte([]byte{byte(r)}) || r >= utf8.RuneSelf && isWordRune(r) {
			return true
		}
	}
	return false
}

// isWordRune says whether r is a letter, a mark or a number.
func isWordRune(r rune) bool { return unicode.In(r, unicode.L, unicode.M, unicode.N) }

// longestRun returns the most times that any run of lo to hi elements, of which counts says that it matters, follows itself without a gap; 1
// where none does. Only runs that would beat the best so far are looked for: a window as long as such a run needs is compared from its end,
// and a mismatch moves it behind that place, so that most elements of an ordinary text are never looked at.
func longestRun[T comparable](a []T, lo, hi int, counts func(unit []T) bool) int {
	best := 1
	for p := lo; p <= hi && p < len(a); p++ {
		known := p // a[i] == a[i-p] for all i from the window's start to known
		for start := p; ; {
			end := start + best*p // behind the window
			if end > len(a) {
				break
			}
			i := end - 1
			for i >= max(start, known) && a[i] == a[i-p] {
				i--
			}
			if i >= max(start, known) {
				start, known = i+1, end
				continue
			}
			for end < len(a) && a[end] == a[end-p] {
				end++
			}
			if counts(a[start-p : start]) {
				best = max(best, (end-start)/p+1)
			}
			start, known = end+1, end+1
		}
	}
	return best
}
