package settings

import (
	"errors"
	"math"
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

func TestDecodeProblems(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"nothing", "", ""},
		{"unknown", "wrods: {}", `1:1 unknown setting "wrods" | did you mean "words"? allowed: words, on, form, weight, level, n, budget, size, share, max_time, file, keep, weights, nested, policy, ranges, min, max, by`},
		{"hidden", "hidden: 3", `1:1 unknown setting "hidden" | allowed: words, on, form, weight, level, n, budget, size, share, max_time, file, keep, weights, nested, policy, ranges, min, max, by`},
		{"two at once", "level: 2\nn: 0", "1:8 level: 2 is out of bounds | allowed: 0 to 1\n2:4 n: 0 is out of bounds | allowed: at least 1"},
		{"null for a value", "n:", "1:4 n: nothing, want a whole number"},
		{"list for a value", "n: [1]", "1:4 n: a list, want a whole number"},
		{"map for a list", "keep: {a: b}", "1:7 keep: a map, want a list"},
		{"null in a list", "keep: [a, null]", "1:11 keep: nothing, want text"},
		{"bool for text", "form: true", `1:7 form: true, want text | write "true" if the word is meant`},
		{"NUL in text", `file: "a\0b"`, `1:7 file: "a\x00b" holds a NUL character`},
		{"nested", "nested: {deep: x, names: [[]]}", "1:16 nested: deep: \"x\" is not a whole number\n1:27 nested: names: a list, want text"},
		{"nested unknown", "nested: {dep: 1}", `1:10 nested: unknown setting "dep" | did you mean "deep"? allowed: deep, names`},
		{"nested scalar", "nested: 1", `1:9 nested: "1", want a map of deep, names`},
		{"policy", "policy: longset", `1:9 policy: no policy | did you mean "longest"? allowed: first, longest, {newest: FIELD}`},
		{"policy inside", "policy: {oldest: x}", `1:10 policy: unknown policy "oldest" | allowed: first, longest, {newest: FIELD}`},
		{"crossed range", "words: {min: 101}", "1:9 words: min 101 exceeds max 100"},
		{"crossed by max", "words: {max: 49}", "1:9 words: min 50 exceeds max 49"},
		{"crossed flat", "min: 2\nmax: 1", "1:1 min 2 exceeds max 1"},
		{"crossed flat by", "max: 1\nby: {zh: {min: 2}}", "2:11 by: zh: min 2 exceeds max 1"},
		{"by in by", "words: {by: {zh: {by: {}}}}", `1:19 words: by: zh: unknown setting "by" | allowed: min, max`},
		{"by language", "words: {by: {EN: {min: 1}}}", `1:14 words: by: "EN" is no language code | ISO 639-1, else 639-3: en, zh, yue`},
		{"by list", "words: {by: [zh]}", "1:13 words: by: a list, want languages with their bounds, such as {zh: {min: 80}}"},
		{"nan", "words: {min: .nan}\nweight: .NaN", "1:14 words: min: a bound or number cannot be .nan, want a number\n2:9 weight: a bound or number cannot be .nan, want a number"},
		{"map values", "weights: {a: x, b: 1}", `1:14 weights: a: "x" is not a number`},
		{"range in a list", "ranges: [{min: 2, max: 1}, 3]", "1:11 ranges: min 2 exceeds max 1\n1:28 ranges: \"3\", want bounds | write {min: 3} or {max: 3}"},
		{"not a map", "[a]", "1:1 a list, want a map of words, on, form, weight, level, n, budget, size, share, max_time, file, keep, weights, nested, policy, ranges, min, max, by"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, got := decoded(t, test.src); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestDecodeKeepsDefaults(t *testing.T) {
	before := string(Canonical(&sampleDefaults))
	got, problems := decoded(t, "words: {max: 90, by: {th: {min: 1}}}\nweights: {b: 2}\nkeep: []\nnested: {deep: 9}")
	if problems != "" {
		t.Fatal(problems)
	}
	if got.Words.Min != 50 || got.Words.Max != 90 || got.Nested.Deep != 9 || len(got.Nested.Names) != 1 || len(got.Keep) != 0 || len(got.Weights) != 1 {
		t.Errorf("got %+v", got)
	}
	if by := got.Words.By["th"]; by.Min != 1 || by.Max != 90 {
		t.Errorf("by: th got %v, want the rule's own max of 90", by)
	}
	got.Weights["a"], got.Words.By["xx"] = 7, stages.Any
	if after := string(Canonical(&sampleDefaults)); after != before {
		t.Errorf("the defaults changed:\n%s\n%s", before, after)
	}
}

type checked struct{ Bands, Rows int }

func (c *checked) Validate() error {
	if c.Bands > 0 && c.Rows == 0 {
		return errors.New("bands: needs rows")
	}
	if c.Rows > 9 {
		return errors.New("too many rows")
	}
	return nil
}

func TestDecodeAsksTheValidator(t *testing.T) {
	for src, want := range map[string]string{
		"rows: 1\nbands: 2": "",
		"\nbands: 2":        "2:1 bands: needs rows",
		"rows: 10":          "1:1 too many rows",
		"rows: x":           `1:7 rows: "x" is not a whole number`, // not asked
	} {
		var c checked
		tree, ps := Parse("", []byte(src))
		if got := lines(append(ps, Decode(tree, &c)...)); got != want {
			t.Errorf("%q: got %s, want %s", src, got, want)
		}
	}
}

func TestDecodeSkipsKeysOfOthers(t *testing.T) {
	var c checked
	tree, _ := Parse("", []byte("only: {a: b}\nrows: 1"))
	if ps := Decode(tree, &c, "only", "drop"); len(ps) > 0 || c.Rows != 1 {
		t.Errorf("got %v, %+v", ps, c)
	}
}

func TestProgrammersMistakesPanic(t *testing.T) {
	for name, f := range map[string]func(){
		"no pointer": func() { Fields(checked{}) },
		"a channel":  func() { Fields(&struct{ C chan int }{}) },
		"a bad tag": func() {
			Fields(&struct {
				X float64 `allowed:"0-1"`
			}{})
		},
		"hidden fields": func() { Canonical(&struct{ H hiddenHook }{}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

type hiddenHook struct{ x int }

func (h *hiddenHook) UnmarshalSetting(*Node) error { h.x = 1; return nil }

func TestFields(t *testing.T) {
	var b strings.Builder
	for _, f := range Fields(&sampleDefaults) {
		b.WriteString(f.Name + " | " + f.Field + " | " + f.Type + " | " + f.Default + " | " + strings.Join(f.Allowed, " ") + "\n")
	}
	want := `words | Words | bounds | {min: 50, max: 100, by: {th: {min: 7}}} | 
on | On | true or false | false | 
form | Form | text | nfc | nfc nfkc
weight | Weight | a number | 0 | 
level | Level | a number | 0 | 0 to 1
n | N | a whole number | 1 | at least 1
budget | Budget | a count such as 10k | 0 | 
size | Size | a size such as 256MiB | 10MiB | 
share | Share | a share such as 1% or 0.01 | 0 | 
max_time | MaxTime | a time span such as 30s | 5s | 
file | File | a file | "" | 
keep | Keep | a list of text | [en] | 
weights | Weights | a map from names to a number | {a: 1} | 
nested | Nested | a map | {deep: 3, names: [x]} | 
policy | Policy | a policy | {kind: first, field: ""} | first longest {newest: FIELD}
ranges | Ranges | a list of bounds | [] | 
min | Min | a number | -.inf | 
max | Max | a number | .inf | 
by | By | bounds by language | {} | 
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPaths(t *testing.T) {
	type part struct{ File stages.Path }
	s := struct {
		A     stages.Path
		B     []stages.Path
		C     map[string]part
		Empty stages.Path
		Other string
	}{"a", []stages.Path{"b", "c"}, map[string]part{"y": {"e"}, "x": {"d"}}, "", "f"}
	var got string
	for _, p := range Paths(&s) {
		got += string(p)
	}
	if got != "abcde" {
		t.Errorf("got %q, want abcde", got)
	}
}

func TestSnake(t *testing.T) {
	for in, want := range map[string]string{"Words": "words", "MeanWord": "mean_word", "ID": "id", "URL": "url", "MaxURLs": "max_urls", "URLHosts": "url_hosts", "Top2gram": "top2gram", "N": "n", "KeyEnv": "key_env"} {
		if got := snake(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestCanonicalZero(t *testing.T) {
	type one struct{ X float64 }
	if a, b := string(Canonical(&one{math.Copysign(0, -1)})), string(Canonical(&one{})); a != b {
		t.Errorf("two spellings of zero: %s and %s", a, b)
	}
}
