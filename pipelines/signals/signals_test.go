package signals

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/shard"
	"github.com/winnow-data/winnow/stages/text"
)

// pair is a filter of two rules.
type pair struct{ A, B stages.Range }

func (p *pair) Rules() []stages.Rule {
	return []stages.Rule{{Name: "a", Keep: p.A}, {Name: "b", Keep: p.B}}
}
func (p *pair) Measure(*text.View, []float64) {}

// chooser is a mapper that drops by a rule of its own.
type chooser struct{}

func (chooser) Rules() []stages.Rule { return []stages.Rule{{Name: "chosen", Keep: stages.Any}} }
func (chooser) Map(*stages.Document, *text.View) (stages.Verdict, error) {
	return stages.Verdict{}, nil
}

// asker is a stage that acts on batches.
type asker struct{}

func (asker) Rules() []stages.Rule                       { return []stages.Rule{{Name: "said", Keep: stages.AtLeast(3)}} }
func (asker) Measures() int                              { return 1 }
func (asker) Apply(context.Context, *stages.Batch) error { return nil }

func layout(t *testing.T, list string) *Layout {
	t.Helper()
	reg, err := stages.NewRegistry([]stages.Spec{
		stages.Define("pair", pair{stages.AtLeast(10), stages.Range{Min: -1, Max: 0.5, By: map[string]stages.Range{"zh": stages.AtMost(0.9)}}}),
		stages.Define("chooser", chooser{}), stages.Define("asker", asker{}),
	})
	if err != nil {
		t.Fatal(err)
	}
	rec, problems := recipe.Load([]byte("name: t\ninput: in.jsonl\nstages: "+list+"\noutput: out\n"), "t.yaml", reg, recipe.Options{Stat: func(string) error { return nil }})
	if rec == nil {
		t.Fatal(problems)
	}
	l, err := LayoutOf(rec)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var none = shard.Missing

func TestLayout(t *testing.T) {
	l := layout(t, "[chooser, pair: {without: [b]}, asker, pair: {label: again, drop: false}]")
	var names []string
	for _, c := range l.Columns() {
		names = append(names, c.Name)
	}
	want := "id source language dropped_by bytes words bytes_out chooser.chosen chooser.empty pair.a pair.b asker.said again.a again.b"
	if got := strings.Join(names, " "); got != want || l.Width != 7 {
		t.Errorf("columns %s of width %d\nwant %s", got, l.Width, want)
	}
	if s := l.Stages[2]; !s.Blind || s.Judged != 1 || s.First != 4 || !s.Active(0) {
		t.Errorf("asker: %+v", s)
	}
	if l.Stages[1].Active(1) || !l.Stages[1].Active(0) || l.Stages[3].Active(0) {
		t.Error("rules that are switched off, or of a stage with drop: false, are taken for active")
	}
}

// TestDecide: the first rule in the order of the recipe, a mapper's own verdict before what it measures; what is missing or does not apply removes nothing.
func TestDecide(t *testing.T) {
	l := layout(t, "[chooser, pair, asker]")
	for _, c := range []struct {
		name     string
		m        []float64
		language string
		from     int
		want     [2]int
	}{
		{"inside all", []float64{none, none, 10, 0.5, 3}, "", 0, [2]int{-1, -1}},
		{"below the lower bound", []float64{none, none, 9.99, 0.5, 3}, "", 0, [2]int{1, 0}},
		{"both: the first", []float64{none, none, 9, 0.6, 3}, "", 0, [2]int{1, 0}},
		{"above the upper bound", []float64{none, none, 10, 0.51, 3}, "", 0, [2]int{1, 1}},
		{"another bound for the language", []float64{none, none, 10, 0.6, 3}, "zh", 0, [2]int{-1, -1}},
		{"outside that too", []float64{none, none, 10, 0.95, 3}, "zh", 0, [2]int{1, 1}},
		{"not applicable", []float64{none, none, stages.NA, 0.5, 3}, "", 0, [2]int{-1, -1}},
		{"never measured", []float64{none, none, none, none, none}, "", 0, [2]int{-1, -1}},
		{"the mapper", []float64{0, none, 1, 0.9, 3}, "", 0, [2]int{0, 0}},
		{"left blank", []float64{none, 0, none, none, none}, "", 0, [2]int{0, 1}},
		{"from a later stage", []float64{0, none, 1, 0.5, 2}, "", 2, [2]int{2, 0}},
	} {
		stage, rule := l.Decide(c.m, c.language, c.from)
		if got := [2]int{stage, rule}; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	off := layout(t, "[pair: {without: [a]}, pair: {label: again, drop: false}]")
	if stage, _ := off.Decide([]float64{0, 0, 0, 0}, "", 0); stage != Nobody {
		t.Errorf("stage %d removes by a rule that is off", stage)
	}
}

// TestFile: rows come back as they were written, and a file of another recipe is refused.
func TestFile(t *testing.T) {
	l := layout(t, "[chooser, pair]")
	rows := []Row{
		{ID: "a", Source: "s", Language: "en", Bytes: 12, Words: 3, BytesOut: 12, M: []float64{none, none, 12, 0.25}},
		{ID: "", Bytes: 0, Words: -1, BytesOut: -1, DroppedBy: "pair.a", M: []float64{none, none, 1, math.Inf(1)}},
		{ID: "a", Source: "ß", Bytes: 5, Words: 0, BytesOut: 0, DroppedBy: "chooser.quarantined", M: []float64{0, none, none, none}},
	}
	var b bytes.Buffer
	w, err := l.Writer(&b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := w.Write(&rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	store := blob.Memory()
	if err := blob.Put(t.Context(), store, "s.parquet", b.Bytes()); err != nil {
		t.Fatal(err)
	}
	if n, err := Count(t.Context(), store, "s.parquet"); n != 3 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	var k int
	for r, err := range l.Rows(t.Context(), store, "s.parquet") {
		if err != nil {
			t.Fatal(err)
		}
		got, want := *r, rows[k]
		for i := range want.M {
			if math.Float64bits(got.M[i]) != math.Float64bits(want.M[i]) {
				t.Errorf("row %d: number %d is %v, want %v", k, i, got.M[i], want.M[i])
			}
		}
		got.M, want.M = nil, nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("row %d: %+v, want %+v", k, got, want)
		}
		k++
	}
	if k != len(rows) {
		t.Errorf("%d rows were read", k)
	}
	for _, err := range layout(t, "[pair, chooser]").Rows(t.Context(), store, "s.parquet") {
		if err == nil || !errors.Is(err, ErrOther) {
			t.Errorf("columns in another order: error %v", err)
		}
	}
}

// TestOverlap: what is outside together, alone, and what is kept under moved bounds, checked by deciding each moved layout again.
func TestOverlap(t *testing.T) {
	l := layout(t, "[pair, chooser, asker, pair: {label: again}]")
	rows := []struct {
		m         []float64
		language  string
		elsewhere bool
	}{
		{[]float64{10, 0.5, none, none, 5, 20, 0}, "", false},
		{[]float64{9, 0.5, none, none, none, 20, 0}, "", false},
		{[]float64{9, 0.55, none, none, none, 20, 0}, "", false},
		{[]float64{11, 0.5, 0, none, none, 9, 0.2}, "", false},
		{[]float64{11.5, 0.85, none, none, none, 12, stages.NA}, "zh", false},
		{[]float64{30, 0.5, none, none, 1, 20, 0.45}, "", true},
		{[]float64{30, -1.1, none, none, none, 20, 0.45}, "", false},
		{[]float64{none, none, none, none, 5, 13, 0.6}, "", false},
	}
	o, parts := l.NewOverlap(), []*Overlap{l.NewOverlap(), l.NewOverlap()}
	for i, r := range rows {
		o.Add(l, &Row{M: r.m, Language: r.language}, r.elsewhere)
		parts[i%2].Add(l, &Row{M: r.m, Language: r.language}, r.elsewhere)
	}
	if got := []int64{o.Documents, o.Kept, o.Elsewhere}; !slices.Equal(got, []int64{8, 2, 1}) {
		t.Errorf("documents, kept, elsewhere: %d", got)
	}
	if !slices.Equal(o.Outside, []int64{2, 2, 1, 0, 0, 1, 1}) || !slices.Equal(o.Only, []int64{1, 1, 0, 0, 0, 0, 1}) {
		t.Errorf("outside %d, only %d", o.Outside, o.Only)
	}
	if o.Together[0][1] != 1 || o.Together[1][0] != 1 || o.Together[2][5] != 1 || o.Together[5][2] != 1 || o.Together[6] != nil {
		t.Errorf("together %v", o.Together)
	}
	for _, at := range []struct {
		stage, rule int
		counts      []int64
		move        func(*stages.Range, int)
	}{
		{0, 0, o.Min[0], func(r *stages.Range, f int) { r.Min = moved(r.Min, f) }},
		{0, 1, o.Max[1], func(r *stages.Range, f int) { r.Max = moved(r.Max, f) }},
		{0, 1, o.Min[1], func(r *stages.Range, f int) { r.Min = moved(r.Min, f) }},
		{3, 1, o.Max[6], func(r *stages.Range, f int) { r.Max = moved(r.Max, f) }},
	} {
		for i, f := range Ways {
			other := layout(t, "[pair, chooser, asker, pair: {label: again}]")
			keep := &other.Stages[at.stage].Rules[at.rule].Keep
			by := map[string]stages.Range{}
			for language, r := range keep.By {
				if !math.IsInf(r.Max, 0) && !math.IsInf(r.Min, 0) || !math.IsInf(r.Max, 0) && at.rule == 1 {
					at.move(&r, f)
				}
				by[language] = r
			}
			at.move(keep, f)
			keep.By = by
			other.Stages[2].Drops = false
			var want int64
			for _, r := range rows {
				if stage, _ := other.Decide(r.m, r.language, 0); stage == Nobody && !r.elsewhere {
					want++
				}
			}
			if at.counts[i] != want {
				t.Errorf("stage %d, rule %d, moved by %v: %d kept, want %d", at.stage, at.rule, f, at.counts[i], want)
			}
		}
	}
	raw, err := json.Marshal(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var again Overlap
	if err := json.Unmarshal(raw, &again); err != nil {
		t.Fatal(err)
	}
	if err := parts[0].Merge(&again); err != nil {
		t.Fatal(err)
	}
	parts[0].found, o.found = nil, nil
	if !reflect.DeepEqual(parts[0], o) {
		t.Errorf("two halves added up are\n%+v\nwant\n%+v", parts[0], o)
	}
	if err := o.Merge(layout(t, "[pair]").NewOverlap()); err == nil {
		t.Error("an overlap of other rules was added")
	}
}

// TestSample: the share of ids is about what was asked, small inputs are measured whole, and modes mean what they say.
func TestSample(t *testing.T) {
	for _, c := range []struct {
		mode  string
		bytes int64
		want  float64
	}{{"", 0, 1}, {"sample", 4 << 20, 1}, {"sample", 8 << 20, 0.5}, {"sample", 1 << 40, 0.01}, {"all", 1 << 40, 1}, {"off", 1 << 40, 0}} {
		s, err := plan.NewSignals(c.mode, c.bytes)
		if err != nil || s.Share != c.want || s.On() == (c.mode == "off") {
			t.Errorf("%q of %d bytes: %+v, %v", c.mode, c.bytes, s, err)
		}
	}
	if _, err := plan.NewSignals("some", 1); err == nil {
		t.Error("a mode that does not exist was taken")
	}
	s, err := plan.NewSignals("", 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range 100_000 {
		if s.Has(fmt.Sprintf("crawl/page#%d", i)) {
			n++
		}
	}
	if n < 800 || n > 1200 {
		t.Errorf("%d of 100,000 ids are in a sample of 1 %%", n)
	}
}
