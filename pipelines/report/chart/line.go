package chart

import (
	"html/template"
	"strings"
)

// A Point is a value at a time.
type Point struct{ X, Y float64 }

// A Series is a value over time.
type Series struct {
	Title, Desc string
	Points      []Point // ascending in X
	Limit       float64 // a line that should not be crossed; 0 for none
	LimitLabel  string
	X, Y        func(float64) string
}

// Draw draws the series as an area with its largest value named.
func (s Series) Draw() template.HTML {
	var d drawing
	d.open("plot", figHeight, s.Title, s.Desc)
	if len(s.Points) > 0 {
		s.area(&d)
	}
	d.line("axis", 0, plotBottom, 1, plotBottom)
	return d.close()
}

func (s Series) area(d *drawing) {
	x0, x1 := s.Points[0].X, s.Points[len(s.Points)-1].X
	top := s.Limit
	peak := s.Points[0]
	for _, p := range s.Points {
		if p.Y > peak.Y {
			peak = p
		}
	}
	top = max(top, peak.Y)
	at := func(x float64) float64 { return Scale{Lo: x0, Hi: x1}.At(x) }
	height := func(y float64) float64 { return part(y, top) * plotHeight }

	// A path knows no percentages: it lies in a box of its own that is stretched.
	var path strings.Builder
	path.WriteString("M0 100")
	for _, p := range s.Points {
		path.WriteString("L" + number(1000*at(p.X)) + " " + number(100-100*part(p.Y, top)))
	}
	path.WriteString("L1000 100Z")
	d.WriteString(`<svg x="0" y="` + pixels(plotTop) + `" width="100%" height="` + pixels(plotHeight) +
		`" viewBox="0 0 1000 100" preserveAspectRatio="none"><path class="area" d="` + path.String() + `"/></svg>`)
	// Invisible bars carry the numbers.
	for i, p := range s.Points {
		from, to := at(p.X), 1.0
		if i+1 < len(s.Points) {
			to = at(s.Points[i+1].X)
		}
		if to > from {
			d.rect("hit", from, plotTop, to-from, plotHeight, s.X(p.X)+": "+s.Y(p.Y))
		}
	}
	if s.Limit > 0 {
		y := plotBottom - height(s.Limit)
		d.line("bound", 0, y, 1, y)
		d.text("boundlabel", 1, y-4, "end", s.LimitLabel)
	}
	if at := at(peak.X); s.Limit == 0 || height(peak.Y) < height(s.Limit)-16 || at < 0.6 {
		d.circle("peak", at, plotBottom-height(peak.Y), 3, s.X(peak.X)+": "+s.Y(peak.Y))
		d.text("label", at, plotBottom-height(peak.Y)-6, anchor(at), s.Y(peak.Y))
	}
	d.text("label", 0, plotBottom+16, "start", s.X(x0))
	d.text("label", 1, plotBottom+16, "end", s.X(x1))
}
