package synth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/synth/check/code"
	"github.com/winnow-data/winnow/synth/sandbox"
)

// CheckCode runs each answer as a program, in a sandbox, under the tests that its prompt carries.
//
//	check_code: {cpu: 2s}
//	check_code: {language: go, tests: test}
//
// Tests are a list of asserts (`assert f(1) == 2`), each a test, or code that defines check(candidate). Where a test only compares calls with literals the program
// sees the calls alone and what they give is compared outside of its process; other tests run in a second process. A program cannot read what is
// expected, replace the comparison or claim success: it can only return values.
//
// The program is the answer's fenced code block, of several the first that defines the function, or its text without the prose around it. One that does not
// define the function goes on where a prompt that is code ends. What stands under `if __name__ == "__main__":` does not run where tests call functions. An answer passes when all tests pass, twice; the score is the share of tests that passed. What the program does wrong is failed: a wrong value, an exception, code that does not
// compile, CPU time, memory, output, files, processes beyond the limits. Unknown is what another run might decide otherwise: two runs that
// disagree, waiting for something that does not come, a fault of the sandbox. A prompt whose tests are missing, do not
// compile or can fail no program (`assert True`, no call of the function) is quarantined.
//
// Tests of Go are test functions (`func TestX(t *testing.T)`, as MultiPL-E has them), compiled without the program, whose functions they call from another process; or a list of objects
// with `input` and `output`, for programs that read and print. Programs are compiled in a sandbox of their own, with the standard library alone; an answer that does not compile
// fails. A function whose type is neither Go's own nor the prompt's cannot be called from another process: unknown. The Go toolchain is the one of this machine; the sandbox needs Python, too.
//
// A run refuses to start where programs cannot be isolated; `winnow sandbox test` shows what this machine offers.
type CheckCode struct {
	Language  string        `allowed:"python,go"` // of the programs
	Tests     string        // field that holds the tests; empty: test, test_list or tests, the first that is there
	Setup     string        // field with code that runs behind the program: what the calls of tests refer to
	Entry     string        // field that names the function under test
	CPU       time.Duration `yaml:"cpu"` // CPU time of one program
	Memory    stages.Bytes  // memory of one program
	Isolation string        `allowed:"any,namespaces,landlock,unsafe"` // what must hold programs; any: the strongest there is, unsafe: none, on your own risk

	label     string
	box       *sandbox.Sandbox
	toolchain *sandbox.Go
}

// A suite is the tests of one prompt.
type suite interface {
	JudgeTwice(ctx context.Context, program string) (*code.Report, error)
	Program(d *stages.Document, answer, entry string) string
}

var checkCodeDefaults = CheckCode{
	Language: "python", Setup: "test_setup_code", Entry: "entry_point", CPU: time.Second, Memory: 512 << 20, Isolation: "any",
}

// testFields are where tests are looked for when no setting names their field.
var testFields = []string{"test", "test_list", "tests"}

// Placed implements [stages.Placed].
func (c *CheckCode) Placed(label, _ string) { c.label = label }

// Reads implements [stages.Reader].
func (c *CheckCode) Reads() []string {
	if c.Tests == "" {
		return nil
	}
	return []string{c.Tests}
}

// Validate implements [stages.Validator].
func (c *CheckCode) Validate() error { return limits(c.CPU, c.Memory).Validate() }

// limits are those of one program.
func limits(cpu time.Duration, memory stages.Bytes) sandbox.Limits {
	l := sandbox.DefaultLimits.WithCPU(cpu)
	l.Memory = int64(memory)
	return l
}

// Provision implements [stages.Provisioner].
func (c *CheckCode) Provision(env *stages.Env) (err error) {
	if c.box, err = openSandbox(env, c.Isolation); err != nil || c.Language != "go" {
		return err
	}
	c.toolchain, err = openGo(env, c.Isolation, c.box)
	return err
}

