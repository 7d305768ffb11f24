package lingua

import (
	"slices"
	"strings"
	"sync"

	lingua "github.com/pemistahl/lingua-go"
)

// Which texts go to lingua-go, and with which languages. Measured on 20 sentences, word pairs and words below 120 letters in each of 75
// languages of its test data, right answers in per cent:
//
//	                                             sentences  pairs  words
//	lingua-go, 75 languages, low accuracy             94.3   79.4   62.2
//	trigrams alone                                    95.1   79.8   64.2
//	all texts below sure, five candidates             97.4   87.7   74.7
//	only plausible texts, candidates within reach     97.3   87.1   73.1
//
// The last row is used: on short texts of code and exercises it loads 400 MB of models where the third loads 620. Choosing among five
// takes 0.2 ms; among all 75 with the same models 6.7 ms.
const (
	candidates = 5   // at most
	plausible  = 2.7 // nats per trigram of the likeliest language: texts of languages with a model lie below
	reach      = 5.0 // nats that a candidate may cost more than the likeliest language
)

// maxDetectors bounds how many combinations of candidates keep their detector.
const maxDetectors = 1024

// short asks lingua-go.
type short struct {
	order     []int
	detectors map[string]lingua.LanguageDetector
}

// names maps ISO 639-1 codes to lingua-go's languages.
var names = sync.OnceValue(func() map[string]lingua.Language {
	m := map[string]lingua.Language{}
	for _, l := range lingua.AllLanguages() {
		m[strings.ToLower(l.IsoCode639_1().String())] = l
	}
	return m
})

// label returns lingua-go's name of a language, other where it has none.
func label(code, other string) string {
	if l, ok := names()[code]; ok {
		return l.String()
	}
	return other
}

// ask returns the language of t that lingua-go finds in text, among some of t; not ok if it finds none. Its additions run in
// the order of a Go map, so its confidence differs in the last bits between two calls: only which language wins is used. text holds
// the words of one script, since among several as frequent ones it would choose by map order too.
func (s *short) ask(t *table, among []int, text string) (winner int, ok bool) {
	chosen := slices.Sorted(slices.Values(among))
	var key strings.Builder
	for _, i := range chosen {
		key.WriteString(t.languages[i])
	}
	d := s.detectors[key.String()]
	if d == nil {
		languages := make([]lingua.Language, len(chosen))
		for k, i := range chosen {
			languages[k] = names()[t.languages[i]]
		}
		d = lingua.NewLanguageDetectorBuilder().FromLanguages(languages...).Build()
		if len(s.detectors) >= maxDetectors || s.detectors == nil {
			s.detectors = map[string]lingua.LanguageDetector{}
		}
		s.detectors[key.String()] = d
	}
	found, ok := d.DetectLanguageOf(text)
	if !ok {
		return 0, false
	}
	for _, i := range chosen {
		if names()[t.languages[i]] == found {
			return i, true
		}
	}
	return 0, false
}
