package lingua

import (
	"sync"

	"github.com/winnow-data/winnow/stages/lingua/script"
)

// The scripts that count differently. A Han character says about as much as three letters, a syllable as two.
type special struct{ han, hiragana, katakana, hangul, bengali, hebrew, ethiopic script.ID }

var specials = sync.OnceValue(func() special {
	id := func(code string) script.ID {
		s, ok := script.ByCode(code)
		if !ok {
			panic("lingua: no script " + code)
		}
		return s
	}
	return special{id("Hani"), id("Hira"), id("Kana"), id("Hang"), id("Beng"), id("Hebr"), id("Ethi")}
})

// A profile says in which scripts a sample is written.
type profile struct {
	main            script.ID // of most letters, by weight; None without letters
	cjk             bool      // Han, kana and Hangul together outweigh every other script
	share           float64   // weight of main, of the weight of all letters
	letters         int       // of main
	han, kana, hang int
	total           int // weight of all letters
}

func (s *sample) profile() profile {
	x := specials()
	p := profile{
		han: int(s.counts[x.han]), kana: int(s.counts[x.hiragana] + s.counts[x.katakana]), hang: int(s.counts[x.hangul]),
	}
	cjk := 3*p.han + 2*p.kana + 2*p.hang
	p.total = cjk
	for i := int(script.Shared) + 1; i < script.Count; i++ {
		n := int(s.counts[i])
		if id := script.ID(i); n == 0 || id == x.han || id == x.hiragana || id == x.katakana || id == x.hangul {
			continue
		}
		p.total += n
		if n > p.letters {
			p.main, p.letters = script.ID(i), n
		}
	}
	p.cjk = cjk > 0 && cjk >= p.letters
	if p.total > 0 {
		p.share = float64(p.letters) / float64(p.total)
	}
	return p
}

// certain is the score where the script alone decides: the share of the letters that are in it, with one letter more that is not, so
// that three letters convince less than three hundred.
func (p profile) certain() float64 { return round(float64(p.letters) / float64(p.total+1)) }

// eastAsian tells Chinese, Japanese and Korean apart by their scripts: Hangul, at least half as much as Han, is Korean; kana, at least
// a tenth of Han, is Japanese, and so is Han without kana whose telling characters are mostly Japan's own; all else is Chinese, and
// its script is told by the characters that only one of the two has.
func (s *sample) eastAsian(p profile) Answer {
	var used [4]int
	if p.han > 0 {
		for _, r := range s.runes {
			used[script.UsageOf(r)]++
		}
	}
	simplified, traditional, japanese := used[script.Simplified], used[script.Traditional], used[script.Japanese]
	a := Answer{}
	weight, n := 0, 0
	switch {
	case p.hang > p.kana && 2*p.hang >= p.han:
		a.Language, a.Script = "ko", "Kore"
		weight, n = 2*p.hang+3*p.han, p.hang+p.han
	case p.kana >= p.hang && p.kana > 0 && 10*p.kana >= p.han, japanese > simplified+traditional:
		a.Language, a.Script = "ja", "Jpan"
		weight, n = 2*p.kana+3*p.han, p.kana+p.han
	default:
		a.Language, a.Script = "zh", script.Chinese(simplified, traditional)
		weight, n = 3*p.han, p.han
	}
	a.Label = label(a.Language, a.Script)
	a.Score = round(float64(weight) / float64(p.total) * float64(n) / float64(n+1))
	return a
}

// sole names the language of scripts that one language uses, or one far more than all others.
var sole = map[string]string{
	"Armn": "hy", "Beng": "bn", "Geor": "ka", "Grek": "el", "Gujr": "gu", "Guru": "pa", "Hebr": "he", "Taml": "ta", "Telu": "te",
	"Thai": "th", "Cher": "chr", "Copt": "cop", "Ethi": "am", "Goth": "got", "Khmr": "km", "Knda": "kn", "Laoo": "lo", "Mlym": "ml",
	"Mong": "mn", "Mtei": "mni", "Mymr": "my", "Nkoo": "nqo", "Olck": "sat", "Orya": "or", "Sinh": "si", "Thaa": "dv", "Tibt": "bo",
	"Vaii": "vai", "Yiii": "ii",
}

// rival is a second language of such a script, told by a letter of its own that is more frequent in it than its counterpart.
var rivals = map[string]struct {
	language         string
	own, counterpart rune
}{
	"Beng": {"as", 'ৰ', 'র'}, // Assamese ra
	"Ethi": {"ti", 'ኣ', 'አ'}, // Tigrinya writes 'a with the fourth form
	"Hebr": {"yi", 'ײ', 'ה'}, // Yiddish double yod; he, the article of Hebrew, is rare there
}

// only returns the language that a script decides, "" if it decides nothing.
func (s *sample) only(id script.ID) string {
	code := id.Code()
	r, ok := rivals[code]
	if !ok {
		return sole[code]
	}
	own, counterpart := 0, 0
	for _, c := range s.runes {
		switch c {
		case r.own:
			own++
		case r.counterpart:
			counterpart++
		}
	}
	if own > counterpart {
		return r.language
	}
	return sole[code]
}
