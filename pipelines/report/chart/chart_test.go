package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
)

// mark is an element that is drawn.
type mark struct {
	name, class string
	x, width    float64
	y, height   float64
}

// parse reads a figure as XML and fails where it is none, holds what is no number, or draws outside of its width.
func parse(t *testing.T, figure template.HTML) (marks []mark, words string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(figure)))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return marks, words
		}
		if err != nil {
			t.Fatalf("%v in %s", err, figure)
		}
		switch e := tok.(type) {
		case xml.CharData:
			words += string(e) + "|"
		case xml.StartElement:
			m := mark{name: e.Name.Local}
			for _, a := range e.Attr {
				var into *float64
				switch a.Name.Local {
				case "class":
					m.class = a.Value
				case "x", "x1", "cx":
					into = &m.x
				case "width":
					into = &m.width
				case "y":
					into = &m.y
				case "height":
					into = &m.height
				}
				if into != nil {
					x, err := strconv.ParseFloat(strings.TrimSuffix(a.Value, "%"), 64)
					if err != nil {
						t.Fatalf("%s=%q in %s", a.Name.Local, a.Value, figure)
					}
					*into = x
				}
			}
			if m.x < 0 || m.width < 0 || m.height < 0 || m.name == "rect" && m.x+m.width > 100.05 {
				t.Errorf("%+v lies outside", m)
			}
			marks = append(marks, m)
		}
	}
}

func of(marks []mark, class string) (n int, width float64) {
	for _, m := range marks {
		if m.class == class && m.name == "rect" {
			n++
			width += m.width
		}
	}
	return n, width
}

func TestBar(t *testing.T) {
	for name, c := range map[string]struct {
		segments      []Segment
		full          float64
		kept, dropped float64 // percent
	}{
		"parts":          {[]Segment{{"kept", 30, "a"}, {"dropped", 20, "b"}}, 100, 30, 20},
		"nothing":        {nil, 100, 0, 0},
		"empty whole":    {[]Segment{{"kept", 30, "a"}}, 0, 0.3, 0},
		"a hair":         {[]Segment{{"kept", 1, "a"}}, 1e9, 0.3, 0},
		"more than full": {[]Segment{{"kept", 80, "a"}, {"dropped", 80, "b"}}, 100, 80, 20},
		"no number":      {[]Segment{{"kept", math.NaN(), "a"}, {"dropped", math.Inf(1), "b"}}, 100, 0, 100},
	} {
		marks, _ := parse(t, Bar(c.segments, c.full))
		_, kept := of(marks, "kept")
		_, dropped := of(marks, "dropped")
		if kept != c.kept || dropped != c.dropped {
			t.Errorf("%s: kept %v dropped %v, want %v %v", name, kept, dropped, c.kept, c.dropped)
		}
	}
}

func TestTextIsEscaped(t *testing.T) {
	evil := `"><script>alert(1)</script>&`
	for _, figure := range []template.HTML{
		Bar([]Segment{{"kept", 1, evil}}, 1), Dumbbell(1, 2, 3, evil, evil), Pair(1, 2, 3, evil, evil), Cell("dropped", 0.5, evil),
		Series{Title: evil, Desc: evil, Points: []Point{{0, 1}, {1, 2}}, Limit: 3, LimitLabel: evil, X: func(float64) string { return evil }, Y: func(float64) string { return evil }}.Draw(),
		Mini([]Bin{{0, 1, 1}}, Scale{Lo: 0, Hi: 1}, 4, evil),
	} {
		marks, words := parse(t, figure)
		if !strings.Contains(words, evil) {
			t.Errorf("the text is not there: %s", figure)
		}
		for _, m := range marks {
			if m.name == "script" {
				t.Errorf("markup in %s", figure)
			}
		}
	}
}

func histogram(bins []Bin, s Scale, bars int) Histogram {
	return Histogram{
		Title: "t", Bins: bins, Scale: s, Bars: bars, Min: math.Inf(-1), Max: math.Inf(1),
		Label: func(x float64) string { return strconv.FormatFloat(x, 'g', 4, 64) }, Count: func(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) },
	}
}

