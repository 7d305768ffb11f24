package synth

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/dialogue"
	"github.com/winnow-data/winnow/synth/sandbox"
)

// provision readies a stage that needs a sandbox, and skips the test where there is none.
func provision(t *testing.T, s stages.Provisioner, env *stages.Env) {
	t.Helper()
	if err := s.Provision(env); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

// coding makes a prompt with fields and answers.
func coding(prompt string, fields map[string]any, answers ...string) stages.Document {
	d := stages.Document{ID: "q", Turns: []stages.Turn{{Role: dialogue.User, Content: prompt}}}
	for _, name := range []string{"entry_point", "test", "test_list", "test_setup_code", "tests"} {
		if v, ok := fields[name]; ok {
			raw, err := json.Marshal(v)
			if err != nil {
				panic(err)
			}
			d.Fields.SetRaw(name, raw)
		}
	}
	for _, a := range answers {
		d.Answers = append(d.Answers, stages.Answer{Text: a, By: "test"})
	}
	return d
}

const plusOne = "Write f(x) that adds one."

func TestCheckCode(t *testing.T) {
	c := checkCodeDefaults
	c.Placed("check_code", "")
	c.CPU = 300 * time.Millisecond
	provision(t, &c, &stages.Env{})
	list := map[string]any{"test_list": []string{"assert f(1) == 2", "assert f(-1) == 0", "assert f(10) == 11, 'ten'"}}
	check := map[string]any{"entry_point": "f", "test": "def check(candidate):\n    assert candidate(1) == 2\n    for i in range(5):\n        assert candidate(i) == i + 1\n"}
	for _, x := range []struct {
		name   string
		fields map[string]any
		prompt string
		answer string
		result stages.Result
		score  float64
		why    string
	}{
		{"right", list, plusOne, "def f(x): return x + 1", stages.Passed, 1, "3 tests"},
		{"right, in a fence", list, plusOne, "Sure:\n```python\ndef f(x):\n    return x + 1\n```\nDone.", stages.Passed, 1, "3 tests"},
		{"two fences, with the function in the second", check, plusOne, "```python\nimport os\n```\nand\n```\ndef f(x):\n    return x + 1\n```", stages.Passed, 1, "1 tests"},
		{"wrong", list, plusOne, "def f(x): return 2", stages.Failed, 1. / 3, "wrong: test 2 of 3"},
		{"raises", list, plusOne, "def f(x): return x + ''", stages.Failed, 0, "exception: test 1 of 3: TypeError"},
		{"does not compile", list, plusOne, "def f(x) return 1", stages.Failed, 0, "syntax: test 1 of 3: SyntaxError"},
		{"is no code", list, plusOne, "I cannot do that.", stages.Failed, 0, "syntax"},
		{"hangs", list, plusOne, "def f(x):\n    while x == 10: pass\n    return x + 1", stages.Failed, 2. / 3, "timeout_cpu: test 3 of 3"},
		{"leaves", list, plusOne, "import os\ndef f(x): os._exit(0)", stages.Failed, 0, "protocol"},
		{"equal to all", list, plusOne, "class E:\n    def __eq__(s, o): return True\ndef f(x): return E()", stages.Failed, 0, "wrong"},
		{"tests that are code", check, plusOne, "def f(x): return x + 1", stages.Passed, 1, "1 tests"},
		{"tests that are code, wrong", check, plusOne, "def f(x): return 2", stages.Failed, 0, "wrong: test 1 of 1: AssertionError"},
		{"tests that are code, leaves", check, plusOne, "import os\ndef f(x): os._exit(0)", stages.Failed, 0, "protocol"},
		{"tests that are code, claims", check, plusOne, "import os\nos.write(3, b'[\"done\"]\\n')\ndef f(x): return x + 1", stages.Failed, 0, "protocol"},
		{"a completion of the prompt", check, "def f(x):\n    \"\"\"Adds one.\"\"\"\n", "    return x + 1\n\n\n# and a test\nprint(f(2)", stages.Passed, 1, "1 tests"},
		{"a completion that defines the function again", check, "def f(x):\n    \"\"\"Adds one.\"\"\"\n", "    return x + 1\ndef f(x):\n    return 0\n", stages.Passed, 1, "1 tests"},
		{"homoglyph", list, plusOne, "def ƒ(x): return x + 1", stages.Failed, 0, "exception: test 1 of 3: NameError"},
	} {
		_, _, fault, b := apply(t, &c, coding(x.prompt, x.fields, x.answer))
		if fault != nil {
			t.Errorf("%s: %v", x.name, fault)
			continue
		}
		got := b.Docs[0].Answers[0].Checks[0]
		if got.Result != x.result || got.Score != x.score || !strings.Contains(got.Why, x.why) || got.Name != "check_code" {
			t.Errorf("%s: got %+v, want %v, score %v, %q", x.name, got, x.result, x.score, x.why)
		}
	}
}

// TestCheckCodeFlaky: what passes once and not again is unknown.
func TestCheckCodeFlaky(t *testing.T) {
	c := checkCodeDefaults
	c.Placed("check_code", "")
	provision(t, &c, &stages.Env{})
	d := coding(plusOne, map[string]any{"test_list": []string{"assert f(1) == 2"}})
	for range 64 { // one in four passes once and fails then
		d.Answers = append(d.Answers, stages.Answer{Text: "import os\nB = os.urandom(1)[0] % 2\ndef f(x): return 2 + B\n#" + strings.Repeat("x", len(d.Answers))})
	}
	_, _, fault, b := apply(t, &c, d)
	if fault != nil {
		t.Fatal(fault)
	}
	n := map[stages.Result]int{}
	for _, a := range b.Docs[0].Answers {
		n[a.Checks[0].Result]++
		if a.Checks[0].Result == stages.Unknown && !strings.Contains(a.Checks[0].Why, "flaky") {
			t.Errorf("unknown: %s", a.Checks[0].Why)
		}
	}
	if n[stages.Unknown] == 0 || n[stages.Failed] == 0 || n[stages.Passed] == 0 {
		t.Errorf("of 64 coins: %v", n)
	}
}

// TestCheckCodeBadTests: a prompt whose tests cannot judge anything is quarantined, and says why.
func TestCheckCodeBadTests(t *testing.T) {
	c := checkCodeDefaults
	c.Placed("check_code", "")
	provision(t, &c, &stages.Env{})
	for _, x := range []struct {
		name   string
		fields map[string]any
		why    string
	}{
		{"none", nil, `there is no field "test"`},
		{"empty list", map[string]any{"test_list": []string{}}, "there are no tests"},
		{"a number", map[string]any{"test_list": 7}, "neither text nor a list"},
		{"does not compile", map[string]any{"test_list": []string{"assert f(1) =="}}, "the tests are broken"},
		{"does not load", map[string]any{"entry_point": "f", "test": "import nowhere\ndef check(candidate):\n    assert candidate(1)"}, "ModuleNotFoundError"},
		{"no name", map[string]any{"test": "def check(candidate):\n    assert candidate(1)"}, "entry_point"},
	} {
		_, _, fault, _ := apply(t, &c, coding(plusOne, x.fields, "def f(x): return x + 1"))
		if fault == nil || !strings.Contains(fault.Error(), x.why) {
			t.Errorf("%s: got %v, want %q", x.name, fault, x.why)
		}
	}
}

func TestCheckAgreement(t *testing.T) {
	c := checkAgreementDefaults
	c.Placed("check_agreement", "")
	provision(t, &c, &stages.Env{})
	prompt := "def f(x):\n    \"\"\"Adds one.\"\"\"\n"
	tests := []string{"f(1) == 2\nassert f(2) == 3\nassert f(3) == 5", "f(0) == 1\nassert f(1) == 2\nassert f(", "g(1) == 2"}
	answers := []string{"    return x + 1\n", "    return 1 + x\n", "    return 2\n", "    return None\n", "    retrun x\n", "    return 1 + x\n", "    return x + (x == 3) + 1 - (x == 2)\n"}
	_, _, fault, b := apply(t, &c, coding(prompt, map[string]any{"entry_point": "f", "tests": tests}, answers...))
	if fault != nil {
		t.Fatal(fault)
	}
	want := []stages.Result{stages.Passed, stages.Passed, stages.Failed, stages.Failed, stages.Failed, stages.Passed, stages.Unknown}
	for k, a := range b.Docs[0].Answers {
		if got := a.Checks[0]; got.Result != want[k] {
			t.Errorf("answer %d: got %+v, want %v", k, got, want[k])
		}
	}
	if s := b.Docs[0].Answers[0].Checks[0].Score; s != 1 {
		t.Errorf("the best group scores %v", s)
	}
	for _, x := range []struct {
		name    string
		tests   any
		answers []string
		fault   string
		why     string
	}{
		{"no tests", []string{}, answers, "", "no test names the function"},
		{"tests are no list", "f(1) == 2", answers, "a list of texts", ""},
		{"nobody passes", tests, answers[3:5], "", "no solution passes"},
		{"one alone", tests, answers[:1], "", "needed are 2 and 3"},
		{"tests that prove nothing", []string{" f(1) != 5\nassert f(2) != 5\nassert f(3) != 5"}, answers[:2], "", "does nothing"},
	} {
		_, _, fault, b := apply(t, &c, coding(prompt, map[string]any{"entry_point": "f", "tests": x.tests}, x.answers...))
		if (fault != nil) != (x.fault != "") || fault != nil && !strings.Contains(fault.Error(), x.fault) {
			t.Errorf("%s: fault %v, want %q", x.name, fault, x.fault)
			continue
		}
		if fault != nil {
			continue
		}
		for _, a := range b.Docs[0].Answers {
			if got := a.Checks[0]; got.Result != stages.Unknown || !strings.Contains(got.Why, x.why) {
				t.Errorf("%s: got %+v, want unknown, %q", x.name, got, x.why)
			}
		}
	}
}

// TestCodeStagesNeedSandbox: without an isolation the run does not start.
func TestCodeStagesNeedSandbox(t *testing.T) {
	var e stages.Env
	e.Provide("sandbox any", func() (any, error) { return (*sandbox.Sandbox)(nil), sandbox.ErrNone })
	c := checkCodeDefaults
	if err := c.Provision(&e); err == nil {
		t.Error("a run starts without a sandbox")
	}
}
