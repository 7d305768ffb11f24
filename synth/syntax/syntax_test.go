package syntax

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/synth/sandbox"
)

func openBox(t testing.TB) *sandbox.Sandbox {
	t.Helper()
	box, err := sandbox.Open(sandbox.Options{})
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	return box
}

// A pair of programs, and whether they are one.
type pair struct {
	name, a, b string
	same       bool
}

func TestPython(t *testing.T) {
	const f = "def f(x):\n    return x + 1\n"
	pairs := []pair{
		{"itself", f, f, true},
		{"comments and blank lines", f, "# what it does\n\ndef f(x):  # f\n\n    # add\n    return x + 1 # one\n\n\n", true},
		{"spaces, tabs, line ends", f, "def f( x ) :\r\n\treturn x+1", true},
		{"one line", f, "def f(x): return x + 1", true},
		{"brackets that group nothing", f, "def f(x):\n    return (\n        (x) + 1\n    )\n", true},
		{"a docstring", f, "def f(x):\n    \"\"\"Add one.\"\"\"\n    return x + 1\n", true},
		{"a docstring elsewhere", "'''m'''\n" + f, "def f(x):\n    return x + 1\n'''m'''\n...\n", true},
		{"nothing but a docstring", "def f():\n    'd'", "def f():\n    pass", true},
		{"a string in an else", "if a:\n    b\nelse:\n    'c'", "if a:\n    b", true},
		{"quotes and joined strings", "a = 'x' \"y\"", "a = u'xy'", true},
		{"numbers", "a = 1000, 255, 1.50", "a = 1_000, 0xff, 1.5", true},
		{"semicolons", "a = 1; b = 2", "a = 1\nb = 2\n", true},
		{"escapes", "a = '\u2028é\\n'", "a = '''\u2028\\xe9\n'''", true},
		{"half a character", "a = '\\ud800'", "a = '''\\ud800'''", true},
		{"a name", f, strings.ReplaceAll(f, "x", "y"), false},
		{"order", "a = 1\nb = 2", "b = 2\na = 1", false},
		{"a number", f, "def f(x):\n    return x + 2\n", false},
		{"a kind of number", "a = 1", "a = 1.0", false},
		{"truth and one", "a = 1", "a = True", false},
		{"text and bytes", "a = 'x'", "a = b'x'", false},
		{"spaces in a string", "a = 'x y'", "a = 'x  y'", false},
		{"a comment sign in a string", "a = 'x # y'", "a = 'x # z'", false},
		{"indentation that means something", "if a:\n    b()\n    c()", "if a:\n    b()\nc()", false},
		{"brackets that group", "a = (b + c) * d", "a = b + c * d", false},
		{"a tuple", "a = b", "a = b,", false},
		{"a string that is used", "def f():\n    return 'd'", "def f():\n    'd'", false},
		{"no program", "def f(:", "def f(:", false},
		{"words", "The answer is 5.", "The answer is 5.", false},
		{"a NUL", "a\x00", "a\x00", false},
		{"too deep", strings.Repeat("(", 10_000), strings.Repeat("(", 10_000), false},
		{"deep and long", strings.Repeat("-", 200_000) + "1", strings.Repeat("-", 200_000) + "1", false},
	}
	var programs []string
	for _, p := range pairs {
		programs = append(programs, p.a, p.b)
	}
	keys, err := Python(t.Context(), openBox(t), programs)
	if err != nil {
		t.Fatal(err)
	}
	check(t, pairs, keys)
}

func check(t *testing.T, pairs []pair, keys []string) {
	t.Helper()
	for i, p := range pairs {
		a, b := keys[2*i], keys[2*i+1]
		if (a != "" && a == b) != p.same {
			t.Errorf("%s: %q and %q, want the same: %t", p.name, a, b, p.same)
		}
		if parses := !strings.Contains("no program, words, a NUL, too deep, deep and long", p.name); (a != "") != parses {
			t.Errorf("%s: key %q, want one: %t", p.name, a, parses)
		}
	}
}

// TestPythonNothingRuns: a program is parsed, whatever it says.
func TestPythonNothingRuns(t *testing.T) {
	programs := []string{"import os\nos._exit(0)", "while True: pass", "raise SystemExit", "tree = None", "a = 1"}
	keys, err := Python(t.Context(), openBox(t), programs)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, k := range keys {
		if k == "" || seen[k] {
			t.Errorf("%q has the key %q", programs[i], k)
		}
		seen[k] = true
	}
	many := make([]string, 2000)
	for i := range many {
		many[i] = fmt.Sprintf("a = %d", i/2)
	}
	if keys, err = Python(t.Context(), openBox(t), many); err != nil || keys[1998] != keys[1999] || keys[0] == keys[1999] || keys[1999] == "" {
		t.Errorf("many programs: %q, %v", keys[1998:], err)
	}
	if none, err := Python(t.Context(), openBox(t), nil); err != nil || len(none) > 0 {
		t.Errorf("no programs: %v, %v", none, err)
	}
}

