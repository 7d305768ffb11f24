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
	"runtime"
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

// poolOf makes a pool of documents in memory.
func poolOf(s *Select, docs []stages.Document) *pool {
	l := &loader{s: s, p: new(pool), number: map[string]int32{}, bound: map[[2]string]int32{}, fields: s.quotaFields()}
	names := table{number: map[string]int32{}}
	for i := range docs {
		c := candidate{id: docs[i].ID, hash: contentOf(&docs[i])}
		tags, _ := getTags(&docs[i])
		for _, tag := range tags {
			c.tags = append(c.tags, names.of(tagName(tag)))
		}
		for _, f := range l.fields {
			v := int32(-1)
			if x, ok := docs[i].Field(f); ok {
				v = names.of(valueName(f, x))
			}
			c.values = append(c.values, v)
		}
		for k := len(l.tag); k < len(names.names); k++ {
			l.tag, l.limit = append(l.tag, 0), append(l.limit, 0)
			l.name(k, names.names[k])
		}
		l.add(&c)
	}
	l.p.ends = []int32{int32(len(docs))}
	return l.p
}

func diverseOrder(t testing.TB, docs []stages.Document, k int) (ids []string) {
	p := poolOf(&Select{Rows: stages.Count(k)}, docs)
	c, err := diverse(t.Context(), p, k)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range c.order {
		ids = append(ids, string(p.id(i)))
	}
	return ids
}

// plain is algorithm 1 as it is written: whole passes over the list.
func plain(docs []stages.Document, s *Select) (ids []string) {
	type row struct {
		d    *stages.Document
		tags []string
	}
	var list []row
	for i := range docs {
		if tags, _ := getTags(&docs[i]); len(tags) > 0 {
			list = append(list, row{&docs[i], tags})
		}
	}
	slices.SortStableFunc(list, func(a, b row) int {
		if d := len(b.tags) - len(a.tags); d != 0 {
			return d
		}
		return strings.Compare(a.d.ID, b.d.ID)
	})
	used := map[string]int{}
	bounds := func(r row) (keys []string, most []int) {
		for f, of := range s.Quota {
			values := r.tags
			if f != tagsField {
				v, _ := r.d.Field(f)
				values = []string{v}
			}
			for _, v := range values {
				b, ok := of[v]
				if !ok {
					b, ok = of[others]
				}
				if ok {
					keys, most = append(keys, f+"="+v), append(most, b.of(int(s.Rows)))
				}
			}
		}
		return keys, most
	}
	for len(ids) < int(s.Rows) {
		seen, rest, before := map[string]bool{}, list[:0:0], len(ids)
		for _, r := range list {
			fresh := slices.ContainsFunc(r.tags, func(t string) bool { return !seen[t] })
			keys, most := bounds(r)
			full := false
			for i, k := range keys {
				full = full || used[k] >= most[i]
			}
			if !fresh || full || len(ids) >= int(s.Rows) {
				rest = append(rest, r)
				continue
			}
			ids = append(ids, r.d.ID)
			for _, k := range keys {
				used[k]++
			}
			for _, t := range r.tags {
				seen[t] = true
			}
		}
		if list = rest; len(ids) == before {
			break
		}
	}
	return ids
}

