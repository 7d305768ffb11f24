package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
)

// sharedCorpus returns a file of ../shared/data/corpus, or "" where it is absent.
func sharedCorpus(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			path := filepath.Join(dir, "..", "shared", "data", "corpus", name)
			if _, err := os.Stat(path); err == nil {
				return path
			}
			return ""
		}
	}
	return ""
}

// corpus returns documents: real ones where ../shared lies, made-up ones elsewhere. The report must look right for both.
func corpus(t testing.TB, perFile int) []stages.Document {
	t.Helper()
	var docs []stages.Document
	for _, f := range []struct{ name, language string }{
		{"peps.jsonl.zst", "en"},
		{"bible.jsonl.zst", ""},
		{"powershell-docs.jsonl.zst", "en"},
		{"zh-poetry.jsonl.zst", "zh"},
		{"rust-rfcs.jsonl.zst", "en"},
		{"algorithms-python.jsonl.zst", "en"},
	} {
		source := strings.TrimSuffix(f.name, ".jsonl.zst")
		path := sharedCorpus(t, f.name)
		if path == "" {
			docs = append(docs, madeUp(source, perFile)...)
			continue
		}
		docs = append(docs, readCorpus(t, path, source, f.language, perFile)...)
	}
	return docs
}

func readCorpus(t testing.TB, path, source, language string, n int) []stages.Document {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := zstd.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var docs []stages.Document
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() && len(docs) < n {
		var row struct{ ID, Text, Language, URL, Licence string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.Language == "" {
			row.Language = language
		}
		d := stages.Document{ID: row.ID, Source: source, Text: row.Text}
		d.Fields.SetText("language", row.Language)
		d.Fields.SetText("url", row.URL)
		d.Fields.SetText("licence", row.Licence)
		d.Fields.SetText("script", map[bool]string{true: "Hani", false: "Latn"}[row.Language == "zh"])
		docs = append(docs, d)
	}
	return docs
}

func madeUp(source string, n int) []stages.Document {
	r := rand.New(rand.NewPCG(1, uint64(len(source))))
	words := strings.Fields("the of and a in to it is was by with for grain chaff wind sieve field harvest straw • - … mill stone water bread")
	docs := make([]stages.Document, n)
	for i := range docs {
		var b strings.Builder
		for range int(3 + r.ExpFloat64()*300) {
			b.WriteString(words[r.IntN(len(words))])
			b.WriteString([]string{" ", " ", " ", "\n"}[r.IntN(4)])
		}
		docs[i] = stages.Document{ID: fmt.Sprintf("%s#%d", source, i), Source: source, Text: b.String()}
		docs[i].Fields.SetText("language", []string{"en", "de", "fr"}[r.IntN(3)])
		docs[i].Fields.SetText("script", "Latn")
		docs[i].Fields.SetText("url", fmt.Sprintf("https://host-%d.example/%d", r.IntN(60)*r.IntN(60), i))
	}
	return docs
}

var fixtureLayout = []tally.Stage{
	{Label: "language", Name: "language", Rules: []stages.Rule{
		{Name: "language", Keep: stages.Any, Doc: "language of the text is one that is kept"},
	}},
	{Label: "quality", Name: "gopher_quality", Rules: []stages.Rule{
		{Name: "words", Keep: stages.Range{Min: 50, Max: 100_000, By: map[string]stages.Range{"zh": stages.AtLeast(30)}}, Unit: "words", Doc: "words of the document (Gopher, appendix A)"},
		{Name: "mean_word", Keep: stages.Between(3, 10), Unit: "characters", Doc: "mean length of a word (Gopher, appendix A)"},
		{Name: "stop_words", Keep: stages.AtLeast(2), Doc: "different stop words of the language that occur"},
		{Name: "symbols", Keep: stages.AtMost(0.2), Unit: "share", Doc: "share of characters that are neither letters, digits nor space"},
		{Name: "upper", Keep: stages.AtMost(0.9), Unit: "share", Doc: "share of letters in upper case"},
	}},
	{Label: "lines", Name: "fineweb", Rules: []stages.Rule{
		{Name: "short_lines", Keep: stages.AtMost(0.67), Unit: "share", Doc: "share of lines of at most 30 characters"},
		{Name: "newlines", Keep: stages.AtMost(0.3), Unit: "share", Doc: "line ends for each word"},
	}},
	{Label: "mask_pii", Name: "mask_pii"},
	{Label: "near", Name: "dedup_minhash", Rules: []stages.Rule{{Name: "near_duplicate", Keep: stages.Any, Doc: "a document like it is kept"}}},
	{Label: "mix", Name: "mix", Rules: []stages.Rule{{Name: "over_budget", Keep: stages.Any, Doc: "the budget of its group was full"}}},
}

// fixture is the material of a run over a corpus.
func fixture(t testing.TB, perFile int) Material {
	t.Helper()
	mask := func(s string) string { return strings.ReplaceAll(s, "@", "<AT>") }
	sum := tally.New(fixtureLayout, mask)
	var tasks []Task
	r := rand.New(rand.NewPCG(5, 6))
	clock := 0.0
	docs := corpus(t, perFile)
	for i := range docs {
		fixtureDocument(sum, &docs[i], i)
		if i%500 == 499 {
			n := int64(2_000_000 + r.IntN(900_000))
			tasks = append(tasks, Task{Phase: "00-near.scan", Index: i / 500, Start: clock, Seconds: 1.4 + r.Float64(), Bytes: n, Documents: 500, Memory: int64(2e8 + 1.2e8*r.Float64())})
			clock += 0.8
		}
	}
	for i := range 12 {
		tasks = append(tasks, Task{Phase: "01-near.verify", Index: i, Start: clock, Seconds: 0.5 + r.Float64(), Bytes: 1_500_000, Memory: int64(4e8 + 1.2e8*r.Float64())})
		clock += 0.4
	}
	return Material{
		Run: Run{
			Name: "zh-en-web", Winnow: "0.1.0", Platform: "linux/amd64, go1.26", Began: "2026-11-24 08:20 UTC", Seconds: clock + 2, Workers: 2, MemoryLimit: 1 << 30,
			Seed: 17, Key: "b7c11d4e09aa", Command: "winnow run web --in pages/ --out corpus/", Recipe: fixtureRecipe,
			Versions:  []Version{{"quality", "gopher_quality", 1}, {"near", "dedup_minhash", 2}},
			Checksums: []File{{Name: "lid.176.ftz", Bytes: 938013, SHA256: strings.Repeat("8f3472cf", 8)}},
			Inputs:    []File{{Name: "pages/peps.jsonl.zst", Bytes: 3394449, SHA256: strings.Repeat("ab12cd34", 8)}, {Name: "pages/bible.jsonl.zst", Bytes: 3736797}},
			Outputs:   []File{{Name: "web-00000.parquet", Bytes: 21394449, Rows: 4211, SHA256: strings.Repeat("77aa", 16)}},
		},
		Tally: sum, Tasks: tasks,
		Seconds: map[string]float64{"language": 3.1, "quality": 4.4, "lines": 1.2, "mask_pii": 2, "near": 9.7, "mix": 0.3},
		Facts: []Fact{
			{Stage: "near", Name: "random", Value: map[string]any{"degree": 0.02}},
			{Stage: "near", Name: "near_duplicates", Value: map[string]any{
				"documents": 9193, "clusters": 790, "members": 2290, "removed": 1500, "sizes": []int{411, 164, 210, 4, 0, 0, 0, 0, 0, 1},
				"largest": []any{map[string]any{"kept": "peps#12", "size": 1300.0, "removed": 211}, map[string]any{"kept": "rust-rfcs#7", "size": 9.0, "removed": 8}},
				"why":     map[string]int{"jaccard": 1399, "contained": 101}, "accepted": histogramOf(r, 0.93, 0.06, 1500), "rejected": histogramOf(r, 0.6, 0.08, 2500),
				"bands": 14, "rows": 8, "random": map[string]any{"pairs": 20000, "background": 0.04, "degree": 0.02, "source": "peps"},
			}},
			{Stage: "mix", Task: 0, Name: "mix", Value: map[string]any{"by": "language", "unit": "words", "budget": 3e6, "taken": 2.9e6, "groups": []any{
				map[string]any{"group": "en", "asked": 0.6, "achieved": 0.6002, "epochs": 0.8, "unique": 1.8e6, "taken": 1.8e6, "available": 2.2e6},
				map[string]any{"group": "zh", "asked": 0.4, "achieved": 0.37, "epochs": 4.0, "unique": 2.8e5, "taken": 1.1e6, "repeated": 8.2e5, "available": 2.8e5},
			}}},
			{Stage: "near", Task: 0, Name: "hashes", Value: 112},
		},
		Quarantined: []Record{{File: "pages/peps.jsonl.zst", Offset: 91822, Reason: "line 91: lone surrogate \\ud800 in \"text\""}, {File: "pages/bible.jsonl.zst", Offset: 1200, Stage: "quality", Reason: "mean_word: not a number"}},
	}
}

const fixtureRecipe = `name: zh-en-web
input: {path: pages/*.jsonl.zst}
stages:
  - language: {keep: [zh, en, de, fr], min: 0.65}
  - gopher_quality: {label: quality, words: {min: 50, by: {zh: {min: 30}}}}
  - fineweb: {label: lines}
  - mask_pii
  - dedup_minhash: {label: near, similarity: 0.75, keep: longest}
  - mix: {words: 3M, by: language, weights: {en: 0.6, zh: 0.4}}
output: {path: corpus/, format: parquet}
`

func histogramOf(r *rand.Rand, mean, spread float64, n int) []int64 {
	out := make([]int64, 20)
	for range n {
		out[int(min(max(mean+spread*r.NormFloat64(), 0), 0.9999)*20)]++
	}
	return out
}

// fixtureDocument sends one document through stages much like the real ones.
func fixtureDocument(t *tally.Tally, d *stages.Document, i int) {
	r := rand.New(rand.NewPCG(11, uint64(i)))
	if r.IntN(900) == 0 {
		t.Damage(d.Source, fmt.Sprintf("line %d: unexpected end of JSON input", i))
		return
	}
	language, _ := d.Fields.Text("language")
	words := len(strings.Fields(d.Text))
	if language == "zh" {
		words = len([]rune(d.Text)) * 2 / 3
	}
	t.Read(d, len(d.Text), words)
	t.Enter(0, 1)
	if r.IntN(40) == 0 || language == "hau" {
		t.Dropped(0, 0, d, stages.Verdict{Rule: "language", Why: language, Value: 0.9}, words)
		return
	}
	for _, s := range []int{1, 2} {
		t.Enter(s, 1)
		if r.IntN(3000) == 0 {
			t.Quarantined(s, d, "panic: runtime error: index out of range ["+fmt.Sprint(i)+"]")
			return
		}
		m := fixtureMeasures(s, d.Text, words, language, r)
		t.Measured(s, m, language)
		for k, rule := range fixtureLayout[s].Rules {
			if !rule.Keep.For(language).Has(m[k]) {
				t.Dropped(s, k, d, stages.Verdict{Rule: rule.Name, Value: m[k]}, words)
				return
			}
		}
	}
	t.Enter(3, 1)
	if strings.Contains(d.Text, "@") {
		t.Edited(3, len(d.Text), len(d.Text)-5)
	}
	t.Enter(4, 1)
	if d.Source == "powershell-docs" && r.IntN(5) > 0 {
		t.Dropped(4, 0, d, stages.Verdict{Rule: "near_duplicate", Value: 0.8 + r.Float64()/5, Kept: "powershell-docs#1", Why: "jaccard"}, words)
		return
	}
	t.Enter(5, 1)
	if language == "en" && r.IntN(3) == 0 {
		t.Dropped(5, 0, d, stages.Verdict{Rule: "over_budget"}, words)
		return
	}
	t.Kept(d, len(d.Text), words)
	if language == "zh" {
		t.Made(5, d, len(d.Text), words)
		t.Kept(d, len(d.Text), words)
	}
}

func fixtureMeasures(stage int, text string, words int, language string, r *rand.Rand) []float64 {
	letters, upper, symbols, all := 0, 0, 0, 1
	for _, c := range text {
		all++
		switch {
		case unicode.IsLetter(c):
			letters++
			if unicode.IsUpper(c) {
				upper++
			}
		case !unicode.IsSpace(c) && !unicode.IsDigit(c):
			symbols++
		}
	}
	if stage == 1 {
		stop := min(9, float64(strings.Count(text, " the ")+strings.Count(text, " und ")+strings.Count(text, " of ")+r.IntN(3)))
		if language == "zh" || len(language) != 2 {
			stop = stages.NA
		}
		mean := float64(letters) / float64(max(words, 1))
		if language == "zh" {
			mean = stages.NA
		}
		return []float64{float64(words), mean, stop, float64(symbols) / float64(all) / 2, float64(upper) / float64(max(letters, 1))}
	}
	lines := strings.Split(text, "\n")
	short := 0
	for _, l := range lines {
		if len(l) <= 30 {
			short++
		}
	}
	return []float64{float64(short) / float64(len(lines)), float64(len(lines)-1) / float64(max(words, 1))}
}
