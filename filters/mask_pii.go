package filters

import (
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/pii"
	"github.com/winnow-data/winnow/stages/text"
)

// MaskPII puts a mask in place of personal data: <EMAIL>, <IP>, <PHONE>, <CARD>, <IBAN>, <ID_NUMBER>. It drops nothing. What a document
// becomes depends on that document alone, and masking twice is masking once. Text, turns and answers are masked; other fields, such as a
// URL, stay as they are.
//
// Numbers that carry check digits (cards, accounts, identity numbers) must pass them. Private and reserved IP addresses stay, as do ISBNs,
// DOIs, dates, versions and tables of numbers: package [pii] says what counts as what.
//
//	mask_pii: {kinds: [email, ip, phone], regions: [us, cn], count: true}
type MaskPII struct {
	Kinds   []string // what is masked: email, ip, phone, card, iban, id_number; none given: all
	Regions []string // whose national forms of telephone and identity numbers are known: us, eu, cn; none given: all. International numbers (+44 …) always are
	Count   bool     // write the number of masked places to the field pii_masked

	masker pii.Masker
}

var maskPIIDefaults = MaskPII{}

// Validate implements [stages.Validator].
func (m *MaskPII) Validate() error {
	_, err := pii.New(m.Kinds, m.Regions)
	return err
}

// Provision implements [stages.Provisioner].
func (m *MaskPII) Provision(*stages.Env) (err error) {
	m.masker, err = pii.New(m.Kinds, m.Regions)
	return err
}

// Writes implements [stages.Writer].
func (m *MaskPII) Writes() []string {
	if m.Count {
		return []string{"pii_masked"}
	}
	return nil
}

// Map implements [stages.Mapper].
func (m *MaskPII) Map(d *stages.Document, _ *text.View) (stages.Verdict, error) {
	places := 0
	d.Edit(func(s string) string {
		masked, n := m.masker.MaskCount(s)
		places += n
		return masked
	})
	if m.Count {
		d.Fields.SetNumber("pii_masked", float64(places))
	}
	return stages.Verdict{}, nil
}
