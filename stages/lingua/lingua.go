// Package lingua tells the language of a text by the letter statistics of lingua-go (github.com/pemistahl/lingua-go, Apache-2.0), at
// some thousand times its speed, and says how sure that is.
//
//	d := lingua.New()
//	a := d.Detect(text) // a.Language "de", a.Script "Latn", a.Score 0.98
//
// The script decides where only one language uses it. Latin, Cyrillic, Arabic and Devanagari are shared by 62 of lingua's
// 75 languages: there, as in lingua-go, the language wins whose model finds the text's trigrams least surprising. The models lie
// packed in the binary (see packed) and are used from there; nothing is loaded. Three windows of a text are looked at.
//
// Texts of fewer than 120 letters about which the trigrams leave doubt go to lingua-go itself, with up to five likely languages and its
// models of one to five letters. Those load on first use, 0.1 s and 10 to 20 MB for each language that becomes a candidate.
package lingua

import (
	"cmp"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages/lingua/script"
)

// An Answer is what a detector found.
type Answer struct {
	Language string  // ISO 639-1, else 639-3; "und" if the letters say nothing
	Label    string  // lingua-go's name of the language, "English"; the script's code where lingua-go knows no language of that script
	Script   string  // ISO 15924 of most letters: "Latn", "Hans", "Jpan"; "Zyyy" without letters
	Score    float64 // an estimate of the probability that Language is right: see the file confidence.go
}

// A Detector detects. It holds scratch memory and belongs to one goroutine; the models are shared.
type Detector struct {
	// Whole makes it look at the whole text (up to 16 MiB) instead of three windows.
	Whole bool
	// Alone keeps lingua-go out: short texts are judged by trigrams like long ones.
	Alone bool

	sample   sample
	seen     set
	window   sums
	costs    [maxLanguages]uint64          // of the languages of a table
	each     [windows][maxLanguages]uint64 // the same by window
	trigrams [windows]int
	short    short
}

// New returns a new detector.
func New() *Detector { return &Detector{sample: sample{table: script.Load()}} }

// Undetermined is the language of a text that has no letters or only such as say nothing.
const Undetermined = "und"

// Detect tells the language of a text.
func (d *Detector) Detect(text string) Answer {
	s := &d.sample
	s.take(text, d.Whole)
	p := s.profile()
	if p.cjk {
		return s.eastAsian(p)
	}
	a := Answer{Language: Undetermined, Label: p.main.Code(), Script: p.main.Code()}
	if t := tables()[p.main]; t != nil {
		return d.byTrigrams(t, p, a)
	}
	if code := s.only(p.main); code != "" {
		a.Language, a.Label, a.Score = code, label(code, a.Script), p.certain()
	}
	return a
}

// Script returns the script of most letters of a text by ISO 15924, as in [Answer], and whether the text has letters.
func (d *Detector) Script(text string) (code string, letters bool) {
	s := &d.sample
	s.take(text, d.Whole)
	p := s.profile()
	if p.cjk {
		return s.eastAsian(p).Script, true
	}
	return p.main.Code(), s.letters() > 0
}

// byTrigrams tells the language among those of one script.
func (d *Detector) byTrigrams(t *table, p profile, a Answer) Answer {
	e := d.cost(t)
	isShort := d.sample.letters() < shortLetters
	if e.trigrams == 0 && (!isShort || d.Alone || len(t.languages) > candidates) {
		return a
	}
	order := d.rank(len(t.languages))
	winner, score := order[0], e.certain(&long)
	if isShort {
		score = e.certain(&few)
		if near := d.near(e, order); !d.Alone && (score < sure || e.trigrams < enough) && len(near) > 1 {
			if w, ok := d.short.ask(t, near, d.sample.words(t.script)); ok && w == winner {
				score = e.certain(&agreed)
			} else if ok {
				winner, score = w, e.certain(&overruled)
			}
		}
	}
	a.Language = t.languages[winner]
	a.Label = label(a.Language, a.Script)
	a.Score = round(score * p.share)
	return a
}

// near returns the languages that lingua-go shall choose from: up to five of least cost. Where a script has many, only those within reach
// of the first, and none if the text does not look like the first either.
func (d *Detector) near(e evidence, order []int) []int {
	if len(order) <= candidates {
		return order
	}
	if float64(e.best)*nats > plausible*float64(e.trigrams) {
		return nil
	}
	k := 1
	for k < candidates && float64(d.costs[order[k]]-e.best)*nats <= reach {
		k++
	}
	return order[:k]
}

// rank returns the languages of a table by rising cost; of equal ones the first of the alphabet.
func (d *Detector) rank(n int) []int {
	order := d.short.order[:0]
	for i := range n {
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d.costs[a], d.costs[b]) })
	d.short.order = order
	return order
}

// Languages returns the codes that detectors know, sorted: the languages of lingua-go and those of scripts that one language uses.
func Languages() []string {
	var codes []string
	for code := range names() {
		codes = append(codes, code)
	}
	for _, code := range sole {
		codes = append(codes, code)
	}
	for _, r := range rivals {
		codes = append(codes, r.language)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// Code returns the code of a language by its English name as lingua-go spells it, in any case; "" if it has none of that name.
func Code(name string) string {
	for code, l := range names() {
		if strings.EqualFold(l.String(), name) {
			return code
		}
	}
	return ""
}
