package code

import (
	"math"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// A Group is solutions that pass the same tests: they agree with each other, and with those tests.
type Group struct {
	Solutions []int
	Tests     []int
	Samples   int     // solutions counted as often as they were sampled
	Votes     int     // tests counted as often as they were sampled
	Score     float64 // sqrt(Samples) · Votes
}

// Agree groups solutions by the tests they pass, best first, as CodeT does (Chen et al. 2022, section 2.3). rows holds a verdict for each
// solution and test; samples and votes say how often each solution and test was sampled. A solution that passes nothing is in no group.
func Agree(rows [][]sandbox.Verdict, samples, votes []int) []Group {
	var groups []Group
	at := map[string]int{}
	for i, row := range rows {
		var tests []int
		var k strings.Builder
		n := 0
		for j, v := range row {
			passed := byte('0')
			if v == sandbox.Pass {
				tests = append(tests, j)
				n += votes[j]
				passed = '1'
			}
			k.WriteByte(passed)
		}
		if len(tests) == 0 {
			continue
		}
		g, ok := at[k.String()]
		if !ok {
			g = len(groups)
			at[k.String()] = g
			groups = append(groups, Group{Tests: tests, Votes: n})
		}
		groups[g].Solutions = append(groups[g].Solutions, i)
		groups[g].Samples += samples[i]
	}
	for i := range groups {
		groups[i].Score = math.Sqrt(float64(groups[i].Samples)) * float64(groups[i].Votes)
	}
	slices.SortStableFunc(groups, func(a, b Group) int {
		switch { // the order of scores, in whole numbers
		case a.Samples*a.Votes*a.Votes > b.Samples*b.Votes*b.Votes:
			return -1
		case a.Samples*a.Votes*a.Votes < b.Samples*b.Votes*b.Votes:
			return 1
		}
		return 0
	})
	return groups
}
