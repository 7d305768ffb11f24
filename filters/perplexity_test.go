package filters

import (
	"fmt"
	"math"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// perplexityOf runs the stage over documents of given texts and languages, in three tasks.
func perplexityOf(t *testing.T, set func(*Perplexity), docs []stages.Document) *stagetest.Result {
	t.Helper()
	spec := stages.Define("perplexity", perplexityDefaults)
	got, err := stagetest.Run(t.Context(), stagetest.New(spec, set), docs, stagetest.Options{
		Tasks: 3, Shuffle: 1, Batch: 3, Env: func(e *stages.Env) {
			e.Provide(stages.ModelResource(""), func() (any, error) { return &fake{}, nil })
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func document(id, language, text string) stages.Document {
	d := stages.Document{ID: id, Text: text}
	if language != "" {
		d.Fields.SetText("language", language)
	}
	return d
}

func rawOf(d *stages.Document, name string) string {
	raw, _ := d.Fields.Raw(name)
	return string(raw)
}

func TestPerplexity(t *testing.T) {
	docs := []stages.Document{
		document("a", "en", "xxxx a bb a"),        // 4 letters in 3 tokens
		document("one", "en", "alone"),            // no token that could be scored
		document("long", "zh", "x aaaaaa aaaaaa"), // exp(6)
		document("no", "", "refused it is"),
	}
	got := perplexityOf(t, func(p *Perplexity) {
		p.Max = 300
		p.By = map[string]stages.Range{"zh": stages.AtMost(500)}
	}, docs)
	if x := rawOf(&got.Docs[0], "perplexity"); x != "3.7937" {
		t.Errorf("perplexity %s, want exp(4/3)", x)
	}
	if x := rawOf(&got.Docs[1], "perplexity"); x != "null" {
		t.Errorf("perplexity of one token is %s, want null", x)
	}
	if !slices.Equal(got.IDs(), []string{"a", "one", "long"}) || got.Outcomes[3].Err == nil {
		t.Errorf("kept %v, %+v", got.IDs(), got.Outcomes)
	}
	got = perplexityOf(t, func(p *Perplexity) { p.Max = 300 }, docs)
	if v := got.Outcomes[2].Verdict; v.Rule != "perplexity" || v.Value != 403.43 {
		t.Errorf("verdict %+v", v)
	}
}

// TestPerplexityWindows: a text that is longer than a window is scored in parts, each without its first token; with tokens, its head alone.
func TestPerplexityWindows(t *testing.T) {
	text := strings.TrimSpace(strings.Repeat("aa ", 16) + strings.Repeat("bbbb ", 16) + "c") // windows of 16 words, and one of one word
	got := perplexityOf(t, func(p *Perplexity) { p.Window = 16 }, []stages.Document{document("a", "", text)})
	if x, _ := got.Docs[0].Fields.Number("perplexity"); x != 20.086 { // 15 x 2 and 15 x 4 nats of 30
		t.Errorf("perplexity %v, want exp(3)", x)
	}
	got = perplexityOf(t, func(p *Perplexity) { p.Tokens = 10 }, []stages.Document{document("a", "", text)})
	if x, _ := got.Docs[0].Fields.Number("perplexity"); x != 7.3891 {
		t.Errorf("perplexity of the head %v, want exp(2)", x)
	}
}

// TestPerplexityParts compares the parts with sorted lists.
func TestPerplexityParts(t *testing.T) {
	var docs []stages.Document
	values := map[string][]float64{}
	for i := range 200 {
		language := []string{"en", "zh", ""}[i%3]
		words := 2 + i*7919%13
		text := "x"
		for k := range words {
			text += " " + strings.Repeat("y", 1+(i*31+k*17)%5)
		}
		docs = append(docs, document(fmt.Sprint(i), language, text))
		sum := 0
		for _, w := range strings.Fields(text)[1:] {
			sum += len(w)
		}
		values[language] = append(values[language], rounded(math.Exp(float64(sum)/float64(words))))
	}
	for _, v := range values {
		sort.Float64s(v)
	}
	got := perplexityOf(t, func(p *Perplexity) { p.Keep = []string{"head", "tail"} }, docs)
	n := map[string]int{}
	for i := range got.Docs {
		d := &got.Docs[i]
		v := values[languageField(d)]
		x, _ := d.Fields.Number("perplexity")
		part, _ := d.Fields.Text("perplexity_bucket")
		want := "tail"
		if x <= v[(3*len(v)+9)/10-1] {
			want = "head"
		}
		if part != want {
			t.Errorf("document %s: %v lies in the %s, want %s", d.ID, x, part, want)
		}
		n[part]++
	}
	if n["head"] < 60 || got.Dropped()["part"] < 40 || got.Dropped()["part"]+len(got.Docs) != 200 {
		t.Errorf("parts %v, dropped %v", n, got.Dropped())
	}
}

func TestPerplexityCutoffs(t *testing.T) {
	f, err := os.Open(realdata.Path(t, "data/web/cc_net-cutoff.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cut, err := parseCutoffs(f, "cutoff.csv", 0.3, 0.6)
	if err != nil || len(cut) != 48 {
		t.Fatalf("%d languages, %v", len(cut), err)
	}
	if b := cut["en"]; !(b.Head > 0 && b.Head < b.Middle) {
		t.Errorf("en: %+v", b)
	}
}

func TestPerplexityCutoffFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "cut.csv", ",en,de\n30,3,10\n60,8,20\n")
	docs := []stages.Document{
		document("head", "en", "x a"),      // e
		document("middle", "en", "x a bb"), // exp(1.5) = 4.48
		document("tail", "en", "x ccc"),    // exp(3)
		document("none", "fr", "x ccc"),
	}
	spec := stages.Define("perplexity", perplexityDefaults)
	got, err := stagetest.Run(t.Context(), stagetest.New(spec, func(p *Perplexity) { p.Keep, p.Cutoffs = []string{"middle"}, "cut.csv" }), docs,
		stagetest.Options{Dir: dir, Env: func(e *stages.Env) {
			e.Provide(stages.ModelResource(""), func() (any, error) { return &fake{}, nil })
		}})
	if err != nil || !slices.Equal(got.IDs(), []string{"middle", "none"}) {
		t.Fatalf("kept %v, %v", got, err)
	}
	if rawOf(&got.Docs[1], "perplexity_bucket") != "null" || got.Outcomes[0].Verdict.Why != "head" {
		t.Errorf("a language without a column: %s; %+v", rawOf(&got.Docs[1], "perplexity_bucket"), got.Outcomes)
	}
	for text, want := range map[string]string{
		"":                    "no table",
		",en\n30,1\n":         "percentile 60",
		",en\n30,1\n60,x\n":   "no number",
		",en\n30,1,2\n60,3\n": "wrong number of fields",
		",en\n30,nan\n60,3\n": "no number",
	} {
		if _, err := parseCutoffs(strings.NewReader(text), "f", 0.3, 0.6); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func FuzzCutoffs(f *testing.F) {
	f.Add(",en,de\n30,3,10\n60,8,20\n")
	f.Add("a\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		cut, err := parseCutoffs(strings.NewReader(text), "f", 0.3, 0.6)
		if (err == nil) != (len(cut) > 0) {
			t.Errorf("%v, %v", cut, err)
		}
	})
}
