package tally

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

var testLayout = []Stage{
	{Label: "language", Name: "language", Rules: []stages.Rule{{Name: "language", Keep: stages.Any}}},
	{Label: "quality", Name: "gopher_quality", Rules: []stages.Rule{
		{Name: "words", Keep: stages.Range{Min: 50, Max: 1000, By: map[string]stages.Range{"zh": stages.AtLeast(80)}}, Unit: "words"},
		{Name: "bullets", Keep: stages.AtMost(0.9), Unit: "share"},
		{Name: "stop_words", Keep: stages.AtLeast(2)},
	}},
	{Label: "mix", Name: "mix", Rules: []stages.Rule{{Name: "over_budget", Keep: stages.Any}}},
}

func testDocument(r *rand.Rand, i int) *stages.Document {
	d := &stages.Document{
		ID: fmt.Sprintf("doc-%d", i), Source: []string{"web", "books", "code"}[r.IntN(3)],
		Text: strings.Repeat("lorem ipsum ", 1+r.IntN(300)),
	}
	d.Fields.SetText("language", []string{"en", "zh", "de"}[r.IntN(3)])
	d.Fields.SetText("script", "Latn")
	d.Fields.SetText("license", "CC0-1.0")
	d.Fields.SetText("url", fmt.Sprintf("https://www.host-%d.example/p/%d", r.IntN(40)*r.IntN(40), i))
	return d
}

// walk sends documents from..to through the stages as a run would.
func walk(t *Tally, from, to int, seen ...func(rule int, language string, v float64)) {
	for i := from; i < to; i++ {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		if r.IntN(100) == 0 {
			t.Damage("web", fmt.Sprintf("line %d: unexpected %q", i, "x"))
			continue
		}
		d := testDocument(r, i)
		words := strings.Count(d.Text, " ")
		t.Read(d, len(d.Text), words)
		t.Enter(0, 1)
		if r.IntN(20) == 0 {
			t.Dropped(0, 0, d, stages.Verdict{Rule: "language", Why: "fr"}, words)
			continue
		}
		if r.IntN(200) == 0 {
			t.Quarantined(0, d, fmt.Sprintf("panic at %d", i))
			continue
		}
		t.Edited(0, len(d.Text)+3, len(d.Text))
		t.Enter(1, 1)
		lang := plain(d.Fields, "language")
		m := []float64{float64(words), r.Float64(), float64(r.IntN(9))}
		if lang == "de" {
			m[2] = stages.NA
		}
		t.Measured(1, m, lang)
		dropped := false
		for k, rule := range testLayout[1].Rules {
			if !rule.Keep.For(lang).Has(m[k]) {
				t.Dropped(1, k, d, stages.Verdict{Rule: rule.Name, Value: m[k]}, words)
				dropped = true
				for _, f := range seen {
					f(k, lang, m[k])
				}
				break
			}
		}
		if dropped {
			continue
		}
		t.Enter(2, 1)
		t.Kept(d, len(d.Text), words)
		if r.IntN(10) == 0 {
			t.Made(2, d, len(d.Text), words)
			t.Kept(d, len(d.Text), words)
		}
	}
}

