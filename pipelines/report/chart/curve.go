package chart

import (
	"html/template"
	"strings"
)

// A Curve is a small line: what follows from a setting.
type Curve struct {
	Title  string
	Points []Point // ascending in X
	Lo, Hi float64 // of the height; the same for curves that are compared
	At     float64 // where the setting stands
	X, Y   func(float64) string
}

const curveHeight = 30

// Draw draws the curve with a dot where the setting stands.
func (c Curve) Draw() template.HTML {
	var d drawing
	d.open("curve", curveHeight, c.Title, "")
	if len(c.Points) < 2 || !(c.Hi > c.Lo) {
		return d.close()
	}
	x := Scale{Lo: c.Points[0].X, Hi: c.Points[len(c.Points)-1].X}
	height := func(y float64) float64 { return 3 + (curveHeight-6)*(1-part(y-c.Lo, c.Hi-c.Lo)) }
	var path strings.Builder
	draw := "M"
	for _, p := range c.Points {
		path.WriteString(draw + number(1000*x.At(p.X)) + " " + number(height(p.Y)))
		draw = "L"
	}
	d.line("track", x.At(c.At), 0, x.At(c.At), curveHeight)
	d.WriteString(`<svg x="0" y="0" width="100%" height="` + pixels(curveHeight) + `" viewBox="0 0 1000 ` + pixels(curveHeight) +
		`" preserveAspectRatio="none"><path class="line" d="` + path.String() + `"/></svg>`)
	for i, p := range c.Points {
		if p.X == c.At {
			d.circle("peak", x.At(p.X), height(p.Y), 3, c.X(p.X)+": "+c.Y(p.Y))
		}
		from, to := 0.0, 1.0
		if i > 0 {
			from = (x.At(c.Points[i-1].X) + x.At(p.X)) / 2
		}
		if i+1 < len(c.Points) {
			to = (x.At(p.X) + x.At(c.Points[i+1].X)) / 2
		}
		d.rect("hit", from, 0, to-from, curveHeight, c.X(p.X)+": "+c.Y(p.Y))
	}
	return d.close()
}
