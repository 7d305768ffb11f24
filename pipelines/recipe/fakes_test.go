package recipe

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
	"github.com/winnow-data/winnow/stages/text"
)

// The components of the tests stand in for those of the rooms: the settings of the vocabulary, and no work.

type filter struct{}

func (filter) Measure(*text.View, []float64) {}

type mapper struct{}

func (mapper) Map(*stages.Document, *text.View) (stages.Verdict, error) {
	return stages.Verdict{}, nil
}

type barrier struct{}

func (barrier) Phases() []stages.Phase { return nil }

func rulesOf(names ...string) []stages.Rule {
	var out []stages.Rule
	for _, n := range names {
		out = append(out, stages.Rule{Name: n, Keep: stages.Any})
	}
	return out
}

type extract struct {
	mapper  `yaml:"-"`
	Mode    string `allowed:"quality,fast"`
	MaxTime time.Duration
	MaxSize stages.Bytes
}

type normalize struct {
	mapper `yaml:"-"`
	Form   string `allowed:"nfc,nfkc"`
}

type language struct {
	mapper `yaml:"-"`
	Keep   []string
	Min    float64 `allowed:"0..1"`
	Engine string  `allowed:"lingua,fasttext"`
	Model  stages.Path
}

func (*language) Writes() []string     { return []string{"language", "script", "language_score"} }
func (*language) Rules() []stages.Rule { return rulesOf("language") }

type quality struct {
	filter     `yaml:"-"`
	Words      stages.Range
	MeanWord   stages.Range
	StopWords  stages.Range
	EndEllipse stages.Range `allowed:"0..1"`
}

func (*quality) Rules() []stages.Rule {
	return rulesOf("words", "mean_word", "stop_words", "end_ellipse")
}

type repetition struct {
	filter   `yaml:"-"`
	DupLines stages.Range
	Top2gram stages.Range `yaml:"top_2gram"`
	Top3gram stages.Range `yaml:"top_3gram"`
}

func (*repetition) Rules() []stages.Rule { return rulesOf("dup_lines", "top_2gram", "top_3gram") }

type c4 struct {
	mapper    `yaml:"-"`
	LineWords stages.Range
	Sentences stages.Range
	Citations bool
}

func (*c4) Rules() []stages.Rule { return rulesOf("end_mark", "line_words", "sentences") }

func (*c4) Switches() []string { return []string{"citations"} }

func (c *c4) Without(string) { c.Citations = false }

type keepOne struct{ Policy, Field string }

func (k *keepOne) UnmarshalSetting(n *settings.Node) error {
	switch {
	case n.Kind == settings.Scalar && (n.Text == "first" || n.Text == "longest"):
		*k = keepOne{Policy: n.Text}
		return nil
	case n.Kind == settings.Map && len(n.Pairs) == 1 && (n.Pairs[0].Key.Text == "newest" || n.Pairs[0].Key.Text == "best"):
		*k = keepOne{n.Pairs[0].Key.Text, n.Pairs[0].Value.Text}
		return nil
	}
	return fmt.Errorf("%s is no survivor policy", n.Is())
}

func (keepOne) DescribeSetting() settings.Description {
	return settings.Description{Type: "a survivor policy", Allowed: []string{"first", "longest", "{newest: FIELD}", "{best: FIELD}"}}
}

func (k keepOne) String() string {
	if k.Field == "" {
		return k.Policy
	}
	return "{" + k.Policy + ": " + k.Field + "}"
}

type minhash struct {
	barrier    `yaml:"-"`
	Similarity float64 `allowed:"0..1"`
	Verify     bool
	Keep       keepOne
	Within     string
	OnlyFrom   string
	Bands      int
	Rows       int
}

func (m *minhash) Rules() []stages.Rule { return rulesOf("near_duplicate") }

func (m *minhash) Reads() []string {
	var out []string
	if m.Within != "" {
		out = append(out, m.Within)
	}
	if m.Keep.Field != "" {
		out = append(out, m.Keep.Field)
	}
	return out
}

func (m *minhash) Validate() error {
	if (m.Bands == 0) != (m.Rows == 0) {
		return errors.New("bands: goes with rows: give both or none")
	}
	return nil
}

type judge struct {
	filter `yaml:"-"`
	Model  string
	Rubric string
	stages.Range
	Chars stages.Count
	Ask   string
}

func (j *judge) Asks() stages.Asks { return stages.Asks{Model: j.Model, Ask: stages.Ask(j.Ask)} }

