package mixer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// A part is one or several groups that share a weight and are drawn from as one, and how much of them the corpus takes.
type part struct {
	name   string // of the group; "*" for several
	groups []string
	pool   *group
	weight float64 // of 1
	want   uint64  // in the unit of the budget
	whole  bool    // all of it stays once, documents that hold nothing included
}

// quota decides how much of each group stays.
func (m *Mix) quota(ctx context.Context, t *stages.Task) (err error) {
	l, err := openLedger(t)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	parts, err := m.parts(l)
	if err != nil {
		return err
	}
	budget, err := m.share(parts)
	if err != nil {
		return err
	}
	facts := mixFacts{Unit: m.unit(), Budget: budget, By: m.By}
	var p plan
	for _, part := range parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		g, err := l.plan(part)
		if err != nil {
			return err
		}
		p.Parts = append(p.Parts, g)
		if err := facts.add(l, part, g); err != nil {
			return err
		}
	}
	facts.finish(l, parts)
	t.Fact("mix", facts)
	return p.write(t)
}

// parts pairs groups and weights.
func (m *Mix) parts(l *ledger) ([]*part, error) {
	if len(m.Weights) == 0 {
		return []*part{{name: rest, groups: l.names, pool: l.union(l.names), weight: 1}}, nil
	}
	sum := 0.0
	for _, w := range sortedKeys(m.Weights) {
		sum += m.Weights[w]
	}
	var parts []*part
	var missing []string
	for _, name := range sortedKeys(m.Weights) {
		w := m.Weights[name] / sum
		var names []string
		if name == rest {
			for _, n := range l.names {
				if _, ok := m.Weights[n]; !ok {
					names = append(names, n)
				}
			}
		} else if l.groups[name] != nil {
			names = []string{name}
		}
		if len(names) == 0 {
			missing = append(missing, name)
			continue
		}
		if w > 0 {
			parts = append(parts, &part{name: name, groups: names, pool: l.union(names), weight: w})
		}
	}
	if len(missing) > 0 {
		return nil, stages.Final(fmt.Errorf("weights: no document has the %s %s; found: %s", m.By, quoted(missing), quoted(l.names)))
	}
	return parts, nil
}

// share sets what each part wants and returns the budget.
func (m *Mix) share(parts []*part) (budget uint64, err error) {
	switch budget = m.budget(); {
	case budget > 0:
	case len(m.Weights) == 0:
		parts[0].want, parts[0].whole = parts[0].pool.amount, true
		return parts[0].want, nil
	default:
		budget = most(parts, m.MaxEpochs)
	}
	apportion(parts, budget)
	var short []*part
	for _, p := range parts {
		if p.want > p.cap(m.MaxEpochs) {
			short = append(short, p)
		}
	}
	if len(short) > 0 && m.budget() > 0 && m.Short != "allow" {
		return 0, m.tooShort(parts, short)
	}
	for _, p := range short {
		p.want = p.cap(m.MaxEpochs)
	}
	return budget, nil
}

// cap returns the most that a part can give. A hair is added so that 100 documents at 0.29 epochs are 29, not 28.
func (p *part) cap(epochs float64) uint64 {
	x := float64(p.pool.amount) * epochs
	return uint64(x + x*1e-12 + 1e-6)
}

// most returns the largest budget of which every part can give its share.
func most(parts []*part, epochs float64) uint64 {
	least := math.Inf(1)
	for _, p := range parts {
		least = math.Min(least, float64(p.cap(epochs))/p.weight)
	}
	return uint64(least)
}

// apportion divides a budget by the weights so that the parts sum to it: whole units by weight, what is left to the largest
// remainders (Hamilton's method), ties by name.
func apportion(parts []*part, budget uint64) {
	order := slices.Clone(parts)
	fraction := make(map[*part]float64, len(parts))
	left := budget
	for _, p := range parts {
		exact := float64(budget) * p.weight
		p.want = min(uint64(exact), left)
		fraction[p] = exact - math.Floor(exact)
		left -= p.want
	}
	sort.SliceStable(order, func(i, j int) bool { return fraction[order[i]] > fraction[order[j]] })
	for i := 0; left > 0 && len(order) > 0; i++ {
		order[i%len(order)].want++
		left--
	}
}

// tooShort says which groups cannot give their share, by how much, and what would do.
func (m *Mix) tooShort(parts, short []*part) error {
	u := m.unit()
	var b strings.Builder
	epochs := 0.0
	for i, p := range short {
		epochs = math.Max(epochs, math.Ceil(100*float64(p.want)/float64(p.pool.amount))/100)
		if i >= 10 {
			continue
		}
		fmt.Fprintf(&b, "\n  %s %q is short by %s %s: its share is %s, it holds %s, and %v epochs of that are %s",
			m.By, p.name, grouped(p.want-p.cap(m.MaxEpochs)), u, grouped(p.want), grouped(p.pool.amount), m.MaxEpochs, grouped(p.cap(m.MaxEpochs)))
	}
	if len(short) > 10 {
		fmt.Fprintf(&b, "\n  and %d more are short", len(short)-10)
	}
	raise := ""
	if epochs <= maxEpochs {
		raise = fmt.Sprintf("max_epochs: %v, or ", epochs)
	}
	return stages.Final(fmt.Errorf("a budget of %s %s cannot be met:%s\n  what would do: %s%s: %d, or short: allow to take what is there",
		grouped(m.budget()), u, b.String(), raise, u, most(parts, m.MaxEpochs)))
}

// grouped spells n with commas.
func grouped(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plan says which documents of a part stay, how often.
func (l *ledger) plan(p *part) (share, error) {
	s := share{Groups: p.groups}
	switch {
	case p.whole:
		s.Times = 1
		return s, nil
	case p.pool.amount == 0:
		return s, nil
	}
	s.Times = p.want / p.pool.amount
	d, err := l.draw(p.pool, p.want%p.pool.amount)
	if err != nil {
		return s, err
	}
	if !d.none() {
		s.Draw = &d
	}
	return s, nil
}

// A plan is the file of that name, which the quota leaves for the pass that cuts.
type plan struct {
	Parts []share `json:"parts"`
}

// A share says how often the documents of some groups stay: Times, and those drawn once more.
type share struct {
	Groups []string `json:"groups"`
	Times  uint64   `json:"times"`
	Draw   *draw    `json:"draw,omitempty"`
}

func (p plan) write(t *stages.Task) error {
	w := t.Create("plan")
	err := json.NewEncoder(w).Encode(p)
	return errors.Join(err, w.Close())
}

func readPlan(t *stages.Task) (p plan, err error) {
	raw, err := readAll(t, "quota", 0, "plan")
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err != nil {
		return p, fmt.Errorf("reading the quota: %w", err)
	}
	return p, nil
}
