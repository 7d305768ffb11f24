package sandbox

import (
	"bytes"
	"fmt"
	"strings"
)

// nativeEnv is what a binary of Go finds. Random numbers without a seed of their own come in one order.
var nativeEnv = map[string]string{"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "HOME": "/work", "TMPDIR": "/work", "GOMAXPROCS": "2", "GODEBUG": "randautoseed=0", "GOTRACEBACK": "single"}

// become makes a program the binary.
func (sp *spec) become(binary []byte, args ...string) {
	sp.Exec, sp.Env = append([]string{"program"}, args...), nativeEnv
	sp.files = append(sp.files, file{"program", binary})
}

// crashed judges a binary that left without an answer, by its status and the words of Go's runtime. Whatever it forges there, it has not passed.
func (r *reader) crashed(o *Outcome) {
	o.End, o.Why = Protocol, fmt.Sprintf("exited with status %d before it had answered", r.end.Exit)
	if r.silent {
		o.End, o.Why = Exception, fmt.Sprintf("exited with status %d", r.end.Exit)
	}
	if r.end.Exit != 2 {
		return
	}
	for line := range bytes.Lines(o.Stderr) {
		said := strings.TrimSpace(string(line[:min(len(line), 300)]))
		for _, x := range crashes {
			if strings.HasPrefix(said, x.says) {
				o.End, o.Why = x.is, said
				o.Raised = Raised{Type: strings.TrimSuffix(x.says, ": "), Message: strings.TrimPrefix(said, x.says)}
				return
			}
		}
	}
}

// crashes are how Go's runtime begins its last words.
var crashes = []struct {
	says string
	is   Verdict
}{
	{"fatal error: runtime: out of memory", Memory},
	{"fatal error: runtime: cannot allocate memory", Memory},
	{"fatal error: out of memory", Memory},
	{"fatal error: failed to reserve", Memory},
	{"runtime: cannot allocate memory", Memory},
	{"runtime: failed to create new OS thread", ProcLimit},
	{"runtime: program exceeds", ProcLimit},
	{"fatal error: thread exhaustion", ProcLimit},
	{"panic: ", Exception},
	{"fatal error: ", Exception},
	{"SIGXFSZ", FSLimit},
	{"SIG", Protocol},
}
