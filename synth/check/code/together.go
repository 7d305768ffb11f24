package code

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// company is how many tame programs run in one process.
const company = 32

// driver runs programs one after another, each in a space of its own. C compiles, X runs, E evaluates a call of the tests.
const driver = `import builtins
SOURCES = [%s]
CALLS = [compile(c, "<call>", "eval", dont_inherit=True) for c in [%s]]
CODE = SPACE = None
def C(k):
    global CODE, SPACE
    CODE = SPACE = None
    CODE = compile(SOURCES[k], "<program>", "exec", dont_inherit=True)
def X():
    global SPACE
    space = {"__name__": "__main__", "__builtins__": dict(vars(builtins))}
    exec(CODE, space)
    SPACE = space
def E(j):
    return eval(CALLS[j], SPACE)
`

// JudgeAll judges programs as [Tests.JudgeEach] does, the same verdicts at a fraction of the time: programs that are tame ([isTame]) share processes. One that
// hangs, runs out of memory or of stack, or ends its process is judged in one of its own.
func (t *Tests) JudgeAll(ctx context.Context, s *sandbox.Sandbox, programs []string, l sandbox.Limits) ([]*Report, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	reports := make([]*Report, len(programs))
	var shared []int
	var work [][]int
	all, data := t.Count()
	for k, p := range programs {
		if all == data && t.setup == "" && isTame(p) {
			shared = append(shared, k)
		} else {
			work = append(work, []int{k})
		}
	}
	for len(shared) > 0 {
		n := min(company, len(shared))
		work, shared = append(work, shared[:n]), shared[n:]
	}
	next := make(chan []int)
	var wg sync.WaitGroup
	for range min(s.Workers(), len(work)) {
		wg.Go(func() {
			for ks := range next {
				if err := t.judgeSome(ctx, s, programs, ks, l, reports); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, ks := range work {
		if ctx.Err() != nil {
			break
		}
		next <- ks
	}
	close(next)
	wg.Wait()
	return reports, context.Cause(ctx)
}

func (t *Tests) judgeSome(ctx context.Context, s *sandbox.Sandbox, programs []string, ks []int, l sandbox.Limits, reports []*Report) (err error) {
	if len(ks) == 1 {
		reports[ks[0]], err = t.JudgeEach(ctx, s, programs[ks[0]], l)
		return err
	}
	var sources, calls []string
	for _, k := range ks {
		sources = append(sources, quote(programs[k]))
	}
	for _, c := range t.calls {
		calls = append(calls, quote(c))
	}
	p := sandbox.Program{Source: fmt.Sprintf(driver, strings.Join(sources, ","), strings.Join(calls, ",")), Limits: l}
	p.Limits.CPU *= time.Duration(len(ks))
	p.Limits.Wall *= time.Duration(len(ks))
	per, needs := 2+len(calls), t.needs()
	for i := range ks {
		at := len(p.Calls)
		p.Calls = append(p.Calls, fmt.Sprintf("C(%d)", i), "X()")
		p.Needs = append(p.Needs, -1, at)
		for j, need := range needs {
			if need += at + 2; need < at+2 {
				need = at + 1
			}
			p.Calls, p.Needs = append(p.Calls, fmt.Sprintf("E(%d)", j)), append(p.Needs, need)
		}
	}
	for i := 0; i < len(ks); {
		p.Skip = i * per
		o, err := s.Run(ctx, p)
		if err != nil {
			return err
		}
		for ; i < len(ks); i++ {
			r, ended, err := t.one(ctx, s, programs[ks[i]], o.Answers[i*per:(i+1)*per], o, l)
			if err != nil {
				return err
			}
			if reports[ks[i]] = r; ended {
				i++
				break
			}
		}
		reports[ks[i-1]].CPU += o.CPU
	}
	return nil
}

// one judges a program by its part of the answers of a company; ended says that the process went no further.
func (t *Tests) one(ctx context.Context, s *sandbox.Sandbox, program string, a []sandbox.Answer, o sandbox.Outcome, l sandbox.Limits) (r *Report, ended bool, err error) {
	r = &Report{Tests: make([]sandbox.Verdict, len(t.tests))}
	why := make([]string, len(t.tests))
	given := 0
	strange := false
	for given < len(a) && a[given].Given {
		strange = strange || a[given].Type == "MemoryError" || a[given].Type == "RecursionError"
		given++
	}
	ended = given < len(a)
	switch {
	case strange || ended && (given < 2 || o.End != sandbox.TimeoutCPU || a[0].Type != "" || a[1].Type != ""):
		r, err = t.JudgeEach(ctx, s, program, l)
		return r, ended, err
	case a[0].Type != "":
		t.hold(&dataRun{answers: make([]sandbox.Answer, len(a)-2)}, sandbox.Outcome{End: sandbox.Syntax, Why: a[0].Raised.String()}, r, why)
	case a[1].Type != "":
		t.hold(&dataRun{answers: make([]sandbox.Answer, len(a)-2)}, sandbox.Outcome{End: a[1].Verdict(), Why: a[1].Raised.String()}, r, why)
	case ended:
		d := &dataRun{program: sandbox.Program{Source: program, Calls: t.calls, Needs: t.needs(), Limits: l}, answers: a[2:]}
		if d.hang(given-2, o.Why) {
			err = t.finish(ctx, s, d, r, why)
			break
		}
		t.hold(d, o, r, why)
	default:
		t.hold(&dataRun{answers: a[2:]}, sandbox.Outcome{End: sandbox.Pass}, r, why)
	}
	r.conclude(why)
	return r, ended, err
}
