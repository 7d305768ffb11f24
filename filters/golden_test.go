package filters

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/python"
)

var update = flag.Bool("update", false, "write the golden files anew")

// heuristics are the filters of this room that judge by rules of thumb, each anew with its defaults.
func heuristics() map[string]stages.Filter {
	repetition, quality, web, fine, size := gopherRepetition, gopherQuality, c4, fineWeb, length
	periods, paragraphs, code := repeats, c4Paragraphs, codeQuality
	return map[string]stages.Filter{
		"gopher_repetition": &repetition, "gopher_quality": &quality, "c4": &web, "fineweb": &fine, "length": &size,
		"repeats": &periods, "c4_paragraphs": &paragraphs, "code_quality": &code,
	}
}

type sample struct{ name, language, text string }

// samplesOf reads the texts in testdata/samples, NAME.LANGUAGE.txt; "und" is an unknown language.
func samplesOf(t testing.TB) (out []sample) {
	t.Helper()
	files, err := filepath.Glob("testdata/samples/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		language := strings.TrimPrefix(filepath.Ext(name), ".")
		if language == "und" {
			language = ""
		}
		out = append(out, sample{name, language, string(b)})
	}
	return out
}

// Every rule's value on every sample, "!" where the default bound drops it. c4 is measured on the text as it leaves it.
func TestGolden(t *testing.T) {
	var got bytes.Buffer
	filters := heuristics()
	names := make([]string, 0, len(filters))
	for name := range filters {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, s := range samplesOf(t) {
		fmt.Fprintf(&got, "%s\n", s.name)
		for _, name := range names {
			var v text.View
			v.Reset(s.text)
			v.SetLanguage(s.language)
			f := filters[name]
			if m, ok := f.(stages.Mapper); ok {
				d := stages.Document{Text: s.text}
				if _, err := m.Map(&d, &v); err != nil {
					t.Fatal(err)
				}
				v.Reset(d.Text)
				v.SetLanguage(s.language)
			}
			rules := f.Rules()
			m := make([]float64, len(rules))
			f.Measure(&v, m)
			fmt.Fprintf(&got, "  %s:", name)
			for i, r := range rules {
				fmt.Fprintf(&got, " %s %s", r.Name, value(m[i]))
				if !r.Keep.For(s.language).Has(m[i]) {
					got.WriteByte('!')
				}
			}
			got.WriteByte('\n')
		}
	}
	const file = "testdata/heuristics.golden"
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		g, w := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
		for i := range g {
			if i >= len(w) || g[i] != w[i] {
				t.Fatalf("line %d of %s: got\n%s\nwant\n%s\n(-update writes it anew)", i+1, file, g[i], w[min(i, len(w)-1)])
			}
		}
		t.Fatalf("%s has more lines than there are samples", file)
	}
}

func value(x float64) string {
	if stages.IsNA(x) {
		return "NA"
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}

// components makes every filter of the catalog that can be provisioned without a run's resources.
func components(t testing.TB) map[string]stages.Filter {
	out := map[string]stages.Filter{}
	for _, spec := range Catalog {
		c := spec.New()
		if p, ok := c.(stages.Provisioner); ok {
			if err := p.Provision(&stages.Env{}); err != nil {
				t.Logf("%s is not measured: %v", spec.Name, err)
				continue
			}
		}
		if f, ok := c.(stages.Filter); ok {
			out[spec.Name] = f
		}
	}
	return out
}

// FuzzMeasure wants no panic and no NaN but NA from any filter on any text in any language, the same values from a view that has been
// used, and shares between 0 and 1. Where datatrove stops with an error, a text without words, its presets may measure NaN.
func FuzzMeasure(f *testing.F) {
	for _, s := range samplesOf(f) {
		f.Add(s.text, s.language)
	}
	all := components(f)
	var used text.View
	f.Fuzz(func(t *testing.T, s, language string) {
		for name, filter := range all {
			rules := filter.Rules()
			m, again := make([]float64, len(rules)), make([]float64, len(rules))
			var fresh text.View
			fresh.Reset(s)
			fresh.SetLanguage(language)
			filter.Measure(&fresh, m)
			used.Reset(s)
			used.SetLanguage(language)
			filter.Measure(&used, again)
			fails := strings.HasSuffix(name, "@datatrove") && python.Strip(s) == ""
			for i, r := range rules {
				x := m[i]
				if x != x && again[i] != again[i] && fails {
					continue
				}
				if x != x && !stages.IsNA(x) {
					t.Errorf("%s: %s is NaN", name, r.Name)
				}
				if x != again[i] && !(stages.IsNA(x) && stages.IsNA(again[i])) {
					t.Errorf("%s: %s is %v, then %v", name, r.Name, x, again[i])
				}
				if x < 0 || r.Unit == "share" && x > 1+1e-12 {
					t.Errorf("%s: %s is %v", name, r.Name, x)
				}
			}
		}
	})
}

// FuzzMap wants that c4 and normalize neither fail nor panic, that what they leave they leave again, and that c4 only cuts.
func FuzzMap(f *testing.F) {
	for _, s := range samplesOf(f) {
		f.Add(s.text, s.language)
	}
	web, plain := c4, normalize
	apply := func(t *testing.T, m stages.Mapper, s, language string) string {
		var v text.View
		v.Reset(s)
		v.SetLanguage(language)
		d := stages.Document{Text: s}
		if verdict, err := m.Map(&d, &v); err != nil || verdict.Rule != "" {
			t.Fatalf("%T: verdict %v, error %v", m, verdict, err)
		}
		return d.Text
	}
	f.Fuzz(func(t *testing.T, s, language string) {
		once := apply(t, &plain, s, language)
		if twice := apply(t, &plain, once, language); twice != once {
			t.Errorf("normalize: %q, then %q", once, twice)
		}
		if strings.ContainsAny(once, "\r\x00\v\f\u0085\u2028") {
			t.Errorf("normalize leaves a control character in %q", once)
		}
		cut := apply(t, &web, s, language)
		if len(cut) > len(s) {
			t.Errorf("c4 makes %q of %q", cut, s)
		}
	})
}

func TestMeasuringDoesNotAllocate(t *testing.T) {
	var v text.View
	for name, f := range heuristics() {
		m := make([]float64, len(f.Rules()))
		measure := func() {
			for _, s := range []string{"The cat sat on the mat. The cat sat on the mat.\n- a [1]\n", "世界人权宣言。鉴于对人类家庭所有成员。\n"} {
				v.Reset(s)
				v.SetLanguage("en")
				f.Measure(&v, m)
			}
		}
		measure()
		if n := testing.AllocsPerRun(100, measure); n != 0 {
			t.Errorf("%s: %v allocations a document, want none", name, n)
		}
	}
}
