package mixer

import "sort"

// maxFacts is how many groups the run's report names one by one.
const maxFacts = 200

// mixFacts are what the report shows of a mix: asked and achieved.
type mixFacts struct {
	Unit   unit   `json:"unit"`
	Budget uint64 `json:"budget"`
	Taken  uint64 `json:"taken"`
	By     string `json:"by"`

	Groups []groupFacts `json:"groups"`           // the largest first
	Others int          `json:"others,omitempty"` // groups that are not named
}

// groupFacts are those of one group. Amounts are in the unit of the budget.
type groupFacts struct {
	Group     string  `json:"group"`
	Asked     float64 `json:"asked"`     // share of the corpus, 0 to 1, by weight; without weights, of all that there was
	Achieved  float64 `json:"achieved"`  // share of the corpus
	Epochs    float64 `json:"epochs"`    // taken / available
	Available uint64  `json:"available"` // before the mix
	Taken     uint64  `json:"taken"`     // with repeats
	Unique    uint64  `json:"unique"`    // taken at least once
	Repeated  uint64  `json:"repeated"`  // taken again
	Documents int64   `json:"documents"` // with repeats
}

// add notes what a part's groups give.
func (f *mixFacts) add(l *ledger, p *part, s share) error {
	for _, name := range p.groups {
		g := l.groups[name]
		x := groupFacts{Group: name, Available: g.amount, Asked: p.weight}
		if len(p.groups) > 1 && p.pool.amount > 0 {
			x.Asked *= float64(g.amount) / float64(p.pool.amount)
		}
		x.Taken, x.Documents = s.Times*g.amount, int64(s.Times)*g.entries
		x.Unique = min(x.Taken, g.amount)
		if s.Draw != nil {
			n, amount, err := l.part(g, *s.Draw)
			if err != nil {
				return err
			}
			x.Taken, x.Documents = x.Taken+amount, x.Documents+n
			x.Unique = max(x.Unique, amount)
		}
		x.Repeated = x.Taken - x.Unique
		if g.amount > 0 {
			x.Epochs = float64(x.Taken) / float64(g.amount)
		}
		f.Taken += x.Taken
		f.Groups = append(f.Groups, x)
	}
	return nil
}

// finish adds the groups without weight, computes shares, and orders and cuts the list.
func (f *mixFacts) finish(l *ledger, parts []*part) {
	weighted := map[string]bool{}
	for _, p := range parts {
		for _, g := range p.groups {
			weighted[g] = true
		}
	}
	for _, name := range l.names {
		if !weighted[name] {
			f.Groups = append(f.Groups, groupFacts{Group: name, Available: l.groups[name].amount})
		}
	}
	for i := range f.Groups {
		if f.Taken > 0 {
			f.Groups[i].Achieved = float64(f.Groups[i].Taken) / float64(f.Taken)
		}
	}
	sort.SliceStable(f.Groups, func(i, j int) bool {
		a, b := &f.Groups[i], &f.Groups[j]
		switch {
		case a.Taken != b.Taken:
			return a.Taken > b.Taken
		case a.Available != b.Available:
			return a.Available > b.Available
		}
		return a.Group < b.Group
	})
	if n := len(f.Groups); n > maxFacts {
		f.Groups, f.Others = f.Groups[:maxFacts], n-maxFacts
	}
}
