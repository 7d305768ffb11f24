package constraint

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/lingua"
	"github.com/winnow-data/winnow/synth/check/constraint/punkt"
)

// doubt is the score under which another language than the wanted one is not believed.
const doubt = 0.5

// chinese are the names that langdetect has for it.
var chinese = map[string]string{"zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}

// written says in which scripts languages are written that are not, or not only, written in Latin. A text in another script is in another language, however
// little there is of it.
var written = map[string][]string{
	"am": {"Ethi"}, "ar": {"Arab"}, "as": {"Beng"}, "az": {"Latn", "Cyrl", "Arab"}, "be": {"Cyrl"}, "bg": {"Cyrl"}, "bn": {"Beng"}, "bo": {"Tibt"},
	"el": {"Grek"}, "fa": {"Arab"}, "gu": {"Gujr"}, "he": {"Hebr"}, "hi": {"Deva"}, "hy": {"Armn"}, "ja": {"Jpan"}, "ka": {"Geor"}, "kk": {"Cyrl", "Latn", "Arab"},
	"km": {"Khmr"}, "kn": {"Knda"}, "ko": {"Kore"}, "lo": {"Laoo"}, "mk": {"Cyrl"}, "ml": {"Mlym"}, "mn": {"Cyrl", "Mong"}, "mr": {"Deva"}, "my": {"Mymr"},
	"ne": {"Deva"}, "or": {"Orya"}, "pa": {"Guru", "Arab"}, "ru": {"Cyrl"}, "si": {"Sinh"}, "sr": {"Cyrl", "Latn"}, "ta": {"Taml"}, "te": {"Telu"}, "th": {"Thai"},
	"ti": {"Ethi"}, "uk": {"Cyrl"}, "ur": {"Arab"}, "yi": {"Hebr"}, "zh": {"Hans", "Hant", "Hani"},
}

// detected are the languages that the detector knows.
var detected = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for _, code := range lingua.Languages() {
		known[code] = true
	}
	return known
})

// language wants the whole answer in a language: a code of ISO 639-1, else 639-3, also with a script of ISO 15924, or Chinese as langdetect calls it: zh-cn, zh-tw. An answer
// without letters passes, as in the reference.
func language(a *args) (string, func(*Text) found) {
	code := a.text("language")
	if c, ok := chinese[code]; ok {
		code = c
	}
	base, script, _ := strings.Cut(code, "-")
	known := detected()[base]
	if _, ok := written[base]; !ok && !known {
		a.fail("argument \"language\" is %q, want a code of ISO 639 that the detector knows, such as en or zh-Hans", code)
	}
	if script != "" && len(script) != 4 {
		a.fail("argument \"language\" is %q, want a script of ISO 15924 behind the hyphen, such as Hans", code)
	}
	return "all in " + code, func(t *Text) found { return t.in(base, script, known) }
}

// in says whether the text is in a language, and in a script where one is given.
func (t *Text) in(base, script string, known bool) found {
	if t.detector == nil {
		return found{result: stages.Unknown, note: "no language detector"}
	}
	got := t.language()
	if got.Script == "Zyyy" {
		return found{result: stages.Passed, note: "it has no letters"}
	}
	seen := "it is in " + got.Language + ", " + got.Script
	scripts := written[base]
	switch {
	case scripts == nil && got.Script != "Latn", scripts != nil && !slices.Contains(scripts, got.Script):
		if got.Language == base { // of a script that is rare for it
			break
		}
		return noted(false, seen)
	case got.Language == base:
	case base == "ne":
		return t.nepali()
	case !known:
		return found{result: stages.Unknown, note: "the detector does not know this language"}
	case got.Score < doubt:
		return found{result: stages.Unknown, note: fmt.Sprintf("too little to tell, perhaps %s (%.2f)", got.Language, got.Score)}
	default:
		return noted(false, seen)
	}
	if script != "" && got.Script != script {
		if got.Script == "Hani" {
			return found{result: stages.Unknown, note: "its characters are of both scripts"}
		}
		return noted(false, seen)
	}
	return is(true)
}

func englishCapital(*args) (string, func(*Text) found) {
	return "English, all in capitals", func(t *Text) found {
		if !punkt.AllUpper(t.text) {
			return noted(false, "it has small letters or none")
		}
		return t.in("en", "", true)
	}
}

func englishLowercase(*args) (string, func(*Text) found) {
	return "English, all in small letters", func(t *Text) found {
		if !punkt.AllLower(t.text) {
			return noted(false, "it has capitals or no letters")
		}
		return t.in("en", "", true)
	}
}
