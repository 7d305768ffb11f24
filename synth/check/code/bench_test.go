package code

import (
	"syscall"
	"testing"
	"time"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// BenchmarkHumanEval runs the canonical solutions under HumanEval's tests that are data, each once, one at a time. It counts the CPU time of the
// programs, of the zygote, and of this process.
func BenchmarkHumanEval(b *testing.B) {
	all, _ := humanEvals(b)
	s, err := sandbox.Open(sandbox.Options{Workers: 1})
	if err != nil {
		absent(b, err.Error())
	}
	defer s.Close()
	type item struct {
		source string
		tests  *Tests
	}
	var items []item
	for _, p := range all {
		if t := p.tests(b); t.code == "" {
			items = append(items, item{p.Prompt + p.Canonical, t})
		}
	}
	var programs, keeper, first time.Duration
	var self syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &self)
	before := cpuOf(self)
	n := 0
	for b.Loop() {
		for _, x := range items {
			o, err := s.Run(b.Context(), sandbox.Program{Source: x.source, Calls: x.tests.calls, Stop: true, Limits: sandbox.DefaultLimits})
			if err != nil || o.End != sandbox.Pass {
				b.Fatal(o.End, o.Why, err)
			}
			for _, t := range x.tests.tests {
				if v, why := want(t.want, o); v != sandbox.Pass {
					b.Fatal(v, why)
				}
			}
			if n++; n == 1 {
				first = o.Keeper
			}
			programs, keeper = programs+o.CPU, o.Keeper
		}
	}
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &self)
	cpu := programs + keeper - first + cpuOf(self) - before
	b.ReportMetric(float64(n)/cpu.Seconds(), "programs/cpu-s")
	b.ReportMetric(programs.Seconds()*1e3/float64(n), "program-ms")
	b.ReportMetric((keeper-first).Seconds()*1e3/float64(n), "zygote-ms")
	b.ReportMetric((cpuOf(self)-before).Seconds()*1e3/float64(n), "supervisor-ms")
}

func cpuOf(u syscall.Rusage) time.Duration {
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
