package ontology

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
	"github.com/winnow-data/winnow/stages/stagetest"
)

func selector(set func(*Select)) stagetest.Maker {
	return stagetest.New(stages.Define("select", selectDefaults), set)
}

// selection runs the stage and returns the ids that stay, sorted, with what it told.
func selection(t testing.TB, docs []stages.Document, o stagetest.Options, set func(*Select)) ([]string, Selection, *stagetest.Result) {
	t.Helper()
	r, err := stagetest.Run(t.Context(), selector(set), docs, o)
	if err != nil {
		t.Fatal(err)
	}
	ids := r.IDs()
	slices.Sort(ids)
	raw, err := json.Marshal(r.Facts["choose"][0]["selection"])
	if err != nil {
		t.Fatal(err)
	}
	var told Selection
	if err := json.Unmarshal(raw, &told); err != nil {
		t.Fatal(err)
	}
	return ids, told, r
}

// TestSelectGolden compares with a straightforward program of InsTag's algorithm 1.
func TestSelectGolden(t *testing.T) {
	var docs []stages.Document
	for _, r := range lines[struct {
		ID   string
		Tags []string
	}](t, "select-200-rows.jsonl") {
		d := stages.Document{ID: r.ID, Text: "x"}
		setTags(&d, r.Tags)
		docs = append(docs, d)
	}
	cases := lines[struct {
		K        int
		Selected []string
		PerPass  []int   `json:"per_pass"`
		Mean     float64 `json:"mean_tags"`
		Coverage float64
		Untagged int
	}](t, "select-200.jsonl")
	if len(docs) != 200 || len(cases) != 7 {
		t.Fatalf("%d documents, %d cases", len(docs), len(cases))
	}
	for _, want := range cases {
		ids, told, r := selection(t, docs, stagetest.Options{Tasks: 3}, func(s *Select) { s.Rows = stages.Count(want.K) })
		inOrder := diverseOrder(t, docs, want.K)
		if !slices.Equal(inOrder, want.Selected) || !slices.Equal(ids, slices.Sorted(slices.Values(want.Selected))) {
			t.Errorf("k %d: %q, want %q", want.K, inOrder, want.Selected)
		}
		if !slices.Equal(told.PerPass, want.PerPass) || math.Abs(told.MeanTaken-want.Mean) > 1e-12 ||
			math.Abs(float64(told.Covered)/float64(told.Tags)-want.Coverage) > 1e-12 || r.Dropped()[ruleUntagged] != want.Untagged {
			t.Errorf("k %d: told %+v, dropped %v; want %+v", want.K, told, r.Dropped(), want)
		}
	}
}

