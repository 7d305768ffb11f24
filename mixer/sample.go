package mixer

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/winnow-data/winnow/stages"
)

// Sample keeps a random share of the documents, or so many of them. Which ones depends on a hash of the recipe's seed, this seed, id and
// content alone.
//
// A share without by is drawn document by document, as they stream past: each stays with this probability. All else is exact: rows keeps
// just so many documents, or all where there are fewer; with by, the rows or the share are those of each value of the field.
//
//	sample: {rows: 10k, by: language}
type Sample struct {
	Share stages.Share // of the documents, 0 to 1
	Rows  stages.Count // documents
	By    string       // draw from each value of this field on its own; "" from all documents as one
	Seed  int          // another number draws other documents; two samples in one recipe need two, or the second finds the first's

	seed uint64
}

var sampleDefaults = Sample{}

// Validate implements [stages.Validator].
func (s *Sample) Validate() error {
	switch {
	case (s.Share != 0) == (s.Rows != 0):
		return fmt.Errorf("give share, such as 1%%, or rows, such as 10k: one of the two")
	case s.Share != 0 && !(s.Share > 0 && s.Share <= 1):
		return fmt.Errorf("share is %v: allowed is more than 0, up to 1", float64(s.Share))
	case s.Rows < 0:
		return fmt.Errorf("rows is %d: must be positive", s.Rows)
	}
	return nil
}

// Provision implements [stages.Provisioner].
func (s *Sample) Provision(env *stages.Env) error {
	s.seed = env.Seed
	return nil
}

// Reads implements [stages.Reader].
func (s *Sample) Reads() []string { return fieldsOf(s.By) }

// Rules implements [stages.Ruler].
func (s *Sample) Rules() []stages.Rule {
	return []stages.Rule{{Name: "not_sampled", Keep: stages.Any, Unit: "share", Doc: "place of the document in the random order, 0 to 1; the sample ends before it"}}
}

// Phases implements [stages.Barrier].
func (s *Sample) Phases() []stages.Phase {
	key := keyer{seed: s.seed, salt: fmt.Sprintf("sample %d", s.Seed)}
	if s.Share > 0 && s.By == "" {
		return []stages.Phase{{Name: "cut", Pass: func(*stages.Task) (stages.Stage, error) { return coin{key, s.Share}, nil }}}
	}
	return []stages.Phase{
		{Name: "count", Looks: true, Pass: census{unit: rows, by: s.By, key: key}.pass},
		{Name: "quota", Work: s.quota},
		{Name: "cut", Pass: cut{by: s.By, key: key, rule: "not_sampled"}.pass},
	}
}

// quota decides which documents of each group stay.
func (s *Sample) quota(ctx context.Context, t *stages.Task) (err error) {
	l, err := openLedger(t)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	var p plan
	for _, name := range l.names {
		if err := ctx.Err(); err != nil {
			return err
		}
		g := l.groups[name]
		want := min(uint64(s.Rows), g.amount)
		if s.Share > 0 {
			want = uint64(math.Round(float64(s.Share) * float64(g.amount)))
		}
		x, err := l.plan(&part{groups: []string{name}, pool: g, want: want})
		if err != nil {
			return err
		}
		p.Parts = append(p.Parts, x)
	}
	return p.write(t)
}

// A coin keeps each document with a probability.
type coin struct {
	key   keyer
	share stages.Share
}

// Apply implements [stages.Stage].
func (c coin) Apply(ctx context.Context, b *stages.Batch) error {
	for i, d := range b.Live() {
		if at := place(c.key.of(d, "")); at > float64(c.share) {
			b.Drop(i, stages.Verdict{Rule: "not_sampled", Value: at})
		}
	}
	return ctx.Err()
}
