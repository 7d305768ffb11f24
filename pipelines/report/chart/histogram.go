package chart

import (
	"html/template"
	"math"
)

// A Bin is a part of a distribution: Lo ≤ x < Hi, or the single number Lo where both are equal.
type Bin struct {
	Lo, Hi, Count float64
}

// A Bound is a line across a histogram.
type Bound struct {
	Value float64
	Label string
	Faint bool // holds for some documents only
}

// A Histogram shows how a measurement is spread, and what bounds let through.
type Histogram struct {
	Title, Desc string
	Bins        []Bin // ascending
	Scale       Scale
	Bars        int // the width is cut into so many
	Min, Max    float64
	Bounds      []Bound
	Class       string                      // of the bars; "" colours them by the bounds
	Overlay     []Bin                       // a second distribution, drawn as a line; nil for none
	Label       func(float64) string        // of ticks and titles
	Count       func(float64) string        // of numbers in titles
	Whole       bool                        // each bar is one whole number
	Root        bool                        // heights grow with the square root, so that tails can be seen
	Names       struct{ Bars, Line string } // what they are, for titles
}

const (
	plotTop    = 16
	plotHeight = 96
	plotBottom = plotTop + plotHeight
	figHeight  = plotBottom + 20
)

// Draw draws the histogram.
func (h Histogram) Draw() template.HTML {
	var d drawing
	d.open("plot", figHeight, h.Title, h.Desc)
	bars := h.resample(h.Bins)
	var line []float64
	if h.Overlay != nil {
		line = h.resample(h.Overlay)
	}
	top, broken := h.top(bars, line)
	height := func(y float64) float64 {
		share := part(y, top)
		if h.Root {
			share = math.Sqrt(share)
		}
		if y > 0 {
			share = max(share, 0.012)
		}
		return share * plotHeight
	}
	h.shade(&d)
	for k, y := range bars {
		if y > 0 {
			h.bar(&d, k, height(y), y)
			if broken && y > top {
				h.torn(&d, k, y)
			}
		}
	}
	h.steps(&d, line, height)
	d.line("axis", 0, plotBottom, 1, plotBottom)
	h.ticks(&d)
	h.bounds(&d)
	return d.close()
}

// top returns what the highest bar stands for. Where one bar dwarfs all others, as zero does for many measurements, it is drawn torn, so that the
// others can be seen.
func (h Histogram) top(lists ...[]float64) (top float64, broken bool) {
	var first, second float64
	for _, list := range lists {
		for _, y := range list {
			if y > first {
				first, second = y, first
			} else if y > second {
				second = y
			}
		}
	}
	if h.Root && second > 0 && first > 12*second {
		return 1.8 * second, true
	}
	return first, false
}

// torn marks a bar that is higher than the figure, and writes its number beside it.
func (h Histogram) torn(d *drawing, k int, count float64) {
	x, w := float64(k)/float64(h.Bars), 1/float64(h.Bars)
	d.rect("tear", x, plotTop+9, w, 3, "")
	if x < 0.5 {
		d.text("label", x+w+0.012, plotTop+14, "start", h.Count(count))
	} else {
		d.text("label", x-0.012, plotTop+14, "end", h.Count(count))
	}
}

// resample spreads the bins over the bars, each evenly over its width.
func (h Histogram) resample(bins []Bin) []float64 {
	out := make([]float64, h.Bars)
	n := float64(h.Bars)
	for _, b := range bins {
		from, to := h.Scale.At(b.Lo)*n, h.Scale.At(b.Hi)*n
		if !(to > from) {
			out[min(int(from), h.Bars-1)] += b.Count
			continue
		}
		for k := int(from); k < h.Bars && float64(k) < to; k++ {
			w := min(to, float64(k+1)) - max(from, float64(k))
			out[k] += b.Count * w / (to - from)
		}
	}
	return out
}

// shade marks what lies outside the bounds.
func (h Histogram) shade(d *drawing) {
	if x := h.Scale.At(h.Min); !math.IsInf(h.Min, -1) && x > 0 {
		d.rect("outside", 0, plotTop, x, plotHeight, "")
	}
	if x := h.Scale.At(h.Max); !math.IsInf(h.Max, 1) && x < 1 {
		d.rect("outside", x, plotTop, 1-x, plotHeight, "")
	}
}