// openSandbox opens the sandbox that all stages of a run share.
func openSandbox(env *stages.Env, isolation string) (*sandbox.Sandbox, error) {
	name := "sandbox " + isolation
	env.Provide(name, func() (any, error) {
		var o sandbox.Options
		if isolation != "any" {
			l, err := sandbox.ParseLevel(isolation)
			if err != nil {
				return nil, err
			}
			o.Only = &l
		}
		return sandbox.Open(o)
	})
	return stages.Resource[*sandbox.Sandbox](env, name)
}

// Apply implements [stages.Stage].
func (c *CheckCode) Apply(ctx context.Context, b *stages.Batch) error {
	var work []*judged
	for i, d := range b.Live() {
		if d.Kind != "" || len(d.Answers) == 0 {
			continue
		}
		entry, _ := d.Field(c.Entry)
		tests, err := c.tests(d, entry)
		if err != nil {
			b.Fail(i, fmt.Errorf("the tests cannot be read: %w", err))
			continue
		}
		seen := map[string]*judged{}
		for k := range d.Answers {
			program := tests.Program(d, d.Answers[k].Text, entry)
			j, ok := seen[program]
			if !ok {
				j = &judged{doc: i, program: program, tests: tests}
				seen[program] = j
				work = append(work, j)
			}
			j.answers = append(j.answers, &d.Answers[k])
		}
	}
	err := inParallel(ctx, c.box.Workers(), len(work), func(ctx context.Context, k int) (err error) {
		work[k].report, work[k].err = work[k].tests.JudgeTwice(ctx, work[k].program)
		if err := work[k].err; err != nil && !errors.Is(err, code.ErrTests) {
			return err
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("run the programs of answers: %w", err)
	}
	for _, j := range work {
		if j.err != nil {
			if b.Alive(j.doc) {
				b.Fail(j.doc, j.err)
			}
			continue
		}
		for _, a := range j.answers {
			found := j.check(c.label)
			if c.Language == "python" && j.report.Verdict == sandbox.Syntax && code.IsMixed(a.Text) {
				found.Result, found.Why = stages.Unknown, "the program cannot be told from the sentences around it: "+found.Why
			}
			b.Count(map[stages.Result]string{stages.Passed: "passed", stages.Failed: "failed", stages.Unknown: "unknown"}[found.Result], 1)
			write(a, found)
		}
	}
	return nil
}

// judged is one program and the answers that say it.
type judged struct {
	doc     int
	program string
	tests   suite
	answers []*stages.Answer
	report  *code.Report
	err     error
}

// check is what the report means for an answer.
func (j *judged) check(label string) stages.Check {
	r := j.report
	found := stages.Check{Name: label, Score: float64(r.Passed()) / float64(len(r.Tests))}
	switch {
	case r.Verdict == sandbox.Pass:
		found.Result, found.Why = stages.Passed, fmt.Sprintf("%d tests", len(r.Tests))
	case r.Verdict.Failed():
		found.Result, found.Why = stages.Failed, string(r.Verdict)+": "+r.Why
	default:
		found.Why = string(r.Verdict) + ": " + r.Why
	}
	return found
}

// tests reads the tests of a prompt.
func (c *CheckCode) tests(d *stages.Document, entry string) (suite, error) {
	names := testFields
	if c.Tests != "" {
		names = []string{c.Tests}
	}
	read := c.python
	if c.Language == "go" {
		read = c.golang
	}
	for _, name := range names {
		raw, ok := d.Fields.Raw(name)
		if !ok || string(raw) == "null" {
			continue
		}
		t, err := read(d, entry, raw)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", name, err)
		}
		return t, nil
	}
	return nil, fmt.Errorf("there is no field %q", names[0])
}

// inParallel calls f for 0 … n-1, workers at a time, and stops at the first error.
func inParallel(ctx context.Context, workers, n int, f func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(workers, n) {
		wg.Go(func() {
			for k := range next {
				if err := f(ctx, k); err != nil {
					cancel(err)
				}
			}
		})
	}
	for k := range n {
		if ctx.Err() != nil {
			break
		}
		next <- k
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}
