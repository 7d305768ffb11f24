package models

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/pipelines/recipe"
)

// A LimitError says that a run has used up what its recipe allows. What it has paid for is in the record.
type LimitError struct {
	Limit string // calls, tokens or cost
	Used  string
	Most  string
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("limits: %s: %s of %s are used, and the next would be too much; every reply so far is in the record: raise the limit and give the same command again, and nothing is asked twice",
		e.Limit, e.Used, e.Most)
}

// Spent is what was paid for by requests that are in the record.
type Spent struct {
	Calls, Tokens int64
	Cost          float64
}

// A budget is what all models of a recipe may use together, sessions before this one included.
type budget struct {
	limits recipe.Limits

	mu     sync.Mutex
	spent  Spent
	held   Spent // by requests on their way, estimated
	asked  int64 // in this process
	failed int64 // the same
}

func newBudget(rec *recipe.Recipe) *budget { return &budget{limits: rec.Limits} }

// had adds what the record says was paid before.
func (b *budget) had(s Spent) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent.add(s)
}

func (s *Spent) add(o Spent) {
	s.Calls += o.Calls
	s.Tokens += o.Tokens
	s.Cost += o.Cost
}

// take reserves what a request will use, or says which limit it would pass.
func (b *budget) take(s Spent) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	used := b.spent
	used.add(b.held)
	after := used
	after.add(s)
	l := b.limits
	switch {
	case l.Calls > 0 && after.Calls > int64(l.Calls):
		return &LimitError{"calls", fmt.Sprint(used.Calls), fmt.Sprint(int64(l.Calls))}
	case l.Tokens > 0 && after.Tokens > int64(l.Tokens):
		return &LimitError{"tokens", fmt.Sprint(used.Tokens), fmt.Sprint(int64(l.Tokens))}
	case l.Cost > 0 && after.Cost > l.Cost:
		return &LimitError{"cost", fmt.Sprintf("%.2f", used.Cost), fmt.Sprintf("%.2f", l.Cost)}
	}
	b.held.add(s)
	return nil
}

// release gives back what was reserved for a request that got no reply.
func (b *budget) release(held Spent) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held.add(Spent{-held.Calls, -held.Tokens, -held.Cost})
}

// settle puts what a request has used in the place of what was reserved.
func (b *budget) settle(held, used Spent, failed bool) {
	b.release(held)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent.add(used)
	b.asked++
	if failed {
		b.failed++
	}
}

// failLeast is how many requests must have failed before a run is stopped for the share of those that did.
const failLeast = 50

// failing says that more requests fail than the recipe allows, so that a run does not pay for all of a corpus to learn it at the end.
func (b *budget) failing() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if most := float64(b.limits.ModelFailures); b.failed >= failLeast && float64(b.failed) > most*float64(b.asked) {
		return fmt.Errorf("%d of %d requests to models failed, more than limits: model_failures: %.3g%% allows",
			b.failed, b.asked, 100*most)
	}
	return nil
}

// metered counts what goes to a model, and asks only what the budget allows. Of a scored text it gives the sum of the log-probabilities alone: one number for
// each token would make the record larger than the corpus. Its name says so, since the record of one is no record of the other.
type metered struct {
	inference.Model
	price  recipe.Price
	budget *budget

	mu   sync.Mutex
	used Usage
}

// Name implements [inference.Model].
func (m *metered) Name() string { return m.Model.Name() + summedName }

// summedName ends the name of a model whose log-probabilities are summed.
const summedName = "/sums"

// Complete implements [inference.Model].
func (m *metered) Complete(ctx context.Context, rs []inference.Request) ([]inference.Reply, error) {
	replies := make([]inference.Reply, len(rs))
	if err := m.CompleteEach(ctx, rs, func(i int, r inference.Reply) { replies[i] = r }); err != nil {
		return nil, err
	}
	return replies, nil
}

// CompleteEach implements [inference.Each]. When a limit is met, what was allowed before is asked, and the limit is the error.
func (m *metered) CompleteEach(ctx context.Context, rs []inference.Request, done func(i int, r inference.Reply)) error {
	var held []Spent
	var limit error
	for i := range rs {
		s := m.estimate(&rs[i])
		if limit = m.budget.take(s); limit != nil {
			break
		}
		held = append(held, s)
	}
	answered := make([]bool, len(held))
	err := ask(ctx, m.Model, rs[:len(held)], func(i int, r inference.Reply) {
		answered[i] = true
		m.settle(held[i], &r)
		if rs[i].Task == inference.Score {
			sum(&r)
		}
		done(i, r)
	})
	for i := range held {
		if !answered[i] {
			m.budget.release(held[i])
		}
	}
	return errors.Join(err, limit)
}

// ask asks a model, one by one where it can.
func ask(ctx context.Context, m inference.Model, rs []inference.Request, done func(i int, r inference.Reply)) error {
	if len(rs) == 0 {
		return nil
	}
	if e, ok := m.(inference.Each); ok {
		return e.CompleteEach(ctx, rs, done)
	}
	replies, err := m.Complete(ctx, rs)
	if err == nil && len(replies) != len(rs) {
		return fmt.Errorf("it gave %d replies to %d requests", len(replies), len(rs))
	}
	for i, r := range replies {
		if err == nil || r.Err == nil { // beside an error, replies that did not come carry it
			done(i, r)
		}
	}
	return err
}

// estimate is about what a request will use, the prompt by its bytes.
func (m *metered) estimate(r *inference.Request) Spent {
	bytes := len(r.Prompt)
	for i := range r.Messages {
		bytes += len(r.Messages[i].Content)
	}
	in, out := int64(bytes/4+len(r.IDs)), int64(0)
	if r.Task == inference.Generate {
		out = int64(min(max(r.MaxTokens, 1), 256))
	}
	return Spent{1, in + out, cost(m.price, in, out)}
}

// settle books one reply.
func (m *metered) settle(held Spent, r *inference.Reply) {
	var used Spent
	if r.Err == nil {
		used = Spent{1, int64(r.In + r.Out), cost(m.price, int64(r.In), int64(r.Out))}
	}
	m.budget.settle(held, used, r.Err != nil)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used.Asked++
	if r.Err != nil {
		m.used.Failed++
	}
	m.used.In += int64(r.In)
	m.used.Out += int64(r.Out)
}

func (m *metered) usage() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used
}

// IsLimit returns the limit that a run has met, nil for another error.
func IsLimit(err error) *LimitError {
	var l *LimitError
	if errors.As(err, &l) {
		return l
	}
	return nil
}
