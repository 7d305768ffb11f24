//go:build linux && (amd64 || arm64)

package sandbox

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"syscall"
	"time"
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

// A scratch is a folder for as long as this process lives.
type scratch struct {
	path string
	lock *os.File // of the folder, which nobody holds once this process is gone, however it ends
}

// newScratch makes a folder in the machine's folder for temporary files, and removes those that processes which were killed have left there.
func newScratch(prefix string) (scratch, error) {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	if err != nil {
		return scratch{}, err
	}
	for _, path := range left {
		if info, err := os.Lstat(path); err != nil || !info.IsDir() || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		if s, err := hold(path); err == nil {
			s.remove()
		}
	}
	path, err := os.MkdirTemp("", prefix)
	if err != nil {
		return scratch{}, err
	}
	s, err := hold(path)
	if err != nil {
		_ = os.RemoveAll(path)
	}
	return s, err
}

// hold takes the lock of a folder that nobody holds.
func hold(path string) (scratch, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return scratch{}, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return scratch{}, errors.Join(err, f.Close())
	}
	return scratch{path, f}, nil
}

func (s scratch) remove() {
	if s.path != "" {
		_ = os.RemoveAll(s.path)
		_ = s.lock.Close()
	}
}
