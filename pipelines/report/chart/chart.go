// Package chart draws the few figures of winnow's reports as inline SVG: no script, no external file, no framework.
//
// Lengths along x are percentages of the figure's width, so that a figure fits a phone and a printed page while its
// letters keep their size. Colours are classes, not values: the page's style sheet gives them for light, dark and
// print. Every figure has a title and a description for those who do not see it, and every mark a title with its
// number.
//
//	chart.Bar([]chart.Segment{{"kept", 71, "71 of 100 kept"}, {"dropped", 29, "29 dropped"}}, 100)
//
// Classes: kept, dropped, quarantined, made (what happened to documents), before, after (two states of one thing), rest.
package chart

import (
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// A drawing collects SVG.
type drawing struct{ strings.Builder }

// open starts a figure of a height in CSS pixels.
func (d *drawing) open(class string, height int, title, desc string) {
	d.WriteString(`<svg class="` + class + `" width="100%" height="` + strconv.Itoa(height) + `" role="img">`)
	d.title(title)
	if desc != "" {
		d.WriteString(`<desc>` + html.EscapeString(desc) + `</desc>`)
	}
}

func (d *drawing) title(s string) {
	if s != "" {
		d.WriteString(`<title>` + html.EscapeString(s) + `</title>`)
	}
}

// rect draws a bar: x and width in shares of the figure's width, y and height in pixels.
func (d *drawing) rect(class string, x, y, width, height float64, title string) {
	d.WriteString(`<rect class="` + class + `" x="` + percent(x) + `" y="` + pixels(y) + `" width="` + percent(width) + `" height="` + pixels(height))
	if title == "" {
		d.WriteString(`"/>`)
		return
	}
	d.WriteString(`">`)
	d.title(title)
	d.WriteString(`</rect>`)
}

func (d *drawing) line(class string, x1, y1, x2, y2 float64) {
	d.WriteString(`<line class="` + class + `" x1="` + percent(x1) + `" y1="` + pixels(y1) + `" x2="` + percent(x2) + `" y2="` + pixels(y2) + `"/>`)
}

func (d *drawing) circle(class string, x, y, r float64, title string) {
	d.WriteString(`<circle class="` + class + `" cx="` + percent(x) + `" cy="` + pixels(y) + `" r="` + pixels(r) + `">`)
	d.title(title)
	d.WriteString(`</circle>`)
}

// text writes a label; anchor is start, middle or end.
func (d *drawing) text(class string, x, y float64, anchor, s string) {
	d.WriteString(`<text class="` + class + `" x="` + percent(x) + `" y="` + pixels(y) + `" text-anchor="` + anchor + `">` + html.EscapeString(s) + `</text>`)
}

func (d *drawing) close() template.HTML {
	d.WriteString(`</svg>`)
	return template.HTML(d.String()) // every text in it went through html.EscapeString
}

func percent(share float64) string { return number(100*share) + "%" }

func pixels(x float64) string { return number(x) }

// number writes two digits after the point at most. What is no number is drawn at zero.
func number(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "0"
	}
	s := strconv.FormatFloat(x, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// part returns x/of as a share in [0, 1]; 0 for an empty whole.
func part(x, of float64) float64 {
	if !(of > 0) || math.IsNaN(x) {
		return 0
	}
	return min(max(x/of, 0), 1)
}
