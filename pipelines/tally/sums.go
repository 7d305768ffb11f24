package tally

import (
	"errors"
	"fmt"
)

// A Sum is one line of the account: Read + Made = Kept + Dropped + Quarantined, in documents.
type Sum struct {
	Of                                     string // "run", "stage LABEL" or "source NAME"
	Read, Made, Kept, Dropped, Quarantined int64
}

// Holds says whether the sum is right.
func (s Sum) Holds() bool { return s.Read+s.Made == s.Kept+s.Dropped+s.Quarantined }

// Sums returns the account of the run, of each stage and of each source. What a stage kept is what was counted where it
// entered the next one, so that the sums can fail. They hold for the tally of a whole run; that of one task lacks the
// documents that other phases saw.
func (t *Tally) Sums() []Sum {
	run := Sum{Of: "run", Read: t.In.Documents, Kept: t.Out.Documents, Quarantined: t.Damaged}
	out := []Sum{{}, {
		Of: "input", Read: t.In.Documents, Quarantined: t.Damaged, Kept: t.entered(0),
	}}
	for i := range t.Stages {
		s := &t.Stages[i]
		line := Sum{
			Of: "stage " + t.layout[i].Label, Read: s.Entered, Made: s.Made.Documents,
			Kept: t.entered(i + 1), Quarantined: s.Quarantined.Documents,
		}
		for k := range s.Rules {
			line.Dropped += s.Rules[k].Dropped.Documents
		}
		run.Made += line.Made
		run.Dropped += line.Dropped
		run.Quarantined += line.Quarantined
		out = append(out, line)
	}
	out[0] = run
	for _, g := range t.Sources {
		out = append(out, Sum{
			Of: "source " + g.Name, Read: g.Read.Documents, Made: g.Made.Documents, Kept: g.Kept.Documents,
			Dropped: g.Dropped.Documents, Quarantined: g.Quarantined.Documents,
		})
	}
	return out
}

// entered returns how many documents came to stage i, or to the output behind the last one.
func (t *Tally) entered(i int) int64 {
	if i == len(t.Stages) {
		return t.Out.Documents
	}
	return t.Stages[i].Entered
}

// Check says which sums do not hold.
func (t *Tally) Check() error {
	var errs []error
	for _, s := range t.Sums() {
		if !s.Holds() {
			errs = append(errs, fmt.Errorf("%s: read %d + made %d is not kept %d + dropped %d + quarantined %d",
				s.Of, s.Read, s.Made, s.Kept, s.Dropped, s.Quarantined))
		}
	}
	return errors.Join(errs...)
}
