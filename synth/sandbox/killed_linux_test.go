//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A proc is a process of this machine, told from a later one of the same number by when it began.
type proc struct {
	pid, parent int
	began, name string
}

func procs(t *testing.T) (all []proc) {
	t.Helper()
	found, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range found {
		data, err := os.ReadFile(file)
		i := bytes.LastIndexByte(data, ')')
		if err != nil || i < 0 {
			continue
		}
		p := proc{name: string(data[bytes.IndexByte(data, '(')+1 : i])}
		fields := strings.Fields(string(data[i+1:]))
		p.pid, _ = strconv.Atoi(strings.Split(file, "/")[2])
		p.parent, _ = strconv.Atoi(fields[1])
		p.began = fields[19]
		if fields[0] != "Z" {
			all = append(all, p)
		}
	}
	return all
}

// below are the processes that descend from one.
func below(t *testing.T, pid int) (all []proc) {
	t.Helper()
	every := procs(t)
	parents := []int{pid}
	for len(parents) > 0 {
		var next []int
		for _, p := range every {
			if slices.Contains(parents, p.parent) {
				all, next = append(all, p), append(next, p.pid)
			}
		}
		parents = next
	}
	return all
}

// gone waits until none of these processes is left.
func gone(t *testing.T, them []proc) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		left := slices.DeleteFunc(procs(t), func(p proc) bool {
			return !slices.ContainsFunc(them, func(q proc) bool { return p.pid == q.pid && p.began == q.began })
		})
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("processes survive: %v", left)
		}
	}
}

const (
	busyPython = "import os\nopen('file', 'w').write('x')\nn = 0\nwhile n < N:\n    n += 1\n"
	busyGo     = "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() {\n\t_ = os.WriteFile(\"file\", nil, 0o600)\n\ts := 0\n\tfor i := 0; i < N; i++ {\n\t\ts ^= i*s + 1\n\t}\n\tfmt.Println(\"end\", s != 1)\n}\n"
)

// busy is a program that works for as long as n is large.
func busy(t *testing.T, s *Sandbox, language string, n int) Program {
	t.Helper()
	p := Program{Source: strings.ReplaceAll(busyPython, "N", strconv.Itoa(n)), Calls: []string{"n"}, Limits: DefaultLimits.WithCPU(time.Minute)}
	if language == "go" {
		o, binary, err := openGo(t, s).Build(t.Context(), []File{{"main.go", strings.ReplaceAll(busyGo, "N", strconv.Itoa(n))}}, BuildLimits)
		if err != nil || o.End != Pass {
			t.Fatal(o.End, o.Why, err)
		}
		p.Binary = binary
	}
	return p
}

// TestVictim is what TestKilled kills: a process with a sandbox in which a program runs.
func TestVictim(t *testing.T) {
	level, language, ok := strings.Cut(os.Getenv("SANDBOX_VICTIM"), " ")
	if !ok {
		t.Skip("runs as a part of TestKilled")
	}
	l, err := ParseLevel(level)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{Workers: 1, Only: &l})
	p := busy(t, s, language, 1<<60)
	if o, err := s.Run(t.Context(), Program{Calls: []string{"1"}, Limits: DefaultLimits}); err != nil || o.End != Pass {
		t.Fatal(o, err)
	}
	fmt.Println("\nready")
	_, _ = os.Stdin.Read(make([]byte, 1))
	_, err = s.Run(t.Context(), p)
	t.Fatal("not killed", err)
}

