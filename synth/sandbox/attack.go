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
	Family string
	Name   string
	Source string
	Want   []Verdict // allowed ones; Wrong is any value but the wanted one
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

// limits keep the suite short.
func (a Attack) limits() Limits {
	l := DefaultLimits.WithCPU(time.Second)
	if slices.Contains(a.Want, TimeoutWall) {
		l.Wall = 2 * time.Second
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
	folder, err := os.MkdirTemp("", "winnow-attack-")
	if err != nil {
		return nil, err
	}
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
		_ = os.RemoveAll(folder)
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

// Test runs the attacks that only allows (nil: all) and a control program behind each; each finding is passed to tell. s has one worker.
func Test(ctx context.Context, s *Sandbox, only func(Attack) bool, tell func(Finding)) error {
	t, err := aim()
	if err != nil {
		return err
	}
	defer t.close()
	before := s.processes()
	for _, a := range Attacks() {
		if only != nil && !only(a) {
			continue
		}
		f, err := s.attack(ctx, a, t)
		if err != nil {
			return err
		}
		if n := s.processes(); n > before && before > 0 {
			f.Harm = append(f.Harm, fmt.Sprintf("%d processes survive", n-before))
		}
		tell(f)
	}
	return nil
}

func (s *Sandbox) attack(ctx context.Context, a Attack, t *target) (Finding, error) {
	f := Finding{Attack: a}
	source := strings.NewReplacer("{FOLDER}", t.folder, "{PORT}", fmt.Sprint(t.port), "{ABSTRACT}", t.abstract).Replace(a.Source)
	start := time.Now()
	o, err := s.Run(ctx, Program{Source: source, Calls: []string{"f(7)"}, Limits: a.limits()})
	if err != nil {
		return f, err
	}
	f.Got, f.Why, f.Elapsed = o.End, o.Why, time.Since(start)
	if answer := o.Answers[0]; o.End == Pass {
		f.Got = answer.Verdict()
		f.Why = answer.Raised.String()
		if f.Got == Pass && string(answer.Value) != wanted {
			f.Got, f.Why = Wrong, fmt.Sprintf("answered %.60s", answer.Value)
		}
	}
	if f.Got == Pass {
		f.Harm = append(f.Harm, "it passes")
	}
	if bytes.Contains(o.Answers[0].Value, []byte(t.secret)) || bytes.Contains(o.Stdout, []byte(t.secret)) {
		f.Harm = append(f.Harm, "it has read the secret")
	}
	f.Harm = append(f.Harm, t.changed()...)
	control, err := s.Run(ctx, Program{Source: "def f(x):\n    return [x, __name__, len(open.__name__)]", Calls: []string{"f(7)"}, Limits: a.limits()})
	if err != nil {
		return f, err
	}
	if control.End != Pass || string(control.Answers[0].Value) != `[7,"__main__",4]` {
		f.Harm = append(f.Harm, fmt.Sprintf("the next program: %s %s %s", control.End, control.Why, control.Answers[0].Value))
	}
	return f, nil
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
