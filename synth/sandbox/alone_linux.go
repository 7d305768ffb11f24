//go:build linux && (amd64 || arm64)

package sandbox

import (
	"os"
	"os/exec"
)

// startAlone starts a zygote without namespaces: an interpreter as a plain process with an empty environment and a work folder of its
// own. With Landlock it takes the file system, TCP, signals and abstract sockets from itself before the first program; the programs' filter refuses
// to start processes, to signal others, and to connect.
func startAlone(w way, p interpreter, token string) (*box, error) {
	work, err := newScratch("winnow-box-")
	if err != nil {
		return nil, err
	}
	if w.account == "nobody" {
		err = os.Chown(work.path, nobody, nobody)
	}
	var env []string
	for name, value := range environment {
		env = append(env, name+"="+value)
	}
	c := config{Work: work.path, Env: map[string]string{"HOME": work.path, "TMPDIR": work.path}}
	if w.level == Landlock {
		c.Reads = append([]string{"/usr/lib", "/usr/lib64", "/lib", "/lib64"}, p.Reads...)
		c.Devices = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}
	}
	cmd := &exec.Cmd{Path: p.Path, Args: []string{p.Path, "-S", "-s", "-B", "-c", zygote, token}, Env: env, SysProcAttr: w.credential()}
	var b *box
	if err == nil {
		b, err = startBox(cmd, c)
	}
	if err != nil {
		work.remove()
		return nil, err
	}
	b.work = work
	return b, nil
}