func (j *judge) Rules() []stages.Rule { return []stages.Rule{{Name: "judge", Keep: j.Range}} }

type against struct {
	mapper  `yaml:"-"`
	Against []stages.Path
}

type mix struct {
	barrier   `yaml:"-"`
	Tokens    stages.Count
	Words     stages.Count
	By        string
	Weights   map[string]float64
	MaxEpochs float64
}

func (m *mix) Reads() []string { return []string{m.By} }

type answer struct {
	mapper      `yaml:"-"`
	Model       string
	N           int `allowed:"1.."`
	Temperature float64
	Until       struct{ Passed int }
	coming      []stages.Coming
}

func (a *answer) Foresees() bool                 { return a.Until.Passed > 0 }
func (a *answer) Foresee(checks []stages.Coming) { a.coming = checks }

type plain struct {
	mapper `yaml:"-"`
}

type checkMath struct {
	mapper `yaml:"-"`
	Gold   string
}

func (c *checkMath) Reads() []string { return []string{c.Gold} }

type tag struct {
	mapper `yaml:"-"`
}

func (*tag) Writes() []string { return []string{"tags"} }

type dedupAnswers struct {
	mapper `yaml:"-"`
	By     string
}

type passRate struct {
	filter `yaml:"-"`
	stages.Range
	Of string
}

func (p *passRate) Refers() []string {
	return slices.DeleteFunc([]string{p.Of}, func(s string) bool { return s == "" })
}

func (p *passRate) Rules() []stages.Rule { return []stages.Rule{{Name: "pass_rate", Keep: p.Range}} }

type pick struct {
	barrier `yaml:"-"`
	SFT     struct{ Where, Best string }
	DPO     struct {
		Chosen    string
		Rejected  map[string]string
		PerPrompt int
	}
}

func (*pick) Kinds() []string { return []string{"sft", "dpo"} }

func registry(t testing.TB) *stages.Registry {
	t.Helper()
	r, err := stages.NewRegistry([]stages.Spec{
		stages.Define("extract", extract{Mode: "quality", MaxTime: 5 * time.Second, MaxSize: 10 << 20}),
		stages.Define("normalize", normalize{Form: "nfc"}),
		stages.Define("language", language{Min: 0.65, Engine: "lingua"}),
		stages.Define("gopher_quality", quality{Words: stages.Between(50, 100_000), MeanWord: stages.Between(3, 10), StopWords: stages.AtLeast(2), EndEllipse: stages.AtMost(0.3)}),
		stages.Define("gopher_quality@datatrove", quality{Words: stages.Between(50, 100_000), MeanWord: stages.Between(3, 10), StopWords: stages.AtLeast(2), EndEllipse: stages.AtMost(0.3)}),
		stages.Define("gopher_repetition", repetition{DupLines: stages.AtMost(0.3), Top2gram: stages.AtMost(0.2), Top3gram: stages.AtMost(0.18)}),
		stages.Define("c4", c4{LineWords: stages.AtLeast(5), Sentences: stages.AtLeast(3), Citations: true}),
		stages.Define("fineweb", repetition{DupLines: stages.Any, Top2gram: stages.Any, Top3gram: stages.Any}),
		stages.Define("dedup_exact", plain{}),
		stages.Define("mask_pii", plain{}),
		stages.Define("dedup_minhash", minhash{Similarity: 0.75, Verify: true, Keep: keepOne{Policy: "longest"}}),
		stages.Define("mix", mix{By: "source", MaxEpochs: 4}),
		stages.Define("decontaminate", against{}),
		stages.Define("judge", judge{Rubric: "educational", Range: stages.Any, Chars: 1000, Ask: "choice"}),
		stages.Define("answer", answer{N: 1, Temperature: 0.7}),
		stages.Define("check_math", checkMath{Gold: "gold"}),
		stages.Define("tag", tag{}),
		stages.Define("check_equations", plain{}),
		stages.Define("dedup_answers", dedupAnswers{By: "text"}),
		stages.Define("pass_rate", passRate{Range: stages.Any}),
		stages.Define("pick", pick{}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// onDisk is a Stat for tests: every path is there but those with "missing" in their name.
func onDisk(path string) error {
	if strings.Contains(path, "missing") {
		return &fs.PathError{Op: "stat", Path: path, Err: fs.ErrNotExist}
	}
	return nil
}
