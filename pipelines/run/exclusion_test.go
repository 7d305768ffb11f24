package run

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// A line is what package json makes of the exclusion.
func checkLine(t *testing.T, d *stages.Document, s *ruleSet, v stages.Verdict) {
	t.Helper()
	var l exclusionLine
	for range 2 { // memory that has been used
		l.describe(d, s, v)
		want, err := json.Marshal(&l.Exclusion)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(l.json()); got != string(want)+"\n" {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestExclusionLine(t *testing.T) {
	texts := []string{"", "plain", "a/b.jsonl#12", `q"\`, "a<b", "a>b", "a&b", "línea\u2028\u2029", "tab\tnl\n\x00\x7f\b\f", "bad\xffutf8", "中文😀"}
	numbers := []float64{
		0, math.Copysign(0, -1), 1, -1, 450, 0.25, -0.1, 1e-6, 1e-7, 1e20, 1e21, 123456789, 1<<53 - 1, 1 << 53, 1e300, 5e-324,
		math.Inf(1), math.Inf(-1), math.NaN(), stages.NA,
	}
	for i, s := range texts {
		for k, x := range numbers {
			other := numbers[(k+i)%len(numbers)]
			set := &ruleSet{label: s, name: "length", rules: []stages.Rule{
				{Name: "chars", Keep: stages.Any},
				{Name: "words", Keep: stages.Range{Min: x, Max: other, By: map[string]stages.Range{"zh": stages.AtLeast(other)}}},
			}}
			d := &stages.Document{ID: s, Source: texts[(i+k)%len(texts)], At: stages.Place{File: s, Row: int64(k) - 1}}
			if k%2 == 0 {
				d.Fields.SetText("language", "zh")
			}
			checkLine(t, d, set, stages.Verdict{Rule: "words", Value: other, Kept: texts[k%len(texts)], Why: texts[(k+1)%len(texts)]})
			checkLine(t, d, set, stages.Verdict{Rule: "empty", Value: x})
		}
	}
}

func TestExclusionNumbers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		x := math.Float64frombits(rng.Uint64())
		switch rng.IntN(3) {
		case 0:
			x = float64(rng.Int64() >> rng.IntN(64))
		case 1:
			x = float64(rng.IntN(1e6)) / float64(1+rng.IntN(1000))
		}
		if x-x != 0 {
			continue
		}
		want, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		if got := appendNumber(nil, &x); string(got) != string(want) {
			t.Fatalf("%v: got %s, want %s", x, got, want)
		}
	}
}

func BenchmarkExclusionLine(b *testing.B) {
	set := &ruleSet{label: "length", name: "length", rules: []stages.Rule{{Name: "words", Keep: stages.AtLeast(450)}}}
	d := &stages.Document{ID: "rust-book/ch01-02", Source: "all", At: stages.Place{File: "all.jsonl", Row: 12345}}
	var l exclusionLine
	for b.Loop() {
		l.describe(d, set, stages.Verdict{Rule: "words", Value: 173})
		b.SetBytes(int64(len(l.json())))
	}
}
