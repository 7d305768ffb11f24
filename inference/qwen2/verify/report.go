// Package verify compares a model with what reference implementations computed for it, and with itself.
//
// [Golden] takes a folder of expected values and a model, runs every case and returns a [Report] per model: for each kind of case how many
// there were, the largest deviation, and the most that is allowed. [Self] needs no expected values: it checks what must hold for
// any model, such as that a text cut into pieces gives the bits of the whole.
//
//	reports, err := verify.Golden("golden/qwen2", "", verify.Options{})
//
// The formats of the folders are those of the READMEs beside them: `qwen2` (tiny models with float64 references), `qwen2-gguf` (one model
// in every tensor type, with llama.cpp's deviations), `smollm2` (a real model).
package verify

import (
	"fmt"
	"math"
)

// A Report is what was found for one model.
type Report struct {
	Model   string
	Weights string // the form of the weights: see qwen2.Options
	Checks  []*Check
}

// A Check is one kind of case.
type Check struct {
	Kind  string
	Cases int
	Worst float64 // the largest deviation; where limits differ between cases, that nearest to its limit or farthest beyond
	Limit float64 // the most that is allowed of it
	Where string  // the case with the worst
	Bad   int     // cases beyond their limit
	Note  string
}

// Failed says whether a case was out of tolerance.
func (r *Report) Failed() bool {
	for _, c := range r.Checks {
		if c.Bad > 0 {
			return true
		}
	}
	return false
}

// add notes one case. A deviation that is no number is beyond every limit.
func (r *Report) add(kind, where string, got, limit float64) {
	c := r.check(kind)
	c.Cases++
	bad := !(got <= limit)
	if bad {
		c.Bad++
	}
	if c.Cases == 1 || excess(got, limit) > excess(c.Worst, c.Limit) {
		c.Worst, c.Limit, c.Where = got, limit, where
	}
}

func (r *Report) check(kind string) *Check {
	for _, c := range r.Checks {
		if c.Kind == kind {
			return c
		}
	}
	c := &Check{Kind: kind}
	r.Checks = append(r.Checks, c)
	return c
}

// excess orders deviations by their share of the limit.
func excess(got, limit float64) float64 {
	switch {
	case math.IsNaN(got):
		return math.Inf(1)
	case limit > 0:
		return got / limit
	case got > 0:
		return math.MaxFloat64
	}
	return 0
}

func (c *Check) String() string {
	verdict := "ok"
	if c.Bad > 0 {
		verdict = fmt.Sprintf("%d beyond the limit, worst %s", c.Bad, c.Where)
	}
	s := fmt.Sprintf("%-22s %5d  worst %-10.3g limit %-10.3g %s", c.Kind, c.Cases, c.Worst, c.Limit, verdict)
	if c.Note != "" {
		s += "; " + c.Note
	}
	return s
}

// differ is the largest difference between got and want; NaN if one of them is or lengths differ.
func differ(got []float32, want []float32) float64 {
	if len(got) != len(want) {
		return math.NaN()
	}
	worst := 0.0
	for i, g := range got {
		d := math.Abs(float64(g) - float64(want[i]))
		if !(d <= worst) {
			worst = d
		}
		if math.IsNaN(worst) {
			return worst
		}
	}
	return worst
}

// rms is the root of the mean square of the differences.
func rms(got, want []float32) float64 {
	sum := 0.0
	for i, g := range got {
		d := float64(g) - float64(want[i])
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(got)))
}

// unequalBits counts values that are not the same bits.
func unequalBits(a, b []float32) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	n := 0
	for i, x := range a {
		if math.Float32bits(x) != math.Float32bits(b[i]) {
			n++
		}
	}
	return float64(n)
}

// unequal counts tokens that differ.
func unequal(a, b []int32) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	n := 0
	for i, x := range a {
		if x != b[i] {
			n++
		}
	}
	return float64(n)
}
