package synth

import (
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// Strict and loose verdicts on 1,025 instructions of IFEval; "checks/cpu-s" counts an instruction, judged both ways, once.
func BenchmarkCheckConstraints(b *testing.B) {
	rows := responses(b)
	docs := make([]*stages.Document, len(rows))
	bytes, n := 0, 0
	for i, r := range rows {
		docs[i] = r.prompt()
		bytes += len(r.Response)
		n += len(r.Strict)
	}
	strict, loose := checkConstraintsDefaults, checkConstraintsDefaults
	loose.Mode = "loose"
	b.SetBytes(int64(bytes))
	from := processTime()
	for b.Loop() {
		for _, d := range docs {
			strict.Checks(d, &d.Answers[0])
			loose.Checks(d, &d.Answers[0])
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/(processTime()-from).Seconds(), "checks/cpu-s")
}
