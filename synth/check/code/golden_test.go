package code

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// A job is one program to judge and what the golden run says of it.
type job struct {
	golden
	program string
	tests   *Tests
}

// judgeAll judges jobs with as many at a time as the sandbox runs, and reports each that disagrees.
func judgeAll(t *testing.T, jobs []job) (agreed int) {
	s := box(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	queue := make(chan job)
	for range 3 {
		wg.Go(func() {
			for j := range queue {
				l := sandbox.DefaultLimits
				if j.Verdict == "timeout" {
					l = l.WithCPU(time.Second)
				}
				r, err := j.tests.Judge(t.Context(), s, j.program, l)
				mu.Lock()
				switch {
				case err != nil:
					t.Errorf("%s: %v", j.ID, err)
				case !j.agrees(r):
					t.Errorf("%s: got %s (%s), want %s %s", j.ID, r.Verdict, r.Why, j.Verdict, j.Type)
				default:
					agreed++
				}
				mu.Unlock()
			}
		})
	}
	for _, j := range jobs {
		queue <- j
	}
	close(queue)
	wg.Wait()
	return agreed
}

func humanEvals(t testing.TB) ([]humanEval, map[string]humanEval) {
	all := rows[humanEval](t, shared(t, "data", "code", "HumanEval.jsonl.gz"))
	by := map[string]humanEval{}
	for _, p := range all {
		by[p.ID] = p
	}
	return all, by
}

func goldens(t testing.TB, file string) map[string]golden {
	by := map[string]golden{}
	for _, g := range rows[golden](t, shared(t, "golden", "code", file)) {
		by[g.ID] = g
	}
	return by
}

func (p humanEval) tests(t testing.TB) *Tests {
	tests, err := Parse(Source{Entry: p.Entry, Check: p.Test, Helpers: p.Prompt})
	if err != nil {
		t.Fatalf("%s: %v", p.ID, err)
	}
	return tests
}

// TestHumanEval: canonical solutions pass, bodies replaced by pass do not, and completions of a model get the recorded verdicts.
func TestHumanEval(t *testing.T) {
	all, by := humanEvals(t)
	want := goldens(t, "canonical-verdicts.jsonl")
	completions := goldens(t, "qwen2.5-coder-verdicts.jsonl")
	var jobs []job
	tests := map[string]*Tests{}
	data := 0
	for _, p := range all {
		tests[p.ID] = p.tests(t)
		if n, d := tests[p.ID].Count(); n == d {
			data++
		} else {
			t.Logf("%s is code", p.ID)
		}
		stub := want[p.ID+"/stub"]
		if p.ID == "HumanEval/148" { // the golden TypeError comes from the message of an assert that has failed
			stub.Verdict = "assertion"
		}
		jobs = append(jobs, job{want[p.ID+"/canonical"], p.Prompt + p.Canonical, tests[p.ID]}, job{stub, p.Prompt + "    pass\n", tests[p.ID]})
	}
	type row struct {
		ID         string `json:"task_id"`
		Completion string
	}
	for _, c := range rows[row](t, shared(t, "data", "code", "qwen2.5-coder-1.5b-base.humaneval.generated.jsonl")) {
		jobs = append(jobs, job{completions[c.ID], c.Completion, tests[by[c.ID].ID]})
	}
	t.Logf("%d of %d test sets are data; %d of %d verdicts agree", data, len(all), judgeAll(t, jobs), len(jobs))
}

// TestMutants: programs that someone broke get the recorded verdicts.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of programs")
	}
	_, by := humanEvals(t)
	tests := map[string]*Tests{}
	for id, p := range by {
		tests[id] = p.tests(t)
	}
	for _, p := range rows[mbpp](t, shared(t, "data", "code", "mbpp.jsonl")) {
		x, err := Parse(Source{Setup: p.Setup, Asserts: p.Tests})
		if err != nil {
			t.Fatal(err)
		}
		tests[fmt.Sprintf("mbpp/%d", p.ID)] = x
	}
	type row struct {
		golden
		Task, Program string
	}
	var jobs []job
	for _, m := range rows[row](t, shared(t, "golden", "code", "mutants.jsonl")) {
		if tests[m.Task] == nil {
			t.Fatalf("no task %s", m.Task)
		}
		jobs = append(jobs, job{m.golden, m.Program, tests[m.Task]})
	}
	t.Logf("%d of %d verdicts agree", judgeAll(t, jobs), len(jobs))
}

// TestMBPP: all 974 solutions pass.
func TestMBPP(t *testing.T) {
	if testing.Short() {
		t.Skip("974 programs")
	}
	want := goldens(t, "canonical-verdicts.jsonl")
	var jobs []job
	all, data := 0, 0
	for _, p := range rows[mbpp](t, shared(t, "data", "code", "mbpp.jsonl")) {
		tests, err := Parse(Source{Setup: p.Setup, Asserts: append(p.Tests, p.Challenge...)})
		if err != nil {
			t.Fatal(err)
		}
		n, d := tests.Count()
		all, data = all+n, data+d
		jobs = append(jobs, job{want[fmt.Sprintf("mbpp/%d/canonical", p.ID)], strings.ReplaceAll(p.Code, "\r\n", "\n"), tests})
	}
	t.Logf("%d of %d tests are data; %d of %d verdicts agree", data, all, judgeAll(t, jobs), len(jobs))
}