// TestSelectIsStable: tasks, batches, order of work and order of the input change nothing, also among documents of one id.
func TestSelectIsStable(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	docs := randomTagged(rng, 300, 40)
	for i := range docs {
		docs[i].ID = fmt.Sprint("id", i%50)
		docs[i].Text = fmt.Sprint(i)
		docs[i].Fields.SetNumber("judge_score", float64(rng.IntN(4)))
		docs[i].Fields.SetRaw("embedding", fmt.Appendf(nil, "[%d, %d, 1]", rng.IntN(9), rng.IntN(9)))
	}
	texts := func(r *stagetest.Result) (out []string) {
		for i := range r.Docs {
			out = append(out, r.Docs[i].Text)
		}
		slices.Sort(out)
		return out
	}
	for _, by := range []string{"complexity", "score"} {
		set := func(s *Select) {
			s.Rows, s.By, s.Similarity = 40, by, 0.999
			s.Quota = Quota{"tags": {"*": {Count: 9}}, "language": {"en": {Count: 8}}}
		}
		_, _, r := selection(t, docs, stagetest.Options{}, set)
		want := texts(r)
		english := 0
		for i := range r.Docs {
			if l, _ := r.Docs[i].Fields.Text("language"); l == "en" {
				english++
			}
		}
		if len(want) != 40 || english != 8 {
			t.Errorf("%s: %d stay, %d of them English", by, len(want), english)
		}
		for seed := range uint64(5) {
			shuffled := slices.Clone(docs)
			rng.Shuffle(len(docs), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			_, _, r := selection(t, shuffled, stagetest.Options{Tasks: 1 + int(seed), Batch: 7, Shuffle: seed + 1}, set)
			if got := texts(r); !slices.Equal(got, want) {
				t.Errorf("%s: another order leaves %q, want %q", by, got, want)
			}
		}
	}
}

func TestSelectByScore(t *testing.T) {
	doc := func(id string, fields ...string) stages.Document {
		d := stages.Document{ID: id, Text: "x"}
		for i := 0; i < len(fields); i += 2 {
			d.Fields.SetRaw(fields[i], []byte(fields[i+1]))
		}
		return d
	}
	docs := []stages.Document{
		doc("best", "a", "3", "b", "3", "v", "[1,0]"),
		doc("near", "a", "4", "b", "2", "v", "[1,0.1]"),
		doc("far", "a", "1", "b", "1", "v", "[0,1]"),
		doc("last", "a", "1", "b", "0.5", "v", "[-1,0]"),
		doc("unscored", "a", "3", "v", "[1,1]"),
		doc("text score", "a", `"x"`, "b", "1", "v", "[1,1]"),
		doc("no vector", "a", "1", "b", "1"),
		doc("odd vector", "a", "1", "b", "1", "v", "[1,2,3]"),
		doc("bad vector", "a", "1", "b", "1", "v", `["x"]`),
		doc("empty vector", "a", "1", "b", "1", "v", "[]"),
		doc("huge vector", "a", "1", "b", "1", "v", "[1e39,0]"),
	}
	ids, told, r := selection(t, docs, stagetest.Options{Tasks: 2, Shuffle: 3}, func(s *Select) {
		s.Rows, s.By, s.Score, s.Vector = 2, "score", []string{"a", "b"}, "v"
	})
	if fmt.Sprint(ids) != "[best far]" || told.Taken != 2 {
		t.Errorf("%q, %+v", ids, told)
	}
	for i, want := range []string{"", "similar", "", "passed_over", "unscored", "unscored", "no field v", "3 numbers, unlike", "no list", "no list", "no list"} {
		o := r.Outcomes[i]
		got := o.Verdict.Rule
		if o.Err != nil {
			got = o.Err.Error()
		}
		if got != want && (want == "" || o.Err == nil || !strings.Contains(got, want)) {
			t.Errorf("%s: %q, want %q", docs[i].ID, got, want)
		}
	}
	if v := r.Outcomes[1].Verdict; v.Kept != "best" || math.Abs(v.Value-1/math.Sqrt(1.01)) > 1e-6 {
		t.Errorf("the near one: %+v", v)
	}
}

func TestSelectWithoutVectors(t *testing.T) {
	var docs []stages.Document
	for i, text := range []string{"Write a poem about the sea and the wind.", "write a poem about the sea, and the wind!", "Convert 3 miles to kilometres."} {
		d := stages.Document{ID: fmt.Sprint(i), Turns: []stages.Turn{{Role: "user", Content: text}}}
		d.Fields.SetNumber("judge_score", 1)
		docs = append(docs, d)
	}
	ids, _, _ := selection(t, docs, stagetest.Options{}, func(s *Select) { s.Rows, s.By, s.Vector = 9, "score", "" })
	if fmt.Sprint(ids) != "[0 2]" {
		t.Errorf("%q", ids)
	}
}

func TestSelectErrors(t *testing.T) {
	for want, set := range map[string]func(*Select){
		"rows: none":       func(*Select) {},
		"rows: 9999999999": func(s *Select) { s.Rows = 9_999_999_999 },
		"no field named":   func(s *Select) { s.Rows, s.By, s.Score = 1, "score", nil },
		"stands twice":     func(s *Select) { s.Rows, s.By, s.Score = 1, "score", []string{"a", "a"} },
	} {
		if _, err := stagetest.Run(t.Context(), selector(set), nil, stagetest.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	docs := tagged(times(2000, "a", "b")...)
	few := func(s *Select) { s.Rows = 3 }
	if _, err := stagetest.Run(t.Context(), selector(few), docs, stagetest.Options{Memory: 1000}); !stages.IsFinal(err) || !strings.Contains(err.Error(), "--memory") {
		t.Errorf("error %v", err)
	}
	bad := tagged([]string{"a"}, nil)
	bad[1].Fields.SetRaw(tagsField, []byte(`{"a":1}`))
	_, _, r := selection(t, bad, stagetest.Options{}, few)
	if r.Outcomes[1].Err == nil {
		t.Errorf("%+v", r.Outcomes)
	}
	for _, op := range []string{"create", "write", "close", "open", "read"} {
		full := errors.New("disk full")
		for _, by := range []string{"complexity", "score"} {
			_, err := stagetest.Run(t.Context(), selector(func(s *Select) { s.Rows, s.By = 3, by }), docs[:5], stagetest.Options{Fault: func(o string) error {
				if o == op {
					return full
				}
				return nil
			}})
			if !errors.Is(err, full) {
				t.Errorf("%s, %s: error %v", by, op, err)
			}
		}
	}
	for want, set := range map[string]func(*Select){
		"put tag before":         func(*Select) {},
		"in every field of [no]": func(s *Select) { s.By, s.Score = "score", []string{"no"} },
		"put embed before":       func(s *Select) { s.By, s.Score = "score", []string{"yes"} },
	} {
		d := tagged(nil)
		d[0].Fields.SetNumber("yes", 1)
		_, err := stagetest.Run(t.Context(), selector(func(s *Select) { s.Rows = 1; set(s) }), d, stagetest.Options{})
		if !stages.IsFinal(err) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if ids, told, _ := selection(t, nil, stagetest.Options{}, few); len(ids) != 0 || told.Asked != 3 {
		t.Errorf("of nothing: %q, %+v", ids, told)
	}
}

// TestCutChecks: the last pass stops where the documents are not those that were judged.
func TestCutChecks(t *testing.T) {
	row := append(binary.BigEndian.AppendUint32([]byte{taken}, idCheck("a")), make([]byte, 8)...)
	for id, want := range map[string]string{"a": "", "b": "not the one that was collected"} {
		c := &selectCut{s: new(Select), r: bufio.NewReader(bytes.NewReader(row))}
		err := c.Apply(t.Context(), stages.NewBatch([]stages.Document{{ID: id}}))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", id, err)
		}
		if err := c.Apply(t.Context(), stages.NewBatch([]stages.Document{{ID: id}})); err == nil {
			t.Errorf("%s: a document too many passed", id)
		}
	}
}

func TestQuotaSetting(t *testing.T) {
	decode := func(text string) (Select, string) {
		s := selectDefaults
		tree, ps := settings.Parse("r.yaml", []byte(text))
		if len(ps) == 0 {
			ps = settings.Decode(tree, &s)
		}
		return s, fmt.Sprint(ps)
	}
	s, problems := decode("rows: 10k\nquota: {tags: {coding: 2k, '*': 500}, language: {zh: 30%, no: 0}}")
	if problems != "[]" || s.Quota["tags"]["coding"].Count != 2000 || s.Quota["language"]["zh"].of(10) != 3 || s.Quota["language"]["no"].of(9) != 0 {
		t.Errorf("%+v, %s", s.Quota, problems)
	}
	if b := (Bound{-1, 0.07}); b.of(100) != 7 || b.of(101) != 8 {
		t.Errorf("7%% of 100 is %d, of 101 %d", b.of(100), b.of(101))
	}
	if got := s.Quota.String(); got != `{language: {"no": 0, "zh": 30%}, tags: {"*": 500, "coding": 2000}}` {
		t.Errorf("written %s", got)
	}
	if got := (&Select{Quota: s.Quota}).Reads(); fmt.Sprint(got) != "[language tags]" {
		t.Errorf("reads %v", got)
	}
	scored := selectDefaults
	if got := scored.Reads(); fmt.Sprint(got) != "[tags]" {
		t.Errorf("by complexity it reads %v", got)
	}
	if scored.By = "score"; fmt.Sprint(scored.Reads()) != "[judge_score embedding]" {
		t.Errorf("by score it reads %v", scored.Reads())
	}
	for text, want := range map[string]string{
		"quota: 5": "a quota is a map", "quota: {tags: 5}": "want values with their bounds", "quota: {tags: {}}": "want values",
		"quota: {tags: {a: 130%}}": "not between 0 and 1", "quota: {tags: {a: -1}}": "below zero", "quota: {tags: {a: [1]}}": "want a number", "quota: {tags: {a: x}}": "x",
	} {
		if _, problems := decode(text); !strings.Contains(problems, want) {
			t.Errorf("%s: %s, want %q", text, problems, want)
		}
	}
}
