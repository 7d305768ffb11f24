package qwen2

import (
	"math"
	"testing"

	"github.com/winnow-data/winnow/inference/internal/golden"
)

func abs(x float64) float64               { return math.Abs(x) }
func mathSincos(x float64) (s, c float64) { return math.Sincos(x) }
func mathExp(x float64) float64           { return math.Exp(x) }
func mathLog(x float64) float64           { return math.Log(x) }

// tiny is the path of a tiny model with golden values.
func tiny(t testing.TB, name string) string { return golden.Path(t, "golden/qwen2/"+name) }
