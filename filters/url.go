package filters

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/filters/internal/hosts"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// URL drops documents by the address that they are from: hosts and addresses on lists, and words in the address; the URL rules of RefinedWeb
// (Penedo et al. 2023, appendix G.1) and FineWeb (datatrove, filters/url_filter.py). It has no lists of its own: name those you trust.
//
//	url: {lists: [ut1/adult, phishing.txt.gz], domains: [example.com], words: [casino], soft_words: [bet, poker, win]}
//
// Lists:
//
//   - A list is a file, plain, gzip or zstd, with an entry on each line: a host or domain, which stands for itself and all hosts below it; the
//     beginning of an address ("example.com/users/joe", up to the next /, ?, # or &); ".xxx" or "*.example.com", which stands for
//     whatever lies below; a line of a hosts file; "||example.com^". Or it is a folder as in the UT1 lists of Toulouse, of which the files
//     domains and urls are read; expressions are not.
//   - A public suffix on a list (co.uk, github.io) stands for that host alone.
//   - Hosts are compared in lower case and punycode, without www., user, port and a dot at the end. Eight bytes of memory for an
//     entry, shared by all workers: millions are fine.
//
// Words, in any script and case, are looked for in host, path and query, percent signs and punycode resolved:
//
//   - words: one that stands alone, between what is no letter, mark or number, is enough.
//   - parts: anywhere in what is left when all else than letters, marks and numbers is taken out, so that "free-po.rn" is "freeporn".
//   - Files of words hold one on a line, behind # a remark; what is neither letter, mark nor number is taken out of a word.
//   - soft_words: as many different ones as `soft` allows are no reason.
//
// `except` names hosts that stay whatever is found. With `keep: listed` the lists say who stays, and there are no words. A document
// without an address is not judged, unless `missing: drop`.
//
//	url: {lists: [trusted.txt], keep: listed, missing: drop, field: metadata.url}
type URL struct {
	Field     string       // the field with the address; FIELD.KEY for one in a map
	Domains   []string     // entries of lists, in the recipe
	Lists     []string     // files and folders with entries
	Words     []string     // whole words
	WordLists []string     // files with whole words, one on a line
	Parts     []string     // parts of words
	PartLists []string     // files with parts, one on a line
	SoftWords []string     // whole words of which some are allowed
	SoftLists []string     // files with soft words, one on a line
	Soft      stages.Range // different soft words in an address that stays
	Except    []string     // hosts and beginnings of addresses that stay
	Keep      string       `allowed:"unlisted,listed"` // who stays
	Missing   string       `allowed:"keep,drop"`       // what becomes of a document without an address

	dir    string
	off    map[string]bool
	listed *hosts.List
	except *hosts.List
	words  *urlWords
	tokens []string
	joined []byte
	found  [urlRules]float64 // of the document at hand
	why    [urlRules]string
}

var urlDefaults = URL{Field: "url", Soft: stages.AtMost(1), Keep: "unlisted", Missing: "keep"}

// Placed implements [stages.Placed].
func (f *URL) Placed(_, dir string) { f.dir = dir }

// Validate implements [stages.Validator].
func (f *URL) Validate() error {
	words := len(f.Words)+len(f.WordLists)+len(f.Parts)+len(f.PartLists)+len(f.SoftWords)+len(f.SoftLists) > 0
	lists := len(f.Domains)+len(f.Lists) > 0
	switch {
	case f.Field == "":
		return errors.New("field: the name of the field with the address is missing")
	case !words && !lists && f.Missing == "keep":
		return errors.New("no lists, domains or words: every document would stay")
	case f.Keep == "listed" && words:
		return errors.New("keep: listed is decided by lists and domains: words, parts and soft_words go with keep: unlisted")
	case f.Keep == "listed" && !lists:
		return errors.New("keep: listed without lists or domains: no document would stay")
	}
	for name, entries := range map[string][]string{"domains": f.Domains, "except": f.Except} {
		b := new(hosts.Builder)
		for _, e := range entries {
			if err := b.Add(e); err != nil {
				return fmt.Errorf("%s: %q %w", name, e, err)
			}
		}
	}
	_, err := newURLWords(f.Words, f.Parts, f.SoftWords)
	return err
}

// Reads implements [stages.Reader].
func (f *URL) Reads() []string {
	top, _, _ := strings.Cut(f.Field, ".")
	return []string{top}
}

// The rules, in the order in which they are tried.
const (
	ruleMissing = iota
	ruleDomain
	ruleAddress
	ruleUnlisted
	ruleWord
	rulePart
	ruleSoft
	urlRules
)

var urlRuleNames = [urlRules]string{"missing", "domain", "address", "unlisted", "word", "part", "soft"}

