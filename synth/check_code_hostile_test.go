package synth

import (
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages"
)

// TestCheckCodeVainTests: tests that no program can fail quarantine their prompt; tests that look alike and can fail do not.
func TestCheckCodeVainTests(t *testing.T) {
	c := checkCodeDefaults
	c.Placed("check_code", "")
	provision(t, &c, &stages.Env{})
	list := func(tests ...string) map[string]any { return map[string]any{"test_list": tests} }
	check := func(body string) map[string]any {
		return map[string]any{"entry_point": "f", "test": "def check(candidate):\n" + body}
	}
	const never, nothing = "no test calls", "no test can fail"
	for _, x := range []struct {
		name   string
		fields map[string]any
		why    string // of the quarantine; "" for tests that are used
	}{
		{"a constant", list("assert True"), never},
		{"constants", list("assert True", "assert 1 == 1, 'one'"), never},
		{"a call alone", list("f(1)"), nothing},
		{"a call printed", list("print(f(1))"), nothing},
		{"or a constant", list("assert f(1) == 3 or True"), nothing},
		{"a tuple of value and message", list("assert (f(1) == 3, 'three')"), nothing},
		{"a call and a constant", list("f(1)", "assert True"), nothing},
		{"a function that passes", check("    pass\n"), never},
		{"a function that checks itself", check("    assert True\n"), never},
		{"a function that calls", check("    candidate(1)\n"), nothing},
		{"a function that calls and asserts a constant", check("    candidate(1)\n    assert True, 'fine'\n"), nothing},
		{"asserts that there is a function", check("    assert candidate\n    assert callable(candidate)\n"), never},
		{"calls check at its end", check("    pass\n\ncheck(f)\n"), never},

		{"one of two", list("assert True", "assert f(1) == 2"), ""},
		{"a truth", list("assert f(1)"), ""},
		{"not a constant", list("assert not f(-1)"), ""},
		{"a local", list("x = f(1)\nassert x == 2"), ""},
		{"raises", list("if f(1) != 2:\n    raise ValueError"), ""},
		{"a loop", check("    for i in range(3):\n        assert candidate(i) == i + 1\n"), ""},
		{"through map", check("    got = list(map(candidate, [1]))\n    assert got == [2]\n"), ""},
		{"expects an exception", check("    try:\n        candidate('')\n    except TypeError:\n        pass\n    else:\n        assert False\n"), ""},
		{"a helper", map[string]any{"test_setup_code": "def expect(a, b):\n    assert a == b", "test_list": []string{"expect(f(1), 2)"}}, ""},
		{"a helper that calls", map[string]any{"entry_point": "f", "test_setup_code": "def g(x):\n    return f(x)", "test_list": []string{"assert g(1) == 2"}}, ""},
		{"unittest", list("import unittest\nunittest.TestCase().assertEqual(f(1), 2)"), ""},
		{"what it changes", list("x = [1]\nf(x[0])\nassert x == [1]"), ""},
	} {
		_, _, fault, b := apply(t, &c, coding(plusOne, x.fields, "def f(x): return x + 1"))
		switch {
		case x.why != "":
			if fault == nil || !strings.Contains(fault.Error(), x.why) {
				t.Errorf("%s: got %v, want %q", x.name, fault, x.why)
			}
		case fault != nil:
			t.Errorf("%s: %v", x.name, fault)
		case b.Docs[0].Answers[0].Checks[0].Result != stages.Passed:
			t.Errorf("%s: %+v", x.name, b.Docs[0].Answers[0].Checks[0])
		}
	}
}

// TestCheckCodeFinds: the program of an answer is found where there is one, and an answer that might mean another is not failed.
func TestCheckCodeFinds(t *testing.T) {
	c := checkCodeDefaults
	c.Placed("check_code", "")
	c.CPU = 300 * time.Millisecond
	provision(t, &c, &stages.Env{})
	const main = "\n\nif __name__ == '__main__':\n    print(f(int(input())))\n"
	const right = "def f(x):\n    return x + 1\n"
	check := map[string]any{"entry_point": "f", "test": "def check(candidate):\n    for i in range(5):\n        assert candidate(i) == i + 1\n"}
	mixed := map[string]any{"test_list": []string{"assert True", "for i in range(3):\n    assert f(i) == i + 1"}}
	list := map[string]any{"test_list": []string{"assert f(1) == 2"}}
	for _, x := range []struct {
		name   string
		fields map[string]any
		answer string
		result stages.Result
	}{
		{"main, tests that are data", list, right + main, stages.Passed},
		{"main, tests that are code", check, right + main, stages.Passed},
		{"main, tests of both", mixed, right + main, stages.Passed},
		{"a class in a module", list, "from __future__ import annotations\nimport dataclasses, pickle\n@dataclasses.dataclass\nclass C:\n    x: int\ndef f(x): return pickle.loads(pickle.dumps(C(x))).x + 1\n", stages.Passed},
		{"in a list", list, "1. So:\n\n   ```python\n   def f(x):\n       return x + 1\n   ```\n2. Done.", stages.Passed},
		{"in a list, tabs", list, "- So:\n\n\t```python\n\tdef f(x):\n\n\t    return x + 1\n\t```\n", stages.Passed},
		{"behind a bullet", list, "- ```python\n  def f(x):\n      return x + 1\n  ```\n", stages.Passed},
		{"tildes", list, "So:\n~~~python\n" + right + "~~~\nDone.", stages.Passed},
		{"tildes around back-quotes", list, "~~~python\ndef f(x):\n    '''\n```\nf(1)\n```\n    '''\n    return x + 1\n~~~\n", stages.Passed},
		{"four back-quotes", list, "````python\ndef f(x):\n    '''\n```\nf(1)\n```\n    '''\n    return x + 1\n````\n", stages.Passed},
		{"a fence in a docstring", list, "def f(x):\n    '''\n    ```\n    f(1)\n    ```\n    '''\n    return x + 1\n", stages.Passed},
		{"behind prose", list, "Here is the code:\n" + right, stages.Passed},
		{"behind prose, an apostrophe", list, "Sure! Here's the code:\n\nimport math\n" + right, stages.Passed},
		{"before prose", list, right + "\nThis function doesn't change x.", stages.Passed},
		{"within prose", list, "Solution:\n" + right + "\nIt adds one to the number.", stages.Passed},
		{"constants first", list, "# one\nONE = 1\nWORDS = '''\nHere it is\n'''\ndef f(x):\n    return x + ONE\n", stages.Passed},
		{"code in a docstring", list, "'''Here is it:\n\ndef f(x): return 7\n'''\ndef f(x):\n    return x + 1\n", stages.Passed},
		{"two in prose", list, "First try:\n" + right + "\nThat might be wrong, so:\n\ndef f(x):\n    return x + 2\n", stages.Unknown},
		{"wrong behind prose", list, "Here is the code:\ndef f(x): return x", stages.Failed},
		{"broken behind prose", list, "def f(x) return x + 1", stages.Failed},
		{"a statement of Python 2", list, right + "print f(1)\n", stages.Failed},
		{"prose alone", list, "I cannot do that.", stages.Failed},
	} {
		_, _, fault, b := apply(t, &c, coding(plusOne, x.fields, x.answer))
		if fault != nil {
			t.Errorf("%s: %v", x.name, fault)
			continue
		}
		if got := b.Docs[0].Answers[0].Checks[0]; got.Result != x.result {
			t.Errorf("%s: got %+v, want %v", x.name, got, x.result)
		}
	}
}