func randomTagged(rng *rand.Rand, n, tags int) (docs []stages.Document) {
	for i := range n {
		d := stages.Document{ID: fmt.Sprintf("r%03d", i), Text: "x"}
		var list []string
		for range rng.IntN(6) {
			list = append(list, fmt.Sprint("t", min(rng.IntN(tags), rng.IntN(tags))))
		}
		setTags(&d, list)
		d.Fields.SetText("language", []string{"en", "zh", "de"}[rng.IntN(3)])
		docs = append(docs, d)
	}
	rng.Shuffle(n, func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
	return docs
}

func TestDiverseAgainstPlain(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 5))
		docs := randomTagged(rng, 1+rng.IntN(120), 1+rng.IntN(30))
		s := &Select{Rows: stages.Count(1 + rng.IntN(100))}
		if seed%2 == 1 {
			s.Quota = Quota{
				"tags": {"t0": {Count: int64(rng.IntN(6))}, "*": {Count: int64(1 + rng.IntN(20))}}, "language": {"zh": {Count: -1, Share: 0.2}},
			}
		}
		p := poolOf(s, docs)
		c, err := diverse(t.Context(), p, int(s.Rows))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range c.order {
			got = append(got, string(p.id(i)))
		}
		if want := plain(docs, s); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %q,\nwant %q", seed, got, want)
		}
		for _, l := range p.limits {
			if l.taken > l.most {
				t.Errorf("seed %d: %+v", seed, l)
			}
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

func FuzzDiverse(f *testing.F) {
	f.Add([]byte{1, 2, 3, 0xFF, 7, 7}, 3, 2)
	f.Fuzz(func(t *testing.T, masks []byte, rows, quota int) {
		var docs []stages.Document
		for i, m := range masks[:min(len(masks), 60)] {
			var tags []string
			for x := range 8 {
				if m&(1<<x) != 0 {
					tags = append(tags, fmt.Sprint(x))
				}
			}
			d := stages.Document{ID: fmt.Sprintf("%02d", i)}
			setTags(&d, tags)
			docs = append(docs, d)
		}
		s := &Select{Rows: stages.Count(1 + rows&63), Quota: Quota{"tags": {"*": {Count: int64(quota & 15)}}}}
		p := poolOf(s, docs)
		c, err := diverse(t.Context(), p, int(s.Rows))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range c.order {
			got = append(got, string(p.id(i)))
		}
		if want := plain(docs, s); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

// BenchmarkSelect chooses 10,000 of 1,000,000 documents of 4.5 tags on average, of 20,000.
func BenchmarkSelect(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	docs := make([]stages.Document, 1_000_000)
	for i := range docs {
		var tags []string
		for range 1 + rng.IntN(8) {
			x := rng.Float64()
			tags = append(tags, fmt.Sprint("tag ", int(20000*x*x*x)))
		}
		docs[i] = stages.Document{ID: fmt.Sprintf("dataset/part-%05d#%d", i%97, i), Text: "x"}
		setTags(&docs[i], tags)
	}
	for _, by := range []string{"complexity", "quota"} {
		b.Run(by, func(b *testing.B) {
			for b.Loop() {
				runtime.GC()
				ids, told, _ := selection(b, docs, stagetest.Options{Tasks: 16, Batch: 1024, Memory: 1 << 30}, func(s *Select) {
					s.Rows = 10_000
					if by == "quota" {
						s.Quota = Quota{"tags": {"*": {Count: 20}}}
					}
				})
				if len(ids) != 10_000 && by == "complexity" {
					b.Fatalf("%d, %+v", len(ids), told)
				}
				b.ReportMetric(float64(told.Passes), "passes")
			}
		})
	}
}

// BenchmarkNovel walks 20,000 vectors of 384 numbers around 5,000 centres for 5,000 rows.
func BenchmarkNovel(b *testing.B) {
	rng := rand.New(rand.NewPCG(2, 2))
	const dim, n = 384, 20_000
	random := func(spread float64, around []float32) []float32 {
		v := make([]float32, dim)
		for i := range v {
			if v[i] = float32(rng.NormFloat64() * spread); around != nil {
				v[i] += around[i]
			}
		}
		return v
	}
	var centres, vectors [][]float32
	for range 5000 {
		centres = append(centres, random(1, nil))
	}
	p := &pool{ends: []int32{n}}
	for i := range n {
		vectors = append(vectors, random(0.6*rng.Float64(), centres[rng.IntN(len(centres))]))
		p.ids = fmt.Append(p.ids, i)
		p.idEnds, p.hash, p.tagEnds, p.bndEnds = append(p.idEnds, int64(len(p.ids))), append(p.hash, 0), append(p.tagEnds, 0), append(p.bndEnds, 0)
		p.score, p.vector, p.width = append(p.score, rng.Float64()), append(p.vector, 0), append(p.width, dim)
	}
	for b.Loop() {
		c, err := novel(b.Context(), p, 5000, 0.9, func(i int32, into []float32) error { copy(into, vectors[i]); return nil })
		if err != nil || len(c.order) < 1000 {
			b.Fatal(len(c.order), err)
		}
		b.ReportMetric(float64(len(c.order)), "taken")
		b.ReportMetric(float64(len(c.nearest)), "similar")
	}
}
