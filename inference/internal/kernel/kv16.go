package kernel

import (
	"math"
	"unsafe"
)

// Attention in 16-bit integers, for the profiles whose weights are rounded anyway: products of pairs of int16 run at twice
// the rate of FMA, pages take half the memory, and their sums are exact on every machine.
//
// A key or value of one position and head is stored as q·scale, q of 16 bits. Keys and queries are scaled so that their
// norms stay below 46,000: by Cauchy and Schwarz no score leaves 32 bits, and a vector with few large values keeps 15
// bits for them. The softmax is taken page by page with a running maximum (Milakov and Gimelshein, "Online normalizer
// calculation for softmax", 2018), in float32. The weights of a page, with the scales of its values folded in, are scaled
// so that they sum to 32,767 and rounded; their products with values are exact again.
//
// A page of one head: keys [4][dim/2][16 positions][2], values [32][dim][2 positions], key scales [64], value scales [64].

const (
	kvNorm = 46000 // of a key or query; its square is below 2^31
	kvTop  = 32767
	kvTiny = 1e-30 // a scale below this is zero
)

// KVBytes returns the size of a page of one head, a multiple of 64.
func KVBytes(dim int) int { return 4*Page*dim + 8*Page }

// PutKV stores key and value of one position (0 ≤ at < Page) of one head. dim is a multiple of 8. A key or value that is not
// finite makes the results of all that attend to it NaN.
func PutKV(page []byte, at, dim int, k, v []float32) {
	page = page[:KVBytes(dim)]
	scales := asFloats(page[4*Page*dim:])
	var buffer [256]int16
	q := buffer[:]
	if dim > len(q) {
		q = make([]int16, dim)
	}
	scales[at] = quantise16(q[:dim], k[:dim], true)
	keys := unsafe.Slice((*[2]int16)(unsafe.Pointer(&page[0])), Page*dim/2)[at/16*8*dim+at%16:]
	for d := 0; d < dim; d += 2 {
		keys[d*8] = [2]int16{q[d], q[d+1]}
	}
	scales[Page+at] = quantise16(q[:dim], v[:dim], false)
	values := unsafe.Slice((*int16)(unsafe.Pointer(&page[2*Page*dim])), Page*dim)[at/2*2*dim+at%2:]
	for d, v := range q[:dim] {
		values[2*d] = v
	}
}

// quantise16 writes x/scale rounded to nearest even and returns the scale.
func quantise16(q []int16, x []float32, norm bool) float32 {
	squares, top := moments16(x)
	top /= kvTop
	length := float32(math.Sqrt(float64(squares)))
	if norm {
		top = max(top, length/kvNorm)
	}
	switch {
	case length-length != 0: // infinite or NaN
		clear(q)
		return float32(math.NaN())
	case top < kvTiny:
		clear(q)
		return 0
	}
	round16(q, x, 1/top)
	return top
}

// A Span is the positions that a token attends to: From ≤ position < To.
type Span struct{ From, To int32 }

// An Attention is the scratch memory of [Attention.Attend]; the zero value is ready. One goroutine uses it at a time.
type Attention struct {
	q, p    []int16   // queries [rows][dim], weights [rows][Page]
	s, t, o []float32 // scores [rows][scoreStride] and products [rows][wide], as int32; sums [rows][wide]
	l       []float32 // [rows][lanes], sums of exponentials
	state   []rowState
	masks   []uint64
	all     []uint64 // the mask of a page that all attend to
}

// A rowState is what the softmax of a row knows.
type rowState struct {
	max   float32 // of the scores so far, in units of scale
	scale float32 // of the query, with the factor to powers of two
	top   float32 // max·scale
	decay float32 // what the last page's maximum makes of the sums before it
	unit  float32 // of the last page's weights
}

// scoreStride is the floats of a row of scores: int32 sums come in the first 64; floats are kept in the last 64.
const scoreStride = Page + lanes

