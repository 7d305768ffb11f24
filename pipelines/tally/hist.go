package tally

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// Bins of a [Hist]: 16 for each power of two from 2^-24 to 2^40, once for positive and once for negative numbers, one for zero.
// For shares, 1/256 each from 1/16 to 1. The borders are fixed, so that histograms of different tasks add up.
const (
	perOctave = 16
	octaves   = 64
	lowest    = 24 // the first octave begins at 2^-lowest
	sideBins  = perOctave * octaves
	zeroBin   = sideBins
	shareBin  = 2*sideBins + 1 // the first of the bins of shares
	shareBins = 256 - 16 + 1
	allBins   = shareBin + shareBins
	binBase   = (1023 - lowest) * perOctave // biased exponent and four bits of the fraction of 2^-lowest
)

// A Hist counts numbers in bins a sixteenth of their size wide. It is exact for whole numbers up to 32.
type Hist struct {
	Share    bool    // between 1/16 and 1 bins are 1/256 wide
	N        int64   // numbers counted
	Min, Max float64 // of those; meaningless while N is 0
	bins     []int64
}

// A Bin is a part of a histogram: Lo ≤ x < Hi for positive numbers, Lo < x ≤ Hi for negative ones.
type Bin struct {
	Lo, Hi float64
	Count  int64
}

// Add counts x. NaN is not counted.
func (h *Hist) Add(x float64) {
	if x != x {
		return
	}
	if h.N == 0 {
		h.Min, h.Max = x, x
	}
	h.N++
	h.Min, h.Max = min(h.Min, x), max(h.Max, x)
	k := h.bin(x)
	if k >= len(h.bins) {
		h.grow(k)
	}
	h.bins[k]++
}

func (h *Hist) grow(k int) {
	n := zeroBin + 1
	if k >= n {
		n = allBins
	}
	h.bins = append(h.bins, make([]int64, n-len(h.bins))...)
}

// bin returns the number of the bin of x: positive numbers first, then zero, negative numbers, shares.
func (h *Hist) bin(x float64) int {
	if h.Share && x >= 1.0/16 && x <= 1 {
		return shareBin + int(x*256) - 16
	}
	k := int(math.Float64bits(x)&(1<<63-1)>>48) - binBase
	if k < 0 {
		return zeroBin
	}
	k = min(k, sideBins-1)
	if x < 0 {
		return zeroBin + 1 + k
	}
	return k
}

// edges returns the borders of bin k.
func edges(k int) (lo, hi float64) {
	switch {
	case k < zeroBin:
		return border(k), border(k + 1)
	case k == zeroBin:
		return 0, 0
	case k < shareBin:
		return -border(k - zeroBin), -border(k - zeroBin - 1)
	}
	lo = float64(k-shareBin+16) / 256
	return lo, min(lo+1.0/256, 1)
}

func border(k int) float64 {
	return math.Ldexp(1+float64(k%perOctave)/perOctave, k/perOctave-lowest)
}

// Bins returns the bins that are not empty, in ascending order.
func (h *Hist) Bins() []Bin {
	var out []Bin
	for k, n := range h.bins {
		if n > 0 {
			lo, hi := edges(k)
			out = append(out, Bin{lo, hi, n})
		}
	}
	slices.SortFunc(out, func(a, b Bin) int {
		switch {
		case a.Lo < b.Lo || a.Lo == b.Lo && a.Hi < b.Hi:
			return -1
		}
		return 1
	})
	return out
}

// Quantile returns the number below which a share q of all lie, to the width of a bin; 0 when nothing was counted.
func (h *Hist) Quantile(q float64) float64 {
	rank := q * float64(h.N)
	var below int64
	for _, b := range h.Bins() {
		if float64(below+b.Count) >= rank {
			x := b.Lo + (b.Hi-b.Lo)*(rank-float64(below))/float64(b.Count)
			return min(max(x, h.Min), h.Max)
		}
		below += b.Count
	}
	return h.Max
}

// Merge adds o to h.
func (h *Hist) Merge(o *Hist) {
	if o.N == 0 {
		return
	}
	if h.N == 0 {
		h.Min, h.Max = o.Min, o.Max
	}
	h.N += o.N
	h.Min, h.Max = min(h.Min, o.Min), max(h.Max, o.Max)
	if len(o.bins) > len(h.bins) {
		h.grow(len(o.bins) - 1)
	}
	for k, n := range o.bins {
		h.bins[k] += n
	}
}

type histJSON struct {
	Share bool    `json:"share,omitempty"`
	N     int64   `json:"n"`
	Min   Number  `json:"min"`
	Max   Number  `json:"max"`
	Bins  []int64 `json:"bins,omitempty"` // distance from the bin before, count, distance, count…
}

// MarshalJSON writes the bins that are not empty.
func (h Hist) MarshalJSON() ([]byte, error) {
	j := histJSON{Share: h.Share, N: h.N, Min: Number(h.Min), Max: Number(h.Max)}
	last := 0
	for k, n := range h.bins {
		if n > 0 {
			j.Bins = append(j.Bins, int64(k-last), n)
			last = k
		}
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (h *Hist) UnmarshalJSON(raw []byte) error {
	var j histJSON
	if err := json.Unmarshal(raw, &j); err != nil {
		return err
	}
	*h = Hist{Share: j.Share, N: j.N, Min: float64(j.Min), Max: float64(j.Max)}
	if len(j.Bins)%2 != 0 {
		return fmt.Errorf("histogram: a bin without a count")
	}
	k := int64(0)
	for i := 0; i < len(j.Bins); i += 2 {
		if j.Bins[i] < 0 || j.Bins[i] >= allBins || k+j.Bins[i] >= allBins {
			return fmt.Errorf("histogram: bin %d past the last, %d", k+j.Bins[i], allBins-1)
		}
		k += j.Bins[i]
		if int(k) >= len(h.bins) {
			h.grow(int(k))
		}
		h.bins[k] = j.Bins[i+1]
	}
	return nil
}

// A Number is a float64 that JSON can carry: infinities are the strings "inf" and "-inf", NaN is null.
type Number float64

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	x := float64(n)
	switch {
	case x != x:
		return []byte("null"), nil
	case math.IsInf(x, 1):
		return []byte(`"inf"`), nil
	case math.IsInf(x, -1):
		return []byte(`"-inf"`), nil
	}
	return json.Marshal(x)
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(raw []byte) error {
	switch string(raw) {
	case "null":
		*n = Number(math.NaN())
		return nil
	case `"inf"`:
		*n = Number(math.Inf(1))
		return nil
	case `"-inf"`:
		*n = Number(math.Inf(-1))
		return nil
	}
	return json.Unmarshal(raw, (*float64)(n))
}
