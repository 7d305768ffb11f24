package settings

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages"
)

type policy struct{ Kind, Field string }

func (p *policy) UnmarshalSetting(n *Node) error {
	switch {
	case n.Kind == Scalar && (n.Text == "longest" || n.Text == "first"):
		*p = policy{Kind: n.Text}
		return nil
	case n.Kind == Map && len(n.Pairs) == 1 && n.Pairs[0].Key.Text == "newest":
		*p = policy{"newest", n.Pairs[0].Value.Text}
		return nil
	case n.Kind == Map && len(n.Pairs) == 1:
		return ErrorAt(n.Pairs[0].Key, "unknown policy %q", n.Pairs[0].Key.Text)
	}
	return errors.New("no policy")
}

func (policy) DescribeSetting() Description {
	return Description{Type: "a policy", Allowed: []string{"first", "longest", "{newest: FIELD}"}}
}

type nested struct {
	Deep  int
	Names []string
}

type sample struct {
	Words        stages.Range
	On           bool
	Form         string `allowed:"nfc,nfkc"`
	Weight       float64
	Level        float64 `yaml:"level" allowed:"0..1"`
	N            int     `allowed:"1.."`
	Budget       stages.Count
	Size         stages.Bytes
	Share        stages.Share
	MaxTime      time.Duration
	File         stages.Path
	Keep         []string
	Weights      map[string]float64
	Nested       nested
	Policy       policy
	Ranges       []stages.Range
	Hidden       int `yaml:"-"`
	stages.Range     // min, max, by lie flat
}

var sampleDefaults = sample{
	Words: stages.Range{Min: 50, Max: 100, By: map[string]stages.Range{"th": stages.AtLeast(7)}},
	Form:  "nfc", N: 1, Keep: []string{"en"}, Weights: map[string]float64{"a": 1}, Nested: nested{Deep: 3, Names: []string{"x"}},
	Policy: policy{Kind: "first"}, Range: stages.Any, MaxTime: 5 * time.Second, Size: 10 << 20,
}

// decoded returns the settings and the problems, one a line: "line:column text | hint".
func decoded(t *testing.T, src string) (sample, string) {
	t.Helper()
	s := sampleDefaults
	tree, ps := Parse("r.yaml", []byte(src))
	if len(ps) == 0 {
		ps = Decode(tree, &s)
	}
	return s, lines(ps)
}

func lines(ps []Problem) string {
	var out []string
	for _, p := range ps {
		s := short(float64(p.Pos.Line)) + ":" + short(float64(p.Pos.Column)) + " " + p.Text()
		if h := p.Hint(); h != "" {
			s += " | " + h
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

func TestDecodeValues(t *testing.T) {
	got, problems := decoded(t, `
words: {min: 20, by: {zh: {max: 100k}, ja: {min: 1}}}
on: true
form: nfkc
weight: -1.5e-3
level: 50%
n: 0x10
budget: 1.5B
size: 256MiB
share: 1%
max_time: 1.5h
file: a b.txt
keep: [no, on, 007]
weights: {en: 0.6, zh: 40%}
nested: {deep: 4}
policy: {newest: date}
ranges: [{min: 1}, {max: 2}]
min: 0.65
by: {fr: {max: 3}}
`)
	if problems != "" {
		t.Fatal(problems)
	}
	canon := string(Canonical(&got))
	want := `{"budget":1500000000,"by":{"fr":{"max":3,"min":0.65}},"file":"a b.txt","form":"nfkc","keep":["no","on","007"],"level":0.5,"max":".inf",` +
		`"max_time":5400000000000,"min":0.65,"n":16,"nested":{"deep":4,"names":["x"]},"on":true,"policy":{"field":"date","kind":"newest"},` +
		`"ranges":[{"max":".inf","min":1},{"max":2,"min":"-.inf"}],"share":0.01,"size":268435456,"weight":-0.0015,"weights":{"en":0.6,"zh":0.4},` +
		`"words":{"by":{"ja":{"max":100,"min":1},"zh":{"max":100000,"min":20}},"max":100,"min":20}}`
	if canon != want {
		t.Errorf("got\n%s\nwant\n%s", canon, want)
	}
}
