//go:build linux && (amd64 || arm64)

package sandbox

import (
	"fmt"
	"iter"
	"os"
	"syscall"
)

// nobody is the account that boxes of root get.
const nobody = 65534

// ways yields how a box may be isolated, strongest first.
func ways(only *Level) iter.Seq[way] {
	return func(yield func(way) bool) {
		for _, l := range []Level{Namespaces, Landlock, Unsafe} {
			if only != nil && *only != l || only == nil && l == Unsafe {
				continue
			}
			if os.Geteuid() == 0 && !yield(way{l, "nobody"}) {
				return
			}
			if !yield(way{l, "own"}) {
				return
			}
		}
	}
}

// start starts a box this way.
func (w way) start(p interpreter, token string) (*box, error) {
	if w.level != Namespaces {
		return startAlone(w, p, token)
	}
	cmd, err := bubblewrap(p, token)
	if err != nil {
		return nil, err
	}
	cmd.SysProcAttr = w.credential()
	return startBox(cmd, config{Namespaces: true})
}

// credential takes root's rights from a box.
func (w way) credential() *syscall.SysProcAttr {
	if w.account != "nobody" {
		return &syscall.SysProcAttr{}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

// owned says what keeps a folder from being trusted: it is another's, or others may write to it.
func owned(folder string) error {
	info, err := os.Lstat(folder)
	if err != nil {
		return err
	}
	state, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(state.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s is not a folder that this account alone may write to", folder)
	}
	return nil
}
