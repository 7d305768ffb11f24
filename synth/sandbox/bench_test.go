package sandbox

import (
	"testing"
)

func BenchmarkRun(b *testing.B) {
	s, err := Open(Options{Workers: 1})
	if err != nil {
		b.Skip(err)
	}
	defer s.Close()
	var cpu float64
	for b.Loop() {
		o, err := s.Run(b.Context(), Program{Source: "def f(x): return x + 1", Calls: []string{"f(1)"}, Limits: DefaultLimits})
		if err != nil || o.End != Pass {
			b.Fatal(o, err)
		}
		cpu += o.CPU.Seconds()
	}
	b.ReportMetric(cpu*1e3/float64(b.N), "child-cpu-ms/op")
}
