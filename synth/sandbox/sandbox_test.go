package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	s := open(t, Options{Workers: 2})
	for _, c := range []struct {
		name, source string
		calls        []string
		stop         bool
		end          Verdict
		want         []string // values, or types of exceptions
	}{
		{"no calls", "x = 1", nil, false, Pass, nil},
		{"values", "", []string{"1", "2.5", "'é'", "(1, [2])", "{1: {2}}", "b'a'", "2 ** 300", "float('inf')", "1j", "object()", "'\\ud800'", "None", "True"}, false, Pass, []string{
			"1", "2.5", `"\u00e9"`, `{"t":[1,[2]]}`, `{"d":[[1,{"s":[2]}]]}`, `{"b":"61"}`, `{"i":"1` + strings.Repeat("0", 75) + `"}`, `{"f":"inf"}`, `{"c":[0.0,1.0]}`, `{"o":"object"}`, `{"u":"eda080"}`, "null", "true",
		}},
		{"subclasses", "import collections, fractions, decimal, enum\nclass I(int): pass\nE = enum.IntEnum('E', 'a')", []string{
			"collections.Counter('aa')", "collections.OrderedDict(a=1)", "collections.namedtuple('N', 'a')(1)", "I(3)", "E.a", "fractions.Fraction(1, 3)", "decimal.Decimal('0.5')", "{1: 2}.keys()",
		}, false, Pass, []string{`{"d":[["a",2]]}`, `{"d":[["a",1]]}`, `{"t":[1]}`, "3", "1", `{"q":["1","3"]}`, `{"q":["1","2"]}`, `{"s":[1]}`}},
		{"goes on behind an exception", "", []string{"1 / 0", "2"}, false, Pass, []string{"ZeroDivisionError", "2"}},
		{"stops at an exception", "", []string{"1 / 0", "2"}, true, Pass, []string{"ZeroDivisionError", ""}},
		{"is a module where it is called", "y = 0\nif __name__ == '__main__':\n    y = 1", []string{"y", "__name__"}, false, Pass, []string{"0", `"program"`}},
		{"is main where it is not called", "if __name__ != '__main__':\n    1 / 0", nil, false, Pass, nil},
		{"one global scope", "n = 0\ndef f():\n    global n\n    n += 1\n    return n", []string{"f()", "f()"}, false, Pass, []string{"1", "2"}},
		{"hashes are fixed", "", []string{"hash('a')"}, false, Pass, []string{"-3526206299846436430"}},
	} {
		o, err := s.Run(t.Context(), Program{Source: c.source, Calls: c.calls, Stop: c.stop, Limits: DefaultLimits})
		if err != nil {
			t.Fatal(err)
		}
		if o.End != c.end {
			t.Errorf("%s: got %s (%s), want %s", c.name, o.End, o.Why, c.end)
		}
		for i, a := range o.Answers {
			got := string(a.Value) + a.Type
			if c.name == "hashes are fixed" {
				again, err := s.Run(t.Context(), Program{Calls: c.calls, Limits: DefaultLimits})
				if err != nil || string(again.Answers[0].Value) != got {
					t.Errorf("%s: %s, then %s", c.name, got, again.Answers[0].Value)
				}
				continue
			}
			if got != c.want[i] {
				t.Errorf("%s: call %d: got %s, want %s", c.name, i, got, c.want[i])
			}
		}
	}
}

// TestOutput: what a program prints is kept up to 64 KiB, and counted beyond.
func TestOutput(t *testing.T) {
	s := open(t, Options{Workers: 1})
	o, err := s.Run(t.Context(), Program{Source: "import sys\nprint('out')\nsys.stderr.write('err' * 100000)", Limits: DefaultLimits})
	if err != nil || o.End != Pass {
		t.Fatal(o.End, o.Why, err)
	}
	if string(o.Stdout) != "out\n" || len(o.Stderr) != 64<<10 || o.Printed != 300004 {
		t.Errorf("got %q, %d bytes, %d in all", o.Stdout, len(o.Stderr), o.Printed)
	}
}

