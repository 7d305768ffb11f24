package ontology

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// tagged makes documents with tags: one for each list.
func tagged(rows ...[]string) (docs []stages.Document) {
	for i, r := range rows {
		d := stages.Document{ID: fmt.Sprintf("d%04d", i), Text: "x"}
		setTags(&d, r)
		docs = append(docs, d)
	}
	return docs
}

// times repeats a list of tags.
func times(n int, tags ...string) [][]string { return slices.Repeat([][]string{tags}, n) }

// normalizer makes the stage with an overlay as text.
func normalizer(t testing.TB, overlay string, set func(*NormalizeTags)) stagetest.Maker {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tags.yaml"), []byte(overlay), 0o600); err != nil {
		t.Fatal(err)
	}
	return stagetest.New(stages.Define("normalize_tags", normalizeDefaults), func(n *NormalizeTags) {
		n.MinCount, n.Support = 1, 1000
		n.Placed("normalize_tags", dir)
		if overlay != "" {
			n.Overlay = "tags.yaml"
		}
		if set != nil {
			set(n)
		}
	})
}

func normalize(t testing.TB, m stagetest.Maker, docs []stages.Document, o stagetest.Options) ([][]string, *Ontology, *stagetest.Result) {
	t.Helper()
	r, err := stagetest.Run(t.Context(), m, docs, o)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for i := range r.Docs {
		tags, err := getTags(&r.Docs[i])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, tags)
	}
	var told Ontology
	if err := json.Unmarshal(r.File("resolve", 0, reportFile), &told); err != nil {
		t.Fatal(err)
	}
	return out, &told, r
}

func TestSpelling(t *testing.T) {
	for raw, want := range map[string][2]string{
		"Spelling & Grammar-Check":    {"spelling grammar check", "spell grammar check"},
		"spelling and grammar checks": {"spelling and grammar checks", "spell and grammar check"},
		"Java":                        {"java", "java"},
		"JavaScript":                  {"javascript", "javascript"},
		"C++ / C# + D":                {"c++ c# d", "c++ c# d"},
		"  Unit_Conversions!! ":       {"unit conversions", "unit convers"},
		"ﬁle Ｎａｍｅ":                    {"file name", "file name"},
		"写诗，押韵":                       {"写诗 押韵", "写诗 押韵"},
		"हिन्दी कविता":                {"हिन्दी कविता", "हिन्दी कविता"},
		"gpt4 models":                 {"gpt4 models", "gpt4 model"},
		"#hashtag":                    {"hashtag", "hashtag"},
		"!!!":                         {"", ""},
		"":                            {"", ""},
	} {
		if got := spelling(raw); got != want[0] || stems(got) != want[1] {
			t.Errorf("%q: spelling %q, stems %q; want %q", raw, got, stems(got), want)
		}
	}
}

func FuzzSpelling(f *testing.F) {
	f.Add("C++ & İstanbul ﬁ")
	f.Fuzz(func(t *testing.T, raw string) {
		once := spelling(raw)
		if twice := spelling(once); twice != once {
			t.Errorf("%q: %q, then %q", raw, once, twice)
		}
		if strings.ContainsAny(once, "\t\n\\") || strings.TrimSpace(once) != once {
			t.Errorf("%q: %q", raw, once)
		}
	})
}

