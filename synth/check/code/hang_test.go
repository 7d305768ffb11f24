package code

import (
	"slices"
	"testing"
	"time"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// TestFirstHangs: a test that hangs before any other answered takes no verdict from those behind it.
func TestFirstHangs(t *testing.T) {
	tests, err := Parse(Source{Entry: "f", Asserts: []string{"assert f(0) == 0", "assert f(1) == 1", "assert f(0) == 0", "assert f(2) == 3"}})
	if err != nil {
		t.Fatal(err)
	}
	l := sandbox.DefaultLimits.WithCPU(10 * time.Second)
	l.CallCPU = 200 * time.Millisecond
	r, err := tests.JudgeEach(t.Context(), box(t), "def f(x):\n    while x == 0:\n        pass\n    return x\n", l)
	if err != nil {
		t.Fatal(err)
	}
	want := []sandbox.Verdict{sandbox.TimeoutCPU, sandbox.Pass, sandbox.TimeoutCPU, sandbox.Wrong}
	if !slices.Equal(r.Tests, want) {
		t.Errorf("verdicts %v, want %v", r.Tests, want)
	}
}
