package filters

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

func TestAnnotateLabels(t *testing.T) {
	m := &fake{}
	a := annotateDefaults
	a.Prompt, a.Labels, a.Into = "topic", []string{"Science", "sports"}, "topic"
	b := act(t, &a, m, "SAY sports YAS", "SAY **science**. YAS", "SAY neither YAS", "refused", "SAY later sports YAS")
	for i, want := range []struct{ topic, fate string }{{`"sports"`, "kept"}, {`"Science"`, "kept"}, {"", "failed"}, {"", "failed"}, {`"sports"`, "kept"}} {
		if got := rawField(b, i, "topic"); got != want.topic || outcome(b, i) != want.fate {
			t.Errorf("document %d: %q and %s, want %q and %s", i, got, outcome(b, i), want.topic, want.fate)
		}
	}
	if _, err := b.Outcome(2); !strings.Contains(err.Error(), "3 tries") || !strings.Contains(err.Error(), `"neither"`) {
		t.Errorf("error %v, want the number of tries and the last answer", err)
	}
	u := b.Noted(func(int, string, float64) {})
	if u.Calls != 9 || u.Unparsed != 5 || u.Failed != 1 { // 5 first tries, 2 second and 2 third ones
		t.Errorf("used %+v", u)
	}
	seeds := map[uint64]bool{}
	for _, r := range m.asked {
		if strings.Contains(r.Turns[1].Content, "neither") {
			seeds[r.Seed] = true
			if first := !strings.Contains(r.Key, "#"); first != (r.Temperature == 0) {
				t.Errorf("request %s has temperature %v", r.Key, r.Temperature)
			}
		}
	}
	if len(seeds) != 3 {
		t.Errorf("three tries have %d seeds", len(seeds))
	}
}

func TestAnnotateSchema(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "facts.txt", "From {source}, {url}:\nSAY {answer} YAS\n{\"like\": \"this\"} {{text}}")
	write(t, dir, "facts.json", `{"type":"object","properties":{"year":{"type":"integer","minimum":1},"who":{"type":"array","items":{"type":"string"}}},"required":["year"]}`)
	a := annotateDefaults
	a.Prompt, a.Schema = "./facts.txt", "facts.json"
	a.Placed("", dir)
	m := &fake{}
	b, err := try(t, &a, m, "x")
	if err != nil {
		t.Fatal(err)
	}
	if outcome(b, 0) != "failed" || len(m.asked) != 0 {
		t.Errorf("a document without the fields of the prompt: %s after %d requests", outcome(b, 0), len(m.asked))
	}
	docs := batchOf("{url} is words", "y", "z", "w")
	for i, answer := range []string{`"{\"year\": 1984, \"who\": [\"a\"]}"`, `"{\"year\": 0}"`, `"{\"year\": 2, \"text\": \"mine\"}"`, `"so: {\"year\": 7} yes"`} {
		docs.Docs[i].Fields.SetRaw("answer", []byte(answer))
		docs.Docs[i].Fields.SetText("url", "{answer}")
	}
	docs.Act("s")
	if err := a.Apply(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
	if rawField(docs, 0, "year") != "1984" || rawField(docs, 0, "who") != `["a"]` || outcome(docs, 1) != "failed" || docs.Docs[2].Text != "z" || rawField(docs, 3, "year") != "7" {
		t.Errorf("fields %+v; %s; %+v", docs.Docs[0].Fields, outcome(docs, 1), docs.Docs[2])
	}
	first := m.asked[0].Turns
	if first[0].Content != "From" || !strings.HasPrefix(first[1].Content, "s, {answer}:\n") || !strings.Contains(first[1].Content, `{"like": "this"} {text}`) {
		t.Errorf("conversation %q: each place is filled once", first)
	}
	if !strings.Contains(first[1].Content, "<document>\n{url} is words\n</document>") {
		t.Errorf("a prompt without {text} is not followed by the document: %q", first[1].Content)
	}
	if types := a.Types(); types["year"] != "int" || types["who"] != "" {
		t.Errorf("types %v", types)
	}
}

func TestAnnotateRefuses(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "own.json", `{"type":"object","properties":{"text":{"type":"string"}}}`)
	write(t, dir, "list.json", `{"type":"array"}`)
	write(t, dir, "odd.json", `{"type":"object","oneOf":[]}`)
	for want, a := range map[string]Annotate{
		"prompt: none given":  {},
		"not built in":        {Prompt: "topics", Into: "x"},
		"into: none given":    {Prompt: "topic"},
		"one or the other":    {Prompt: "topic", Schema: "own.json", Labels: []string{"a"}},
		`overwrite "text"`:    {Prompt: "topic", Schema: "own.json"},
		"would become fields": {Prompt: "topic", Schema: "list.json"},
		"oneOf: the keyword":  {Prompt: "topic", Schema: "odd.json"},
		"stands twice":        {Prompt: "topic", Into: "x", Labels: []string{"a", "a"}},
		`overwrite "id"`:      {Prompt: "topic", Into: "id"},
	} {
		a.Placed("", dir)
		if err := a.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", a, err, want)
		}
	}
	gone := Annotate{Prompt: "./gone.txt", Into: "x"}
	if err := gone.Validate(); err != nil {
		t.Errorf("a file that is not there is lint's to report: %v", err)
	}
	if err := gone.Provision(&stages.Env{}); err == nil {
		t.Error("a run begins without its prompt")
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
