package code

import (
	"cmp"
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// company is how many programs share a process.
const company = 32

// JudgeAll judges programs as [Tests.JudgeEach] does, the same verdicts at a fraction of the time: programs that are tame ([isTame]) share processes, in which others are
// only compiled. One that takes long, runs out of memory or of stack, or ends its process is judged in one of its own.
func (t *Tests) JudgeAll(ctx context.Context, s *sandbox.Sandbox, programs []string, l sandbox.Limits) ([]*Report, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	reports := make([]*Report, len(programs))
	all, data := t.Count()
	n := company
	if all > data || t.setup != "" {
		n = 1
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(s.Workers(), len(programs)) {
		wg.Go(func() {
			for k := range next {
				to := min(k+n, len(programs))
				if err := t.judgeSome(ctx, s, programs[k:to], l, reports[k:to]); err != nil {
					cancel(err)
				}
			}
		})
	}
	for k := 0; k < len(programs) && ctx.Err() == nil; k += n {
		next <- k
	}
	close(next)
	wg.Wait()
	return reports, context.Cause(ctx)
}

// judgeSome judges programs in one process, and alone those that need it.
func (t *Tests) judgeSome(ctx context.Context, s *sandbox.Sandbox, programs []string, l sandbox.Limits, reports []*Report) (err error) {
	p := sandbox.Program{Guests: programs, Calls: t.calls, Needs: t.needs(), Limits: l}
	p.Limits.CallCPU = laterCPU(cmp.Or(l.CallCPU, l.CPU), 1)
	p.Limits.CPU *= time.Duration(len(programs))
	p.Limits.Wall *= time.Duration(len(programs))
	for _, x := range programs {
		p.Tame = append(p.Tame, isTame(x))
	}
	for len(programs) > 1 && p.Skip < len(programs) {
		o, err := s.Run(ctx, p)
		if err != nil {
			return err
		}
		for ; p.Skip < len(programs) && o.Answers[p.Skip].Given; p.Skip++ {
			reports[p.Skip] = t.guest(o.Answers[p.Skip].Value)
		}
		reports = account(reports, p.Skip, o.CPU)
		p.Skip++ // the one at which the process ended
	}
	for k := range programs {
		if reports[k] != nil && reports[k].Tests != nil {
			continue
		}
		r, err := t.JudgeEach(ctx, s, programs[k], l)
		if err != nil {
			return err
		}
		if reports[k] != nil {
			r.CPU += reports[k].CPU
		}
		reports[k] = r
	}
	return nil
}

// account adds the time of a process to the report of the last program in it.
func account(reports []*Report, k int, cpu time.Duration) []*Report {
	k = min(k, len(reports)-1)
	if reports[k] == nil {
		reports[k] = &Report{}
	}
	reports[k].CPU += cpu
	return reports
}

// guest judges a program by its answers in company; nil if it must be judged alone.
func (t *Tests) guest(value json.RawMessage) *Report {
	var said [][]json.RawMessage
	if err := json.Unmarshal(value, &said); err != nil || len(said) == 0 {
		return nil
	}
	r := &Report{Tests: make([]sandbox.Verdict, len(t.tests))}
	why := make([]string, len(t.tests))
	answers := make([]sandbox.Answer, len(t.calls))
	o := sandbox.Outcome{End: sandbox.Pass}
	for i, x := range said {
		var kind string
		if len(x) < 2 || json.Unmarshal(x[0], &kind) != nil {
			return nil
		}
		a := sandbox.Answer{Given: true}
		if kind == "v" {
			a.Value = x[1]
		} else {
			var ok bool
			if a.Raised, ok = sandbox.ReadRaised(x[1:]); !ok || a.Type == "MemoryError" || a.Type == "RecursionError" {
				return nil
			}
		}
		switch {
		case kind == "syntax":
			o.End, o.Why = sandbox.Syntax, a.Raised.String()
		case kind == "top":
			o.End, o.Why = a.Verdict(), a.Raised.String()
		case i >= len(answers):
			return nil
		default:
			answers[i] = a
		}
	}
	if o.End == sandbox.Pass && len(said) != len(answers) {
		return nil
	}
	t.hold(&dataRun{answers: answers}, o, r, why)
	r.conclude(why)
	return r
}