func TestResampleKeepsEverything(t *testing.T) {
	bins := []Bin{{-3, -2, 5}, {0, 0, 7}, {0.1, 0.35, 10}, {0.5, 0.5, 2}, {0.9, 4, 6}, {10, 11, 3}}
	for _, s := range []Scale{{0, 1, false}, {0.01, 100, true}, {-5, 20, false}, {0.3, 0.3, false}} {
		got := 0.0
		for _, y := range histogram(nil, s, 10).resample(bins) {
			got += y
		}
		if !(math.Abs(got-33) < 1e-9) {
			t.Errorf("%+v: %v of 33 documents are drawn", s, got)
		}
	}
	h := histogram(nil, Scale{Lo: 0, Hi: 1}, 10).resample([]Bin{{0.1, 0.3, 10}})
	if h[1] != 5 || !(math.Abs(h[2]-5) < 1e-9) || h[0] != 0 || h[3] > 1e-9 {
		t.Errorf("got %v", h)
	}
}

// Colours change exactly at the bounds.
func TestHistogramBounds(t *testing.T) {
	bins := []Bin{{0, 1, 100}}
	for name, c := range map[string]struct {
		min, max      float64
		kept, outside float64 // percent of the width
	}{
		"open":         {math.Inf(-1), math.Inf(1), 100, 0},
		"at most":      {math.Inf(-1), 0.33, 33, 67},
		"at least":     {0.25, math.Inf(1), 75, 25},
		"between":      {0.25, 0.5, 25, 75},
		"all out":      {2, math.Inf(1), 0, 100},
		"one number":   {0.5, 0.5, 0, 100},
		"upside down":  {0.8, 0.2, 0, 100},
		"at the edges": {0, 1, 100, 0},
	} {
		h := histogram(bins, Scale{Lo: 0, Hi: 1}, 20)
		h.Min, h.Max = c.min, c.max
		marks, _ := parse(t, h.Draw())
		nk, kept := of(marks, "kept")
		nd, dropped := of(marks, "dropped")
		gaps := 0.12 * float64(nk+nd)
		// Lengths are written with two digits.
		if tol := 0.2 + 0.01*float64(nk+nd) + gaps; !(math.Abs(kept-c.kept) <= tol && math.Abs(dropped-c.outside) <= tol) {
			t.Errorf("%s: kept %v dropped %v, want %v %v", name, kept, dropped, c.kept, c.outside)
		}
	}
	whole := histogram([]Bin{{1, 1, 5}, {2, 2, 5}, {3, 3, 5}}, Scale{Lo: 1, Hi: 4}, 3)
	whole.Whole, whole.Max = true, 2
	marks, words := parse(t, whole.Draw())
	if nk, _ := of(marks, "kept"); nk != 2 {
		t.Errorf("at most 2 of 1, 2, 3 keeps %d bars", nk)
	}
	if !strings.Contains(words, "|3: 5|") {
		t.Errorf("bar 3 does not say so: %s", words)
	}
}

// A bar that dwarfs the others is torn and numbered; the others keep their heights to each other.
func TestTornBar(t *testing.T) {
	bins := []Bin{{0, 0, 90000}, {0.3, 0.3, 100}, {0.6, 0.6, 25}}
	h := histogram(bins, Scale{Lo: 0, Hi: 1}, 10)
	h.Root = true
	marks, words := parse(t, h.Draw())
	if n, _ := of(marks, "tear"); n != 1 || !strings.Contains(words, "|90000|0.3") {
		t.Errorf("%d tears in %q", n, words)
	}
	var heights []float64
	for _, m := range marks {
		if m.class == "kept" {
			heights = append(heights, m.height)
		}
	}
	if len(heights) != 3 || heights[0] != plotHeight || !(math.Abs(heights[1]/heights[2]-2) < 0.01) {
		t.Errorf("heights %v, want the whole figure, then two to one", heights)
	}
	h.Bins[0].Count = 1200 // twelve times the next: still whole
	marks, _ = parse(t, h.Draw())
	if n, _ := of(marks, "tear"); n != 0 {
		t.Error("torn without need")
	}
}

func TestTailsAreNamed(t *testing.T) {
	_, words := parse(t, histogram([]Bin{{-4, -3, 1}, {0.5, 0.5, 1}, {7, 8, 1}}, Scale{Lo: 0, Hi: 1}, 4).Draw())
	for _, want := range []string{"|under 0.25: 1|", "|0.75 and more: 1|", "|0.5 – 0.75: 1|"} {
		if !strings.Contains(words, want) {
			t.Errorf("no %q in %q", want, words)
		}
	}
}

