package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
)

// TestCode is tests that are code: they run in a process of their own.
type TestCode struct {
	Helpers string   // loaded first, without the program's functions
	Source  string   // loaded next
	Tests   []string // statements; each is one test, passed if it raises nothing
	Names   []string // functions of the program that the tests may call
	Skip    int      // leaves out the first tests
	Stop    bool     // ends at the first test that raises
	Limits  Limits
	Binary  []byte // of Go; Tests are their names then
}

// Judge runs tests that are code against a program. Each has a box: the tests call the program's functions through the supervisor,
// which hands arguments and results across as data. The program never sees the tests, and cannot write their records. An answer of tests
// is the record of one test.
func (s *Sandbox) Judge(ctx context.Context, p Program, t TestCode) (program, tests Outcome, err error) {
	for _, l := range []Limits{p.Limits, t.Limits} {
		if err := l.Validate(); err != nil {
			return program, tests, err
		}
	}
	ps := p.Limits.spec("answers", p.Source, nil)
	ts := t.Limits.spec("tests", t.Source, t.Tests)
	ts.Helpers, ts.Skip, ts.Stop = t.Helpers, t.Skip, t.Stop
	ts.Names = append(ts.Names, t.Names...)
	if p.Binary != nil {
		ps.become(p.Binary)
		ts.become(t.Binary)
	}
	for range attempts {
		d := dialogue{program: side{limits: p.Limits}, tests: side{limits: t.Limits}}
		d.program.reader.native, d.tests.reader.native = p.Binary != nil, p.Binary != nil
		d.tests.reader.calls, d.tests.reader.next, d.tests.reader.stop = len(t.Tests), t.Skip, t.Stop
		d.tests.reader.out.Answers = make([]Answer, len(t.Tests))
		if err := s.hold(ctx, &d, ps, ts); err != nil {
			return program, tests, err
		}
		program, tests = d.program.outcome(), d.tests.outcome()
		if d.program.broken == nil && d.tests.broken == nil {
			break
		}
	}
	return program, tests, nil
}

// hold holds a dialogue in two boxes.
func (s *Sandbox) hold(ctx context.Context, d *dialogue, ps, ts spec) error {
	b, err := s.programs.take(ctx)
	if err != nil {
		return err
	}
	c, err := s.tests.take(ctx)
	if err != nil {
		s.programs.put(b, true)
		return err
	}
	d.program.box, d.tests.box = b, c
	stop := context.AfterFunc(ctx, func() {
		b.kill()
		c.kill()
	})
	d.run(ps, ts)
	stop()
	s.programs.put(b, d.program.sound())
	s.tests.put(c, d.tests.sound())
	return ctx.Err()
}

// A dialogue is a program and its tests at work.
type dialogue struct {
	program, tests side
	asked          bool // the tests wait for the program
}

// A side is one of the two.
type side struct {
	box    *box
	limits Limits
	reader reader
	broken error
	ended  bool
}

// sound says whether the box may run another program.
func (d *side) sound() bool { return d.broken == nil && !d.reader.end.Spoiled }

func (d *side) outcome() Outcome {
	if d.broken != nil {
		return Outcome{End: HarnessError, Why: d.broken.Error(), Answers: d.reader.out.Answers}
	}
	return d.reader.finish(d.limits)
}

// An event is a frame of one side.
type event struct {
	from *side
	frame
}

func (d *dialogue) run(ps, ts spec) {
	d.program.reader.on = d.reply
	d.tests.reader.on = d.call
	events := make(chan event)
	done := make(chan struct{}, 2)
	sides := []struct {
		*side
		spec
	}{{&d.program, ps}, {&d.tests, ts}}
	for _, s := range sides { // both, before either speaks: a call of the tests must not come before the program it is for
		s.broken = s.box.hand(s.spec)
	}
	for _, s := range sides {
		go func() {
			s.pump(events)
			done <- struct{}{}
		}()
	}
	go func() {
		<-done
		<-done
		close(events)
	}()
	for e := range events {
		if e.err != nil {
			e.from.broken = fmt.Errorf("the box of a program is gone: %w", e.err)
		} else {
			if e.from.reader.frame(e.frame); e.from.reader.broke != "" && e.kind == frameAnswer {
				_ = e.from.box.send(frameKill, nil)
			}
		}
		if e.err != nil || e.kind == frameEnd {
			e.from.ended = true
			if e.err == nil {
				e.from.broken = e.from.reader.problem()
			}
			d.hangUp(e.from)
		}
	}
}

// pump passes the frames of one side on.
func (d *side) pump(events chan<- event) {
	if d.broken != nil {
		events <- event{d, frame{err: d.broken}}
		return
	}
	for f := range d.box.next(d.limits.Wall + grace) {
		events <- event{d, f}
	}
}

// hangUp tells one side that the other has ended.
func (d *dialogue) hangUp(gone *side) {
	other := &d.program
	if gone == other {
		other = &d.tests
	}
	if !other.ended {
		_ = other.box.send(frameNoInput, nil)
	}
}

// call takes a call of the tests to the program.
func (d *dialogue) call(line []json.RawMessage) bool {
	if len(line) != 2 || string(line[0]) != `"call"` || d.asked {
		return false
	}
	d.asked = true
	if !d.program.ended {
		_ = d.program.box.send(frameInput, append(append([]byte{}, line[1]...), '\n'))
	}
	return true
}

// reply takes what the program answered to the tests.
func (d *dialogue) reply(line []json.RawMessage) bool {
	kind := string(line[0])
	if kind != `"r"` && kind != `"e"` || !d.asked {
		return false
	}
	data, err := json.Marshal(line)
	if err != nil {
		return false
	}
	d.asked = false
	if !d.tests.ended {
		_ = d.tests.box.send(frameInput, append(data, '\n'))
	}
	return true
}
