package filters

import (
	"strings"

	"golang.org/x/text/language"

	"github.com/winnow-data/winnow/stages/lingua/script"
)

// fromLabel returns the language code of a label of a fastText model: ISO 639-1, else 639-3. Labels look like __label__en (lid.176),
// __label__eng_Latn (NLLB, GlotLID) or __label__zh-Hant. A label that is no language stays as it is, without the prefix.
func fromLabel(label string) string {
	s := strings.TrimPrefix(label, "__label__")
	if code, ok := wikipedia[s]; ok {
		return code
	}
	base, _, _ := strings.Cut(strings.ReplaceAll(s, "_", "-"), "-")
	if code := standard(base); code != "" {
		return code
	}
	return s
}

// wikipedia lists the labels of lid.176 that are names of Wikipedias and mean something else in ISO 639.
var wikipedia = map[string]string{"als": "gsw", "bh": "bho"}

// individual maps members of a macrolanguage that are what its two-letter code means in practice.
var individual = map[string]string{
	"als": "sq", "arb": "ar", "azj": "az", "cmn": "zh", "ekk": "et", "gaz": "om", "khk": "mn", "lvs": "lv", "npi": "ne", "ory": "or", "pbt": "ps",
	"pes": "fa", "plt": "mg", "swh": "sw", "uzn": "uz", "ydd": "yi", "zsm": "ms",
}

// standard returns the code that winnow writes for an ISO 639 code: two letters where there are, the current one of several. It returns ""
// for what is no code.
func standard(code string) string {
	if two, ok := individual[code]; ok {
		return two
	}
	base, err := language.ParseBase(code)
	if err != nil {
		return ""
	}
	if current, ok := renamed[base.String()]; ok {
		return current
	}
	return base.String()
}

// renamed maps withdrawn two-letter codes, which package language prefers, to those in force.
var renamed = map[string]string{"in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro"}

// isScript says whether s is a code of ISO 15924 that documents can carry.
func isScript(s string) bool {
	switch s {
	case "Hans", "Hant", "Jpan", "Kore":
		return true
	}
	_, ok := script.ByCode(s)
	return ok
}
