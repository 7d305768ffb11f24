package answer

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages/cputime"
	"github.com/winnow-data/winnow/stages/realdata"
)

type solution struct {
	IsCorrect bool `json:"is_correct"`
	Solution  string
}

type problem struct {
	GroundTruth string `json:"ground_truth"`
	solutions   []solution
}

// gsmProblems returns the problems with the recorded answers of four models.
func gsmProblems(t testing.TB) []problem {
	f, err := os.Open(realdata.Path(t, "data/gsm8k/model-solutions-700.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []problem
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p problem
		var row map[string]json.RawMessage
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(row["ground_truth"], &p.GroundTruth); err != nil {
			t.Fatal(err)
		}
		for _, model := range []string{"6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"} {
			var s solution
			if err := json.Unmarshal(row[model], &s); err != nil {
				t.Fatal(err)
			}
			p.solutions = append(p.solutions, s)
		}
		out = append(out, p)
	}
	return out
}

func TestRecordedLabels(t *testing.T) {
	var j Judge
	right, n := 0, 0
	for _, p := range gsmProblems(t) {
		for _, s := range p.solutions {
			o, why := verdict(&j, p.GroundTruth, s.Solution)
			if (o == Same) != s.IsCorrect || o == Unsure {
				t.Errorf("%q against %q: got %d %s, recorded %v", s.Solution[max(0, len(s.Solution)-60):], p.GroundTruth[max(0, len(p.GroundTruth)-20):], o, why, s.IsCorrect)
			}
			n++
			if o == Same {
				right++
			}
		}
	}
	if n != 2800 || right != 1072 {
		t.Errorf("got %d of %d right, want 1072 of 2800", right, n)
	}
}

// perCPU reports the pairs judged in a second of processor time since start.
func perCPU(b *testing.B, start time.Duration, pairs int) {
	if used := cputime.Now() - start; used > 0 {
		b.ReportMetric(float64(pairs)/used.Seconds(), "pairs/cpu-s")
	}
}

// BenchmarkGolden reads and compares both sides of every pair of golden/math; math-verify 0.9.0 does 297 a CPU second (spec/measured.md, part D).
func BenchmarkGolden(b *testing.B) {
	pairs := goldenPairs(b)
	var j Judge
	bytes := 0
	for _, p := range pairs {
		bytes += len(p.Gold) + len(p.Answer)
	}
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	start := cputime.Now()
	for b.Loop() {
		for _, p := range pairs {
			verdict(&j, p.Gold, p.Answer)
		}
	}
	perCPU(b, start, len(pairs)*b.N)
}

// BenchmarkSolutions judges whole solutions of GSM8K, gold read for each.
func BenchmarkSolutions(b *testing.B) {
	problems := gsmProblems(b)
	var j Judge
	bytes, n := 0, 0
	for _, p := range problems {
		for _, s := range p.solutions {
			bytes += len(s.Solution)
			n++
		}
	}
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	start := cputime.Now()
	for b.Loop() {
		for _, p := range problems {
			for _, s := range p.solutions {
				verdict(&j, p.GroundTruth, s.Solution)
			}
		}
	}
	perCPU(b, start, n*b.N)
}
