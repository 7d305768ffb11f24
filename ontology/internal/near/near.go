// Package near finds which vectors lie close together by cosine: clusters (DBSCAN), a choice without near-doubles, and centres far apart.
//
// Every decision is made on the cosine in float64. To avoid computing most of them, vectors are kept a second time, as unit vectors turned by an orthogonal
// map that spreads their length evenly over all places (random signs and a Walsh-Hadamard transform). The squared distance over the first
// few places is then a lower bound of the whole, and close to its share of it, so that most pairs are seen to be far apart after 8 of them. The bound has a
// margin for float32, so that no pair within the limit is lost.
package near

import (
	"fmt"
	"math"
	"math/bits"
)

// A Space is vectors of one width. It is read-only once filled, but for its list of added ones.
type Space struct {
	dim   int
	width int       // of a turned vector: a power of two, a multiple of step
	plain []float32 // [n][dim] as given
	norm  []float64 // of each
	head  []float32 // [n][step]: the first places of the turned ones
	tail  []float32 // [n][width-step]
	signs []float32
	room  []float32
}

// step is how many places are compared before looking whether two vectors are far apart.
const step = 8

// NewSpace returns an empty space of vectors of dim numbers.
func NewSpace(dim int) *Space {
	s := &Space{dim: dim, width: max(step, 1<<bits.Len(uint(max(dim, 1)-1)))}
	s.signs, s.room = make([]float32, s.width), make([]float32, s.width)
	x := uint64(0x9E37_79B9_7F4A_7C15)
	for i := range s.signs {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		s.signs[i] = 1 - 2*float32(x>>63)
	}
	return s
}

// Len is the number of vectors.
func (s *Space) Len() int { return len(s.norm) }

// Dim is the number of places of a vector.
func (s *Space) Dim() int { return s.dim }

// Add adds a copy of v and returns its number. A vector of another width, or with a number that is not finite, is an error.
func (s *Space) Add(v []float32) (int, error) {
	if len(v) != s.dim {
		return 0, fmt.Errorf("a vector of %d numbers among vectors of %d", len(v), s.dim)
	}
	sum := 0.0
	for i, x := range v {
		if x-x != 0 {
			return 0, fmt.Errorf("number %d of the vector is %v", i, x)
		}
		sum += float64(x) * float64(x)
	}
	s.plain, s.norm = append(s.plain, v...), append(s.norm, math.Sqrt(sum))
	s.turn(v, s.norm[len(s.norm)-1])
	s.head, s.tail = append(s.head, s.room[:step]...), append(s.tail, s.room[step:]...)
	return len(s.norm) - 1, nil
}

// turn puts the turned unit vector of v into s.room.
func (s *Space) turn(v []float32, norm float64) {
	clear(s.room)
	if norm == 0 {
		return
	}
	scale := 1 / (norm * math.Sqrt(float64(s.width)))
	for i, x := range v {
		s.room[i] = float32(float64(x)*scale) * s.signs[i]
	}
	for half := 1; half < s.width; half *= 2 {
		for at := 0; at < s.width; at += 2 * half {
			a, b := s.room[at:at+half], s.room[at+half:at+2*half]
			for i, x := range a {
				y := b[i]
				a[i], b[i] = x+y, x-y
			}
		}
	}
}

// Cosine of vectors i and j; 0 with a zero vector.
func (s *Space) Cosine(i, j int) float64 {
	if s.norm[i] == 0 || s.norm[j] == 0 {
		return 0
	}
	a, b := s.plain[i*s.dim:(i+1)*s.dim], s.plain[j*s.dim:(j+1)*s.dim]
	var sum [2]float64
	for k, x := range a {
		sum[k&1] += float64(x) * float64(b[k])
	}
	return (sum[0] + sum[1]) / (s.norm[i] * s.norm[j])
}

// limit is the squared distance of turned unit vectors that a cosine of least allows, with a margin for their rounding.
func limit(least float64) float32 { return float32(2*(1-least) + 1e-4) }

// far says whether the turned vectors i and j are certainly farther apart than limit, from their places behind the first.
func (s *Space) far(i, j int, sum, limit float32) bool {
	w := s.width - step
	a, b := s.tail[i*w:(i+1)*w], s.tail[j*w:(j+1)*w]
	for len(a) >= step && len(b) >= step {
		x, y := (*[step]float32)(a), (*[step]float32)(b)
		d0, d1, d2, d3 := x[0]-y[0], x[1]-y[1], x[2]-y[2], x[3]-y[3]
		d4, d5, d6, d7 := x[4]-y[4], x[5]-y[5], x[6]-y[6], x[7]-y[7]
		sum += (d0*d0 + d1*d1) + (d2*d2 + d3*d3) + ((d4*d4 + d5*d5) + (d6*d6 + d7*d7))
		if sum > limit {
			return true
		}
		a, b = a[step:], b[step:]
	}
	return false
}

// Within passes to f every j in [from, to) whose cosine with i is at least least, ascending, with that cosine.
func (s *Space) Within(i, from, to int, least float64, f func(j int, cosine float64)) {
	most := limit(least)
	x := (*[step]float32)(s.head[i*step:])
	heads := s.head[from*step : to*step]
	for j := from; len(heads) >= step; j++ {
		y := (*[step]float32)(heads)
		heads = heads[step:]
		d0, d1, d2, d3 := x[0]-y[0], x[1]-y[1], x[2]-y[2], x[3]-y[3]
		sum := (d0*d0 + d1*d1) + (d2*d2 + d3*d3)
		if sum > most {
			continue
		}
		d4, d5, d6, d7 := x[4]-y[4], x[5]-y[5], x[6]-y[6], x[7]-y[7]
		sum += (d4*d4 + d5*d5) + (d6*d6 + d7*d7)
		if sum > most || s.far(i, j, sum, most) {
			continue
		}
		if c := s.Cosine(i, j); c >= least {
			f(j, c)
		}
	}
}
