package report

import (
	"math"
	"strings"
	"testing"
)

func TestRates(t *testing.T) {
	d := &Data{Answers: []Counted{
		{"answer", map[string]int64{"asked": 10, "answered": 10}},
		{"check_math", map[string]int64{"passed": 12, "failed": 188, "unknown": 0}},
		{"check_code", map[string]int64{"passed": 0, "failed": 10, "unknown": 3}},
		{"check_judge", map[string]int64{"passed": 0, "failed": 0, "unknown": 7}},
		{"pass_rate", map[string]int64{"passed": 5, "failed": 0}},
	}}
	got := d.Rates()
	// Intervals by the formula of Wilson 1927, computed apart.
	want := []Rate{
		{"check_math", 12, 188, 0, 0.06, 0.034652, 0.101932},
		{"check_code", 0, 10, 3, 0, 0, 0.277533},
		{"pass_rate", 5, 0, 0, 1, 0.565518, 1},
	}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	near := func(a, b float64) bool { return math.Abs(a-b) < 5e-6 }
	for i, w := range want {
		g := got[i]
		if g.Stage != w.Stage || g.Passed != w.Passed || g.Failed != w.Failed || g.Unknown != w.Unknown || !near(g.Rate, w.Rate) || !near(g.Low, w.Low) || !near(g.High, w.High) {
			t.Errorf("got %+v, want %+v", g, w)
		}
	}
	if s := got[1].String(); !strings.HasPrefix(s, "0 of 10, 0\u202f% (95\u202f% between") || !strings.HasSuffix(s, "; 3 unknown") {
		t.Errorf("in words %q", s)
	}
}
