package chart

import "html/template"

// A Segment is a part of a stacked bar.
type Segment struct {
	Class string // colour
	Value float64
	Title string // what the mark says when pointed at
}

const (
	barHeight = 14
	// hair is the least share of the width at which a part that is not empty is drawn, so that it does not vanish.
	hair = 0.003
)

// Bar draws one stacked horizontal bar; full is the value that fills the width.
func Bar(segments []Segment, full float64) template.HTML {
	var d drawing
	d.open("bar", barHeight, barTitle(segments), "")
	x := 0.0
	for _, s := range segments {
		w := part(s.Value, full)
		if s.Value > 0 {
			w = max(w, hair)
		}
		if w = min(w, 1-x); w > 0 {
			d.rect(s.Class, x, 0, w, barHeight, s.Title)
		}
		x += w
	}
	return d.close()
}

func barTitle(segments []Segment) string {
	s := ""
	for i, g := range segments {
		if i > 0 {
			s += "; "
		}
		s += g.Title
	}
	return s
}

// Dumbbell draws the way from one number to another: an open dot for before, a full one for after.
func Dumbbell(before, after, full float64, titleBefore, titleAfter string) template.HTML {
	const middle = barHeight / 2.0
	var d drawing
	d.open("bar dumbbell", barHeight, titleBefore+"; "+titleAfter, "")
	// Dots keep their radius off the borders.
	at := func(x float64) float64 { return 0.015 + 0.97*part(x, full) }
	d.line("track", 0, middle, 1, middle)
	d.line("way", at(after), middle, at(before), middle)
	d.circle("before", at(before), middle, 4.5, titleBefore)
	d.circle("after", at(after), middle, 4.5, titleAfter)
	return d.close()
}

// Pair draws two bars, one below the other: what was asked for and what was achieved.
func Pair(asked, achieved, full float64, titleAsked, titleAchieved string) template.HTML {
	var d drawing
	d.open("bar", 18, titleAsked+"; "+titleAchieved, "")
	d.rect("before", 0, 0, part(asked, full), 8, titleAsked)
	d.rect("after", 0, 9, part(achieved, full), 8, titleAchieved)
	return d.close()
}

// Cell draws a square of a heat map, the fuller the larger share is.
func Cell(class string, share float64, title string) template.HTML {
	var d drawing
	d.WriteString(`<svg class="cell" width="100%" height="22" role="img">`)
	d.title(title)
	if share > 0 {
		d.WriteString(`<rect class="` + class + `" width="100%" height="22" fill-opacity="` + number(max(part(share, 1), 0.04)) + `"/>`)
	}
	return d.close()
}
