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
	return fmt.Sprintf("limits: %s: %s of %s are used; every reply so far is in the record: raise the limit and give the same command again, and nothing is asked twice",
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
	after := b.spent
	after.add(b.held)
	after.add(s)
	l := b.limits
	switch {
	case l.Calls > 0 && after.Calls > int64(l.Calls):
		return &LimitError{"calls", fmt.Sprint(b.spent.Calls), fmt.Sprint(int64(l.Calls))}
	case l.Tokens > 0 && after.Tokens > int64(l.Tokens):
		return &LimitError{"tokens", fmt.Sprint(b.spent.Tokens), fmt.Sprint(int64(l.Tokens))}
	case l.Cost > 0 && after.Cost > l.Cost:
		return &LimitError{"cost", fmt.Sprintf("%.2f", b.spent.Cost), fmt.Sprintf("%.2f", l.Cost)}
	}
	b.held.add(s)
	return nil
}

// settle puts what a request has used in the place of what was reserved.
func (b *budget) settle(held, used Spent, failed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held.add(Spent{-held.Calls, -held.Tokens, -held.Cost})
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
		return fmt.Errorf("%d of %d requests to models failed, more than limits: model_failures: %.3g%% allows; _winnow/quarantine says why, once tasks are done",
			b.failed, b.asked, 100*most)
	}
	return nil
}

// metered counts what goes to a model, and asks only what the budget allows.
type metered struct {
	inference.Model
	price  recipe.Price
	budget *budget

	mu   sync.Mutex
	used Usage
}

// Complete implements [inference.Model]. When a limit is met, what was allowed before is asked, and its replies come back beside the error, for the record.
func (m *metered) Complete(ctx context.Context, rs []inference.Request) ([]inference.Reply, error) {
	var held []Spent
	var limit error
	for i := range rs {
		s := m.estimate(&rs[i])
		if limit = m.budget.take(s); limit != nil {
			break
		}
		held = append(held, s)
	}
	var replies []inference.Reply
	var err error
	if len(held) > 0 {
		replies, err = m.Model.Complete(ctx, rs[:len(held)])
	}
	for i := range held {
		var r inference.Reply
		if i < len(replies) {
			r = replies[i]
		}
		m.settle(held[i], &r, i < len(replies) && r.Err == nil, err != nil)
	}
	if limit != nil && err == nil {
		all := make([]inference.Reply, len(rs))
		copy(all, replies)
		for i := len(held); i < len(rs); i++ {
			all[i].Err = limit
		}
		return all, limit
	}
	return replies, err
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

// settle books one request. One that failed with the whole batch was the world's fault and no failure of the model.
func (m *metered) settle(held Spent, r *inference.Reply, answered, broken bool) {
	used := Spent{}
	if answered {
		used = Spent{1, int64(r.In + r.Out), cost(m.price, int64(r.In), int64(r.Out))}
	}
	failed := !answered && !broken
	m.budget.settle(held, used, failed)
	m.mu.Lock()
	defer m.mu.Unlock()
	if failed {
		m.used.Failed++
	}
	if answered || failed {
		m.used.Asked++
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
