package synth

import (
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// TestCheckCodeGo: answers in Go are compiled and judged, by test functions and by what they print.
func TestCheckCodeGo(t *testing.T) {
	c := checkCodeDefaults
	c.Placed("check_code", "")
	c.Language = "go"
	provision(t, &c, &stages.Env{})
	prompt := "package p_test\n\nimport (\n\t\"fmt\"\n\t\"testing\"\n)\n\n// Adds one.\nfunc plus(x int) int {\n"
	functions := map[string]any{"test": "func TestPlus(t *testing.T) {\n\tif got := fmt.Sprint(plus(1)); got != \"2\" {\n\t\tt.Errorf(\"got %s\", got)\n\t}\n}\n"}
	cases := map[string]any{"tests": []map[string]string{{"input": "1\n", "output": "2"}, {"input": "-1\n", "output": "0"}}}
	for _, x := range []struct {
		name, prompt string
		fields       map[string]any
		answer       string
		result       stages.Result
		why          string
	}{
		{"goes on", prompt, functions, "\treturn x + 1\n}\n", stages.Passed, "1 tests"},
		{"wrong", prompt, functions, "\treturn x\n}\n", stages.Failed, "wrong: test 1 of 1: TestPlus: got 1"},
		{"does not compile", prompt, functions, "```go\npackage p\nfunc plus(x int) int { y := 1; return x }\n```", stages.Failed, "declared and not used: y"},
		{"has a type of its own", "Write plus.", functions, "type N int\nfunc plus(x N) N { return x + 1 }", stages.Unknown, "cannot be called"},
		{"prints", "Read n and print n+1.", cases, "```go\npackage main\nimport \"fmt\"\nfunc main() { var n int; fmt.Scan(&n); fmt.Println(n + 1) }\n```", stages.Passed, "2 tests"},
		{"prints another", "Read n and print n+1.", cases, "package main\nfunc main() { println(2) }", stages.Failed, "test 1 of 2: another output"},
	} {
		d := coding(x.prompt, x.fields, x.answer)
		_, _, fault, b := apply(t, &c, d)
		if fault != nil {
			t.Errorf("%s: %v", x.name, fault)
			continue
		}
		if got := b.Docs[0].Answers[0].Checks[0]; got.Result != x.result || !strings.Contains(got.Why, x.why) {
			t.Errorf("%s: got %+v, want %v, %q", x.name, got, x.result, x.why)
		}
	}
	for _, x := range []struct {
		name  string
		tests any
		why   string
	}{
		{"no function", "var x = 1", "no test functions"},
		{"half a case", []map[string]string{{"input": "1"}}, "input and output"},
		{"a number", 7, "neither text nor a list"},
		{"other names", "func TestA(t *testing.T) { var s string = plus(1) }", "the tests are broken"},
	} {
		_, _, fault, _ := apply(t, &c, coding(prompt, map[string]any{"test": x.tests}, "\treturn 1\n}\n"))
		if fault == nil || !strings.Contains(fault.Error(), x.why) {
			t.Errorf("%s: got %v, want %q", x.name, fault, x.why)
		}
	}
}
