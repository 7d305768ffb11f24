package run

import (
	"context"
	"fmt"
)

// abreast lets a stage that asks a model act on several jobs at once, each lane with a component of its own. Jobs leave in the order in which they
// came.
func (p *pass) abreast(ctx context.Context, g guarded, first *step, in <-chan *job, out chan<- *job, waits bool) {
	free := make(chan *step, lanes)
	free <- first
	made := 1
	inOrder := make(chan *job, cap(out))
	g.Go(func() error {
		defer close(inOrder)
		for j := range in {
			if waits {
				select {
				case <-j.done:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			if len(free) == 0 && made < lanes {
				s, err := p.lane(first)
				if err != nil {
					return err
				}
				made++
				free <- s
			}
			var s *step
			select {
			case s = <-free:
			case <-ctx.Done():
				return ctx.Err()
			}
			j.done = make(chan struct{})
			inOrder <- j // never blocks: its capacity is the number of jobs in flight
			g.Go(func() error {
				err := p.batchStep(ctx, s, j)
				free <- s
				if err == nil {
					close(j.done)
				}
				return err
			})
		}
		return nil
	})
	g.Go(func() error {
		defer close(out)
		for j := range inOrder {
			select {
			case <-j.done:
			case <-ctx.Done():
				return ctx.Err()
			}
			out <- j
		}
		return nil
	})
}

// lane makes one more component of a batch step.
func (p *pass) lane(first *step) (*step, error) {
	s, _, err := p.run.newStep(first.stageNumber)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", first.label, err)
	}
	s.at, s.phase, s.stageNumber = first.at, first.phase, first.stageNumber
	return s, nil
}
