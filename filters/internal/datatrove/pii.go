package datatrove

import (
	"errors"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// MaskPII puts other addresses in place of e-mail and public IPv4 addresses, as datatrove 0.10.1 does with PIIFormatter. It drops
// nothing. Text, turns and answers are masked.
//
//	mask_pii@datatrove: {email_replacement: [email@example.com], ip_replacement: [198.51.100.1]}
//
// What the patterns match, oddities included:
//
//   - The part before the @ may begin with any of !#$%&'*+/=?^_`{|}~- but only right behind a letter or digit; quoted ones are not found.
//   - Four numbers up to 255 between points are an IP address wherever they stand, in a longer number too (1234.5.6.7 becomes 1 and a replacement).
//   - Private and reserved addresses, and those with leading zeros, stay. IPv6 is not looked for.
//
// Known difference: replacements are taken in turn, e-mail and IP addresses each from the first for every document. The peer goes on counting
// from document to document, so that its output depends on shards and resumes.
type MaskPII struct {
	RemoveEmails        bool     // replace e-mail addresses
	RemoveIPs           bool     `yaml:"remove_ips"`             // replace IP addresses, once e-mail addresses are
	OnlyRemovePublicIPs bool     `yaml:"only_remove_public_ips"` // leave private and reserved IP addresses
	EmailReplacement    []string // what stands for e-mail addresses, in turn
	IPReplacement       []string `yaml:"ip_replacement"` // what stands for IP addresses, in turn
}

// MaskPIIDefaults are datatrove's own settings.
var MaskPIIDefaults = MaskPII{
	RemoveEmails: true, RemoveIPs: true, OnlyRemovePublicIPs: true,
	EmailReplacement: []string{"email@example.com", "firstname.lastname@example.org"},
	IPReplacement:    []string{"22.214.171.124", "126.96.36.199", "188.8.131.52", "184.108.40.206", "220.127.116.11", "18.104.22.168"},
}

// Validate implements [stages.Validator].
func (m *MaskPII) Validate() error {
	switch {
	case m.RemoveEmails && len(m.EmailReplacement) == 0:
		return errors.New("email_replacement: none given: at least one is needed where remove_emails is on")
	case m.RemoveIPs && len(m.IPReplacement) == 0:
		return errors.New("ip_replacement: none given: at least one is needed where remove_ips is on")
	}
	return nil
}

// Map implements [stages.Mapper].
func (m *MaskPII) Map(d *stages.Document, _ *text.View) (stages.Verdict, error) {
	emails, ips := 0, 0
	d.Edit(func(s string) string {
		if m.RemoveEmails {
			s = inTurn(s, m.EmailReplacement, &emails, nextEmail)
		}
		if m.RemoveIPs {
			s = inTurn(s, m.IPReplacement, &ips, nextIP(m.OnlyRemovePublicIPs))
		}
		return s
	})
	return stages.Verdict{}, nil
}

// inTurn puts the replacements in place of what next finds from a byte on; n counts those of the document. A place to leave is no place.
func inTurn(s string, replacements []string, n *int, next func(s string, from int) (start, end int)) string {
	var out []byte
	done := 0
	for {
		start, end := next(s, done)
		if start < 0 {
			break
		}
		out = append(append(out, s[done:start]...), replacements[*n%len(replacements)]...)
		done = end
		*n++
	}
	if done == 0 {
		return s
	}
	return string(append(out, s[done:]...))
}