// TestSteps shows each step at work, and that the report's counts are those of the documents.
func TestSteps(t *testing.T) {
	rows := slices.Concat(
		times(5, "Spelling & Grammar-Check"), times(3, "spelling grammar checks"), times(2, "JAVA", "programming"), times(4, "javascript"),
		times(1, "rare"), times(1, "!!!"), [][]string{{}},
		times(3, "object-oriented programming language design"), times(2, "object oriented programming langauge design"),
		times(50, "rhyme", "poetry"), times(20, "poetry"),
	)
	m := normalizer(t, "", func(n *NormalizeTags) { n.MinCount, n.Support, n.Distance = 2, 40, 0.1 })
	got, told, _ := normalize(t, m, tagged(rows...), stagetest.Options{Tasks: 3})
	for i, want := range map[int]string{
		0: "spelling grammar check", 5: "spelling grammar check", 8: "java|programming", 10: "javascript", 14: "", 15: "", 16: "",
		17: "object oriented programming language design", 20: "object oriented programming language design", 22: "poetry", 72: "poetry",
	} {
		if s := strings.Join(got[i], "|"); s != want {
			t.Errorf("document %d, %q: %q, want %q", i, rows[i], s, want)
		}
	}
	var steps []string
	for _, s := range told.Steps {
		steps = append(steps, fmt.Sprint(s.Step, " ", s.Tags, " -", s.Folded, " -", s.Dropped, " ", s.Tagged))
	}
	if want := []string{
		"raw 11 -0 -0 91", "rule 9 -1 -1 90", "frequency 8 -0 -1 89", "semantic 7 -1 -0 89", "association 6 -1 -0 89",
	}; !slices.Equal(steps, want) {
		t.Errorf("steps %q,\nwant  %q", steps, want)
	}
	if told.Tags[0] != (TagCount{"poetry", 70, 2}) || told.Documents != 92 || !strings.Contains(told.Vectors, "weaker") {
		t.Errorf("%+v", told)
	}
	if p := told.Pairs; len(p) != 1 || p[0].Documents != 2 || p[0].Lift != 46 {
		t.Errorf("pairs %+v", p)
	}
}

func TestPaperOrderLosesRareSpellings(t *testing.T) {
	rows := slices.Concat(times(3, "Poem"), times(1, "poems"), times(1, "POEM!"), times(1, "odd"))
	for order, want := range map[string]string{"ours": "poem poem poem poem poem ", "paper": "poem poem poem   "} {
		m := normalizer(t, "", func(n *NormalizeTags) { n.Order, n.MinCount = order, 3 })
		got, _, _ := normalize(t, m, tagged(rows...), stagetest.Options{})
		var all []string
		for _, tags := range got {
			all = append(all, strings.Join(tags, ","))
		}
		if s := strings.Join(all, " "); s != want {
			t.Errorf("%s: %q, want %q", order, s, want)
		}
	}
}

// words are what random tags are made of.
var words = []string{"write", "writing", "Poem", "poems", "code", "coding", "Python", "c++", "unit", "conversion", "conversions", "long", "math", "写诗", "!"}

func randomRows(rng *rand.Rand) (rows [][]string) {
	for range 30 + rng.IntN(200) {
		var r []string
		for range rng.IntN(5) {
			var tag []string
			for range 1 + rng.IntN(2) {
				tag = append(tag, words[min(rng.IntN(len(words)), rng.IntN(len(words)))])
			}
			r = append(r, strings.Join(tag, " "))
		}
		if rng.IntN(3) == 0 {
			r = append(r, "implied", "IMPLIES")
		}
		rows = append(rows, r)
	}
	return rows
}

// TestAgain: what the stage has made it leaves as it is, in both orders, with and without an overlay; and tasks, order of work and batches change nothing.
func TestAgain(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 9))
		docs := tagged(randomRows(rng)...)
		overlay := []string{"", "merge: {Verse: [poem, write poem]}\nban: [long]\nsplit: [coding]\nrename: {implies: Implied Thing}"}[seed%2]
		order := []string{"ours", "paper"}[seed/2%2]
		m := normalizer(t, overlay, func(n *NormalizeTags) {
			n.Order, n.MinCount, n.Support, n.Confidence, n.Distance = order, 3, 5, 0.9, 0.3
		})
		once, _, r := normalize(t, m, docs, stagetest.Options{})
		again, told, _ := normalize(t, m, r.Docs, stagetest.Options{})
		if !reflect.DeepEqual(once, again) {
			for i := range once {
				if !slices.Equal(once[i], again[i]) {
					t.Fatalf("seed %d: document %d: %q, then %q, then %q", seed, i, docs[i].Fields, once[i], again[i])
				}
			}
		}
		for _, s := range told.Steps[1:] {
			if s.Tags != told.Steps[0].Tags || s.Folded != 0 || s.Dropped != 0 {
				t.Errorf("seed %d: again: %+v", seed, told.Steps)
				break
			}
		}
		other, _, _ := normalize(t, m, docs, stagetest.Options{Tasks: 5, Batch: 3, Shuffle: seed + 1})
		if !reflect.DeepEqual(once, other) {
			t.Errorf("seed %d: five tasks give other tags than one", seed)
		}
	}
}

