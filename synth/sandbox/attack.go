package sandbox

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// An Attack is a hostile program. It has done harm if it passes, if this machine has changed, or if the next program fares worse.
type Attack struct {
	Language string // python, go
	Family   string
	Name     string
	Source   string
	Want     []Verdict // allowed ones; Wrong is any value but the wanted one
	// Any says that the program's own end does not matter, such as for one that does what it may.
	Any bool
}

// A Finding is how an attack went.
type Finding struct {
	Attack
	Got     Verdict
	Why     string
	Harm    []string // what it achieved; none for a sandbox that holds
	Elapsed time.Duration
}

// OK says whether the attack did no harm and got a verdict of its class.
func (f Finding) OK() bool { return len(f.Harm) == 0 && (f.Any || slices.Contains(f.Want, f.Got)) }

// limits keep the suite short: who is to run out of time gets little.
func (a Attack) limits() Limits {
	l := DefaultLimits.WithCPU(time.Second)
	if len(a.Want) > 0 && a.Want[0] == TimeoutCPU {
		l.CPU = 250 * time.Millisecond
	}
	if slices.Contains(a.Want, TimeoutWall) {
		l.Wall = time.Second
	}
	l.Memory = 256 << 20
	return l
}

// A range of this machine that attacks aim at.
type target struct {
	folder   string // anybody may write
	secret   string // stands in a file there
	port     int
	abstract string
	visits   atomic.Int32
	close    func()
}

// aim makes the target: a folder that everybody may write, a file with a secret, listeners on TCP, UDP and an abstract socket.
func aim() (*target, error) {
	scratch, err := newScratch("winnow-attack-")
	if err != nil {
		return nil, err
	}
	folder := scratch.path
	t := &target{folder: folder, secret: rand.Text(), abstract: "winnow-" + rand.Text()}
	tcp, err1 := net.Listen("tcp", "127.0.0.1:0")
	unix, err2 := net.Listen("unix", "@"+t.abstract)
	err = errors.Join(os.Chmod(folder, 0o777), os.WriteFile(filepath.Join(folder, "secret"), []byte(t.secret), 0o666), os.Chmod(filepath.Join(folder, "secret"), 0o666), err1, err2)
	t.close = func() {
		for _, l := range []net.Listener{tcp, unix} {
			if l != nil {
				_ = l.Close()
			}
		}
		scratch.remove()
	}
	if err != nil {
		t.close()
		return nil, fmt.Errorf("make a target for the attacks: %w", err)
	}
	t.port = tcp.Addr().(*net.TCPAddr).Port
	for _, l := range []net.Listener{tcp, unix} {
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				t.visits.Add(1)
				_ = c.Close()
			}
		}()
	}
	return t, nil
}

// changed says what of the target is no longer as it was.
func (t *target) changed() (harm []string) {
	found, err := os.ReadDir(t.folder)
	if err != nil || len(found) != 1 {
		harm = append(harm, "the folder has changed")
	}
	data, err := os.ReadFile(filepath.Join(t.folder, "secret"))
	if err != nil || string(data) != t.secret {
		harm = append(harm, "the file has changed")
	}
	if t.visits.Swap(0) > 0 {
		harm = append(harm, "a socket was reached")
	}
	return harm
}

// wanted is what the attacked function should return; no program sees it.
const wanted = "8437219505"

