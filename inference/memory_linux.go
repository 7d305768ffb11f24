package inference

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// available is the memory that the machine or the cgroup allows, in bytes.
func available() int64 {
	const least = 1 << 30
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return least
	}
	most := int64(info.Totalram) * int64(info.Unit)
	if data, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64); err == nil && n > 0 {
			most = min(most, n)
		}
	}
	return most
}
