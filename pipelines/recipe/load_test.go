package recipe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages/settings"
)

const small = `
name: web
input: {path: a.jsonl, text: body}
stages:
  - language: {keep: [en]}
  - gopher_quality: {words: {min: 20, by: {zh: {min: 80}}}, label: prose, without: [stop_words, mean_word], only: {language: [en, zh]}}
  - mix: {weights: {a: 0.5, b: 0.5}}
output: out
`

func load(t testing.TB, src string, opt Options) *Recipe {
	t.Helper()
	if opt.Stat == nil {
		opt.Stat = onDisk
	}
	r, ps := Load([]byte(src), "dir/web.yaml", registry(t), opt)
	if r == nil {
		t.Fatal(ps)
	}
	return r
}

func TestLoadFillsTheRecipe(t *testing.T) {
	r := load(t, small, Options{Dir: "dir"})
	if r.Name != "web" || r.Seed != 0 || r.Dir != "dir" || string(r.Source) != small {
		t.Errorf("got %+v", r)
	}
	if in := r.Inputs[0]; in.Path != "a.jsonl" || in.Text != "body" {
		t.Errorf("input: got %+v", in)
	}
	if out := r.Outputs[0]; out.Path != "out" || out.Format != "parquet" || out.Shard != 256<<20 || out.Rows != "" {
		t.Errorf("output: got %+v", out)
	}
	if l := r.Limits; l.Damaged != 0.01 || l.AllowEmpty {
		t.Errorf("limits: got %+v", l)
	}
	s := r.Stages[1]
	if s.Name != "gopher_quality" || s.Label != "prose" || !s.Drop || fmt.Sprint(s.Without) != "[mean_word stop_words]" || fmt.Sprint(s.Only) != "[{language [en zh]}]" || s.Pos != (settings.Pos{Line: 6, Column: 5}) {
		t.Errorf("stage: got %+v", s)
	}
}

func TestNameFromFile(t *testing.T) {
	for file, want := range map[string]string{"web.yaml": "web", "a/b c.yml": "b-c", "…": "corpus", ".x": "corpus", "a.b.yaml": "a.b"} {
		r, ps := Load([]byte("input: a\noutput: b\n"), file, registry(t), Options{Stat: onDisk})
		if r == nil || r.Name != want {
			t.Errorf("%s: got %+v %v, want %s", file, r, ps, want)
		}
	}
}

// Components of one stage share nothing that a run changes.
func TestNewIsFresh(t *testing.T) {
	s := load(t, small, Options{}).Stages
	first, err := s[2].New()
	if err != nil {
		t.Fatal(err)
	}
	first.(*mix).Weights["a"] = 9
	second, err := s[2].New()
	if err != nil {
		t.Fatal(err)
	}
	if w := second.(*mix).Weights["a"]; w != 0.5 {
		t.Errorf("got weight %v of a component that another one changed, want 0.5", w)
	}
	q, err := s[1].New()
	if err != nil {
		t.Fatal(err)
	}
	if r := q.(*quality).Words; r.Min != 20 || r.Max != 100_000 || r.For("zh").Min != 80 || r.For("zh").Max != 100_000 {
		t.Errorf("got %+v", r)
	}
}

func TestNewSwitchesOff(t *testing.T) {
	r := load(t, "input: a\nstages: [{c4: {without: [citations, sentences]}}]\noutput: b\n", Options{})
	c, err := r.Stages[0].New()
	if err != nil {
		t.Fatal(err)
	}
	if c.(*c4).Citations {
		t.Error("citations is on, want off")
	}
}

