// Package pii finds personal data in text and masks it: e-mail addresses, public IP addresses, telephone numbers, payment cards, IBANs and
// mainland-China resident identity numbers.
//
// A scan looks for three cheap signs, an at sign, a digit, a full-width digit, and reads around each of them with a parser written for
// one kind of data. Whatever carries a check (Luhn, mod 97, ISO 7064) must pass it; whatever does not must have the exact shape of its
// numbering plan, and the shapes that other numbers have too (ten bare digits, groups between spaces, national numbers of Europe) count only
// behind a word such as "phone", "Tel." or "电话". A number behind "ISBN", "DOI" or "version" never counts.
//
//	pii.Mask("write to ann@site.org or call 415-555-2671") // "write to <EMAIL> or call <PHONE>"
//
// What a text becomes depends on that text alone. Masking twice is masking once, and valid UTF-8 stays valid.
//
// Not found on purpose: names and postal addresses, private and reserved IP addresses, addresses spelt out ("ann at site dot org"),
// resident numbers of the old form with 15 digits, which have no check digit.
package pii

import (
	"fmt"
	"strings"
)

// A Kind is a kind of personal data.
type Kind uint8

// The kinds.
const (
	Email Kind = iota // an e-mail address under a public top-level domain
	IP                // a public IPv4 or IPv6 address
	Phone             // a telephone number
	Card              // a payment card number (ISO/IEC 7812)
	IBAN              // a bank account (ISO 13616)
	ID                // a resident identity number of mainland China (GB 11643-1999)

	kinds = iota
)

// kindNames are the names in recipes; a mask is the name in capitals between angle brackets.
var kindNames = [kinds]string{"email", "ip", "phone", "card", "iban", "id_number"}

var masks = [kinds]string{"<EMAIL>", "<IP>", "<PHONE>", "<CARD>", "<IBAN>", "<ID_NUMBER>"}

// String returns the name of k in recipes.
func (k Kind) String() string { return kindNames[k] }

// Mask returns what stands in place of data of this kind.
func (k Kind) Mask() string { return masks[k] }

// A Region is a national form of data that has one: telephone numbers without a leading +, identity numbers.
type Region uint8

// The regions.
const (
	US Region = iota // North American Numbering Plan
	EU               // Europe: the European Union, the United Kingdom, Switzerland, Norway
	CN               // mainland China

	regions = iota
)

var regionNames = [regions]string{"us", "eu", "cn"}

// String returns the name of r in recipes.
func (r Region) String() string { return regionNames[r] }

// A Span is personal data in a text, in bytes.
type Span struct {
	Start, End int
	Kind       Kind
}

// A Masker masks some kinds in some regions. The zero Masker masks nothing; it is safe for concurrent use.
type Masker struct {
	kind   [kinds]bool
	region [regions]bool
}

var everything = func() Masker {
	var m Masker
	for i := range m.kind {
		m.kind[i] = true
	}
	for i := range m.region {
		m.region[i] = true
	}
	return m
}()

// New returns a Masker of the named kinds and regions; nil stands for all. International numbers with a leading + are masked in every
// region.
func New(kind, region []string) (Masker, error) {
	m := everything
	if kind != nil {
		m.kind = [kinds]bool{}
	}
	if region != nil {
		m.region = [regions]bool{}
	}
	if err := choose(m.kind[:], kindNames[:], kind, "kind"); err != nil {
		return Masker{}, err
	}
	if err := choose(m.region[:], regionNames[:], region, "region"); err != nil {
		return Masker{}, err
	}
	return m, nil
}

func choose(on []bool, known, want []string, what string) error {
	for _, w := range want {
		found := false
		for i, k := range known {
			if k == w {
				on[i], found = true, true
			}
		}
		if !found {
			return fmt.Errorf("unknown %s %q: allowed are %s", what, w, strings.Join(known, ", "))
		}
	}
	return nil
}

// Mask returns s with all personal data of all regions masked. It returns s itself where there is none.
func Mask(s string) string { return everything.Mask(s) }

// Mask returns s with the personal data masked, s itself where there is none.
func (m Masker) Mask(s string) string {
	masked, _ := m.MaskCount(s)
	return masked
}

// MaskCount returns s with the personal data masked, and how many places were.
func (m Masker) MaskCount(s string) (masked string, n int) {
	sc := scan{m: m, s: s}
	sc.run()
	if sc.n == 0 {
		return s, 0
	}
	return string(append(sc.out, s[sc.last:]...)), sc.n
}

// Find returns the places in s that Mask replaces, in order.
func (m Masker) Find(s string) []Span {
	sc := scan{m: m, s: s, keep: true}
	sc.run()
	return sc.spans
}