func TestGo(t *testing.T) {
	const f = "package main\n\nfunc f(x int) int {\n\treturn x + 1\n}\n"
	pairs := []pair{
		{"itself", f, f, true},
		{"comments and white space", f, "// Package main\npackage main\n/* f */ func f(x int) int { return x+1 /* one */ }", true},
		{"no package clause", f, "func f(x int) int {\n\treturn x + 1\n}", true},
		{"brackets that group nothing", f, "package main\nfunc f(x int) int { return (x) + (1) }", true},
		{"a list of one", "package p\nvar (\n\ta int\n)", "package p\nvar a int", true},
		{"quotes and numbers", "package p\nvar a, b = \"x\", 255", "package p\nvar a, b = `x`, 0xff", true},
		{"a name", f, strings.ReplaceAll(f, "x", "y"), false},
		{"another package", f, strings.Replace(f, "main", "p", 1), false},
		{"brackets that group", "package p\nvar a = (b + c) * d", "package p\nvar a = b + c*d", false},
		{"a spread", "package p\nvar a = f(b...)", "package p\nvar a = f(b)", false},
		{"an alias", "package p\ntype a = b", "package p\ntype a b", false},
		{"the way of a channel", "package p\nvar a chan<- b", "package p\nvar a <-chan b", false},
		{"a rune and a number", "package p\nvar a = 'a'", "package p\nvar a = 97", false},
		{"an import", "package p\nimport \"a\"", "package p\nimport \"b\"", false},
		{"define and assign", "package p\nfunc f() { a := 1 }", "package p\nfunc f() { a = 1 }", false},
		{"no program", "func f(", "func f(", false},
		{"words", "The answer is 5.", "The answer is 5.", false},
		{"too deep", "package p\nvar a = " + strings.Repeat("(", 200_000), "package p\nvar a = " + strings.Repeat("(", 200_000), false},
	}
	var keys []string
	for _, p := range pairs {
		keys = append(keys, Go(p.a), Go(p.b))
	}
	check(t, pairs, keys)
}

func FuzzGo(f *testing.F) {
	f.Add("package p\nvar a = 'a'")
	f.Add("func f(x ...int) { for i := range x { go f(i); _ = 08 } }")
	f.Fuzz(func(t *testing.T, s string) {
		if key := Go(s); key != "" && key != Go(s+"\n// end\n") {
			t.Errorf("%q is another program with a comment", s)
		}
	})
}

func BenchmarkPython(b *testing.B) {
	box := openBox(b)
	var programs []string
	size := 0
	for i := range 100 {
		programs = append(programs, fmt.Sprintf("def f%d(x):\n    \"\"\"Doc.\"\"\"\n    for i in range(x):\n        if i %% 2:\n            yield [i * 2, i]\n", i))
		size += len(programs[i])
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		if _, err := Python(b.Context(), box, programs); err != nil {
			b.Fatal(err)
		}
	}
}

// frail is a box whose program ends where it parses one that says crash.
type frail struct{ runs []int }

func (f *frail) Run(_ context.Context, p sandbox.Program) (sandbox.Outcome, error) {
	f.runs = append(f.runs, p.Skip)
	o := sandbox.Outcome{End: sandbox.Pass, Answers: make([]sandbox.Answer, len(p.Calls))}
	for i := p.Skip; i < len(p.Calls); i++ {
		switch {
		case strings.Contains(p.Calls[i], "crash"):
			o.End = sandbox.Memory
			return o, nil
		case strings.Contains(p.Calls[i], "fault"):
			o.End, o.Why = sandbox.HarnessError, "gone"
			return o, nil
		}
		o.Answers[i] = sandbox.Answer{Given: true, Value: []byte(fmt.Sprintf("%q", p.Calls[i]))}
	}
	return o, nil
}

// TestPythonCrash: what breaks the parser does not parse, and takes none of the others with it; a fault of the sandbox is an error.
func TestPythonCrash(t *testing.T) {
	f := &frail{}
	keys, err := Python(t.Context(), f, []string{"a", "crash", "crash", "b", "crash"})
	if err != nil || fmt.Sprintf("%q", keys) != `["tree(\"a\")" "" "" "tree(\"b\")" ""]` {
		t.Errorf("%q, %v", keys, err)
	}
	if fmt.Sprint(f.runs) != "[0 2 3]" {
		t.Errorf("runs from %v", f.runs)
	}
	if _, err := Python(t.Context(), f, []string{"a", "fault"}); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("a fault: %v", err)
	}
}
