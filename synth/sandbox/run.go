package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// grace is what a box may take beyond a program's wall to report; then it is given up.
const grace = 15 * time.Second

// A spec is what the zygote reads.
type spec struct {
	Role    string   `json:"role"` // program, answers, tests
	Source  string   `json:"source"`
	Helpers string   `json:"helpers"`
	Calls   []string `json:"calls"`
	Names   []string `json:"names"`
	Needs   []int    `json:"needs"`
	Guests  []string `json:"guests"`
	Tame    []bool   `json:"tame"`
	Skip    int      `json:"skip"`
	Stop    bool     `json:"stop"`
	CPU     float64  `json:"cpu"`
	CallCPU float64  `json:"call_cpu"`
	Wall    float64  `json:"wall"`
	Memory  int64    `json:"memory"`
	Pids    int      `json:"pids"`
	Files   int      `json:"files"`
	File    int64    `json:"file"`
	Disk    int64    `json:"disk"`
	Inodes  int      `json:"inodes"`
	Answer  int64    `json:"answer"`

	Exec  []string          `json:"exec"` // becomes this binary, a file of its own or of the box; empty: runs the source
	Env   map[string]string `json:"env"`  // of the binary
	Stdin string            `json:"stdin"`
	Fetch string            `json:"fetch"` // the file that it makes
	files []file
}

// A file lies in the work folder when a program starts.
type file struct {
	name string
	data []byte
}

func (l Limits) spec(role, source string, calls []string) spec {
	if calls == nil {
		calls = []string{}
	}
	return spec{
		Role: role, Source: source, Calls: calls, Names: []string{}, CPU: l.CPU.Seconds(), CallCPU: l.CallCPU.Seconds(), Wall: l.Wall.Seconds(),
		Memory: l.Memory, Pids: l.Pids, Files: l.Files, File: l.File, Disk: l.Disk, Inodes: l.Inodes, Answer: l.Answer, Exec: []string{},
	}
}

// hand hands a program to b.
func (b *box) hand(sp spec) error {
	data, err := json.Marshal(sp)
	if err != nil {
		return err
	}
	for _, f := range sp.files {
		if err := b.send(frameFile, append([]byte(f.name+"\x00"), f.data...)); err != nil {
			return err
		}
	}
	return b.send(frameRun, data)
}

// An ending is what the zygote says of a program that is gone.
type ending struct {
	Signal, Exit   int
	Reason         string
	CPU, Wall      float64
	Memory, Peak   int64
	Stdout, Stderr int64
	Keeper         float64 // CPU seconds of the zygote itself, since it began
	Left           int
	Spoiled        bool // the work folder could not be emptied: the box must go
}

// Run runs one program. Whatever the program does is told in the outcome; an error is the machine's fault. A program whose box is gone, as when the kernel
// has ended it for want of memory, is run once more in another.
func (s *Sandbox) Run(ctx context.Context, p Program) (Outcome, error) {
	if err := p.Limits.Validate(); err != nil {
		return Outcome{}, err
	}
	sp := p.Limits.spec("program", p.Source, p.Calls)
	sp.Skip, sp.Stop, sp.Needs = p.Skip, p.Stop, p.Needs
	if p.Binary != nil {
		sp.become(p.Binary)
		sp.Stdin, sp.files = "stdin", append(sp.files, file{"stdin", p.Stdin})
	}
	n := len(p.Calls)
	if len(p.Guests) > 0 {
		sp.Guests, sp.Tame, n = p.Guests, p.Tame, len(p.Guests)
	}
	o, _, err := s.programs.run(ctx, sp, p.Limits, func() *reader {
		r := &reader{calls: n, next: p.Skip, stop: p.Stop, native: p.Binary != nil, silent: p.Binary != nil}
		r.out.Answers = make([]Answer, n)
		return r
	})
	return o, err
}

// attempts is how often a program is begun whose box goes.
const attempts = 2

// run runs one program in a box of the pool.
func (p *pool) run(ctx context.Context, sp spec, l Limits, fresh func() *reader) (o Outcome, r *reader, err error) {
	for range attempts {
		b, err := p.take(ctx)
		if err != nil {
			return Outcome{}, nil, err
		}
		r = fresh()
		stop := context.AfterFunc(ctx, b.kill)
		broken := b.run(sp, l, r)
		stop()
		p.put(b, broken == nil && !r.end.Spoiled)
		if err := ctx.Err(); err != nil {
			return Outcome{}, nil, err
		}
		if broken == nil {
			return r.finish(l), r, nil
		}
		o = Outcome{End: HarnessError, Why: broken.Error(), Answers: make([]Answer, r.calls)}
	}
	return o, r, nil
}

// run runs one program in b. An error says that the box is no longer usable.
func (b *box) run(sp spec, l Limits, r *reader) error {
	if err := b.hand(sp); err != nil {
		return fmt.Errorf("hand a program to its box: %w", err)
	}
	for f := range b.next(l.Wall + grace) {
		if f.err != nil {
			return fmt.Errorf("the box of a program is gone: %w", f.err)
		}
		if r.frame(f); r.broke != "" && r.end == nil {
			_ = b.send(frameKill, nil)
		}
	}
	return r.problem()
}

// A reader follows what a program says. Nothing of it is believed but that it was said.
type reader struct {
	out    Outcome
	calls  int // how many answers are due
	next   int // the answer that is due next
	stop   bool
	loaded bool
	done   bool
	rest   []byte // an unfinished line
	broke  string // how the program broke the protocol
	end    *ending
	on     func(line []json.RawMessage) bool // takes lines of other kinds
	native bool                              // a binary of Go
	silent bool                              // answers by its exit alone
	made   []byte                            // the file that it was to make
}

