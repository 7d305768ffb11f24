package dedup_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/dedup"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// counts returns what the preset has written on the documents that stay, 0 left out.
func counts(t testing.TB, docs []stages.Document) map[string]int {
	t.Helper()
	out := map[string]int{}
	for i := range docs {
		s, ok := docs[i].Field("duplicate_count")
		if !ok {
			t.Errorf("%s has no duplicate_count", docs[i].ID)
		}
		if s != "0" {
			var n int
			if _, err := fmt.Sscan(s, &n); err != nil {
				t.Errorf("%s: duplicate_count %q", docs[i].ID, s)
			}
			out[docs[i].ID] = n
		}
	}
	return out
}

func TestDatatroveExactGolden(t *testing.T) {
	docs := corpus(t, peerCorpora["powershell"])
	for variant, priority := range map[string]dedup.Priority{"default": {}, "priority_len_id": {Field: "id", Length: true}} {
		var want struct {
			Kept    int            `json:"kept"`
			Removed []string       `json:"removed"`
			Counts  map[string]int `json:"duplicate_count"`
		}
		if err := json.Unmarshal(shared(t, "golden/datatrove/exact.powershell."+variant+".json.zst"), &want); err != nil {
			t.Fatal(err)
		}
		set := stagetest.New(spec(t, "dedup_exact@datatrove"), func(e *dedup.DatatroveExact) { e.Priority = priority })
		got, err := stagetest.Run(t.Context(), set, docs, stagetest.Options{Tasks: 3, Shuffle: 1})
		if err != nil {
			t.Fatal(err)
		}
		var removed []string
		for i, o := range got.Outcomes {
			if o.Verdict.Rule != "" {
				removed = append(removed, docs[i].ID)
			}
		}
		slices.Sort(removed)
		slices.Sort(want.Removed)
		if len(got.Docs) != want.Kept || !slices.Equal(removed, want.Removed) {
			t.Errorf("%s: %d stay, removed %q; the peer's %d and %q", variant, len(got.Docs), removed, want.Kept, want.Removed)
		}
		if n := counts(t, got.Docs); !reflect.DeepEqual(n, want.Counts) {
			t.Errorf("%s: counts %v, the peer's %v", variant, n, want.Counts)
		}
	}
}

// TestDatatroveExact holds the peer's own test (tests/pipeline/dedup/test_exact_deduplication.py, told in spec/curation.md 5.3) and the rules of its source.
func TestDatatroveExact(t *testing.T) {
	urls := docsOf("1|a|url=example.com|up=1|down=5", "2|b|url=example.com|up=2|down=4", "3|c|url=new-site.com|up=3|down=3",
		"4|d|url=example.com|up=4|down=2", "5|e|url=example2.com|up=5|down=1")
	for name, c := range map[string]struct {
		set  func(*dedup.DatatroveExact)
		docs []stages.Document
		want []string
		n    map[string]int
	}{
		"nothing":                      {nil, nil, []string{}, map[string]int{}},
		"the first stays":              {nil, urls, []string{"1", "3", "5"}, map[string]int{"1": 2}},
		"the greatest number stays":    {priority(dedup.Priority{Field: "up"}), urls, []string{"3", "4", "5"}, map[string]int{"4": 2}},
		"the least number goes":        {priority(dedup.Priority{Field: "down"}), urls, []string{"1", "3", "5"}, map[string]int{"1": 2}},
		"32 bits":                      {func(e *dedup.DatatroveExact) { e.Of, e.Hash = "url", "sha1_32" }, urls, []string{"1", "3", "5"}, map[string]int{"1": 2}},
		"without the field":            {nil, docsOf("1|a", "2|a"), []string{"1", "2"}, map[string]int{}},
		"an empty field is like any":   {nil, docsOf("1|a|url=", "2|b|url="), []string{"1"}, map[string]int{"1": 1}},
		"no number and 0 count as 1":   {priority(dedup.Priority{Field: "up"}), docsOf("1|a|url=x|up=none", "2|b|url=x|up=0", "3|c|url=x|up=1"), []string{"1"}, map[string]int{"1": 2}},
		"beyond 65535 all are equal":   {priority(dedup.Priority{Field: "up"}), docsOf("1|a|url=x|up=65535", "2|b|url=x|up=70000", "3|c|url=x|up=1"), []string{"1"}, map[string]int{"1": 2}},
		"the longest text stays":       {priority(dedup.Priority{Field: "text", Length: true}), docsOf("1|éé|url=x", "2|abc|url=x", "3|abd|url=x"), []string{"2"}, map[string]int{"2": 2}},
		"fractions count as the whole": {priority(dedup.Priority{Field: "up"}), docsOf("1|a|url=x|up=2.1", "2|b|url=x|up=2.9"), []string{"1"}, map[string]int{"1": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			set := stagetest.New(spec(t, "dedup_exact@datatrove"), func(e *dedup.DatatroveExact) {
				e.Of = "url"
				if c.set != nil {
					c.set(e)
				}
			})
			for _, o := range []stagetest.Options{{}, {Tasks: 3, Batch: 1, Shuffle: 3, Memory: 1}} {
				got, err := stagetest.Run(t.Context(), set, c.docs, o)
				if err != nil {
					t.Fatal(err)
				}
				if ids := got.IDs(); !slices.Equal(ids, c.want) {
					t.Errorf("kept %q, want %q", ids, c.want)
				}
				if n := counts(t, got.Docs); !reflect.DeepEqual(n, c.n) {
					t.Errorf("counts %v, want %v", n, c.n)
				}
			}
		})
	}
}