// kvLeast is below every score that is a number.
const kvLeast = -1e30

// Attend writes to o, [rows][dim], the attention of the queries q, [rows][dim], to pages of keys and values. The rows are the
// heads of each token of spans, group by group, so that all share the pages; about 64 rows make good use of the caches. A
// span must not be empty. page returns the page of positions 64·i and on. A row's bits depend on nothing but its query, its
// span and the pages.
func (a *Attention) Attend(o, q []float32, dim, group int, spans []Span, scale float32, page func(i int) []byte) {
	rows := len(spans) * group
	if rows == 0 {
		return
	}
	wide := (dim + lanes - 1) &^ (lanes - 1)
	a.reset(rows, dim, wide)
	o, q = o[:rows*dim], q[:rows*dim]
	for r := range a.state {
		s := quantise16(a.q[r*dim:(r+1)*dim], q[r*dim:(r+1)*dim], true) * scale * expLog2e
		if s < kvTiny {
			s = kvTiny
		}
		a.state[r] = rowState{max: kvLeast, scale: s, top: kvLeast * s}
	}
	from, to := spans[0].From, spans[0].To
	common := spans[0]
	for _, s := range spans {
		from, to = min(from, s.From), max(to, s.To)
		common = Span{max(common.From, s.From), min(common.To, s.To)}
	}
	for i := int(from) / Page; i*Page < int(to); i++ {
		a.onePage(page(i)[:KVBytes(dim)], dim, wide, min(Page, int(to)-i*Page), a.maskPage(i, group, spans, common))
	}
	finish(o, a.o, a.l, dim, wide)
}

func (a *Attention) reset(rows, dim, wide int) {
	a.q, a.p = resize(a.q, rows*dim), resize(a.p, rows*Page)
	a.s, a.t, a.o = resize(a.s, rows*scoreStride), resize(a.t, rows*wide), resize(a.o, rows*wide)
	a.l, a.state, a.masks = resize(a.l, rows*lanes), resize(a.state, rows), resize(a.masks, rows+1)
	for len(a.all) <= rows {
		a.all = append(a.all, ^uint64(0))
	}
	if wide != dim {
		clear(a.t)
	}
	clear(a.o)
	clear(a.l)
}

func resize[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n)
	}
	return s[:n]
}

// maskPage returns, as bits, the positions of page i that each row attends to; those of common are attended to by all.
func (a *Attention) maskPage(i, group int, spans []Span, common Span) []uint64 {
	if int(common.From) <= i*Page && (i+1)*Page <= int(common.To) {
		return a.all
	}
	for t, s := range spans {
		lo, hi := max(0, min(Page, int(s.From)-i*Page)), max(0, min(Page, int(s.To)-i*Page))
		m := (^uint64(0) << lo) & ^(^uint64(0) << hi)
		for g := range group {
			a.masks[t*group+g] = m
		}
	}
	return a.masks
}

// onePage takes a page into account, of which n positions are in use.
func (a *Attention) onePage(page []byte, dim, wide, n int, masks []uint64) {
	rows := len(a.state)
	scales := asFloats(page[4*Page*dim:])
	values := page[2*Page*dim:]
	if limit, _ := opI16.shape(); limit == 0 {
		scores16Generic(a.s, a.q, rows, page, n, dim)
		softPageGeneric(a, masks, scales)
		weigh16Generic(a.t, wide, a.p, rows, values, n, dim)
		accumulateGeneric(a.o, a.t, a.state, wide)
		return
	}
	scoresTiles(opI16, a.s, scoreStride, unsafe.Pointer(&a.q[0]), 2*dim, rows, unsafe.Pointer(&page[0]), n, dim/2)
	softPage(a, masks, scales)
	weighTiles(opI16, a.t, wide, unsafe.Pointer(&a.p[0]), 2*Page, rows, unsafe.Pointer(&values[0]), (n+1)/2, dim, false)
	accumulate(a.o, a.t, a.state, wide)
}
