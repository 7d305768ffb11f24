package golang

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/winnow-data/winnow/synth/check/code"
	"github.com/winnow-data/winnow/synth/sandbox"
)

func absent(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func box(t testing.TB) (*sandbox.Sandbox, *sandbox.Go) {
	t.Helper()
	s, err := sandbox.Open(sandbox.Options{Workers: 2})
	if err != nil {
		absent(t, err.Error())
	}
	t.Cleanup(func() { _ = s.Close() })
	g, err := s.Go("")
	if err != nil {
		t.Fatal(err)
	}
	return s, g
}

const (
	prompt = "package add_test\n\nimport (\n    \"testing\"\n    \"fmt\"\n)\n\n// Adds one.\nfunc addOne(x int) int {\n"
	tests  = "func TestAddOne(t *testing.T) {\n\tcandidate := addOne\n\tfor i, x := range []struct{ actual, expected any }{{candidate(1), 2}, {candidate(-1), 0}} {\n" +
		"\t\tt.Run(fmt.Sprintf(\"%d\", i), func(t *testing.T) {\n\t\t\tif fmt.Sprint(x.actual) != fmt.Sprint(x.expected) {\n\t\t\t\tt.Errorf(\"got %v\", x.actual)\n\t\t\t}\n\t\t})\n\t}\n}\n"
)

func TestJudge(t *testing.T) {
	s, g := box(t)
	two := "func TestA(t *testing.T) {\n\tif f(1) != 2 {\n\t\tt.Error(\"one\")\n\t}\n}\nfunc TestB(t *testing.T) {\n\tt.Parallel()\n\tif f(10) != 11 {\n\t\tt.Error(\"ten\")\n\t}\n}\n"
	for _, c := range []struct {
		name, prompt, tests, answer string
		want                        sandbox.Verdict
		why                         string
		passed                      int
	}{
		{"completes", prompt, tests, "    return x + 1\n}\n", sandbox.Pass, "", 1},
		{"completes, goes on", prompt, tests, "    return x + 1\n}\n\nfunc main() {\n    fmt.Println(addOne(", sandbox.Pass, "", 1},
		{"wrong", prompt, tests, "    return 2\n}\n", sandbox.Wrong, "got 2", 0},
		{"whole file in a fence", prompt, tests, "Sure:\n```go\npackage main\n\nimport (\n\t\"fmt\"\n\t\"testing\"\n)\n\nfunc addOne(x int) int { return x + 1 }\n\nfunc main() { fmt.Println(addOne(1)) }\n```\n", sandbox.Pass, "", 1},
		{"the function alone", prompt, tests, "```go\nfunc addOne(x int) int {\n\tfmt.Print(x)\n\treturn x + 1\n}\n```", sandbox.Pass, "", 1},
		{"another signature", prompt, tests, "```go\nfunc addOne(x string) int { return 2 }\n```", sandbox.Syntax, "addOne", 0},
		{"does not compile", prompt, tests, "    retrun x\n}\n", sandbox.Syntax, "", 0},
		{"an import that is not used", prompt, tests, "```go\npackage main\nimport \"os\"\nfunc addOne(x int) int { return x + 1 }\n```", sandbox.Syntax, "os", 0},
		{"panics", prompt, tests, "    return x / (x - x)\n}\n", sandbox.Exception, "divide by zero", 0},
		{"hangs", prompt, tests, "    for {\n    }\n}\n", sandbox.TimeoutCPU, "", 0},
		{"leaves", prompt, tests, "```go\nimport \"os\"\nfunc addOne(x int) int { os.Exit(0); return 1 }\n```", sandbox.Protocol, "", 0},
		{"leaves at once", prompt, tests, "```go\nimport \"os\"\nfunc init() { os.Exit(0) }\nfunc addOne(x int) int { return 1 }\n```", sandbox.Protocol, "", 0},
		{"says that it has passed", prompt, tests, "```go\nimport \"os\"\nfunc init() { f := os.NewFile(3, \"\"); f.WriteString(\"[\\\"loaded\\\"]\\n[\\\"v\\\",0,null]\\n[\\\"done\\\"]\\n\"); os.Exit(0) }\nfunc addOne(x int) int { return 1 }\n```", sandbox.Protocol, "", 0},
		{"a prompt in words", "Write f(x) that adds one.", two, "```go\npackage main\n\nfunc f(x int) int { return x + 1 }\n```", sandbox.Pass, "", 2},
		{"one of two", "Write f(x) that adds one.", two, "func f(x int) int { return 2 }", sandbox.Wrong, "test 2 of 2: TestB: ten", 1},
		{"no function", "Write f(x) that adds one.", two, "func g(x int) int { return 2 }", sandbox.Syntax, "does not declare f", 0},
		{"type parameters", "Write f.", two, "func f[T int](x T) T { return x + 1 }", sandbox.HarnessError, "type parameters", 0},
		{"a type of the program", "Write f.", two, "type N int\nfunc f(x N) N { return x + 1 }", sandbox.HarnessError, "N", 0},
		{
			"values cross whole", "Write f.", "func TestF(t *testing.T) {\n\tin := []float64{1.5, math.Inf(1)}\n\tm, err := f(in, \"a\\xff\", map[string][]int{\"x\": nil}, nil, 3, 4)\n\tif in[0] != 2.5 || m[\"n\"] != 6 || m[\"s\"] != \"a\\xff\" || err == nil || err.Error() != \"bad\" || !math.IsInf(in[1], 1) {\n\t\tt.Fatal(in, m, err)\n\t}\n}\n",
			"import \"errors\"\nfunc f(in []float64, s string, m map[string][]int, e error, more ...int) (map[string]any, error) {\n\tin[0]++\n\treturn map[string]any{\"n\": len(more) + len(m) + more[0], \"s\": s, \"e\": e}, errors.New(\"bad\")\n}",
			sandbox.Pass, "", 1,
		},
		{
			"types of the prompt", "package p\n\ntype Point struct{ X, y int }\n\nfunc NewPoint(x int) Point { return Point{x, 1} }\n\nfunc flip(p *Point) Point {\n", "func TestFlip(t *testing.T) {\n\tp := NewPoint(5)\n\tif q := flip(&p); q != (Point{1, 5}) || p.X != 0 {\n\t\tt.Error(p, q)\n\t}\n}",
			"\tq := Point{p.y, p.X}\n\tp.X = 0\n\treturn q\n}\n", sandbox.Pass, "", 1,
		},
		{"a panic that the test wants", "Write f.", "func TestF(t *testing.T) {\n\tdefer func() {\n\t\tif recover() == nil {\n\t\t\tt.Error(\"no panic\")\n\t\t}\n\t}()\n\tf()\n}", "func f() { panic(\"yes\") }", sandbox.Pass, "", 1},
		{"cannot see the tests", "Write f.", "var secret = 77\nfunc TestF(t *testing.T) {\n\tif f() == secret {\n\t\tt.Error()\n\t}\n}", "import \"os\"\nfunc f() int {\n\te, err := os.ReadDir(\".\")\n\tif err != nil || len(e) > 0 || len(os.Args) > 1 { return 77 }\n\treturn 1\n}", sandbox.Pass, "", 1},
	} {
		x, err := Parse(c.prompt, "", c.tests)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		r, err := x.JudgeTwice(t.Context(), s, g, Program(c.prompt, c.answer, ""), sandbox.DefaultLimits.WithCPU(300*time.Millisecond))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if r.Verdict != c.want || !strings.Contains(r.Why, c.why) || r.Passed() != c.passed {
			t.Errorf("%s: got %s (%s), %d passed, want %s (%s), %d", c.name, r.Verdict, r.Why, r.Passed(), c.want, c.why, c.passed)
		}
	}
}

func TestCases(t *testing.T) {
	s, g := box(t)
	x, err := Cases([]Case{{"1 2\n", "3"}, {"5 -5\n", "0\n"}})
	if err != nil {
		t.Fatal(err)
	}
	const head = "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tvar a, b int\n\tfmt.Scan(&a, &b)\n"
	for _, c := range []struct {
		name, program string
		want          sandbox.Verdict
		passed        int
	}{
		{"right", head + "\tfmt.Println(a + b, \"\")\n}\n", sandbox.Pass, 2},
		{"wrong in the second", head + "\tfmt.Println(3)\n}\n", sandbox.Wrong, 1},
		{"exits with a status", head + "\tfmt.Println(a + b)\n\tpanic(1)\n}\n", sandbox.Exception, 0},
		{"no main", "package main\n", sandbox.Syntax, 0},
		{"prints too much", head + "\tfmt.Println(a + b)\n\tfor range 20000 {\n\t\tfmt.Println(\"     \")\n\t}\n}\n", sandbox.OutputLimit, 0},
	} {
		r, err := x.JudgeTwice(t.Context(), s, g, c.program, sandbox.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != c.want || r.Passed() != c.passed {
			t.Errorf("%s: got %s (%s), %d passed, want %s, %d", c.name, r.Verdict, r.Why, r.Passed(), c.want, c.passed)
		}
	}
}

// TestBrokenTests: tests that cannot judge anything are told from programs that fail.
func TestBrokenTests(t *testing.T) {
	s, g := box(t)
	for _, c := range []struct{ name, tests, why string }{
		{"no function", "func helper() {}", "no test functions"},
		{"does not parse", "func TestF(t *testing.T) {", "read the test functions"},
	} {
		if _, err := Parse(prompt, "", c.tests); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
	x, err := Parse(prompt, "", "func TestF(t *testing.T) { var x int = \"a\"; _ = addOne(x) }")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = x.Judge(t.Context(), s, g, Program(prompt, "return x + 1\n}\n", ""), sandbox.DefaultLimits); !errors.Is(err, code.ErrTests) {
		t.Errorf("tests that do not compile: %v", err)
	}
}

// TestMultiPL: test files of MultiPL-E, a quarter of the 154, compile and refuse a function that does nothing.
func TestMultiPL(t *testing.T) {
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	data, err := os.ReadFile(filepath.Join(filepath.Dir(dir), "shared", "data", "code", "humaneval-go.jsonl"))
	if err != nil {
		absent(t, "no shared material: "+err.Error())
	}
	s, g := box(t)
	var wg sync.WaitGroup
	type row struct{ Name, Prompt, Tests string }
	next := make(chan row)
	for range 2 {
		wg.Go(func() {
			for x := range next {
				tests, err := Parse(x.Prompt, "", x.Tests)
				if err != nil {
					t.Errorf("%s: %v", x.Name, err)
					continue
				}
				r, err := tests.Judge(t.Context(), s, g, Program(x.Prompt, "\tpanic(\"stub\")\n}\n", ""), sandbox.DefaultLimits)
				if x.Name == "HumanEval_87_get_row" { // compares []int with []interface{}: does not compile
					if !errors.Is(err, code.ErrTests) {
						t.Errorf("%s: got %v", x.Name, err)
					}
					continue
				}
				if err != nil || r.Verdict != sandbox.Exception || !strings.Contains(r.Why, "stub") {
					t.Errorf("%s: %v %+v", x.Name, err, r)
				}
			}
		})
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan(); n++ {
		var x row
		if err := json.Unmarshal(lines.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		if n%4 == 0 && (!testing.Short() || n%20 == 0) {
			next <- x
		}
	}
	close(next)
	wg.Wait()
}
