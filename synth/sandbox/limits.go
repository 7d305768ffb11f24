package sandbox

import (
	"errors"
	"fmt"
	"time"
)

// Limits bound one program. They hold for all of its processes together, but for File.
type Limits struct {
	CPU     time.Duration // CPU time
	CallCPU time.Duration // CPU time of one call; 0 for no bound of its own
	Wall    time.Duration // time on the clock
	Memory  int64         // bytes beyond what the interpreter holds
	Pids    int           // processes and threads
	Files   int           // open files
	File    int64         // bytes of one file
	Disk    int64         // bytes of the work folder
	Inodes  int           // files of the work folder
	Answer  int64         // bytes of all answers
}

// DefaultLimits are what check_code starts from. The wall is generous because verdicts are given in CPU time: load does not change them.
var DefaultLimits = Limits{
	CPU: 4 * time.Second, Wall: 20 * time.Second, Memory: 512 << 20, Pids: 32, Files: 64, File: 16 << 20, Disk: 32 << 20, Inodes: 1024, Answer: 16 << 20,
}

// WithCPU returns l with c of CPU time and a wall that a loaded machine does not run into: five times as long and ten seconds.
func (l Limits) WithCPU(c time.Duration) Limits {
	l.CPU, l.Wall = c, 5*c+10*time.Second
	return l
}

// Validate says whether each limit is set and sane.
func (l Limits) Validate() error {
	for _, x := range []struct {
		name  string
		value int64
		least int64
		most  int64
	}{
		{"cpu", int64(l.CPU), int64(10 * time.Millisecond), int64(time.Hour)},
		{"wall", int64(l.Wall), int64(10 * time.Millisecond), int64(4 * time.Hour)},
		{"memory", l.Memory, 1 << 20, 1 << 40},
		{"pids", int64(l.Pids), 1, 4096},
		{"files", int64(l.Files), 8, 4096},
		{"file", l.File, 0, 1 << 40},
		{"disk", l.Disk, 4096, 1 << 40},
		{"inodes", int64(l.Inodes), 1, 1 << 20},
		{"answer", l.Answer, 1, 1 << 30},
	} {
		if x.value < x.least || x.value > x.most {
			return fmt.Errorf("sandbox limit %s is %d, allowed are %d to %d", x.name, x.value, x.least, x.most)
		}
	}
	if l.CallCPU < 0 {
		return errors.New("sandbox limit call cpu is negative")
	}
	return nil
}
