package kernel

import "unsafe"

//go:generate go run ./_asm

// A tile is the argument of the tile routines: n rows of y, 32 columns each (16 for AVX2 and NEON), are
//
//	y[r][j] = (y[r][j] if load, else 0) + Σ_k x[r][k]·w[k][j]
//
// as one chain over ascending k for each y[r][j]. All strides are in bytes. A step of the chain takes one register from w0
// (columns 0 to 15; AVX2 and NEON 0 to 7) and one from w1 (the others), and one value of each row of x: what they hold is the routine's.
// Products with packed weights, queries with keys and probabilities with values are all made of it.
type tile struct {
	y      unsafe.Pointer
	ys     uintptr
	x      unsafe.Pointer
	xs     uintptr
	w0, w1 unsafe.Pointer
	ws     uintptr
	k      int
	load   bool
	_      [7]byte
	mask   uint32 // AVX-512: the columns to read and write
	_      uint32
	n      int
	fetch  uintptr // AVX-512: where to fetch 512 bytes to the cache in four steps,
	far    uintptr // and how far to go on from there
}

// fetchAhead is how far before its use w is fetched when it is used once.
const fetchAhead = 8192

// A tileOp names what a step of the chain multiplies.
type tileOp uint8

const (
	opF32  tileOp = iota // float32
	opBF16               // pairs of bfloat16 by VDPBF16PS
	opWide               // pairs of bfloat16 in w, two float32 in x
	opI16                // pairs of int16, int32 sums
)

// shape returns the largest n and the columns of the routine that the level in use has; 0, 0 if it has none.
func (o tileOp) shape() (rows, cols int) {
	switch {
	case current == neon && o == opF32:
		return 4, 16
	case current < avx2, o == opBF16 && current < vnniBF16:
		return 0, 0
	case current == avx2, o == opI16 && current < vnni:
		return 6, 16
	}
	return 12, 32
}

// each cuts n rows into the fewest tiles of at most limit, as even as can be: a tile of one row waits for its own sums.
func each(n, limit int, f func(at, rows int)) {
	for at, left := 0, (n+limit-1)/limit; at < n; left-- {
		rows := (n - at + left - 1) / left
		f(at, rows)
		at += rows
	}
}
