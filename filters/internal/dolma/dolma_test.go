package dolma

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/cputime"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
)

// A goldenRow is what dolma's tagger says of one document: name → list of [start, end, value].
type goldenRow struct {
	Input      string                  `json:"input"`
	ID         string                  `json:"id"`
	SHA        string                  `json:"text_sha256_16"`
	Attributes map[string][][3]float64 `json:"attributes"`
}

// goldenTexts maps the first half of the sha256 of a text to the text, of all documents that the golden rows may mean.
func goldenTexts(t testing.TB) map[string]string {
	texts := map[string]string{}
	add := func(b []byte) {
		var d struct{ Text string }
		if err := json.Unmarshal(b, &d); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(d.Text))
		texts[hex.EncodeToString(sum[:8])] = d.Text
	}
	docs, _ := realdata.CommonCrawlTexts(t)
	for _, s := range docs {
		raw, err := json.Marshal(map[string]string{"text": s})
		if err != nil {
			t.Fatal(err)
		}
		add(raw)
	}
	raw, err := os.ReadFile(realdata.Path(t, "data/web/dclm-human-agreement.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		add([]byte(line))
	}
	for _, name := range []string{"peps", "zh-poetry", "bible", "powershell-docs"} {
		realdata.Lines(t, filepath.Join("data/corpus", name+".jsonl.zst"), add)
	}
	return texts
}

// valuesOf returns the values of a filter by the names of its rules, without those that do not apply.
func valuesOf(f stages.Filter, s string) map[string]float64 {
	var v text.View
	v.Reset(s)
	rules := f.Rules()
	m := make([]float64, len(rules))
	f.Measure(&v, m)
	out := map[string]float64{}
	for i, r := range rules {
		if !stages.IsNA(m[i]) {
			out[r.Name] = m[i]
		}
	}
	return out
}

// Every value of dolma's taggers on 420 documents: gopher from the two stages together, c4 with all its spans, as written to a field.
func TestGolden(t *testing.T) {
	texts := goldenTexts(t)
	for _, tagger := range []string{"v1", "v2"} {
		web := C4Defaults
		web.Tagger, web.Into = tagger, "c4"
		rows := 0
		realdata.Lines(t, "golden/dolma/gopher_"+tagger+".jsonl.gz", func(b []byte) {
			row := rowOf(t, b)
			checkGopher(t, tagger, textOf(t, texts, row), row)
			rows++
		})
		realdata.Lines(t, "golden/dolma/c4_"+tagger+".jsonl.gz", func(b []byte) {
			row := rowOf(t, b)
			checkC4(t, &web, textOf(t, texts, row), row)
			rows++
		})
		if rows != 840 {
			t.Errorf("%d rows of tagger %s, want 840", rows, tagger)
		}
	}
}

func rowOf(t *testing.T, b []byte) (row goldenRow) {
	if err := json.Unmarshal(b, &row); err != nil {
		t.Fatal(err)
	}
	return row
}

func textOf(t *testing.T, texts map[string]string, row goldenRow) string {
	s, ok := texts[row.SHA]
	if !ok {
		t.Fatalf("%s: %s: no text with sha256 %s…", row.Input, row.ID, row.SHA)
	}
	return s
}

