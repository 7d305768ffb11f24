//go:build linux || darwin || freebsd

package hub

import "syscall"

// Free is how many bytes the file system of dir can still take for this user.
func Free(dir string) (int64, bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
