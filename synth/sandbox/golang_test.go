package sandbox

import (
	"os"
	"strings"
	"testing"
	"time"
)

// openGo makes a Go toolchain ready for a test.
func openGo(t testing.TB, s *Sandbox) *Go {
	t.Helper()
	g, err := s.Go("")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestGo: programs compile, run, read and print; what does not compile or crashes has its verdict.
func TestGo(t *testing.T) {
	for _, l := range []Level{Namespaces, Landlock} {
		t.Run(l.String(), func(t *testing.T) {
			s := open(t, Options{Workers: 1, Only: &l})
			g := openGo(t, s)
			for _, c := range []struct {
				name, source, stdin string
				end                 Verdict
				out                 string
			}{
				{"prints", "package main\nfunc main() { println(1); print2() }\nfunc print2() {}", "", Pass, ""},
				{"reads", "package main\nimport (\"fmt\"; \"bufio\"; \"os\")\nfunc main() { s := bufio.NewScanner(os.Stdin); s.Scan(); fmt.Println(s.Text() + \"!\") }", "hello\nx", Pass, "hello!\n"},
				{"does not compile", "package main\nfunc main() { return 1 }", "", Syntax, ""},
				{"panics", "package main\nfunc main() { panic(\"no\") }", "", Exception, ""},
				{"exits", "package main\nimport \"os\"\nfunc main() { os.Exit(3) }", "", Exception, ""},
				{"deadlock", "package main\nfunc main() { select {} }", "", Exception, ""},
				{"loops", "package main\nfunc main() { for {} }", "", TimeoutCPU, ""},
				{"memory", "package main\nfunc main() { var x [][]byte; for { b := make([]byte, 1<<20); for i := range b { b[i] = 1 }; x = append(x, b) } }", "", Memory, ""},
				{"cgo", "package main\nimport \"C\"\nfunc main() {}", "", Syntax, ""},
			} {
				start := time.Now()
				o, binary, err := g.Build(t.Context(), []File{{"main.go", c.source}}, BuildLimits)
				if err != nil {
					t.Fatal(err)
				}
				built := time.Since(start)
				if o.End == Pass {
					l := DefaultLimits.WithCPU(300 * time.Millisecond)
					l.Memory = 64 << 20
					o, err = s.Run(t.Context(), Program{Binary: binary, Stdin: []byte(c.stdin), Limits: l})
					if err != nil {
						t.Fatal(err)
					}
				}
				if o.End != c.end || string(o.Stdout) != c.out && c.end != Syntax {
					t.Errorf("%s: got %s (%s) %q %q, want %s %q", c.name, o.End, o.Why, o.Stdout, strings.TrimSpace(string(o.Stderr[:min(len(o.Stderr), 300)])), c.end, c.out)
				}
				t.Logf("%-16s %-12s built %v (CPU %v), all %v, %s", c.name, o.End, built.Round(time.Millisecond), o.CPU.Round(time.Millisecond), time.Since(start).Round(time.Millisecond), o.Why)
			}
		})
	}
}

// TestNoGo: a toolchain that is missing or too old is named, with its path.
func TestNoGo(t *testing.T) {
	s := open(t, Options{Workers: 1})
	old := t.TempDir() + "/go"
	if err := os.WriteFile(old, []byte("#!/bin/sh\necho '{\"GOVERSION\":\"go1.19.2\"}'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, why string }{{"/nowhere/go", "/nowhere/go"}, {old, "go1.19.2, needed is go1.22"}} {
		if _, err := s.Go(c.path); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: got %v", c.path, err)
		}
	}
}
