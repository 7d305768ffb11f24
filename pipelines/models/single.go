package models

import (
	"context"
	"sync"

	"github.com/winnow-data/winnow/inference"
)

// single is a recorded model that is never asked the same question by two callers at once: the second waits, and finds the reply in the record.
type single struct {
	inference.Model
	mu     sync.Mutex
	abroad map[string]chan struct{} // questions that are on their way, by hash; closed when they are back
}

// Complete implements [inference.Model].
func (s *single) Complete(ctx context.Context, rs []inference.Request) ([]inference.Reply, error) {
	replies := make([]inference.Reply, len(rs))
	var own, others []int
	var wait []chan struct{}
	mine := map[string]chan struct{}{}
	s.mu.Lock()
	for i := range rs {
		h := rs[i].Hash()
		if c := s.abroad[h]; c != nil && mine[h] == nil {
			others, wait = append(others, i), append(wait, c)
			continue
		}
		if mine[h] == nil {
			c := make(chan struct{})
			mine[h], s.abroad[h] = c, c
		}
		own = append(own, i)
	}
	s.mu.Unlock()
	err := s.ask(ctx, rs, own, replies)
	s.mu.Lock()
	for h, c := range mine {
		delete(s.abroad, h)
		close(c)
	}
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	for _, c := range wait {
		select {
		case <-c:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return replies, s.ask(ctx, rs, others, replies)
}

// ask puts some of the questions to the model and the replies in their places.
func (s *single) ask(ctx context.Context, rs []inference.Request, which []int, replies []inference.Reply) error {
	if len(which) == 0 {
		return nil
	}
	some := make([]inference.Request, len(which))
	for k, i := range which {
		some[k] = rs[i]
	}
	got, err := s.Model.Complete(ctx, some)
	if err != nil {
		return err
	}
	for k, i := range which {
		replies[i] = got[k]
	}
	return nil
}