// What changes bytes changes the identity; limits, comments and spelling do not.
func TestCanonical(t *testing.T) {
	base := string(load(t, small, Options{}).Canonical())
	if !json.Valid([]byte(base)) {
		t.Fatalf("no JSON: %s", base)
	}
	same := map[string]string{
		"limits":   small + "limits: {damaged: 5%, allow_empty: true}\n",
		"comment":  "# hello\n" + small,
		"spelling": strings.Replace(small, "{min: 20,", "{min: 2e1,", 1),
		"default":  strings.Replace(small, "output: out", "output: {path: out, format: parquet, shard: 268435456}", 1),
		"order":    strings.Replace(small, "[stop_words, mean_word]", "[mean_word, stop_words]", 1),
		"windows":  strings.ReplaceAll(small, "\n", "\r\n"),
	}
	for name, src := range same {
		if got := string(load(t, src, Options{}).Canonical()); got != base {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, base)
		}
	}
	for _, change := range [][2]string{
		{"name: web", "name: web2"},
		{"name: web", "name: web\nseed: 1"},
		{"text: body", "text: content"},
		{"{min: 20,", "{min: 21,"},
		{"zh: {min: 80}", "zh: {min: 81}"},
		{"keep: [en]", "keep: [en, de]"},
		{"label: prose", "label: prose2"},
		{"[stop_words, mean_word]", "[stop_words]"},
		{"[en, zh]", "[en]"},
		{"a: 0.5", "a: 0.4"},
		{"output: out", "output: {path: out, format: jsonl}"},
		{"output: out", "output: {path: out, columns: {a: int}}"},
		{"{keep: [en]}", "{keep: [en], drop: false}"},
	} {
		src := strings.Replace(small, change[0], change[1], 1)
		if src == small {
			t.Fatalf("%q is not in the recipe", change[0])
		}
		if got := string(load(t, src, Options{}).Canonical()); got == base {
			t.Errorf("%s: the identity did not change", change[1])
		}
	}
}

// A recipe with flags is the recipe that its text as run gives.
func TestSourceAsRunReadsBack(t *testing.T) {
	styles := map[string]string{
		"flow":    small,
		"block":   "input:\n  - path: a.jsonl # one\n    text: body\nstages:\n  - language:\n      keep:\n        - en\n  # prose only\n  - gopher_quality:\n      label: prose\n      words:\n        min: 20\n  - mix:\n      weights:\n        a: 1\noutput:\n  path: out\n",
		"windows": strings.ReplaceAll(small, "\n", "\r\n"),
		"bom":     "\ufeff" + small[1:],
		"one":     "{input: a.jsonl, stages: [language, {gopher_quality: {label: prose}}, {mix: }], output: [{path: out}]}",
		"quoted":  "\"input\": 'a.jsonl'\n\"stages\":\n- language\n- \"gopher_quality\": {\"label\": prose}\n- mix: {}\noutput: out",
	}
	sets := [][]string{
		{"prose.words.min=30"},
		{"prose.words={min: 3, by: {ja: {min: 1}}}"},
		{"prose.words.by.ja.min=5", "prose.words.max=.inf"},
		{"language.keep=[de, 'no']"},
		{"mix.weights={a: 1, \"b c: #\": 2}", "mix.weights.a=3"},
		{"seed=3", "limits.damaged=2%", "limits.allow_empty=true"},
		{"language.drop=false", "language.label=lid"},
		{"output.format=jsonl"},
		{"name=other"},
		{"prose.only.language=en"},
		{"mix.max_epochs=2"},
	}
	for name, src := range styles {
		for _, set := range sets {
			for _, opt := range []Options{{Set: set}, {Set: set, In: []string{"x.jsonl"}}, {Set: set, In: []string{"x: y.jsonl", "#z"}, Out: "/o p"}} {
				opt.Stat = onDisk
				r, ps := Load([]byte(src), "web.yaml", registry(t), opt)
				if r == nil {
					if set[0] == "output.format=jsonl" { // of an output that is a path
						continue
					}
					t.Errorf("%s %v: %v", name, opt, ps)
					continue
				}
				again, ps := Load(r.Source, "web.yaml", registry(t), Options{Stat: onDisk})
				if again == nil {
					t.Errorf("%s %v: %v\n%s", name, set, ps, r.Source)
					continue
				}
				if string(again.Canonical()) != string(r.Canonical()) || again.Limits != r.Limits {
					t.Errorf("%s %v: as run\n%s\ngives\n%s\nwant\n%s", name, set, r.Source, again.Canonical(), r.Canonical())
				}
			}
		}
	}
}

