package sandbox

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"os/exec"
	"sync"
	"time"
)

// starting is how long a box may take to come up on a loaded machine.
const starting = 30 * time.Second

// A box is an isolated process with a warm interpreter. It runs one program at a time and belongs to one goroutine.
type box struct {
	cmd     *exec.Cmd
	to      *os.File
	from    *os.File
	read    *bufio.Reader
	problem *tail
	Version string // of the interpreter
	once    sync.Once
	ended   chan struct{} // closed when the process is gone
	work    scratch       // folder of a box without namespaces
}

type config struct {
	Namespaces bool              `json:"namespaces"`
	Work       string            `json:"work"`
	Reads      []string          `json:"reads"`   // what Landlock leaves to read; empty: Landlock is not asked
	Devices    []string          `json:"devices"` // and to write
	Zygote     string            `json:"zygote"`  // filters on system calls, in hex
	Program    string            `json:"program"`
	Preload    []string          `json:"preload"`
	Env        map[string]string `json:"env"`
}

// startBox starts cmd, which leads to a zygote, and waits until that is warm.
func startBox(cmd *exec.Cmd, c config) (*box, error) {
	b := &box{cmd: cmd, problem: &tail{}, ended: make(chan struct{})}
	in, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	from, out, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, in.Close(), to.Close())
	}
	b.to, b.from, b.read = to, from, bufio.NewReaderSize(from, 64<<10)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, b.problem
	cmd.Dir = "/"
	cmd.WaitDelay = time.Second
	err = cmd.Start()
	if err := errors.Join(err, in.Close(), out.Close()); err != nil {
		return nil, errors.Join(err, to.Close(), from.Close())
	}
	ended := b.ended
	go func() { // without a hold on b: the pipes of a box that nobody has any more close, which ends it
		_ = cmd.Wait()
		close(ended)
	}()
	c.Preload = preload
	env := maps.Clone(environment)
	maps.Copy(env, c.Env)
	c.Env = env
	c.Zygote, c.Program = hex.EncodeToString(zygoteFilter()), hex.EncodeToString(programFilter(!c.Namespaces))
	data, err := json.Marshal(c)
	if err == nil {
		err = writeFrame(to, frameConfig, data)
	}
	var kind byte
	if err == nil {
		_ = from.SetReadDeadline(time.Now().Add(starting))
		kind, data, err = readFrame(b.read)
	}
	if err == nil && kind != frameReady {
		err = fmt.Errorf("the zygote greets with a frame %q", kind)
	}
	var hello struct{ Version string }
	if err == nil {
		err = json.Unmarshal(data, &hello)
	}
	if err != nil {
		b.close()
		if said := b.problem.String(); said != "" {
			err = fmt.Errorf("%w: %s", err, said)
		}
		return nil, err
	}
	b.Version = hello.Version
	return b, nil
}

// close ends the box and waits until its processes are gone.
func (b *box) close() {
	b.kill()
	<-b.ended
	_ = b.from.Close()
	b.work.remove()
}

// kill ends the box; a goroutine that reads from it gets an error. Closing its input ends a zygote that a wrapper stands before.
func (b *box) kill() {
	b.once.Do(func() {
		_ = b.to.Close()
		_ = b.from.SetReadDeadline(time.Now())
		select {
		case <-b.ended:
			return
		case <-time.After(200 * time.Millisecond):
		}
		_ = b.cmd.Process.Kill()
	})
}

// send sends a frame to the zygote.
func (b *box) send(kind byte, data []byte) error { return writeFrame(b.to, kind, data) }

// next reads the frames of the running program until its end, which is the last one, or an error of the box.
func (b *box) next(wall time.Duration) iter.Seq[frame] {
	return func(yield func(frame) bool) {
		_ = b.from.SetReadDeadline(time.Now().Add(wall))
		for {
			kind, data, err := readFrame(b.read)
			if !yield(frame{kind, data, err}) || err != nil || kind == frameEnd {
				return
			}
		}
	}
}

// tail keeps the first lines that a box says on its standard error.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := 4096 - t.buf.Len(); room > 0 {
		t.buf.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := bytes.Split(bytes.TrimSpace(t.buf.Bytes()), []byte("\n"))
	return string(lines[len(lines)-1])
}
