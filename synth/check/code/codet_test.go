package code

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// A codet row is one task of the golden run of CodeT, see golden/code/README.md.
type codet struct {
	ID         string `json:"task_id"`
	Entry      string `json:"entry_point"`
	SampleTo   []int  `json:"sample_to_solution"`
	Solutions  []string
	Truth      []bool
	Tests      []string
	TestCounts []int `json:"test_counts"`
	Matrix     []string
	Groups     []struct {
		Solutions      []int
		Samples, Tests int
		Score          float64
	}
	SampleAccuracy float64 `json:"sample_accuracy"`
	TopAccuracy    float64 `json:"top_accuracy"`
}

type sampled struct {
	Prompt  string
	Samples []string
}

// codetLimits allow a test more than the golden run did (0.25 s), so that a test that takes nearly as long is not cut on a slower machine.
func codetLimits() sandbox.Limits {
	l := sandbox.DefaultLimits.WithCPU(10 * time.Second)
	l.CallCPU = 400 * time.Millisecond
	return l
}

// TestCodeT: from raw samples to groups, every step is as in the golden run.
func TestCodeT(t *testing.T) {
	golden := rows[codet](t, shared(t, "golden", "code", "codet-first30.jsonl.zst"))
	solutions := rows[sampled](t, shared(t, "data", "code", "codet", "humaneval-codegen16b-code_solution-first60.jsonl.gz"))
	tests := rows[sampled](t, shared(t, "data", "code", "codet", "humaneval-codegen16b-test_case-first60.jsonl.gz"))
	if testing.Short() {
		golden = golden[:3]
	}
	s := box(t)
	var cpu time.Duration
	var cells, differ, programs, tame int
	var mean, top float64
	for i, g := range golden {
		found, votes, err := SampledTests(t.Context(), s, tests[i].Samples, g.Entry, codetLimits())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(found, g.Tests) || !slices.Equal(votes, g.TestCounts) {
			t.Errorf("%s: %d tests, want %d, or others", g.ID, len(found), len(g.Tests))
			continue
		}
		distinct, samples := distinctSolutions(t, g, solutions[i].Samples)
		if len(found) == 0 {
			mean, top = mean+g.SampleAccuracy, top+g.SampleAccuracy
			continue
		}
		parsed, err := Parse(Source{Entry: g.Entry, Asserts: found})
		if err != nil {
			t.Fatal(err)
		}
		matrix := make([][]sandbox.Verdict, len(distinct))
		whole := make([]string, len(distinct))
		for k, x := range distinct {
			whole[k] = solutions[i].Prompt + x
			if isTame(whole[k]) {
				tame++
			}
		}
		reports, err := parsed.JudgeAll(t.Context(), s, whole, codetLimits())
		if err != nil {
			t.Fatal(err)
		}
		for k, r := range reports {
			matrix[k] = r.Tests
			cpu += r.CPU
		}
		programs += len(distinct)
		slower(t, s, parsed, g, solutions[i].Prompt, distinct, matrix)
		for k, row := range matrix {
			for j, v := range row {
				if w := g.Matrix[k][j]; w == 'P' || w == 'F' {
					cells++
					if (v == sandbox.Pass) != (w == 'P') {
						differ++
						t.Errorf("%s: solution %d, test %d %q: got %s, want %c", g.ID, k, j, found[j], v, w)
					}
				}
			}
		}
		groups := Agree(matrix, samples, votes)
		sameGroups(t, g, groups)
		mean += g.SampleAccuracy
		top += topAccuracy(g, groups, samples)
	}
	n := float64(len(golden))
	t.Logf("%d programs, %d of them tame, %d cells, %d differ; mean sample %.4f, agreement %.4f; %.2f s of CPU in programs", programs, tame, cells, differ, mean/n, top/n, cpu.Seconds())
	if len(golden) == 30 && (math.Abs(top/n-0.2395) > 5e-5 || math.Abs(mean/n-0.1167) > 5e-5) {
		t.Errorf("mean %.4f and agreement %.4f, want 0.1167 and 0.2395", mean/n, top/n)
	}
}

