package code

import (
	"slices"
	"testing"
	"time"

	"github.com/winnow-data/winnow/synth/sandbox"
)

func TestIsTame(t *testing.T) {
	const head = "from typing import List, Tuple\nimport math\n\ndef f(x: List[int]) -> Tuple:\n    \"\"\"Doc.\"\"\"\n"
	for _, c := range []struct {
		name, body string
		want       bool
	}{
		{"computes", "    return sorted(set(x))[-1] + math.gcd(2, 4), [i for i in range(3)]\n", true},
		{"methods", "    x.append(1)\n    return ' '.join(str(v).upper() for v in x)\n", true},
		{"reads a constant", "    return 2 * math.pi * 3\n", true},
		{"assigns to a module", "    math.pi = 3\n", false},
		{"assigns to a module among others", "    y, math.pi, z = 1, 2, 3\n", false},
		{"assigns to a module in brackets", "    (math.pi) = 3\n", false},
		{"assigns to a module in a loop", "    for math.pi in [3]:\n        pass\n", false},
		{"assigns to a function", "    f.count = 1\n", false},
		{"dunder", "    return x.__class__\n", false},
		{"dunder name", "    return __builtins__\n", false},
		{"frames", "    g = (i for i in x)\n    return g.gi_frame\n", false},
		{"eval", "    return eval('1')\n", false},
		{"getattr", "    return getattr(x, 'a')\n", false},
		{"a builtin by another name", "    e = exec\n    e('1')\n", false},
		{"format reads attributes", "    return '{0.a}'.format(x)\n", false},
		{"formatted text", "    return f'{x}'\n", false},
		{"prints", "    print(x)\n", false},
		{"global", "    global y\n    y = 1\n", false},
		{"class", "    class C: pass\n", false},
		{"decorator", "    @x\n    def g(): pass\n", false},
		{"operator", "    import operator\n", false},
		{"os", "    import os\n", false},
		{"all of a module", "    from math import *\n", false},
		{"a module by another name", "    import math as m\n", false},
		{"from a module of a module", "    from re import sys\n", false},
		{"homoglyphs are normalised by Python", "    ｅval('1')\n", false},
		{"an open string", "    return 'a\n", false},
	} {
		if got := isTame(head + c.body); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

// TestJudgeAll: programs that share processes get the verdicts of those that do not, whatever their neighbours do.
func TestJudgeAll(t *testing.T) {
	s := box(t)
	tests, err := Parse(Source{Entry: "f", Asserts: []string{"assert f(1) == 2", "assert f(0) == 1", "assert f([3]) == [4]", "assert g(1) == f(2)", "assert f(5) == 6"}})
	if err != nil {
		t.Fatal(err)
	}
	programs := []string{
		"def f(x):\n    return x + 1\n",
		"def f(x)\n    return x + 1\n",
		"def f(x):\n    while x == 0:\n        pass\n    return x + 1\n",
		"x = 1 / 0\ndef f(x):\n    return x + 1\n",
		"def f(x):\n    return f(x)\n",
		"def f(x):\n    return [1] * 10 ** 10 if x == 0 else x + 1\n",
		"def f(x):\n    while x in (1, 5):\n        pass\n    return 1\n",
		"import os\ndef f(x):\n    os._exit(0)\n",
		"def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)\n",
		"def g(x):\n    return 3\ndef f(x):\n    return x + 1 if x != 5 else 6.0\n",
		"",
		"def f(x):\n    while True:\n        pass\n",
		"def f(x):\n    return x + 1\n",
	}
	l := sandbox.DefaultLimits.WithCPU(5 * time.Second)
	l.CallCPU = 120 * time.Millisecond
	got, err := tests.JudgeAll(t.Context(), s, programs, l)
	if err != nil {
		t.Fatal(err)
	}
	for k, p := range programs {
		want, err := tests.JudgeEach(t.Context(), s, p, l)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got[k].Tests, want.Tests) || got[k].Verdict != want.Verdict || got[k].Why != want.Why {
			t.Errorf("%q: got %v %s, want %v %s", p, got[k].Tests, got[k].Why, want.Tests, want.Why)
		}
	}
}
