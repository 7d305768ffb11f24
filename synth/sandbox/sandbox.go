package sandbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
)

// A Level is how strongly programs are isolated.
type Level int

// The levels, weakest first.
const (
	Unsafe     Level = iota // a process of its own with limits and a filter on system calls; files of this machine are open to it
	Landlock                // and only its work folder and the interpreter can be reached; no processes, no sockets
	Namespaces              // and processes, mounts, network, users of its own, by bubblewrap
)

var levelNames = [...]string{"unsafe", "landlock", "namespaces"}

func (l Level) String() string { return levelNames[l] }

// Options say how to open a sandbox. The zero value asks for at least Landlock.
type Options struct {
	Python  string // path of the interpreter; "": the first of this machine that works
	Workers int    // programs at a time; 0: one for each core
	// Only opens this level and no other; nil: the strongest. Unsafe is never taken unless it is named here.
	Only *Level
}

// A Sandbox runs programs in boxes. It is safe for concurrent use.
type Sandbox struct {
	Level   Level
	Python  string   // path of the interpreter
	Version string   // of the interpreter
	Account string   // whose rights boxes have: "nobody", "own"
	Passed  []string // stronger levels and interpreters that did not open, and why

	token    string // the last argument of every process of its boxes
	way      way
	reads    []string // what the interpreter needs
	programs pool
	tests    pool
	closing  sync.Once

	mu         sync.Mutex
	toolchains map[string]*Go
}

// ErrNone wraps what [Open] returns on a machine without isolation or interpreter.
var ErrNone = errors.New("no sandbox")

// Open looks for the strongest isolation of this machine, by starting a box and running a program in it.
func Open(o Options) (*Sandbox, error) {
	n := o.Workers
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	var passed []string
	var found []interpreter
	for _, path := range interpreters(o.Python) {
		p, err := look(path)
		if err != nil {
			passed = append(passed, err.Error())
			continue
		}
		found = append(found, p)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w: no Python 3.9 or later: %s", ErrNone, strings.Join(append(passed, "install python3"), "; "))
	}
	for w := range ways(o.Only) {
		for _, p := range found {
			token := rand.Text()
			start := func() (*box, error) { return w.start(p, token) }
			b, err := first(start)
			if err != nil {
				passed = append(passed, fmt.Sprintf("%s, %s: %v", w, p.Path, err))
				continue
			}
			s := &Sandbox{Level: w.level, Python: p.Path, Version: b.Version, Account: w.account, Passed: passed, token: token, way: w, reads: p.Reads, toolchains: map[string]*Go{}}
			s.programs.open(n, start)
			s.tests.open(n, start)
			<-s.programs.slots
			s.programs.put(b, true)
			return s, nil
		}
	}
	return nil, fmt.Errorf("%w: %s; install bubblewrap, or name a weaker level", ErrNone, strings.Join(passed, "; "))
}

// first starts a box and runs a program in it.
func first(start func() (*box, error)) (*box, error) {
	b, err := start()
	if err != nil {
		return nil, err
	}
	r := reader{calls: 1}
	r.out.Answers = make([]Answer, 1)
	err = b.run(DefaultLimits.spec("program", "", []string{"6 * 7"}), DefaultLimits, &r)
	if err == nil {
		if o := r.finish(DefaultLimits); string(o.Answers[0].Value) != "42" {
			err = fmt.Errorf("run a first program: %s: %s", o.End, o.Why)
		}
	}
	if err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// A way is a level and whose rights it takes.
type way struct {
	level   Level
	account string
}

func (w way) String() string { return w.level.String() + " as " + w.account }

// String tells a person how programs are held.
func (s *Sandbox) String() string {
	return fmt.Sprintf("%s, Python %s (%s), rights of %s", levelDocs[s.Level], s.Version, s.Python, map[string]string{"nobody": "nobody", "own": "this account"}[s.Account])
}

var levelDocs = [...]string{
	"unsafe: a process with limits, files of this machine open to it",
	"landlock and seccomp: one process, its work folder, no network",
	"bubblewrap: namespaces, read-only root, work folder in memory, no network, no capabilities, seccomp",
}

// Close ends all boxes, once the programs that run in them have ended. Boxes end with this process, too, however it ends.
func (s *Sandbox) Close() error {
	s.closing.Do(func() {
		s.programs.close()
		s.tests.close()
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, g := range s.toolchains {
			g.tools.close()
		}
	})
	return nil
}

// A pool lends boxes.
type pool struct {
	start func() (*box, error)
	slots chan *box // nil: a box that has not been started
}

func (p *pool) open(n int, start func() (*box, error)) {
	p.start, p.slots = start, make(chan *box, n)
	for range n {
		p.slots <- nil
	}
}

// take returns an idle box, or starts one.
func (p *pool) take(ctx context.Context) (*box, error) {
	select {
	case b, ok := <-p.slots:
		if !ok {
			return nil, errors.New("the sandbox is closed")
		}
		if b != nil {
			return b, nil
		}
		b, err := p.start()
		if err != nil {
			p.slots <- nil
			return nil, fmt.Errorf("start a box: %w", err)
		}
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// put gives a box back; one that is not sound is ended.
func (p *pool) put(b *box, sound bool) {
	if !sound {
		b.close()
		b = nil
	}
	p.slots <- b
}

func (p *pool) close() {
	for range cap(p.slots) {
		if b := <-p.slots; b != nil {
			b.close()
		}
	}
	close(p.slots)
}

// Workers returns how many programs run at a time.
func (s *Sandbox) Workers() int { return cap(s.programs.slots) }

// ParseLevel reads the name of a level.
func ParseLevel(name string) (Level, error) {
	for i, n := range levelNames {
		if n == name {
			return Level(i), nil
		}
	}
	return 0, fmt.Errorf("%q is no isolation; allowed are %s", name, strings.Join(levelNames[:], ", "))
}