// Rules implements [stages.Ruler].
func (f *URL) Rules() []stages.Rule {
	none := stages.AtMost(0)
	return []stages.Rule{
		{Name: urlRuleNames[ruleMissing], Keep: none, Doc: "1 if the document has no address; with missing: drop."},
		{Name: urlRuleNames[ruleDomain], Keep: none, Doc: "1 if the host, or a domain that it lies in, is on a list."},
		{Name: urlRuleNames[ruleAddress], Keep: none, Doc: "1 if the beginning of the address is on a list."},
		{Name: urlRuleNames[ruleUnlisted], Keep: none, Doc: "1 if neither is; with keep: listed."},
		{Name: urlRuleNames[ruleWord], Keep: none, Unit: "words", Doc: "Words of the address that are among words (RefinedWeb, G.1)."},
		{Name: urlRuleNames[rulePart], Keep: none, Unit: "words", Doc: "Parts that are found in the letters and numbers of the address (RefinedWeb, G.1)."},
		{Name: urlRuleNames[ruleSoft], Keep: f.Soft, Unit: "words", Doc: "Different words of the address that are among soft_words (RefinedWeb, G.1)."},
	}
}

// Switches implements [stages.Switcher]: rules that are switched off leave the word to those behind them.
func (f *URL) Switches() []string {
	return slices.Clone(urlRuleNames[:])
}

// Without implements [stages.Switcher].
func (f *URL) Without(name string) {
	off := map[string]bool{name: true}
	for n := range f.off {
		off[n] = true
	}
	f.off = off
}

// Map implements [stages.Mapper].
func (f *URL) Map(d *stages.Document, t *text.View) (stages.Verdict, error) {
	f.found, f.why = [urlRules]float64{ruleSoft: stages.NA}, [urlRules]string{}
	address, err := f.addressOf(d)
	if err != nil {
		return stages.Verdict{}, err
	}
	f.look(address)
	for k, x := range f.found {
		outside := x > 0
		if k == ruleSoft {
			outside = !f.Soft.For(t.Language()).Has(x)
		}
		if outside && !f.off[urlRuleNames[k]] {
			return stages.Verdict{Rule: urlRuleNames[k], Value: x, Why: f.why[k]}, nil
		}
	}
	return stages.Verdict{}, nil
}

// look measures an address by all rules.
func (f *URL) look(address string) {
	if address == "" {
		f.find(ruleMissing, one(f.Missing == "drop"), "")
		return
	}
	a, ok := hosts.Parse(address)
	if ok && f.except != nil {
		if _, kind := f.except.Find(a); kind != hosts.None {
			return
		}
	}
	entry, kind := "", hosts.None
	if ok {
		entry, kind = f.listed.Find(a)
	}
	if f.Keep == "listed" {
		f.find(ruleUnlisted, one(kind == hosts.None), shown(address))
		return
	}
	f.find(ruleDomain, one(kind == hosts.Domain), entry)
	f.find(ruleAddress, one(kind == hosts.Prefix), entry)
	if f.words.empty() {
		return
	}
	if !ok {
		a = hosts.Address{Rest: address}
	}
	f.lookForWords(a.Readable())
}

// find notes what a rule measures, and what was found.
func (f *URL) find(rule int, x float64, why string) {
	if f.found[rule] = x; x > 0 {
		f.why[rule] = why
	}
}

// Measures implements [stages.Noter].
func (f *URL) Measures() int { return urlRules }

// Measured implements [stages.Measurer]: soft words where some were looked for, and of the other rules whatever there is.
func (f *URL) Measured(m []float64) {
	n := urlRules
	if stages.IsNA(f.found[ruleSoft]) {
		n = ruleSoft
	}
	copy(m, f.found[:n])
}

// addressOf returns what stands in the field, "" for nothing.
func (f *URL) addressOf(d *stages.Document) (string, error) {
	raw, err := fieldRaw(d, f.Field)
	if err != nil {
		return "", fmt.Errorf("field %s: %w", f.Field, err)
	}
	v, err := fieldValues(raw)
	switch {
	case err != nil:
		return "", fmt.Errorf("field %s: %w", f.Field, err)
	case len(v) == 0:
		return "", nil
	case raw[0] == '[':
		return "", fmt.Errorf("field %s: a list, want an address", f.Field)
	}
	return strings.TrimSpace(v[0].text), nil
}

// Interface guards.
var (
	_ stages.Mapper      = (*URL)(nil)
	_ stages.Ruler       = (*URL)(nil)
	_ stages.Measurer    = (*URL)(nil)
	_ stages.Switcher    = (*URL)(nil)
	_ stages.Validator   = (*URL)(nil)
	_ stages.Provisioner = (*URL)(nil)
	_ stages.Reader      = (*URL)(nil)
	_ stages.Filer       = (*URL)(nil)
	_ stages.Placed      = (*URL)(nil)
)
