package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/winnow-data/winnow/pipelines/report/chart"
	"github.com/winnow-data/winnow/pipelines/tally"
)

// A figure is a histogram with its words.
type figure struct {
	Name, Unit, Doc string
	Bounds          string
	Found           int64  // documents outside
	Share           string // of those measured
	Measured        int64
	NA              int64
	Median          string
	Middle          string // where most of them lie
	Chart           template.HTML
}

// A figureGroup is the histograms of one stage.
type figureGroup struct {
	Stage   string
	Figures []figure
}

// Thresholds draws for each rule what was measured, with its bounds.
func (p *page) Thresholds() []figureGroup {
	var out []figureGroup
	drawn := 0
	for _, s := range p.Stages {
		g := figureGroup{Stage: label(s.Label)}
		for _, r := range s.Rules {
			if r.Values.N == 0 || drawn >= p.detail.histograms {
				continue
			}
			drawn++
			g.Figures = append(g.Figures, thresholdFigure(s, r))
		}
		if len(g.Figures) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// ThresholdsLeft is the number of rules whose histograms are only in report.json.
func (p *page) ThresholdsLeft() int {
	n := 0
	for _, s := range p.Stages {
		for _, r := range s.Rules {
			if r.Values.N > 0 {
				n++
			}
		}
	}
	return max(n-p.detail.histograms, 0)
}

func thresholdFigure(s Stage, r Rule) figure {
	h := chart.Histogram{
		Title: r.Name + " in " + label(s.Label),
		Desc: fmt.Sprintf("%s measured; median %s; %s outside the bounds (%s)",
			plural(r.Values.N, "document"), about(float64(r.Values.P50)), count(r.Outside), boundsText(r)),
		Bins: r.Values.bins(), Min: float64(r.Min), Max: float64(r.Max), Label: about,
		Count: func(x float64) string { return approx(x, "document") },
		Root:  true,
	}
	h.Scale, h.Bars, h.Whole = scaleOf(r.Values, r.Unit == "share", finite(r))
	for _, x := range []tally.Number{r.Min, r.Max} {
		if !math.IsInf(float64(x), 0) {
			h.Bounds = append(h.Bounds, chart.Bound{Value: float64(x), Label: measure(float64(x))})
		}
	}
	if len(r.By) <= fewLanguages {
		for _, b := range r.By {
			for _, x := range []tally.Number{b.Min, b.Max} {
				if !math.IsInf(float64(x), 0) && x != r.Min && x != r.Max {
					h.Bounds = append(h.Bounds, chart.Bound{Value: float64(x), Faint: true})
				}
			}
		}
	}
	return figure{
		Name: r.Name, Unit: r.Unit, Doc: plain(r.Doc), Bounds: boundsText(r), Found: r.Outside, Share: share(r.Outside, r.Values.N),
		Measured: r.Values.N, NA: r.NA, Median: about(float64(r.Values.P50)),
		Middle: middle(r.Values), Chart: h.Draw(),
	}
}

// fewLanguages is the largest number of languages whose bounds are shown one by one.
const fewLanguages = 4

// middle says where most of the numbers lie.
func middle(d Distribution) string {
	lo, hi := about(float64(d.P5)), about(float64(d.P95))
	if lo == hi {
		return "90" + thin + "% at " + lo
	}
	return "90" + thin + "% within " + lo + " – " + hi
}

// approx writes a height that may have been spread over several bars.
func approx(x float64, unit string) string {
	if x < 1 {
		return "under 1 " + unit
	}
	return plural(int64(math.Round(x)), unit)
}

func finite(r Rule) []float64 {
	var out []float64
	for _, x := range []tally.Number{r.Min, r.Max} {
		if !math.IsInf(float64(x), 0) {
			out = append(out, float64(x))
		}
	}
	return out
}

// boundsText writes "50 – 100,000 words", "at most 0.9".
func boundsText(r Rule) string {
	lo, hi := float64(r.Min), float64(r.Max)
	unit := ""
	if r.Unit != "" && r.Unit != "share" {
		unit = " " + r.Unit
	}
	text := ""
	switch low, high := !math.IsInf(lo, -1), !math.IsInf(hi, 1); {
	case low && high:
		text = measure(lo) + " – " + measure(hi) + unit
	case low:
		text = "at least " + measure(lo) + unit
	case high:
		text = "at most " + measure(hi) + unit
	}
	if len(r.By) > 0 {
		var by []string
		for _, b := range r.By {
			by = append(by, b.Language)
		}
		others := strings.Join(by, ", ")
		if len(by) > fewLanguages {
			others = plural(int64(len(by)), "language")
		}
		text = strings.TrimSpace(text + " (others for " + others + ")")
	}
	return text
}

func (d Distribution) bins() []chart.Bin {
	out := make([]chart.Bin, min(len(d.Counts), len(d.Lo), len(d.Hi)))
	for i, n := range d.Counts[:len(out)] {
		out[i] = chart.Bin{Lo: float64(d.Lo[i]), Hi: float64(d.Hi[i]), Count: float64(n)}
	}
	return out
}

const manyBars = 56

// scaleOf chooses what a histogram shows: the middle 98 % and all bounds, the tails in the outer bars.
func scaleOf(d Distribution, share bool, bounds []float64) (s chart.Scale, bars int, whole bool) {
	lo, hi := float64(d.P1), float64(d.P99)
	for _, b := range bounds {
		lo, hi = min(lo, b), max(hi, b)
	}
	if share {
		return shareScale(hi)
	}
	lo, hi = max(lo, min(float64(d.Min), lo)), min(hi*1.05, max(float64(d.Max), hi))
	if isWhole(d, hi) && hi-max(lo, 0) <= manyBars && lo >= 0 {
		lo, hi = math.Floor(lo), math.Floor(hi)+1
		if lo <= 3 {
			lo = 0
		}
		return chart.Scale{Lo: lo, Hi: hi}, int(hi - lo), true
	}
	if low := positive(d, lo); d.P50 > 0 && low > 0 && hi/low > 30 && float64(d.Min) >= 0 {
		return chart.Scale{Lo: low, Hi: hi, Log: true}, manyBars, false
	}
	if lo > 0 && lo < 0.3*hi {
		lo = 0
	}
	if !(hi > lo) {
		pad := max(math.Abs(lo)*0.1, 0.5)
		lo, hi = lo-pad, hi+pad
	}
	return nice(lo, hi)
}

// shareScale shows shares from 0: all, or a part where they are small.
func shareScale(hi float64) (chart.Scale, int, bool) {
	hi = min(max(hi*1.15, 0.001), 1)
	if hi > 0.6 {
		hi = 1
	}
	s, bars, _ := nice(0, hi)
	return s, bars, false
}

// nice rounds the ends so that bars begin at round numbers.
func nice(lo, hi float64) (chart.Scale, int, bool) {
	step := chart.Round((hi - lo) / manyBars)
	lo, hi = math.Floor(lo/step+1e-9)*step, math.Ceil(hi/step-1e-9)*step
	return chart.Scale{Lo: lo, Hi: hi}, max(int(math.Round((hi-lo)/step)), 1), false
}

// positive returns the smallest number a log scale may begin with.
func positive(d Distribution, lo float64) float64 {
	if lo > 0 {
		return lo
	}
	for i, x := range d.Lo {
		if x > 0 && d.Hi[i] > 0 {
			return float64(x)
		}
	}
	return 0
}

// isWhole says whether all numbers up to hi look like whole numbers.
func isWhole(d Distribution, hi float64) bool {
	for _, x := range d.Lo {
		if v := float64(x); v <= hi && v != math.Trunc(v) && math.Abs(v) < 32 {
			return false
		}
	}
	return true
}