func priority(p dedup.Priority) func(*dedup.DatatroveExact) {
	return func(e *dedup.DatatroveExact) { e.Priority = p }
}

// TestDatatroveExactFiles holds what datatrove 0.10.1 keeps of texts in several files, read by one task each: text and priority of each document,
// and the duplicate_count of those kept, by FILE-NUMBER. Copies with the same number in two files are frequent.
func TestDatatroveExactFiles(t *testing.T) {
	b, err := os.ReadFile("testdata/exact_files.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Files [][][2]int     `json:"files"`
		Kept  map[string]int `json:"kept"`
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		var docs []stages.Document
		for file, texts := range c.Files {
			for number, d := range texts {
				d := doc(fmt.Sprintf("%d-%d|%d|p=%d", file, number, d[0], d[1]))
				d.At.File = fmt.Sprint(file)
				docs = append(docs, d)
			}
		}
		set := stagetest.New(spec(t, "dedup_exact@datatrove"), priority(dedup.Priority{Field: "p"}))
		for _, o := range []stagetest.Options{{}, {Tasks: 1 + i%5, Batch: 7, Shuffle: 5, Memory: 1}} {
			got, err := stagetest.Run(t.Context(), set, docs, o)
			if err != nil {
				t.Fatal(err)
			}
			kept := map[string]int{}
			for _, id := range got.IDs() {
				kept[id] = 0
			}
			maps.Copy(kept, counts(t, got.Docs))
			if !reflect.DeepEqual(kept, c.Kept) {
				t.Errorf("case %d, %d files: kept %v, the peer %v", i, len(c.Files), kept, c.Kept)
			}
		}
	}
}

func TestPrioritySetting(t *testing.T) {
	for in, want := range map[string]dedup.Priority{
		"first": {}, "score": {Field: "score"}, "{length: id}": {Field: "id", Length: true}, "length:id": {Field: "id", Length: true},
	} {
		n, problems := settings.Parse("recipe.yaml", []byte("priority: "+in))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		var got dedup.Priority
		if err := got.UnmarshalSetting(n.Pairs[0].Value); err != nil || got != want {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{"[a]", "{longest: id}", "width:id"} {
		n, problems := settings.Parse("recipe.yaml", []byte("priority: "+in))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		var got dedup.Priority
		if err := got.UnmarshalSetting(n.Pairs[0].Value); err == nil {
			t.Errorf("%s: taken as %+v", in, got)
		}
	}
}