// checkGopher compares the values of the two stages with the attributes of the one tagger.
func checkGopher(t *testing.T, tagger, s string, row goldenRow) {
	t.Helper()
	quality, repetition := GopherQualityDefaults, GopherRepetitionDefaults
	quality.Tagger, repetition.Tagger = tagger, tagger
	got := valuesOf(&quality, s)
	for name, x := range valuesOf(&repetition, s) {
		got[name] = x
	}
	for name, spans := range row.Attributes {
		if x, ok := got[name]; !ok || !(math.Abs(x-spans[0][2]) <= 1e-9) {
			t.Errorf("gopher_%s: %q: %s is %v, want %v", tagger, row.ID, name, x, spans[0][2])
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("gopher_%s: %q: dolma has no %v", tagger, row.ID, got)
	}
}

// checkC4 compares the attributes and the values of the rules.
func checkC4(t *testing.T, web *C4, s string, row goldenRow) {
	t.Helper()
	d, v := stages.Document{Text: s}, text.View{}
	v.Reset(s)
	if _, err := web.Map(&d, &v); err != nil {
		t.Fatal(err)
	}
	raw, _ := d.Fields.Raw(web.Into)
	var got map[string][][3]float64
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	for name, spans := range row.Attributes {
		if !equalSpans(got[name], spans) {
			t.Errorf("c4_%s: %q: %s is %v, want %v", web.Tagger, row.ID, name, got[name], spans)
		}
	}
	if len(got) != len(row.Attributes) {
		t.Errorf("c4_%s: %q: attributes %v, want %v", web.Tagger, row.ID, got, row.Attributes)
	}
	for name, x := range valuesOf(web, s) {
		want := float64(len(row.Attributes[name]))
		if name == "line_count" {
			want = row.Attributes[name][0][2]
		}
		if x != want {
			t.Errorf("c4_%s: %q: rule %s is %v, want %v", web.Tagger, row.ID, name, x, want)
		}
	}
}

func equalSpans(a, b [][3]float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Odd texts with what dolma's taggers say of them: testdata/odd.jsonl.gz, made by a seeded generator of white space, scripts,
// case mappings, repeats and words of the list. DOLMA_ROWS names another file of the same form.
func TestOddTexts(t *testing.T) {
	name := os.Getenv("DOLMA_ROWS")
	if name == "" {
		name = "testdata/odd.jsonl.gz"
	}
	h, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	z, err := gzip.NewReader(h)
	if err != nil {
		t.Fatal(err)
	}
	rows := json.NewDecoder(z)
	n := 0
	for ; rows.More(); n++ {
		var row struct {
			Text     string
			GopherV1 map[string][][3]float64 `json:"gopher_v1"`
			GopherV2 map[string][][3]float64 `json:"gopher_v2"`
			C4V1     map[string][][3]float64 `json:"c4_v1"`
			C4V2     map[string][][3]float64 `json:"c4_v2"`
		}
		if err := rows.Decode(&row); err != nil {
			t.Fatal(err)
		}
		checkGopher(t, "v1", row.Text, goldenRow{ID: row.Text, Attributes: row.GopherV1})
		checkGopher(t, "v2", row.Text, goldenRow{ID: row.Text, Attributes: row.GopherV2})
		web := C4Defaults
		web.Into, web.Tagger = "c4", "v1"
		checkC4(t, &web, row.Text, goldenRow{ID: row.Text, Attributes: row.C4V1})
		web.Tagger = "v2"
		checkC4(t, &web, row.Text, goldenRow{ID: row.Text, Attributes: row.C4V2})
	}
	if n < 300 {
		t.Errorf("%d texts, want at least 300", n)
	}
}

// BenchmarkTaggers measures what dolma's taggers gopher_v2 and c4_v2 measure, on the Common Crawl documents.
func BenchmarkTaggers(b *testing.B) {
	docs, size := realdata.CommonCrawlTexts(b)
	quality, repetition, web := GopherQualityDefaults, GopherRepetitionDefaults, C4Defaults
	for _, bench := range []struct {
		name string
		f    []stages.Filter
	}{
		{"gopher", []stages.Filter{&quality, &repetition}},
		{"c4", []stages.Filter{&web}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			var v text.View
			m := make([]float64, 16)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			start := cputime.Now()
			for b.Loop() {
				for _, s := range docs {
					v.Reset(s)
					for _, f := range bench.f {
						f.Measure(&v, m[:len(f.Rules())])
					}
				}
			}
			if used := cputime.Now() - start; used > 0 {
				b.ReportMetric(float64(b.N)*float64(size)/1e6/used.Seconds(), "cpuMB/s")
			}
		})
	}
}
