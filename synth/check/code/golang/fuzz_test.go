package golang

import "testing"

// FuzzProgram: whatever a prompt, an answer and tests hold, reading them ends without a panic, and what is cut out of them can be spelled again.
func FuzzProgram(f *testing.F) {
	f.Add(prompt, "    return x + 1\n}\n", tests)
	f.Add("Write f.", "```go\npackage main\nfunc f[T any](x ...T) (a, b T) { return }\n```", "func TestF(t *testing.T) { f(1); y.Z(2) }")
	f.Add("package p\ntype T struct{ a, b int }\nfunc g(m map[string]T, e ...error) {", "import (\"fmt\")\nfunc main() {}", "package q\nimport \"fmt\"\nfunc Test_(x *T) {}")
	f.Fuzz(func(t *testing.T, prompt, answer, tests string) {
		text := Program(prompt, answer, "")
		x, err := Parse(prompt, "", tests)
		if err != nil {
			return
		}
		s, err := read(text)
		if err != nil {
			return
		}
		p := &program{}
		if why := p.find(x, s); why == "" {
			_, _ = x.serve(p.calls), x.files(p.calls)
		}
		s.drop(s.imports())
		_ = s.String()
	})
}