// TestCPUIsSeen: the CPU time of a program is measured though its process namespace hides it from this process.
func TestCPUIsSeen(t *testing.T) {
	s := open(t, Options{Workers: 1})
	o, err := s.Run(t.Context(), Program{Source: "import time\nwhile time.process_time() < 0.3: pass", Limits: DefaultLimits})
	if err != nil || o.End != Pass {
		t.Fatal(o.End, o.Why, err)
	}
	if o.CPU < 290*time.Millisecond || o.CPU > time.Second {
		t.Errorf("0.3 s of work are %v", o.CPU)
	}
}

// TestTogether: many programs at once get their own answers.
func TestTogether(t *testing.T) {
	s := open(t, Options{Workers: 3})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 5 {
				x, err := json.Marshal([]int{i, j})
				if err != nil {
					t.Error(err)
					return
				}
				o, err := s.Run(t.Context(), Program{Source: "def f(x): return x", Calls: []string{"f(" + string(x) + ")"}, Limits: DefaultLimits})
				if err != nil || o.End != Pass || !bytes.Equal(o.Answers[0].Value, bytes.ReplaceAll(x, []byte(","), []byte(","))) {
					t.Errorf("%s: %s %s %s %v", x, o.End, o.Why, o.Answers[0].Value, err)
				}
			}
		})
	}
	wg.Wait()
}

// TestCancel: a cancelled context ends the program at once and the sandbox goes on.
func TestCancel(t *testing.T) {
	s := open(t, Options{Workers: 1})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := s.Run(ctx, Program{Source: "while True: pass", Limits: DefaultLimits.WithCPU(time.Minute)})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("it took %v", d)
	}
	o, err := s.Run(t.Context(), Program{Calls: []string{"1"}, Limits: DefaultLimits})
	if err != nil || o.End != Pass {
		t.Errorf("the next program: %s %s %v", o.End, o.Why, err)
	}
}