// TestKilled: a supervisor that is killed in the middle of a program takes all processes with it, and the next one removes its folders.
func TestKilled(t *testing.T) {
	for _, level := range []Level{Namespaces, Landlock} {
		for _, language := range []string{"python", "go"} {
			t.Run(level.String()+"/"+language, func(t *testing.T) {
				folder, err := os.MkdirTemp("", "winnow-killed-") // one that the account of boxes may enter
				if err != nil {
					t.Fatal(err)
				}
				defer os.RemoveAll(folder)
				if err := os.Chmod(folder, 0o777); err != nil {
					t.Fatal(err)
				}
				victim := exec.Command(os.Args[0], "-test.run=^TestVictim$", "-test.v")
				victim.Env = append(os.Environ(), "TMPDIR="+folder, "SANDBOX_VICTIM="+level.String()+" "+language)
				out, err := victim.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				in, err := victim.StdinPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := victim.Start(); err != nil {
					t.Fatal(err)
				}
				said := ""
				for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != "ready"; {
					said += lines.Text() + "\n"
				}
				idle := below(t, victim.Process.Pid)
				_, _ = in.Write([]byte("\n"))
				for deadline := time.Now().Add(20 * time.Second); len(below(t, victim.Process.Pid)) <= len(idle); time.Sleep(5 * time.Millisecond) {
					if time.Now().After(deadline) {
						_ = victim.Process.Kill()
						t.Fatalf("no program runs: %v\n%s", idle, said)
					}
				}
				all := below(t, victim.Process.Pid)
				_ = victim.Process.Kill()
				_ = victim.Wait()
				gone(t, all)
				empties(t, folder, level)
			})
		}
	}
}

// empties checks that a sandbox that is opened and closed leaves nothing in the folder for temporary files, whoever left it.
func empties(t *testing.T, folder string, level Level) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if level == Landlock && len(left) == 0 {
		t.Error("the folder of the box is not where it is looked for")
	}
	for _, path := range left {
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("TMPDIR", folder)
	s, err := Open(Options{Workers: 1, Only: &level})
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	if left, err = filepath.Glob(filepath.Join(folder, "*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestZygoteKilled: a box that is killed in the middle of a program takes the program with it, and the program runs again in another: its outcome is the same.
func TestZygoteKilled(t *testing.T) {
	for _, level := range []Level{Namespaces, Landlock} {
		for _, language := range []string{"python", "go"} {
			t.Run(level.String()+"/"+language, func(t *testing.T) {
				s := open(t, Options{Workers: 1, Only: &level})
				n := map[string]int{"python": 4_000_000, "go": 400_000_000}[language]
				p := busy(t, s, language, n)
				want, err := s.Run(t.Context(), p)
				if err != nil || want.End != Pass {
					t.Fatal(want.End, want.Why, err)
				}
				idle := boxesOf(t, s)
				type result struct {
					o   Outcome
					err error
				}
				done := make(chan result)
				go func() {
					o, err := s.Run(t.Context(), p)
					done <- result{o, err}
				}()
				var all []proc
				for len(all) <= len(idle) {
					time.Sleep(time.Millisecond)
					all = boxesOf(t, s)
				}
				for _, p := range idle {
					_ = syscall.Kill(p.pid, syscall.SIGKILL)
				}
				got := <-done
				if got.err != nil || got.o.End != Pass || !bytes.Equal(got.o.Stdout, want.Stdout) || !slices.EqualFunc(got.o.Answers, want.Answers, func(a, b Answer) bool { return bytes.Equal(a.Value, b.Value) }) {
					t.Errorf("got %s (%s) %q %v %v", got.o.End, got.o.Why, got.o.Stdout, got.o.Answers, got.err)
				}
				gone(t, all)
			})
		}
	}
}

// boxesOf are the processes of the boxes that run programs.
func boxesOf(t *testing.T, s *Sandbox) []proc {
	t.Helper()
	own := func(p proc) bool {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.pid))
		return err == nil && bytes.HasSuffix(data, []byte("\x00"+s.token+"\x00"))
	}
	var all []proc
	for _, p := range below(t, os.Getpid()) {
		if own(p) || p.name == "program" || p.name == "3" || slices.ContainsFunc(all, func(q proc) bool { return q.pid == p.parent }) {
			all = append(all, p)
		}
	}
	return all
}