// slower judges again, with more time, the solutions that ran out of time where the golden run passed: those tests end close to the limit, and on a busy
// machine beyond it. Where the golden run ran out of time, so do we.
func slower(t *testing.T, s *sandbox.Sandbox, parsed *Tests, g codet, prompt string, distinct []string, matrix [][]sandbox.Verdict) {
	t.Helper()
	l := codetLimits()
	l.CallCPU *= 4
	for k, row := range matrix {
		for j := range row {
			if w := g.Matrix[k][j]; w != 'P' && w != 'F' { // the golden run has no verdict: it had 0.25 s of wall time for it, which is less than ours
				row[j] = sandbox.TimeoutCPU
			}
		}
		late := func(j int) bool {
			return g.Matrix[k][j] == 'P' && (row[j] == sandbox.TimeoutCPU || row[j] == sandbox.TimeoutWall)
		}
		if !slices.ContainsFunc(indexes(len(row)), late) {
			continue
		}
		r, err := parsed.JudgeEach(t.Context(), s, prompt+distinct[k], l)
		if err != nil {
			t.Fatal(err)
		}
		for j := range row {
			if late(j) {
				row[j] = r.Tests[j]
			}
		}
	}
}

func indexes(n int) []int {
	v := make([]int, n)
	for i := range v {
		v[i] = i
	}
	return v
}

func distinctSolutions(t *testing.T, g codet, raw []string) (distinct []string, samples []int) {
	t.Helper()
	at := map[string]int{}
	for k, x := range raw {
		x = Cut(x)
		j, ok := at[x]
		if !ok {
			j = len(distinct)
			at[x] = j
			distinct, samples = append(distinct, x), append(samples, 0)
		}
		samples[j]++
		if j != g.SampleTo[k] {
			t.Fatalf("%s: sample %d is solution %d, want %d", g.ID, k, j, g.SampleTo[k])
		}
	}
	if !slices.Equal(distinct, g.Solutions) {
		t.Fatalf("%s: other solutions", g.ID)
	}
	return distinct, samples
}

func sameGroups(t *testing.T, g codet, groups []Group) {
	t.Helper()
	for k, want := range g.Groups {
		if k >= len(groups) {
			t.Errorf("%s: %d groups, want at least %d", g.ID, len(groups), k+1)
			return
		}
		if math.Abs(groups[k].Score-want.Score) > 1e-9 {
			t.Errorf("%s: group %d scores %g, want %g", g.ID, k, groups[k].Score, want.Score)
		}
		same := slices.ContainsFunc(groups, func(x Group) bool {
			return slices.Equal(x.Solutions, want.Solutions) && x.Samples == want.Samples && x.Votes == want.Tests
		})
		if !same {
			t.Errorf("%s: no group of the solutions %v with %d tests", g.ID, want.Solutions, want.Tests)
		}
	}
}

// topAccuracy is the share of right samples in the groups of the top score; without groups, in all.
func topAccuracy(g codet, groups []Group, samples []int) float64 {
	if len(groups) == 0 {
		return g.SampleAccuracy
	}
	right, all := 0, 0
	for _, x := range groups {
		if x.Score != groups[0].Score {
			break
		}
		for _, k := range x.Solutions {
			all += samples[k]
			if g.Truth[k] {
				right += samples[k]
			}
		}
	}
	return float64(right) / float64(all)
}

func TestQuote(t *testing.T) {
	for _, c := range []struct{ in, want string }{{"", `""`}, {"a\"\\\n", `"a\"\\\n"`}, {"\x00é", `"\x00é"`}} {
		if got := quote(c.in); got != c.want {
			t.Errorf("%q: got %s, want %s", c.in, got, c.want)
		}
	}
	if strings.ContainsRune(quote("\r"), '\r') {
		t.Error("a raw return")
	}
}