// Comments outlive a flag.
func TestSourceKeepsComments(t *testing.T) {
	src := "# top\ninput: a # in\nstages:\n  # one\n  - language: # two\n      keep: [en] # three\n  - mix\noutput: b # out\n"
	r := load(t, src, Options{Set: []string{"language.keep=[de]", "mix.by=language", "seed=1"}, In: []string{"x"}, Out: "y"})
	want := "# top\nseed: 1\ninput: x # in\nstages:\n  # one\n  - language: # two\n      keep: [de] # three\n  - mix: {by: language}\noutput: \"y\" # out\n"
	want = strings.Replace(want, `"y"`, "y", 1)
	if got := string(r.Source); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRender(t *testing.T) {
	_, ps := Load([]byte("inptu: a\x00"), "w\x1b[31m.yaml", registry(t), Options{})
	var plain, color bytes.Buffer
	if err := Render(&plain, ps, Style{}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(plain.String(), "\x1b\x00") {
		t.Errorf("control characters reach the terminal: %q", plain.String())
	}
	if err := Render(&color, ps, Style{Color: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(color.String(), "\x1b[1;31merror\x1b[0m: ") {
		t.Errorf("no colour: %q", color.String())
	}
	var lines bytes.Buffer
	if err := RenderJSON(&lines, ps); err != nil {
		t.Fatal(err)
	}
	var line struct {
		Type    string `json:"message_type"`
		Problem struct {
			Severity, Message string
			Line, Column      int
		}
	}
	if err := json.Unmarshal(lines.Bytes(), &line); err != nil || line.Type != "problem" || line.Problem.Severity != "error" || line.Problem.Line != 1 || line.Problem.Column != 9 {
		t.Errorf("got %+v, %v", line, err)
	}
}

// A thousand mistakes are counted, and a hundred shown.
func TestRenderMany(t *testing.T) {
	src := "input: a\noutput: b\nstages:\n" + strings.Repeat("  - nothing\n", 1000)
	_, ps := Load([]byte(src), "web.yaml", registry(t), Options{Stat: onDisk})
	var b bytes.Buffer
	if err := Render(&b, ps, Style{}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(b.String(), "error: "); len(ps) != 1000 || got != 100 || !strings.Contains(b.String(), "1000 errors, the first 100 shown") {
		t.Errorf("%d problems, %d shown", len(ps), got)
	}
}

// A megabyte of recipe is read in bounded time, right or wrong.
func TestLoadLarge(t *testing.T) {
	var b strings.Builder
	b.WriteString("input: a\noutput: b\nstages:\n")
	for i := range 12_000 {
		fmt.Fprintf(&b, "  - gopher_quality: {label: q%d, words: {min: 20}, mean_word: {max: .inf}}\n", i)
	}
	start := time.Now()
	r := load(t, b.String(), Options{})
	t.Logf("%d bytes, %d stages in %v", b.Len(), len(r.Stages), time.Since(start))
	if len(r.Stages) != 12_000 {
		t.Errorf("got %d stages", len(r.Stages))
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(small), "prose.words.min=30", "in.jsonl")
	f.Add([]byte("input: [{path: a, source: {field: x}}]\noutput: {path: b, columns: {a: int}}\nlimits: {damaged: 1%}\nmodels: {m: {hub: a/b}}\nstages: [c4, c4: {label: d, without: [end_mark]}]"), "d.drop=false", "")
	f.Add([]byte("\ufeffinput: a\r\nstages:\r\n  - {dedup_minhash: {keep: {newest: date}, within: script}}\r\noutput: b"), "dedup_minhash.keep=first", "a b")
	f.Add([]byte("input: &a b"), "x.y={", "#")
	f.Fuzz(func(t *testing.T, src []byte, set, in string) {
		opt := Options{Stat: onDisk, Set: []string{set}, Out: in}
		if in != "" {
			opt.In = []string{in}
		}
		r, ps := Load(src, "f.yaml", registry(t), opt)
		var b bytes.Buffer
		if err := Render(&b, ps, Style{}); err != nil {
			t.Fatal(err)
		}
		if r == nil {
			if len(ps) == 0 {
				t.Fatal("no recipe and no problem")
			}
			return
		}
		again, ps := Load(r.Source, "f.yaml", registry(t), Options{Stat: onDisk})
		if again == nil {
			t.Fatalf("as run %q: %v", r.Source, ps)
		}
		if string(again.Canonical()) != string(r.Canonical()) {
			t.Fatalf("as run %q gives %s, want %s", r.Source, again.Canonical(), r.Canonical())
		}
	})
}

// A missing file's error names the neighbours it was perhaps meant to be.
func TestMissingFileOnDisk(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"crawl.jsonl", "books.jsonl"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{"craw.jsonl": "[crawl.jsonl]", "nothing/x.jsonl": "[]", "crawl.jsonl/x": "[]", "'*.jsonl'": "none", "books.jsonl": "none", filepath.Join(dir, "book.jsonl"): "[" + filepath.Join(dir, "books.jsonl") + "]"} {
		_, ps := Load([]byte("input: "+path+"\noutput: out\n"), "web.yaml", registry(t), Options{Dir: dir})
		got := "none"
		if len(ps) > 0 {
			got = fmt.Sprint(ps[0].Nearest)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}