// TestCloseLeavesNothing: with the sandbox its processes end, running programs too.
func TestCloseLeavesNothing(t *testing.T) {
	s := open(t, Options{Workers: 2})
	if o, err := s.Run(t.Context(), Program{Calls: []string{"1"}, Limits: DefaultLimits}); err != nil || o.End != Pass {
		t.Fatal(o, err)
	}
	if s.processes() == 0 {
		t.Fatal("the sandbox's processes are not seen")
	}
	_ = s.Close()
	deadline := time.Now().Add(10 * time.Second)
	for s.processes() > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("%d processes survive", s.processes())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestJudge(t *testing.T) {
	s := open(t, Options{Workers: 1})
	l := DefaultLimits.WithCPU(500 * time.Millisecond)
	for _, c := range []struct {
		name, program, code, test string
		want                      string // type of the exception in the test; "" passes; "none": no record
		end                       Verdict
	}{
		{"passes", "def f(x): return x + 1", "", "assert f(1) == 2", "", Pass},
		{"fails", "def f(x): return x", "", "assert f(1) == 2", "AssertionError", Pass},
		{"loops and helpers", "def f(x): return x + 1", "def g(x):\n    return [f(i) for i in range(x)]", "assert g(3) == [1, 2, 3]", "", Pass},
		{"values cross whole", "def f(*a, **k): return a, k", "", "assert f(1, [2.5], {3}, x={'a': (None, b'b')}) == ((1, [2.5], {3}), {'x': {'a': (None, b'b')}})", "", Pass},
		{"changes of arguments cross", "def f(x): x.append(1)", "", "l = [0]\nf(l)\nassert l == [0, 1]", "", Pass},
		{"exceptions cross", "def f(x): raise ValueError('no')", "", "try:\n    f(1)\nexcept ValueError as e:\n    assert str(e) == 'no'\nelse:\n    assert 0", "", Pass},
		{"an exception nobody catches", "def f(x): return x['a']", "", "f({})", "KeyError", Pass},
		{"hangs", "def f(x):\n    while True: pass", "", "f(1)", "none", TimeoutCPU},
		{"leaves", "import os\ndef f(x): os._exit(0)", "", "f(1)", "none", Protocol},
		{"leaves at once", "raise SystemExit(0)", "", "f(1)", "none", Exception},
		{"does not compile", "def f(", "", "f(1)", "none", Syntax},
		{"a function as argument", "def f(x): return x(1)", "", "f(lambda x: x)", "Unsendable", Pass},
		{"an object that is equal to all", "class E:\n    def __eq__(s, o): return True\ndef f(x): return E()", "", "assert f(1) == 2", "AssertionError", Pass},
		{"cannot reach the tests", "import sys, gc\ndef f(x): return [v for v in gc.get_objects() if isinstance(v, str) and 'secret' in v] and 'seen'", "SECRET = 'the ' + 'secret'", "assert f(1) != 'seen'", "", Pass},
		{"forges a reply", "import os\ndef f(x):\n    os.write(3, b'[\"r\",2,[]]\\n')\n    return 3", "", "f(1)\nassert f(1) == 2", "none", Protocol},
	} {
		p, o, err := s.Judge(t.Context(), Program{Source: c.program, Limits: l}, TestCode{Source: c.code, Tests: []string{c.test}, Names: []string{"f"}, Limits: l})
		if err != nil {
			t.Fatal(err)
		}
		got := o.Answers[0].Type
		if !o.Answers[0].Given {
			got = "none"
		}
		if got != c.want || p.End != c.end {
			t.Errorf("%s: got %q (%s), program %s (%s); want %q, %s", c.name, got, o.Answers[0].Message, p.End, p.Why, c.want, c.end)
		}
	}
}

func TestLimits(t *testing.T) {
	if err := DefaultLimits.Validate(); err != nil {
		t.Error(err)
	}
	for _, change := range []func(*Limits){
		func(l *Limits) { l.CPU = 0 }, func(l *Limits) { l.Wall = 0 }, func(l *Limits) { l.Memory = 1 }, func(l *Limits) { l.Pids = 0 },
		func(l *Limits) { l.Files = 2 }, func(l *Limits) { l.Disk = 0 }, func(l *Limits) { l.Inodes = 0 }, func(l *Limits) { l.Answer = 0 }, func(l *Limits) { l.CallCPU = -1 },
	} {
		l := DefaultLimits
		change(&l)
		if l.Validate() == nil {
			t.Errorf("%+v is in order", l)
		}
	}
}

// TestRefuses: without a level, an interpreter or the right one, nothing runs.
func TestRefuses(t *testing.T) {
	if _, err := Open(Options{Python: "/nowhere/python3"}); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
	fake := t.TempDir() + "/python3"
	if err := os.WriteFile(fake, []byte("#!/bin/sh\necho '[\"/x\",\"2.7.18\",\"/usr\",\"a\",\"b\"]'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Python: fake}); !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "2.7.18") {
		t.Errorf("got %v", err)
	}
}

// FuzzReader: nothing that a program says makes the supervisor panic or believe more answers than it asked for.
func FuzzReader(f *testing.F) {
	f.Add([]byte("[\"loaded\"]\n[\"v\",0,1]\n[\"x\",1,\"E\",\"m\",0,false]\n[\"done\"]\n"))
	f.Add([]byte("[\"top\",\"E\",\"\",0,false]\n"))
	f.Add([]byte("[\"v\",0,1]\n"))
	f.Add([]byte("[]\n1\n[\"done\"]"))
	f.Fuzz(func(t *testing.T, said []byte) {
		r := reader{calls: 2}
		r.out.Answers = make([]Answer, 2)
		half := len(said) / 2
		r.frame(frame{kind: frameAnswer, data: said[:half]})
		r.frame(frame{kind: frameAnswer, data: said[half:]})
		r.frame(frame{kind: frameEnd, data: []byte(`{"cpu":0.1}`)})
		o := r.finish(DefaultLimits)
		if o.End == Pass && (!o.Answers[0].Given || !o.Answers[1].Given || !bytes.Contains(said, []byte("done"))) {
			t.Errorf("%q passes: %+v", said, o)
		}
	})
}