func TestTicks(t *testing.T) {
	for name, c := range map[string]struct {
		s    Scale
		want []float64
	}{
		"shares":    {Scale{0, 1, false}, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}},
		"negative":  {Scale{-10, 10, false}, []float64{-10, -5, 0, 5, 10}},
		"decades":   {Scale{1, 1e5, true}, []float64{1, 10, 100, 1000, 1e4, 1e5}},
		"many":      {Scale{1, 1e12, true}, []float64{1, 1e3, 1e6, 1e9, 1e12}},
		"few":       {Scale{10, 120, true}, []float64{10, 20, 50, 100}},
		"point":     {Scale{3, 3, false}, nil},
		"backwards": {Scale{3, 1, false}, nil},
		"no number": {Scale{math.NaN(), 1, false}, nil},
	} {
		got := c.s.Ticks(5)
		if len(got) != len(c.want) {
			t.Errorf("%s: got %v want %v", name, got, c.want)
			continue
		}
		for i := range got {
			if !(math.Abs(got[i]-c.want[i]) <= 1e-9*max(1, math.Abs(c.want[i]))) {
				t.Errorf("%s: got %v want %v", name, got, c.want)
				break
			}
		}
	}
}

func TestRound(t *testing.T) {
	for x, want := range map[float64]float64{1: 1, 1.1: 2, 2: 2, 2.1: 5, 5.5: 10, 0.03: 0.05, 0: 1, -3: 1} {
		if got := Round(x); !(math.Abs(got-want) <= 1e-12*want) {
			t.Errorf("%v: got %v want %v", x, got, want)
		}
	}
	if got := Round(math.Inf(1)); got != 1 {
		t.Errorf("infinity: got %v", got)
	}
}

func TestSeries(t *testing.T) {
	say := func(x float64) string { return strconv.FormatFloat(x, 'g', 4, 64) }
	marks, words := parse(t, Series{Title: "t", Points: []Point{{0, 1}, {5, 9}, {10, 2}}, Limit: 20, LimitLabel: "limit", X: say, Y: say}.Draw())
	for _, want := range []string{"|5: 9|", "|limit|", "|10|"} {
		if !strings.Contains(words, want) {
			t.Errorf("no %q in %q", want, words)
		}
	}
	if n, _ := of(marks, "hit"); n != 2 {
		t.Errorf("%d stretches of time, want 2", n)
	}
	parse(t, Series{Title: "none", X: say, Y: say}.Draw())
	parse(t, Series{Title: "one", Points: []Point{{3, 0}}, X: say, Y: say}.Draw())
}

func FuzzHistogram(f *testing.F) {
	f.Add(0.0, 1.0, 5.0, 0.0, 1.0, false, uint8(10), 0.2, 0.7)
	f.Add(-1.0, math.Inf(1), math.NaN(), 1.0, 1e300, true, uint8(1), math.Inf(-1), 3.0)
	f.Fuzz(func(t *testing.T, lo, hi, n, from, to float64, log bool, bars uint8, least, most float64) {
		h := histogram([]Bin{{lo, hi, n}}, Scale{from, to, log && from > 0 && to > 0}, max(int(bars), 1))
		h.Min, h.Max, h.Overlay = least, most, []Bin{{lo, lo, 1}}
		h.Bounds = []Bound{{Value: least, Label: "least"}, {Value: most, Faint: true}}
		parse(t, h.Draw())
	})
}

// A curve stays in its box, whatever its numbers, and its dot stands where the setting is.
func TestCurve(t *testing.T) {
	say := func(x float64) string { return fmt.Sprint(x) }
	c := Curve{Title: "<kept>", Points: []Point{{0.8, 0.2}, {1, 0.5}, {1.2, 7}}, Lo: 0, Hi: 1, At: 1, X: say, Y: say}
	marks, words := parse(t, c.Draw())
	dots, hits := 0, 0
	for _, m := range marks {
		switch m.class {
		case "peak":
			dots++
		case "hit":
			hits++
		}
	}
	if dots != 1 || hits != 3 || !strings.Contains(words, "<kept>") || !strings.Contains(words, "1: 0.5") {
		t.Errorf("%d dots, %d places to point at, %q", dots, hits, words)
	}
	for _, empty := range []Curve{{Title: "none"}, {Title: "one", Points: []Point{{1, 1}}, Hi: 1}, {Title: "flat", Points: []Point{{1, 1}, {2, 1}}, Lo: 1, Hi: 1}, {Title: "NaN", Points: []Point{{1, 1}, {2, 1}}, Lo: math.NaN(), Hi: 1}} {
		if marks, _ := parse(t, empty.Draw()); len(marks) > 3 {
			t.Errorf("%s: %d marks", empty.Title, len(marks))
		}
	}
}
