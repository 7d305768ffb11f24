//go:build purego || !amd64

package kernel

func squares(acc *[lanes]float32, x []float32) { squaresGeneric(acc, x) }

func addSquares(acc *[lanes]float32, y, x []float32) {
	addGeneric(y, x)
	squaresGeneric(acc, y[:len(x)])
}

func maxLanes(m *[lanes]float32, x []float32) (nan bool) { return maxGeneric(m, x) }

func add(y, x []float32) { addGeneric(y, x) }

func scaleMul(y, x, g []float32, s float32) { scaleMulGeneric(y, x, g, s) }

func div(x []float32, d float32) { divGeneric(x, d) }

func rotate(a, b, cos, sin []float32) { rotateGeneric(a, b, cos, sin) }

func swiglu(y, gate, up []float32) { swigluGeneric(y, gate, up) }

func exp(x []float32) { expGeneric(x) }

func softExp(acc *[lanes]float32, x []float32, max, scale float32) {
	softExpGeneric(acc, x, max, scale)
}

func sumExp(acc *[lanes]float32, x []float32, max float32) { sumExpGeneric(acc, x, max) }

func packBF16(h []uint16, x []float32) { packBF16Generic(h, x) }

func roundBF16(y, x []float32) { roundBF16Generic(y, x) }
