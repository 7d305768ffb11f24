package tally

import (
	"encoding/json"
	"fmt"
	"strings"
)

// maxReasons is the number of reasons for quarantine that are told apart.
const maxReasons = 64

// Quarantine counts the records put aside for one reason. Numbers in reasons are replaced by #, so that offsets do not
// make every record a reason of its own.
type Quarantine struct {
	Stage   string `json:"stage,omitempty"` // label; "" for records that could not be read
	Reason  string `json:"reason"`
	Records int64  `json:"records"`
	Example string `json:"example"` // the first such reason in full
}

func (t *Tally) quarantine(stage, reason string) {
	t.reason(Quarantine{Stage: stage, Reason: Cut(shape(reason), 160, 300), Records: 1, Example: Cut(t.mask(reason), 300, 600)})
}

func (t *Tally) reason(q Quarantine) {
	var rest *Quarantine
	for _, r := range t.Reasons {
		if r.Stage == q.Stage && r.Reason == q.Reason {
			r.Records += q.Records
			return
		}
		if r.Reason == Other && r.Stage == "" {
			rest = r
		}
	}
	if len(t.Reasons) >= maxReasons {
		if rest == nil {
			t.Reasons = append(t.Reasons, &Quarantine{Reason: Other, Records: q.Records, Example: q.Example})
			return
		}
		rest.Records += q.Records
		return
	}
	t.Reasons = append(t.Reasons, &q)
}

// shape replaces numbers and quoted strings.
func shape(reason string) string {
	var b strings.Builder
	digits := false
	for i := 0; i < len(reason); i++ {
		c := reason[i]
		if c == '"' {
			if j := closing(reason[i+1:]); j >= 0 {
				b.WriteString(`"…"`)
				i += j + 1
				digits = false
				continue
			}
		}
		if '0' <= c && c <= '9' {
			if !digits {
				b.WriteByte('#')
			}
			digits = true
			continue
		}
		digits = false
		b.WriteByte(c)
	}
	return b.String()
}

// closing returns where the quoted string ends, -1 for nowhere.
func closing(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// Merge adds o to t. Both count the same stages. Call it in task order.
func (t *Tally) Merge(o *Tally) error {
	if err := t.same(o); err != nil {
		return fmt.Errorf("adding up tallies: %w", err)
	}
	t.In.Add(o.In)
	t.Out.Add(o.Out)
	t.Damaged += o.Damaged
	t.Uncounted += o.Uncounted
	for i := range o.Stages {
		t.mergeStage(i, &o.Stages[i])
	}
	mergeGroups(&t.Sources, &t.sources, o.Sources)
	mergeGroups(&t.Languages, &t.languages, o.Languages)
	mergeGroups(&t.Scripts, &t.scripts, o.Scripts)
	mergeGroups(&t.Licences, &t.licences, o.Licences)
	t.DomainsIn.Merge(&o.DomainsIn)
	t.DomainsOut.Merge(&o.DomainsOut)
	t.Before.merge(&o.Before)
	t.After.merge(&o.After)
	for _, q := range o.Reasons {
		t.reason(*q)
	}
	return nil
}

func (l *Lengths) merge(o *Lengths) {
	l.Bytes.Merge(&o.Bytes)
	l.Words.Merge(&o.Words)
}

func (t *Tally) mergeStage(i int, o *StageCount) {
	s := &t.Stages[i]
	s.Entered += o.Entered
	s.Made.Add(o.Made)
	s.Quarantined.Add(o.Quarantined)
	s.Edited.Documents += o.Edited.Documents
	s.Edited.Before += o.Edited.Before
	s.Edited.After += o.Edited.After
	s.Measured += o.Measured
	for k := range o.Rules {
		a, b := &s.Rules[k], &o.Rules[k]
		a.Dropped.Add(b.Dropped)
		a.Outside += b.Outside
		a.Alone += b.Alone
		a.Together = sum(a.Together, b.Together)
		a.Values.Merge(&b.Values)
		a.Examples.merge(&b.Examples, t.layout[i].Rules[k])
	}
	for _, l := range o.Languages {
		j := t.judged(i, l.Language)
		j.Measured += l.Measured
		j.NA = sum(j.NA, l.NA)
	}
}

// MarshalJSON writes t for a marker. Examples are shortened, if need be, so that it stays small.
func (t *Tally) MarshalJSON() ([]byte, error) {
	t.trim()
	type plain Tally
	return json.Marshal((*plain)(t))
}

// Load reads a tally from the JSON of a marker.
func Load(layout []Stage, mask func(string) string, raw []byte) (*Tally, error) {
	var o Tally
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, fmt.Errorf("reading a tally: %w", err)
	}
	t := New(layout, mask)
	if err := t.fitting(&o); err != nil {
		return nil, fmt.Errorf("reading a tally: %w", err)
	}
	if err := t.Merge(&o); err != nil {
		return nil, fmt.Errorf("reading a tally: %w", err)
	}
	return t, nil
}

// fitting says whether the lists in o are as long as the layout wants them.
func (t *Tally) fitting(o *Tally) error {
	if err := t.same(o); err != nil {
		return err
	}
	for i := range o.Stages {
		n := len(t.layout[i].Rules)
		for _, r := range o.Stages[i].Rules {
			if r.Together != nil && len(r.Together) != n {
				return fmt.Errorf("stage %q: %d rules beside a rule, want %d", t.layout[i].Label, len(r.Together), n)
			}
		}
		for _, l := range o.Stages[i].Languages {
			if l.NA != nil && len(l.NA) != n {
				return fmt.Errorf("stage %q: %d rules for language %q, want %d", t.layout[i].Label, len(l.NA), l.Language, n)
			}
		}
	}
	for _, groups := range [][]*Group{o.Sources, o.Languages, o.Scripts, o.Licences} {
		for _, g := range groups {
			if g == nil || g.ByStage != nil && len(g.ByStage) != len(t.layout) {
				return fmt.Errorf("a group that does not count %d stages", len(t.layout))
			}
		}
	}
	for _, q := range o.Reasons {
		if q == nil {
			return fmt.Errorf("a reason for quarantine is null")
		}
	}
	return nil
}
