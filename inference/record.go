package inference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"
)

// Each is what a Model may have besides: replies one by one, as they are ready, from one goroutine at a time. Those given out stay valid where the
// call ends with an error. [Record] uses it, so that a process killed in the middle of a batch has kept what was answered.
type Each interface {
	CompleteEach(ctx context.Context, rs []Request, done func(i int, r Reply)) error
}

// Record returns a model that looks into a store before it asks m, and whose new replies are durable in it before Complete returns them. Equal requests of
// a batch are asked once. Replies with an error are not kept. Closing it closes m, not the store.
func Record(m Model, s *Store) Model { return &recorded{Model: m, s: s} }

type recorded struct {
	Model
	s *Store
}

// So much waits, and so long, before it is written. A killed process loses what waits: of each call that is on its way at most flushBytes, none of it
// older than flushTime. A machine that loses power loses what came within flushTime.
const (
	flushBytes = 1 << 16
	flushTime  = 2 * time.Second
)

// Complete implements Model.
func (r *recorded) Complete(ctx context.Context, rs []Request) ([]Reply, error) {
	replies := make([]Reply, len(rs))
	if err := r.CompleteEach(ctx, rs, func(i int, p Reply) { replies[i] = p }); err != nil {
		return nil, err
	}
	return replies, nil
}

// CompleteEach implements Each. Replies from m are given out when all of them are durable.
func (r *recorded) CompleteEach(ctx context.Context, rs []Request, done func(i int, p Reply)) error {
	name := r.Name()
	var ask []Request
	var hashes []string
	at := map[string][]int{} // hash → who waits for it
	for i := range rs {
		h := rs[i].Hash()
		if at[h] == nil {
			p, ok, err := r.s.Find(name, h)
			if err != nil {
				return err
			}
			if ok {
				done(i, p)
				continue
			}
			ask, hashes = append(ask, rs[i]), append(hashes, h)
		}
		at[h] = append(at[h], i)
	}
	if len(ask) == 0 {
		return nil
	}
	w := &writer{s: r.s}
	got := make([]Reply, len(ask))
	err := each(ctx, r.Model, ask, func(i int, p Reply) {
		got[i] = p
		if p.Err == nil {
			w.add(lineOf(name, hashes[i], &ask[i], &p))
		}
	})
	if err := errors.Join(err, w.end()); err != nil {
		return err
	}
	for i, h := range hashes {
		for _, j := range at[h] {
			done(j, got[i])
		}
	}
	return nil
}

// each asks m one by one where it can; else replies come together, and those that stand beside an error count too.
func each(ctx context.Context, m Model, rs []Request, done func(i int, p Reply)) error {
	if e, ok := m.(Each); ok {
		return e.CompleteEach(ctx, rs, done)
	}
	replies, err := m.Complete(ctx, rs)
	if err == nil && len(replies) != len(rs) {
		return fmt.Errorf("model %s gave %d replies to %d requests", m.Name(), len(replies), len(rs))
	}
	for i, p := range replies {
		done(i, p)
	}
	return err
}

// A writer collects the lines of one call, and puts them on the disk while the call goes on.
type writer struct {
	s *Store

	mu    sync.Mutex
	lines []*line
	bytes int
	to    int64
	err   error
	timer *time.Timer // nil before the first line
	over  bool
}

func (w *writer) add(l *line) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, l)
	w.bytes += 200 + len(l.Text) + 8*len(l.IDs) + 20*len(l.LogProbs) + 12*len(l.Vector)
	if w.bytes >= flushBytes {
		w.flush()
	}
	if w.timer == nil {
		w.timer = time.AfterFunc(flushTime, w.tick)
	}
}

// flush hands what waits to the system: a killed process has kept it.
func (w *writer) flush() {
	if w.err == nil && len(w.lines) > 0 {
		w.to, w.err = w.s.append(w.lines)
	}
	w.lines, w.bytes = nil, 0
}

// sync writes what waits and waits for the disk: a machine without power has kept it.
func (w *writer) sync() {
	w.flush()
	if w.err == nil && w.to > 0 {
		w.err = w.s.sync(w.to)
	}
}

// tick makes durable what has come, however long the next reply takes.
func (w *writer) tick() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.sync()
		w.timer.Reset(flushTime)
	}
}

// end makes everything durable.
func (w *writer) end() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	if w.timer != nil {
		w.timer.Stop()
	}
	w.sync()
	return w.err
}

// logProbs may hold minus infinity, which JSON has no word for.
type logProbs []float64

func (l logProbs) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, x := range l {
		if i > 0 {
			out = append(out, ',')
		}
		if math.IsInf(x, -1) {
			out = append(out, "null"...)
			continue
		}
		raw, err := json.Marshal(x)
		if err != nil {
			return nil, err
		}
		out = append(out, raw...)
	}
	return append(out, ']'), nil
}

func (l *logProbs) UnmarshalJSON(raw []byte) error {
	var xs []*float64
	if err := json.Unmarshal(raw, &xs); err != nil {
		return err
	}
	*l = make(logProbs, len(xs))
	for i, x := range xs {
		(*l)[i] = math.Inf(-1)
		if x != nil {
			(*l)[i] = *x
		}
	}
	return nil
}
