package stagetest

import (
	"fmt"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// Measure runs a filter on one text of a language ("" unknown) and returns the value of each rule.
func Measure(f stages.Filter, s, language string) map[string]float64 {
	v := view(s, language)
	rules := f.Rules()
	m := make([]float64, len(rules))
	f.Measure(v, m)
	out := make(map[string]float64, len(rules))
	for i, r := range rules {
		out[r.Name] = m[i]
	}
	return out
}

// Judge runs a filter on one text and returns the first rule, in their order, that drops it: the zero Verdict keeps. A NaN
// other than [stages.NA] is an error.
func Judge(f stages.Filter, s, language string) (stages.Verdict, error) {
	m := Measure(f, s, language)
	for _, r := range f.Rules() {
		x := m[r.Name]
		if x != x && !stages.IsNA(x) {
			return stages.Verdict{}, fmt.Errorf("rule %s measured NaN", r.Name)
		}
		if !r.Keep.For(language).Has(x) {
			return stages.Verdict{Rule: r.Name, Value: x}, nil
		}
	}
	return stages.Verdict{}, nil
}

// Map runs a mapper on a copy of d, whose field "language" tells the view its language, and returns the copy as it left it.
func Map(m stages.Mapper, d stages.Document) (stages.Document, stages.Verdict, error) {
	d = Clone(d)
	language, _ := d.Fields.Text("language")
	verdict, err := m.Map(&d, view(d.Body(), language))
	return d, verdict, err
}

func view(s, language string) *text.View {
	v := new(text.View)
	v.Reset(s)
	v.SetLanguage(language)
	return v
}
