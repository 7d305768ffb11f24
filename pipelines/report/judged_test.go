package report

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
)

// judgedMaterial has four rules: two find the same documents in part, one finds nothing, one is of a stage that sees the whole corpus.
func judgedMaterial() Material {
	rule := func(name string, keep stages.Range) stages.Rule { return stages.Rule{Name: name, Keep: keep} }
	l := &signals.Layout{Width: 4, Stages: []signals.Stage{
		{Label: "<b>quality", Rules: []stages.Rule{rule("words", stages.AtLeast(50)), rule("alpha", stages.AtMost(0.8))}, Off: make([]bool, 2), Judged: 2, Drops: true},
		{Label: "dedup", Rules: []stages.Rule{rule("copy", stages.Any)}, Off: make([]bool, 1), Drops: true, Blind: true, First: 2},
		{Label: "late", Rules: []stages.Rule{rule("lines", stages.AtLeast(1000))}, Off: make([]bool, 1), Judged: 1, Drops: true, First: 3},
	}}
	o := l.NewOverlap()
	for i := range 100 {
		o.Add(l, &signals.Row{M: []float64{float64(30 + i), float64(i%10) / 10, math.NaN(), 5000}}, i%25 == 24)
	}
	return Material{Tally: tally.New(nil, nil), Judged: o, Layout: l, Share: 0.25}
}

// TestJudged: the page tells of overlaps and of moved bounds, says that it is a sample, and escapes what comes from outside.
func TestJudged(t *testing.T) {
	d := Build(judgedMaterial())
	j := d.Judged
	if j.Documents != 100 || j.Elsewhere != 4 || len(j.Rules) != 3 || j.Rules[0].Outside != 20 || j.Rules[0].Only != 18 || j.Rules[0].Together[1] != 2 || j.Rules[2].Outside != 0 {
		t.Errorf("%+v", j)
	}
	var b bytes.Buffer
	if err := d.HTML(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{
		"Of a sample: the 100 documents, 25" + thin + "% of all by their ids", "points of the truth, 95 times in 100",
		`<section id="whatif">`, `href="#whatif"`, "at least 50", "−20" + thin + "%", "as run", "of 20 found by words, 2 (10" + thin + "%) also by alpha",
		"1 further bound would change nothing within 20", "&lt;b&gt;quality", "Duplicates and what else was removed",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "<b>quality") {
		t.Error("a label stands unescaped in the page")
	}
	checkPage(t, b.Bytes())
	m := judgedMaterial()
	m.Judged = nil
	b.Reset()
	if err := Build(m).HTML(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "whatif") {
		t.Error("a run without signals tells of other bounds")
	}
}

// TestCurves: kept shares are those of the counts, the bounds that move most come first.
func TestCurves(t *testing.T) {
	p := &page{Data: Build(judgedMaterial()), detail: details[0]}
	c := p.Curves()
	if len(c.Shown) != 2 || c.Flat != 1 || c.Shown[0].Rule != "alpha" || c.Shown[1].Rule != "words" {
		t.Fatalf("%+v", c)
	}
	for k, bound := range []float64{40, 45, 50, 55, 60} {
		want := int64(0)
		for i := range 100 {
			if i%25 != 24 && float64(30+i) >= bound && float64(i%10)/10 <= 0.8 {
				want++
			}
		}
		if got := c.Shown[1].Cells[k]; got.Exact != plural(want, "document") || got.Text != percent(float64(want)/100) {
			t.Errorf("words at least %v: %+v, want %d", bound, got, want)
		}
	}
	if !c.Shown[0].Cells[2].Same || c.Shown[0].Cells[0].Same {
		t.Error("what is as in the run is not told apart")
	}
}

// TestSlowShards: the slowest for their bytes come first, against the median; works and joined passes are no shards.
func TestSlowShards(t *testing.T) {
	tasks := []Task{
		{Input: "a", Seconds: 1, Bytes: 100}, {Input: "b", Seconds: 9, Bytes: 300}, {Input: "c", Seconds: 2, Bytes: 200}, {Input: "d", Seconds: 1, Bytes: 0}, {Seconds: 50, Bytes: 1},
	}
	got := slowShards(tasks)
	if len(got) != 3 || got[0].Name != "b" || got[0].Slower != 3 || got[1].Name != "a" || got[1].Slower != 1 {
		t.Errorf("%+v", got)
	}
	if got := slowShards(tasks[:1]); got != nil {
		t.Errorf("one shard is slower than itself: %+v", got)
	}
	d := Build(Material{Tally: tally.New(nil, nil), Tasks: tasks})
	var b bytes.Buffer
	if err := d.HTML(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "Slowest shards of the input") || !strings.Contains(b.String(), "3 ×") {
		t.Error("the page does not tell of slow shards")
	}
}