// bar draws bar k, cut where a bound goes through it.
func (h Histogram) bar(d *drawing, k int, height, count float64) {
	n := float64(h.Bars)
	x0, x1 := float64(k)/n, float64(k+1)/n
	title := h.between(k) + ": " + h.Count(count)
	if h.Names.Bars != "" {
		title = h.Names.Bars + ", " + title
	}
	const gap = 0.0012
	y := plotBottom - height
	segment := func(class string, a, b float64) {
		if a, b = max(a, x0), min(b, x1); b-a > gap {
			d.rect(class, a, y, b-a-gap, height, title)
		}
	}
	if h.Class != "" {
		segment(h.Class, x0, x1)
		return
	}
	lo, hi := 0.0, 1.0
	if !math.IsInf(h.Min, -1) {
		lo = h.Scale.At(h.Min)
	}
	if !math.IsInf(h.Max, 1) {
		hi = h.Scale.At(h.Max)
		if h.Whole {
			hi += 1 / n // the bar of the largest number that stays begins at the bound
		}
	}
	if hi < lo {
		hi = lo
	}
	segment("dropped", x0, min(lo, x1))
	segment("kept", lo, hi)
	segment("dropped", max(hi, x0), x1)
}

// between says what bar k holds; the outer ones hold the tails.
func (h Histogram) between(k int) string {
	lo, hi := h.Label(h.Scale.Edge(k, h.Bars)), h.Label(h.Scale.Edge(k+1, h.Bars))
	switch {
	case k == 0 && len(h.Bins) > 0 && h.Bins[0].Lo < h.Scale.Lo:
		return "under " + hi
	case k == h.Bars-1 && len(h.Bins) > 0 && h.Bins[len(h.Bins)-1].Hi > h.Scale.Hi:
		return lo + " and more"
	case h.Whole:
		return lo
	}
	return lo + " – " + hi
}

// steps draws the overlay.
func (h Histogram) steps(d *drawing, line []float64, height func(float64) float64) {
	if line == nil {
		return
	}
	n := float64(len(line))
	last := 0.0
	for k, y := range line {
		x0, x1, top := float64(k)/n, float64(k+1)/n, height(y)
		if top != last {
			d.line("overlay", x0, plotBottom-last, x0, plotBottom-top)
		}
		if y > 0 {
			d.line("overlay", x0, plotBottom-top, x1, plotBottom-top)
		}
		last = top
	}
	if last > 0 {
		d.line("overlay", 1, plotBottom-last, 1, plotBottom)
	}
}

func (h Histogram) ticks(d *drawing) {
	last := -1.0
	for _, x := range h.Scale.Ticks(5) {
		at := h.Scale.At(x)
		if at-last < 0.11 {
			continue
		}
		last = at
		d.line("tick", at, plotBottom, at, plotBottom+4)
		d.text("label", at, plotBottom+16, anchor(at), h.Label(x))
	}
}

func (h Histogram) bounds(d *drawing) {
	for _, b := range h.Bounds {
		at := h.Scale.At(b.Value)
		if b.Faint {
			d.line("bound faint", at, plotTop, at, plotBottom)
			continue
		}
		d.line("bound", at, plotTop-2, at, plotBottom)
		d.text("boundlabel", at, plotTop-6, anchor(at), b.Label)
	}
}

// anchor keeps a label inside the figure.
func anchor(at float64) string {
	switch {
	case at < 0.08:
		return "start"
	case at > 0.92:
		return "end"
	}
	return "middle"
}

// Mini draws the bins as a small histogram without axes, for a cell of a table.
func Mini(bins []Bin, scale Scale, bars int, title string) template.HTML {
	const height = 22
	heights := Histogram{Scale: scale, Bars: bars}.resample(bins)
	top := 0.0
	for _, y := range heights {
		top = max(top, y)
	}
	var d drawing
	d.open("mini", height, title, "")
	n := float64(bars)
	for k, y := range heights {
		if y > 0 {
			h := max(math.Sqrt(part(y, top)), 0.06) * height
			d.rect("after", float64(k)/n, height-h, 1/n-0.006, h, "")
		}
	}
	return d.close()
}