// Test runs the attacks that only allows (nil: all) and a control program behind each; each finding is passed to tell. s has one worker. Those in Go
// need g; without it they are left out.
func Test(ctx context.Context, s *Sandbox, g *Go, only func(Attack) bool, tell func(Finding)) error {
	t, err := aim()
	if err != nil {
		return err
	}
	defer t.close()
	var goes *goTarget
	if g != nil {
		if goes, err = g.aim(ctx); err != nil {
			return err
		}
	}
	if err := s.warm(ctx); err != nil {
		return err
	}
	before := s.processes()
	for _, a := range Attacks() {
		if only != nil && !only(a) || a.Language == "go" && g == nil {
			continue
		}
		f := Finding{Attack: a}
		source := strings.NewReplacer("{FOLDER}", t.folder, "{PORT}", fmt.Sprint(t.port), "{ABSTRACT}", t.abstract).Replace(a.Source)
		start := time.Now()
		var said []byte
		if a.Language == "go" {
			said, err = f.attackGo(ctx, s, goes, source)
		} else {
			said, err = f.attack(ctx, s, source)
		}
		if err != nil {
			return err
		}
		f.Elapsed = time.Since(start)
		if f.Got == Pass {
			f.Harm = append(f.Harm, "it passes")
		}
		if bytes.Contains(said, []byte(t.secret)) {
			f.Harm = append(f.Harm, "it has read the secret")
		}
		f.Harm = append(f.Harm, t.changed()...)
		if err := f.control(ctx, s, goes); err != nil {
			return err
		}
		if n := s.processes(); n > before && before > 0 {
			f.Harm = append(f.Harm, fmt.Sprintf("%d processes survive", n-before))
		}
		tell(f)
	}
	return nil
}

// warm starts the boxes that the attacks use, so that their processes can be counted.
func (s *Sandbox) warm(ctx context.Context) error {
	p := Program{Calls: []string{"1"}, Limits: DefaultLimits}
	if _, err := s.Run(ctx, p); err != nil {
		return err
	}
	_, _, err := s.Judge(ctx, p, TestCode{Limits: DefaultLimits})
	return err
}

// attack runs a program of Python. It returns what the program has said.
func (f *Finding) attack(ctx context.Context, s *Sandbox, source string) ([]byte, error) {
	o, err := s.Run(ctx, Program{Source: source, Calls: []string{"f(7)"}, Limits: f.limits()})
	if err != nil {
		return nil, err
	}
	f.Got, f.Why = o.End, o.Why
	if answer := o.Answers[0]; o.End == Pass {
		f.Got = answer.Verdict()
		f.Why = answer.Raised.String()
		if f.Got == Pass && string(answer.Value) != wanted {
			f.Got, f.Why = Wrong, fmt.Sprintf("answered %.60s", answer.Value)
		}
	}
	return slices.Concat(o.Answers[0].Value, o.Stdout, o.Stderr), nil
}

// control runs harmless programs, which must fare as always.
func (f *Finding) control(ctx context.Context, s *Sandbox, g *goTarget) error {
	l := f.limits()
	l.CPU, l.Wall = DefaultLimits.CPU, DefaultLimits.Wall
	o, err := s.Run(ctx, Program{Source: "import os\ndef f(x):\n    return [x, __name__, len(open.__name__), os.listdir()]", Calls: []string{"f(7)"}, Limits: l})
	if err != nil {
		return err
	}
	if o.End != Pass || string(o.Answers[0].Value) != `[7,"program",4,[]]` {
		f.Harm = append(f.Harm, fmt.Sprintf("the next program: %s %s %s", o.End, o.Why, o.Answers[0].Value))
	}
	if f.Language != "go" {
		return nil
	}
	o, err = s.Run(ctx, Program{Binary: g.control, Limits: l})
	if err != nil {
		return err
	}
	if o.End != Pass || string(o.Stdout) != "7 [] 1" {
		f.Harm = append(f.Harm, fmt.Sprintf("the next program: %s %s %.100s", o.End, o.Why, o.Stdout))
	}
	return nil
}

// processes counts the processes of the sandbox's boxes on this machine; 0 where that cannot be seen.
func (s *Sandbox) processes() int {
	n := 0
	found, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return 0
	}
	for _, file := range found {
		data, err := os.ReadFile(file)
		if err == nil && bytes.HasSuffix(data, []byte("\x00"+s.token+"\x00")) {
			n++
		}
	}
	return n
}
