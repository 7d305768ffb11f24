package code

import (
	"syscall"
	"testing"
	"time"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// BenchmarkCodeT fills the matrices of the golden run of CodeT: every distinct solution under every distinct test, one solution at a time. It counts the CPU
// time of the programs, of the zygote, and of this process.
func BenchmarkCodeT(b *testing.B) {
	golden := rows[codet](b, shared(b, "golden", "code", "codet-first30.jsonl.zst"))
	solutions := rows[sampled](b, shared(b, "data", "code", "codet", "humaneval-codegen16b-code_solution-first60.jsonl.gz"))
	if testing.Short() {
		golden = golden[:2]
	}
	s, err := sandbox.Open(sandbox.Options{Workers: 1})
	if err != nil {
		absent(b, err.Error())
	}
	defer s.Close()
	keeper := func() time.Duration {
		o, err := s.Run(b.Context(), sandbox.Program{Limits: sandbox.DefaultLimits})
		if err != nil || o.End != sandbox.Pass {
			b.Fatal(o.End, o.Why, err)
		}
		return o.Keeper
	}
	own := func() time.Duration {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return cpuOf(u)
	}
	l := codetLimits()
	l.CallCPU = 250 * time.Millisecond // as the golden run had
	kept, self := keeper(), own()
	var cpu time.Duration
	cells := 0
	for b.Loop() {
		for i, g := range golden {
			if len(g.Tests) == 0 {
				continue
			}
			parsed, err := Parse(Source{Entry: g.Entry, Asserts: g.Tests})
			if err != nil {
				b.Fatal(err)
			}
			var programs []string
			for _, x := range g.Solutions {
				programs = append(programs, solutions[i].Prompt+x)
			}
			reports, err := parsed.JudgeAll(b.Context(), s, programs, l)
			if err != nil {
				b.Fatal(err)
			}
			for _, r := range reports {
				cells += len(r.Tests)
				cpu += r.CPU
			}
		}
	}
	kept, self = keeper()-kept, own()-self
	b.ReportMetric((cpu+kept+self).Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(cpu.Seconds()/float64(b.N), "programs-s/op")
	b.ReportMetric(kept.Seconds()/float64(b.N), "zygote-s/op")
	b.ReportMetric(self.Seconds()/float64(b.N), "supervisor-s/op")
	b.ReportMetric(float64(cells)/float64(b.N), "cells/op")
}