func TestBadTags(t *testing.T) {
	docs := tagged([]string{"a"}, nil, nil, nil)
	docs[1].Fields.SetRaw(tagsField, []byte(`"a"`))
	docs[2].Fields.SetRaw(tagsField, []byte(`[1]`))
	docs[3].Fields.Remove(tagsField)
	r, err := stagetest.Run(t.Context(), normalizer(t, "", nil), docs, stagetest.Options{})
	if err != nil || len(r.Docs) != 2 || r.Outcomes[1].Err == nil || r.Outcomes[2].Err == nil {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, has := r.Docs[1].Fields.Raw(tagsField); has {
		t.Error("a document without the field got one")
	}
	if _, err := stagetest.Run(t.Context(), normalizer(t, "", nil), docs[1:], stagetest.Options{}); !stages.IsFinal(err) || !strings.Contains(err.Error(), "put tag before") {
		t.Errorf("error %v", err)
	}
	odd := tagged([]string{"tab\ttag", "line\nend", `back\tslash`, "a\rb"})
	if got, _, _ := normalize(t, normalizer(t, "", nil), odd, stagetest.Options{}); strings.Join(got[0], "|") != "tab tag|line end|back tslash|a b" {
		t.Errorf("%q", got)
	}
	for _, op := range []string{"create", "write", "close", "open", "read"} {
		full := errors.New("disk full")
		_, err := stagetest.Run(t.Context(), normalizer(t, "", nil), docs, stagetest.Options{Fault: func(o string) error {
			if o == op {
				return full
			}
			return nil
		}})
		if !errors.Is(err, full) {
			t.Errorf("%s: error %v", op, err)
		}
	}
	missing := stagetest.New(stages.Define("normalize_tags", normalizeDefaults), func(n *NormalizeTags) { n.Overlay = "no such file" })
	if _, err := stagetest.Run(t.Context(), missing, docs, stagetest.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func FuzzMapLine(f *testing.F) {
	f.Add("a\tb\\t", "c")
	f.Fuzz(func(t *testing.T, raw, tag string) {
		a, b, err := parseMapLine(escape.Replace(raw) + "\t" + escape.Replace(tag) + "\t3\trule\n")
		if err != nil || a != raw || b != tag {
			t.Errorf("%q %q came back as %q %q, %v", raw, tag, a, b, err)
		}
		if _, _, err := parseMapLine(raw); err == nil && strings.Count(raw, "\t") != 3 {
			t.Errorf("%q was read", raw)
		}
	})
}

func BenchmarkNormalize(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	var rows [][]string
	for range 300_000 {
		var r []string
		for range 1 + rng.IntN(8) {
			x := rng.Float64()
			r = append(r, fmt.Sprintf("Topic %s-%d", words[rng.IntN(len(words)-2)], int(20000*x*x*x)))
		}
		rows = append(rows, r)
	}
	g := taggingOf(rows)
	n := normalizeDefaults
	n.overlay = new(overlay)
	for b.Loop() {
		s, r, err := n.normalize(b.Context(), g, byGrams)
		if err != nil {
			b.Fatal(err)
		}
		s.describe(r)
	}
}
