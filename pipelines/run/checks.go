package run

import (
	"fmt"

	"github.com/winnow-data/winnow/stages"
)

// checks is a checker at work for one goroutine, and what it has found.
type checks struct {
	checker                 stages.Checker
	label                   string
	passed, failed, unknown int64
}

// judge writes what the checker finds on every answer of a document, under the stage's label. What a stage before it found under the same label, in an
// earlier run, is replaced. An error is a fault of the record.
func (c *checks) judge(d *stages.Document) error {
	if f, ok := c.checker.(stages.Faulter); ok {
		if err := f.Fault(d); err != nil {
			return err
		}
	}
	for i := range d.Answers {
		found := c.one(d, &d.Answers[i])
		found.Name = c.label
		switch found.Result {
		case stages.Passed:
			c.passed++
		case stages.Failed:
			c.failed++
		default:
			c.unknown++
		}
		put(&d.Answers[i], found)
	}
	return nil
}

// one judges one answer. A panic says nothing about the answer.
func (c *checks) one(d *stages.Document, a *stages.Answer) (found stages.Check) {
	defer func() {
		if p := recover(); p != nil {
			found = stages.Check{Result: stages.Unknown, Why: fmt.Sprintf("panic: %v", p)}
		}
	}()
	return c.checker.Check(d, a)
}

// put adds a check to an answer, or replaces the one of its name. The list may be shared with another document: it is never changed in place.
func put(a *stages.Answer, c stages.Check) {
	for i := range a.Checks {
		if a.Checks[i].Name == c.Name {
			list := append([]stages.Check(nil), a.Checks...)
			list[i] = c
			a.Checks = list
			return
		}
	}
	a.Checks = append(a.Checks[:len(a.Checks):len(a.Checks)], c)
}

// counted returns the numbers for the report and begins anew.
func (c *checks) counted() map[string]int64 {
	n := map[string]int64{"passed": c.passed, "failed": c.failed, "unknown": c.unknown}
	c.passed, c.failed, c.unknown = 0, 0, 0
	return n
}
