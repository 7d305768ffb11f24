package filters

import (
	"errors"
	"fmt"
	"unicode/utf8"

	re2 "github.com/wasilibs/go-re2"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// Pattern keeps documents whose text a regular expression of yours does not match, or with `keep: matched` those that it does.
//
//	pattern: {match: '(?i)\b(casino|free pills)\b'}
//
// What is measured is the number of matches that do not overlap, up to 100,000, and `matches` sets other bounds than those of keep.
//
//	pattern: {match: 'https?://', matches: {max: 20}}
//
// The grammar is RE2's, as in Go: (?i) for any case, (?m) for ^ and $ at line ends, (?s) for a dot that is a line end too, \pL for a
// letter of any script; \b, \w and \d know ASCII only. Time is linear in the text, so that no pattern can hang a run; look-around and
// back-references, which are not, do not exist. In single quotes YAML leaves backslashes alone.
type Pattern struct {
	Match   string       // the regular expression
	Keep    string       `allowed:"unmatched,matched"` // who stays
	Matches stages.Range // matches of a document that stays; none given: what keep says

	re      *re2.Regexp
	counted uint64 // hash of the text last counted
	count   int
}

var pattern = Pattern{Keep: "unmatched", Matches: stages.Any}

// maxMatches bounds what is counted: the library makes a list of all matches.
const maxMatches = 100_000

// Validate implements [stages.Validator].
func (p *Pattern) Validate() error {
	re, err := compile(p.Match)
	if err != nil {
		return fmt.Errorf("match: %w", err)
	}
	if re.MatchString("") {
		return fmt.Errorf("match: %q matches the empty text, so every document has it: it must match something", p.Match)
	}
	if p.Keep == "matched" && !p.Matches.Open() {
		return errors.New("matches: bounds and keep: matched say two things: give one of them")
	}
	return nil
}

// Provision implements [stages.Provisioner].
func (p *Pattern) Provision(*stages.Env) (err error) {
	p.re, err = compile(p.Match)
	return err
}

// bounds are those given, or what keep says.
func (p *Pattern) bounds() stages.Range {
	switch {
	case !p.Matches.Open():
		return p.Matches
	case p.Keep == "matched":
		return stages.AtLeast(1)
	}
	return stages.AtMost(0)
}

// Rules implements [stages.Filter].
func (p *Pattern) Rules() []stages.Rule {
	return []stages.Rule{{Name: "matches", Keep: p.bounds(), Unit: "matches", Doc: "Matches of the regular expression, up to 100,000."}}
}

// Map implements [stages.Mapper]: a document that has too many matches goes with the first of them as the reason.
func (p *Pattern) Map(_ *stages.Document, t *text.View) (stages.Verdict, error) {
	n := p.matches(t.Text())
	if n == 0 || p.bounds().For(t.Language()).Has(float64(n)) {
		return stages.Verdict{}, nil
	}
	return stages.Verdict{Rule: "matches", Value: float64(n), Why: shown(p.re.FindString(t.Text()))}, nil
}

// Measure implements [stages.Filter].
func (p *Pattern) Measure(t *text.View, m []float64) { m[0] = float64(p.matches(t.Text())) }

// matches counts those in s, which Map and Measure ask for one after the other.
func (p *Pattern) matches(s string) int {
	h := text.Hash(s)
	if p.counted == h && h != 0 {
		return p.count
	}
	p.counted, p.count = h, 0
	if p.re.MatchString(s) {
		p.count = len(p.re.FindAllStringIndex(s, maxMatches))
	}
	return p.count
}

// maxExcerpt is how much of a match a reason shows, in bytes.
const maxExcerpt = 80

// shown is s, shortened.
func shown(s string) string {
	if len(s) <= maxExcerpt {
		return s
	}
	end := maxExcerpt
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// Interface guards.
var (
	_ stages.Mapper      = (*Pattern)(nil)
	_ stages.Filter      = (*Pattern)(nil)
	_ stages.Validator   = (*Pattern)(nil)
	_ stages.Provisioner = (*Pattern)(nil)
)
