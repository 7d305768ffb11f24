package synth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/synth/check/code"
	"github.com/winnow-data/winnow/synth/sandbox"
)

// CheckAgreement judges programs by tests that a model wrote, neither of which is known to be right: the solutions that pass the same tests
// form a group, and the group that most solutions and tests support is believed (CodeT, Chen et al. 2022).
//
//	check_agreement: {tests: sampled_tests}
//
// The field holds what a model wrote behind a prompt that ends in "assert ": a list of texts. The asserts that name the function and compile are tests, the first five of
// each text. A group scores the root of the number of its samples times the number of tests they pass, both counted as often as they were
// sampled. Answers of the best group pass, if it has at least `solutions` samples and `tests` tests, and if some of its tests fail on a function that does nothing.
// An answer fails that passes less than half of the best group's tests. All others are unknown, and all are where no group is good enough. The
// score is that of the answer's group, over the best.
type CheckAgreement struct {
	Language  string        `allowed:"python"` // of the programs
	Tests     string        // field that holds the sampled tests
	Entry     string        // field that names the function under test
	Solutions int           // fewest samples of the group that is believed
	Agreeing  int           // fewest different tests of the group that is believed
	CPU       time.Duration `yaml:"cpu"` // CPU time of one test
	Memory    stages.Bytes  // memory of one program
	Isolation string        `allowed:"any,namespaces,landlock,unsafe"` // what must hold programs; any: the strongest there is, unsafe: none, on your own risk

	label string
	box   *sandbox.Sandbox
}

var checkAgreementDefaults = CheckAgreement{
	Language: "python", Tests: "tests", Entry: "entry_point", Solutions: 2, Agreeing: 3, CPU: time.Second, Memory: 512 << 20, Isolation: "any",
}

// Placed implements [stages.Placed].
func (c *CheckAgreement) Placed(label, _ string) { c.label = label }

// Reads implements [stages.Reader].
func (c *CheckAgreement) Reads() []string { return []string{c.Tests, c.Entry} }

// Validate implements [stages.Validator].
func (c *CheckAgreement) Validate() error {
	if c.Solutions < 1 || c.Agreeing < 1 {
		return fmt.Errorf("solutions and agreeing must be at least 1, they are %d and %d", c.Solutions, c.Agreeing)
	}
	return c.limits().Validate()
}

// limits are those of a program with all tests of its problem.
func (c *CheckAgreement) limits() sandbox.Limits {
	l := limits(10*c.CPU, c.Memory)
	l.CallCPU = c.CPU
	return l
}

// Provision implements [stages.Provisioner].
func (c *CheckAgreement) Provision(env *stages.Env) (err error) {
	c.box, err = openSandbox(env, c.Isolation)
	return err
}

// Apply implements [stages.Stage].
func (c *CheckAgreement) Apply(ctx context.Context, b *stages.Batch) error {
	for i, d := range b.Live() {
		if d.Kind != "" || len(d.Answers) == 0 {
			continue
		}
		var samples []string
		entry, ok := d.Field(c.Entry)
		raw, found := d.Fields.Raw(c.Tests)
		if !ok || entry == "" {
			b.Fail(i, fmt.Errorf("field %q must name the function under test", c.Entry))
			continue
		}
		if !found || json.Unmarshal(raw, &samples) != nil {
			b.Fail(i, fmt.Errorf("field %q must hold the sampled tests, a list of texts", c.Tests))
			continue
		}
		m, err := c.run(ctx, d, samples, entry)
		if errors.Is(err, code.ErrTests) {
			b.Fail(i, err)
			continue
		}
		if err != nil {
			return fmt.Errorf("run the programs of answers: %w", err)
		}
		m.write(c, d.Answers)
		b.Count("tests", int64(len(m.votes)))
	}
	return nil
}

// A matrix is the solutions of one problem under all of its tests.
type matrix struct {
	of      []int // answer → solution
	samples []int // of each solution
	votes   []int // of each test
	rows    [][]sandbox.Verdict
	groups  []code.Group
	idle    []sandbox.Verdict // of a function that does nothing
}

func (c *CheckAgreement) run(ctx context.Context, d *stages.Document, sampled []string, entry string) (*matrix, error) {
	m := &matrix{}
	tests, votes, err := code.SampledTests(ctx, c.box, sampled, entry, c.limits())
	if err != nil {
		return nil, err
	}
	m.votes = votes
	var programs []string
	at := map[string]int{}
	for k := range d.Answers {
		p := code.Program(d.Body(), d.Answers[k].Text, entry)
		j, ok := at[p]
		if !ok {
			j = len(programs)
			at[p] = j
			programs, m.samples = append(programs, p), append(m.samples, 0)
		}
		m.samples[j]++
		m.of = append(m.of, j)
	}
	m.rows = make([][]sandbox.Verdict, len(programs)+1)
	if len(tests) == 0 {
		m.rows = m.rows[:len(programs)]
		return m, nil
	}
	t, err := code.Parse(code.Source{Entry: entry, Asserts: tests})
	if err != nil {
		return nil, err
	}
	programs = append(programs, "def "+entry+"(*args, **named):\n    return None\n")
	reports, err := t.JudgeAll(ctx, c.box, programs, c.limits())
	if err != nil {
		return nil, err
	}
	for k, r := range reports {
		m.rows[k] = r.Tests
	}
	m.idle, m.rows = m.rows[len(programs)-1], m.rows[:len(programs)-1]
	m.groups = code.Agree(m.rows, m.samples, m.votes)
	return m, nil
}

// write writes what was found on every answer.
func (m *matrix) write(c *CheckAgreement, answers []stages.Answer) {
	why := m.believed(c)
	group := map[int]int{}
	for g, x := range m.groups {
		for _, s := range x.Solutions {
			group[s] = g
		}
	}
	for k := range answers {
		found := stages.Check{Name: c.label, Why: why}
		g, in := group[m.of[k]]
		if in {
			found.Score = m.groups[g].Score / m.groups[0].Score
		}
		if why == "" {
			m.judge(&found, m.of[k], g, in)
		}
		write(&answers[k], found)
	}
}

// believed says why no group is believed; "" if the best is.
func (m *matrix) believed(c *CheckAgreement) string {
	if len(m.votes) == 0 {
		return "no test names the function and compiles"
	}
	if len(m.groups) == 0 {
		return "no solution passes a test"
	}
	best := m.groups[0]
	if best.Samples < c.Solutions || len(best.Tests) < c.Agreeing {
		return fmt.Sprintf("the best group has %d solutions and %d tests, needed are %d and %d", best.Samples, len(best.Tests), c.Solutions, c.Agreeing)
	}
	if len(m.groups) > 1 && math.Abs(m.groups[1].Score-best.Score) < 1e-9 {
		return "two groups are as good as each other"
	}
	for _, t := range best.Tests {
		if m.idle[t] != sandbox.Pass {
			return ""
		}
	}
	return "a function that does nothing passes the tests of the best group"
}

// judge judges a solution by the best group.
func (m *matrix) judge(found *stages.Check, solution, group int, in bool) {
	best := m.groups[0]
	passed := 0
	for _, t := range best.Tests {
		if m.rows[solution][t] == sandbox.Pass {
			passed++
		}
	}
	found.Why = fmt.Sprintf("passes %d of the %d tests on which %d answers agree", passed, len(best.Tests), best.Samples)
	switch {
	case in && group == 0:
		found.Result = stages.Passed
	case 2*passed < len(best.Tests):
		found.Result = stages.Failed
	}
}
