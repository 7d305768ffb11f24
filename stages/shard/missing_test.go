package shard

import (
	"math"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// TestNumbers: signals keep their bits, whatever they are.
func TestNumbers(t *testing.T) {
	list := []float64{0, math.Copysign(0, -1), 1, 0.5, Missing, stages.NA, math.NaN(), math.Inf(1), math.Inf(-1), 50, maxWholeNumber, maxWholeNumber - 1, 1e18, math.MaxFloat64}
	row := AppendRow(nil, &stages.Document{ID: "x", Signals: list})
	var d stages.Document
	if err := ParseRow(row, &d); err != nil || len(d.Signals) != len(list) {
		t.Fatalf("%d numbers, error %v", len(d.Signals), err)
	}
	for i, x := range list {
		if math.Float64bits(x) != math.Float64bits(d.Signals[i]) {
			t.Errorf("number %d: %x came back as %x", i, math.Float64bits(x), math.Float64bits(d.Signals[i]))
		}
	}
	if !IsMissing(Missing) || IsMissing(stages.NA) || IsMissing(math.NaN()) || IsMissing(0) {
		t.Error("what is missing cannot be told from what is not")
	}
	for n := range row {
		if err := ParseRow(row[:n], &d); err == nil {
			t.Errorf("a row cut at %d of %d was read", n, len(row))
		}
	}
}