func (r *reader) frame(f frame) {
	switch f.kind {
	case frameStdout:
		r.out.Stdout = append(r.out.Stdout, f.data...)
	case frameStderr:
		r.out.Stderr = append(r.out.Stderr, f.data...)
	case frameAnswer:
		r.rest = append(r.rest, f.data...)
		for r.broke == "" {
			i := bytes.IndexByte(r.rest, '\n')
			if i < 0 {
				return
			}
			r.line(r.rest[:i])
			r.rest = r.rest[i+1:]
		}
		r.rest = nil
	case frameMade:
		r.made = f.data
	case frameEnd:
		r.end = &ending{}
		if err := json.Unmarshal(f.data, r.end); err != nil {
			r.end = nil
		}
	}
}

// problem says whether the box itself misbehaved.
func (r *reader) problem() error {
	if r.end == nil {
		return errors.New("the box of a program ended without a word")
	}
	if r.end.Left > 0 {
		return fmt.Errorf("%d processes survived the end of a program", r.end.Left)
	}
	return nil
}

// line reads one message of the program.
func (r *reader) line(line []byte) {
	var parts []json.RawMessage
	var kind string
	if err := json.Unmarshal(line, &parts); err != nil || len(parts) == 0 || json.Unmarshal(parts[0], &kind) != nil {
		r.broke = fmt.Sprintf("said %.40q", line)
		return
	}
	if r.done || r.out.End != "" || !r.known(kind, bytes.Clone(line), parts) {
		r.broke = fmt.Sprintf("said %.40q out of turn", line)
	}
}

// known takes a message and says whether it was in its place.
func (r *reader) known(kind string, line []byte, parts []json.RawMessage) bool {
	switch {
	case kind == "syntax" || kind == "top" || kind == "harness":
		raised, ok := ReadRaised(parts[1:])
		if !ok || r.loaded {
			return false
		}
		r.out.Raised, r.out.Why = raised, raised.String()
		r.out.End = map[string]Verdict{"syntax": Syntax, "top": raised.verdict(), "harness": HarnessError}[kind]
		return true
	case kind == "loaded" && !r.loaded:
		r.loaded = true
		return true
	case !r.loaded:
		return r.on != nil && r.on(parts)
	case kind == "done" && r.next == r.calls:
		r.done = true
		return true
	case kind == "v" || kind == "x":
		return r.answer(kind, line)
	}
	return r.on != nil && r.on(parts)
}

func (r *reader) answer(kind string, line []byte) bool {
	var parts []json.RawMessage
	if err := json.Unmarshal(line, &parts); err != nil || len(parts) < 3 || r.next >= r.calls {
		return false
	}
	var i int
	if err := json.Unmarshal(parts[1], &i); err != nil || i != r.next {
		return false
	}
	a := &r.out.Answers[i]
	if kind == "v" {
		a.Value = parts[2]
	} else {
		raised, ok := ReadRaised(parts[2:])
		if !ok {
			return false
		}
		a.Raised = raised
	}
	a.Given = true
	r.next++
	return true
}

// ReadRaised reads an exception from four JSON values: type, message, errno, and whether the program under test raised it.
func ReadRaised(parts []json.RawMessage) (Raised, bool) {
	var x Raised
	if len(parts) != 4 || json.Unmarshal(parts[0], &x.Type) != nil || json.Unmarshal(parts[1], &x.Message) != nil || json.Unmarshal(parts[2], &x.Errno) != nil ||
		json.Unmarshal(parts[3], &x.Inner) != nil || x.Type == "" {
		return Raised{}, false
	}
	return x, true
}

// finish judges how the program ended. What the zygote saw comes before what the program said.
func (r *reader) finish(l Limits) Outcome {
	o, e := r.out, r.end
	o.CPU, o.Wall = seconds(e.CPU), seconds(e.Wall)
	o.Keeper = seconds(e.Keeper)
	o.Memory, o.Printed = max(e.Memory, e.Peak), e.Stdout+e.Stderr
	stopped := r.stop && r.next > 0 && o.Answers[r.next-1].Type != "" && e.Exit == 0
	switch {
	case e.Reason == "stopped":
		o.End, o.Why = Protocol, r.broke
	case e.Reason != "":
		o.End, o.Why = reasons[e.Reason], "killed: "+e.Reason
	case o.CPU > l.CPU || e.Signal == 9 && o.CPU >= l.CPU*9/10:
		o.End, o.Why = TimeoutCPU, fmt.Sprintf("%v of CPU time, allowed are %v", o.CPU.Round(time.Millisecond), l.CPU)
	case r.broke != "":
		o.End, o.Why = Protocol, r.broke
	case o.End != "":
	case e.Signal == 9:
		o.End, o.Why = HarnessError, "killed from outside"
	case e.Signal == 31:
		o.End, o.Why = Protocol, "ended itself or called into the kernel where it must not"
	case e.Signal != 0:
		o.End, o.Why = Protocol, fmt.Sprintf("ended by signal %d", e.Signal)
	case r.done || stopped || r.silent && e.Exit == 0:
		o.End = Pass
	case r.native:
		r.crashed(&o)
	default:
		o.End, o.Why = Protocol, fmt.Sprintf("exited with status %d before it had answered", e.Exit)
	}
	return o
}

// reasons are the verdicts for what the zygote kills a program for.
var reasons = map[string]Verdict{
	"cpu": TimeoutCPU, "call": TimeoutCPU, "wall": TimeoutWall, "memory": Memory, "processes": ProcLimit, "output": OutputLimit, "disk": FSLimit,
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
