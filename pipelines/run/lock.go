//go:build unix

package run

import (
	"fmt"
	"os"
	"syscall"
)

// join enters the run's folder beside other processes. The first one in sweeps up what killed processes have left. The
// returned function leaves.
func (r *Runner) join() (leave func(), err error) {
	if r.local.lock == "" {
		return func() {}, nil // an object store: what is unfinished there has no name that could be swept
	}
	f, err := os.OpenFile(r.local.lock, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the run's lock: %w", err)
	}
	fd := int(f.Fd())
	if syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		err = r.sweep()
	}
	if err == nil {
		err = syscall.Flock(fd, syscall.LOCK_SH)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("the run's lock: %w", err)
	}
	return func() { f.Close() }, nil
}