func mustMarshal(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestSumsHold(t *testing.T) {
	x := New(testLayout, nil)
	walk(x, 0, 3000)
	if err := x.Check(); err != nil {
		t.Error(err)
	}
	if x.Out.Documents == 0 || x.Damaged == 0 || len(x.Sums()) != 2+3+3 {
		t.Errorf("out %d, damaged %d, %d sums", x.Out.Documents, x.Damaged, len(x.Sums()))
	}
	if len(x.Licences) != 1 || x.Licences[0].Kept != x.Out {
		t.Errorf("licences %+v, want all of %+v", x.Licences, x.Out)
	}
	x.Stages[2].Entered++
	err := x.Check()
	if err == nil || !strings.Contains(err.Error(), "stage quality") || !strings.Contains(err.Error(), "stage mix") {
		t.Errorf("a document that came from nowhere: got %v", err)
	}
}

// Tasks, JSON and back, and the order in which documents come must not show.
func TestMergeIsTheWhole(t *testing.T) {
	whole := New(testLayout, nil)
	walk(whole, 0, 3000)
	for _, tasks := range []int{1, 2, 7, 30} {
		sum := New(testLayout, nil)
		for k := range tasks {
			part := New(testLayout, nil)
			walk(part, k*3000/tasks, (k+1)*3000/tasks)
			back, err := Load(testLayout, nil, mustMarshal(t, part))
			if err != nil {
				t.Fatal(err)
			}
			if err := sum.Merge(back); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := mustMarshal(t, sum), mustMarshal(t, whole); !bytes.Equal(got, want) {
			t.Errorf("%d tasks: the sum differs from the whole\n got %.300s\nwant %.300s", tasks, got, want)
		}
	}
}

// With more sources than are told apart, tasks and phases meet them in different order, and which of them have names of their
// own differs from task to task: every sum must hold all the same, and no document be lost.
func TestSumsHoldForManySources(t *testing.T) {
	for _, many := range []int{maxGroups - 1, maxGroups, 3 * maxGroups} {
		for _, tasks := range []int{1, 3} {
			sum := New(testLayout, nil)
			for phase := range 2 {
				for k := range tasks {
					part := New(testLayout, nil)
					for i := range many * 4 {
						if i%tasks != k {
							continue
						}
						if phase == 1 {
							i = many*4 - 1 - i
						}
						d := &stages.Document{Source: fmt.Sprint("s", i%many), Text: "abc"}
						switch {
						case phase == 0:
							part.Read(d, 3, 1)
							for s := range testLayout {
								part.Enter(s, 1)
							}
						default:
							part.Kept(d, 3, 1)
						}
					}
					back, err := Load(testLayout, nil, mustMarshal(t, part))
					if err != nil {
						t.Fatal(err)
					}
					if err := sum.Merge(back); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := sum.Check(); err != nil {
				t.Errorf("%d sources, %d tasks: %.300v", many, tasks, err)
			}
			var n int64
			for _, g := range sum.Sources {
				n += g.Kept.Documents
			}
			if n != int64(many*4) || len(sum.Sources) > maxGroups {
				t.Errorf("%d sources, %d tasks: %d documents in %d groups, want %d", many, tasks, n, len(sum.Sources), many*4)
			}
		}
	}
}

func TestExamplesDoNotDependOnOrder(t *testing.T) {
	a, b := New(testLayout, nil), New(testLayout, nil)
	nearest, extreme := math.Inf(1), 0.0
	seen := func(rule int, language string, v float64) {
		if rule == 0 {
			d := far(testLayout[1].Rules[0].Keep.For(language), v)
			nearest, extreme = min(nearest, d), max(extreme, d)
		}
	}
	walk(a, 0, 1500, seen)
	walk(a, 1500, 3000, seen)
	walk(b, 1500, 3000)
	walk(b, 0, 1500)
	for i := range a.Stages {
		for k := range a.Stages[i].Rules {
			if x, y := a.Stages[i].Rules[k].Examples, b.Stages[i].Rules[k].Examples; !reflect.DeepEqual(x, y) {
				t.Errorf("%s: %v, want %v", testLayout[i].Rules[k].Name, y, x)
			}
		}
	}
	e := a.Stages[1].Rules[0].Examples
	if len(e.Random) != 5 || len(e.Near) != 2 || len(e.Extreme) != 1 {
		t.Fatalf("got %d random, %d near, %d extreme", len(e.Random), len(e.Near), len(e.Extreme))
	}
	for what, got := range map[string]Example{"nearest": e.Near[0], "extreme": e.Extreme[0]} {
		want := map[string]float64{"nearest": nearest, "extreme": extreme}[what]
		if d := away(testLayout[1].Rules[0], got); d != want {
			t.Errorf("%s: %v in %q lies %v away, want %v", what, got.Value, got.Language, d, want)
		}
	}
}

func TestMeasuredCounts(t *testing.T) {
	x := New(testLayout, nil)
	x.Measured(1, []float64{10, 0.95, stages.NA}, "en")
	x.Measured(1, []float64{10, 0.1, 5}, "en")
	x.Measured(1, []float64{70, 0.1, 5}, "zh") // under the bound of its language only
	x.Measured(1, []float64{70, 0.1, 5}, "en")
	x.Measured(1, []float64{70, math.NaN(), 5}, "en")
	s := x.Stages[1]
	if s.Rules[0].Outside != 3 || s.Rules[0].Alone != 2 || s.Rules[1].Outside != 1 || s.Rules[1].Alone != 0 {
		t.Errorf("outside %d alone %d, outside %d alone %d", s.Rules[0].Outside, s.Rules[0].Alone, s.Rules[1].Outside, s.Rules[1].Alone)
	}
	if got := s.Rules[0].Together; !reflect.DeepEqual(got, []int64{0, 1, 0}) {
		t.Errorf("together %v", got)
	}
	want := []Judged{{"en", 4, []int64{0, 0, 1}}, {"zh", 1, nil}}
	if !reflect.DeepEqual(s.Languages, want) {
		t.Errorf("got %v want %v", s.Languages, want)
	}
	if n := s.Rules[2].Values.N; n != 4 {
		t.Errorf("%d values, want 4 without the one that is NA", n)
	}
}

func TestExampleIsMaskedAndClipped(t *testing.T) {
	mask := func(s string) string { return strings.ReplaceAll(s, "secret@example.org", "<EMAIL>") }
	x := New(testLayout, mask)
	d := &stages.Document{ID: "a", Text: "secret@example.org " + strings.Repeat("é", 380) + "secret@example.org" + strings.Repeat("\xffz", 9000)}
	x.Dropped(0, 0, d, stages.Verdict{Rule: "language", Why: "secret@example.org", Value: math.NaN()}, -1)
	if x.Uncounted != 1 || x.Stages[0].Rules[0].Dropped.Words != 0 {
		t.Errorf("%d uncounted, %d words", x.Uncounted, x.Stages[0].Rules[0].Dropped.Words)
	}
	e := x.Stages[0].Rules[0].Examples.Random[0]
	if n := len([]rune(e.Text)); n != 400 || !e.Clipped {
		t.Errorf("%d characters, clipped %v", n, e.Clipped)
	}
	if strings.Contains(e.Text+e.Why, "secret") {
		t.Errorf("shows the address: %q %q", e.Text, e.Why)
	}
	mustMarshal(t, x)
}

func TestQuarantineReasonsAreGrouped(t *testing.T) {
	x := New(testLayout, nil)
	for i := range 500 {
		x.Damage("s", fmt.Sprintf(`line %d: unknown escape "\q%d" at offset %d`, i, i, i*7))
	}
	if len(x.Reasons) != 1 || x.Reasons[0].Records != 500 || x.Reasons[0].Reason != `line #: unknown escape "…" at offset #` {
		t.Errorf("got %+v", x.Reasons[0])
	}
	for i := range 500 {
		x.Damage("s", strings.Repeat("x", i))
	}
	n := int64(0)
	for _, q := range x.Reasons {
		n += q.Records
	}
	if len(x.Reasons) > maxReasons+1 || n != 1000 {
		t.Errorf("%d reasons of %d records", len(x.Reasons), n)
	}
}

// A marker stays small whatever comes in.
func TestSizeIsBounded(t *testing.T) {
	for _, c := range []struct{ stages, limit int }{{5, 300_000}, {20, 700_000}} {
		x := hostile(c.stages)
		raw := mustMarshal(t, x)
		t.Logf("%d rules: %d bytes of JSON", 8*c.stages, len(raw))
		if len(raw) > c.limit {
			t.Errorf("%d rules: %d bytes of JSON, at most %d", 8*c.stages, len(raw), c.limit)
		}
		if len(x.Sources) > maxGroups || len(x.Languages) > maxGroups {
			t.Errorf("%d sources, %d languages", len(x.Sources), len(x.Languages))
		}
		var n int64
		for _, g := range x.Sources {
			n += g.Read.Documents
		}
		if n != 20000 {
			t.Errorf("%d documents in all sources, want 20000", n)
		}
	}
}

// hostile is a tally of documents made to fill it up.
func hostile(count int) *Tally {
	layout := make([]Stage, count)
	for i := range layout {
		layout[i] = Stage{Label: fmt.Sprint("s", i), Rules: make([]stages.Rule, 8)}
		for k := range layout[i].Rules {
			layout[i].Rules[k] = stages.Rule{Name: fmt.Sprint("rule", k), Keep: stages.Between(1, 2)}
		}
	}
	x := New(layout, nil)
	r := rand.New(rand.NewPCG(1, 2))
	m := make([]float64, 8)
	for i := range 20000 {
		d := &stages.Document{ID: fmt.Sprint(strings.Repeat("i", 300), i), Source: strings.Repeat("s", i%1000), Text: strings.Repeat("<\x01\"&", 500)}
		d.Fields.SetText("language", fmt.Sprint("language", i))
		d.Fields.SetText("script", fmt.Sprint("script", i))
		d.Fields.SetText("url", fmt.Sprintf("http://%s%d.example/", strings.Repeat("h", 80), i%9000))
		x.Read(d, 1<<30, 1<<20)
		s := i % count
		for k := range m {
			m[k] = math.Exp(r.NormFloat64() * 3)
		}
		x.Measured(s, m, fmt.Sprint("l", i%40))
		x.Dropped(s, r.IntN(8), d, stages.Verdict{Value: r.NormFloat64() * 9, Why: strings.Repeat("&", 900)}, 4)
		x.Kept(d, 1, 1)
	}
	return x
}

func TestLoadRefusesWhatDoesNotFit(t *testing.T) {
	good := New(testLayout, nil)
	walk(good, 0, 200)
	raw := mustMarshal(t, good)
	for name, bad := range map[string]string{
		"other layout":   string(mustMarshal(t, New(testLayout[:2], nil))),
		"no JSON":        "{",
		"null group":     strings.Replace(string(raw), `"sources":[`, `"sources":[null,`, 1),
		"stages by four": strings.Replace(string(raw), `"by_stage":[`, `"by_stage":[0,`, 1),
		"bin past end":   strings.Replace(string(raw), `"bins":[`, `"bins":[99999,1,`, 1),
		"bin without":    strings.Replace(string(raw), `"bins":[`, `"bins":[1,`, 1),
		"columns":        strings.Replace(string(raw), `"names":[`, `"names":["x",`, 1),
		"rules":          strings.Replace(string(raw), `"together":[`, `"together":[0,`, 1),
	} {
		if bad == string(raw) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := Load(testLayout, nil, []byte(bad)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzLoad(f *testing.F) {
	x := New(testLayout, nil)
	walk(x, 0, 5)
	f.Add(mustMarshal(f, x))
	f.Fuzz(func(t *testing.T, raw []byte) {
		x, err := Load(testLayout, nil, raw)
		if err != nil {
			return
		}
		y, err := Load(testLayout, nil, mustMarshal(t, x))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := mustMarshal(t, y), mustMarshal(t, x); !bytes.Equal(got, want) {
			t.Errorf("got %s want %s", got, want)
		}
	})
}

func BenchmarkDocument(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	docs := make([]*stages.Document, 512)
	for i := range docs {
		docs[i] = testDocument(r, i)
	}
	x := New(testLayout, nil)
	m := []float64{100, 0.2, 7}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		d := docs[i%512]
		i++
		x.Read(d, len(d.Text), 200)
		for range 4 {
			x.Measured(1, m, "en")
		}
		if i%2 == 0 {
			x.Dropped(1, 0, d, stages.Verdict{Value: 30}, 200)
		} else {
			x.Kept(d, len(d.Text), 200)
		}
	}
}

// A run adds up one marker after the other.
func BenchmarkLoad(b *testing.B) {
	x := New(testLayout, nil)
	walk(x, 0, 3000)
	raw := mustMarshal(b, x)
	sum := New(testLayout, nil)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		y, err := Load(testLayout, nil, raw)
		if err != nil {
			b.Fatal(err)
		}
		if err := sum.Merge(y); err != nil {
			b.Fatal(err)
		}
	}
}
