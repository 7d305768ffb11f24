package dedup_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/dedup"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
	"github.com/winnow-data/winnow/stages/text/datatrove"
)

// peerMinHash is what datatrove's four MinHash steps made of a corpus.
type peerMinHash struct {
	Kept     int        `json:"kept"`
	Removed  int        `json:"removed"`
	Pairs    [][][2]int `json:"pairs_per_bucket"`
	Clusters []struct {
		Kept string   `json:"kept"`
		IDs  []string `json:"ids"`
	} `json:"clusters"`
}

// peerCorpora are the corpora of the golden files.
var peerCorpora = map[string]string{
	"powershell": "data/corpus/powershell-docs.jsonl.zst",
	"docs.ship":  "golden/datatrove/docs.ship.jsonl.zst",
	"docs.here":  "golden/datatrove/docs.here.jsonl.zst",
}

func TestDatatroveMinHash(t *testing.T) {
	for name, file := range peerCorpora {
		docs := corpus(t, file)
		for _, words := range []string{"en", "whitespace"} {
			for _, hash := range []string{"xxhash64", "sha1_64"} {
				t.Run(name+"/"+words+"/"+hash, func(t *testing.T) {
					if testing.Short() && (name == "powershell" || words == "en") && hash == "sha1_64" {
						t.Skip("the other hash is enough")
					}
					variant := strings.Replace(words, "whitespace", "ws", 1)
					datatroveMinHash(t, docs, words, hash, fmt.Sprintf("golden/datatrove/minhash.%s.%s.%s.json.zst", name, variant, hash), 1)
				})
			}
		}
	}
	t.Run("powershell/en/xxhash64/4shards", func(t *testing.T) {
		datatroveMinHash(t, corpus(t, peerCorpora["powershell"]), "en", "xxhash64", "golden/datatrove/minhash.powershell.en.xxhash64.4shards.json.zst", 4)
	})
}

// datatroveMinHash compares pairs, clusters and survivors with the peer's, with as many shards, one task each.
func datatroveMinHash(t *testing.T, docs []stages.Document, words, hash, golden string, shards int) {
	t.Helper()
	var want peerMinHash
	if err := json.Unmarshal(shared(t, golden), &want); err != nil {
		t.Fatal(err)
	}
	set := stagetest.New(spec(t, "dedup_minhash@datatrove"), func(m *dedup.DatatroveMinHash) { m.Words, m.Hash = datatrove.Words(words), hash })
	o := stagetest.Options{}
	if shards > 1 {
		o.Deal = func(i int) int { return i % shards }
	}
	got, err := stagetest.Run(t.Context(), set, docs, o)
	if err != nil {
		t.Fatal(err)
	}
	removed := 0
	keeper := map[string]string{}
	for i, out := range got.Outcomes {
		if out.Verdict.Rule != "" {
			removed++
			keeper[docs[i].ID] = out.Verdict.Kept
		}
	}
	if len(got.Docs) != want.Kept || removed != want.Removed {
		t.Errorf("%d documents stay, %d go; the peer's %d and %d", len(got.Docs), removed, want.Kept, want.Removed)
	}
	for _, c := range want.Clusters {
		for _, id := range c.IDs {
			if kept := keeper[id]; id != c.Kept && kept != c.Kept || id == c.Kept && kept != "" {
				t.Errorf("%s is kept for by %q, in the peer's cluster by %q", id, kept, c.Kept)
			}
		}
	}
	for band, pairs := range want.Pairs {
		edges := got.File("band", band, "edges")
		var have [][2]int
		for ; len(edges) > 0; edges = edges[16:] {
			have = append(have, [2]int{number(edges, shards), number(edges[8:], shards)})
		}
		if !slices.Equal(have, pairs) {
			t.Errorf("band %d: %d pairs, not the peer's %d in their order", band, len(have), len(pairs))
		}
	}
}

// number returns the number, in the input, of a document that is named by its shard and its place in that.
func number(ref []byte, shards int) int {
	return int(binary.BigEndian.Uint32(ref[4:]))*shards + int(binary.BigEndian.Uint32(ref))
}

// TestDatatroveMinHashSettings looks at what the settings do to a few texts, dealt and shaken in two ways.
func TestDatatroveMinHashSettings(t *testing.T) {
	long := count(0, 60)
	small := func(m *dedup.DatatroveMinHash) { m.NGrams, m.NumBuckets, m.HashesPerBucket = 2, 30, 1 }
	for name, c := range map[string]struct {
		set  func(*dedup.DatatroveMinHash)
		docs []stages.Document
		want []string
		kept map[string]string
	}{
		"nothing":                   {nil, nil, []string{}, nil},
		"copies: the first":         {nil, docsOf("a|"+long, "b|"+long, "c|"+long), []string{"a"}, map[string]string{"b": "a", "c": "a"}},
		"fewer words than a gram":   {nil, docsOf("a|one two three four", "b|one two three four", "c|"), []string{"a", "b", "c"}, nil},
		"case, marks, numbers":      {nil, docsOf("a|Ünder the 3.14 broad Walnut tree", "b|under THE 7, broad walnut trée!"), []string{"a"}, map[string]string{"b": "a"}},
		"case counts":               {func(m *dedup.DatatroveMinHash) { m.Lowercase = false }, docsOf("a|Under the broad walnut tree", "b|under the broad walnut tree"), []string{"a", "b"}, nil},
		"weekdays count as one":     {func(m *dedup.DatatroveMinHash) { m.NormWeekdays = true }, docsOf("a|on monday under a tree", "b|on friday under a tree"), []string{"a"}, nil},
		"months count as one":       {func(m *dedup.DatatroveMinHash) { m.NormMonthnames = true }, docsOf("a|in may under a tree", "b|in june under a tree"), []string{"a"}, nil},
		"within":                    {func(m *dedup.DatatroveMinHash) { m.Within = "dump" }, docsOf("a|"+long+"|dump=1", "b|"+long+"|dump=2", "c|"+long+"|dump=1", "d|"+long, "e|"+long+"|dump=2"), []string{"a", "b", "d"}, map[string]string{"c": "a", "e": "b"}},
		"white space":               {func(m *dedup.DatatroveMinHash) { m.Words = datatrove.Whitespace }, docsOf("a|don't go to that place", "b|don t go to that place"), []string{"a"}, nil},
		"chains are one cluster":    {small, docsOf("a|one two", "b|two three one two", "c|two three four", "d|three four five", "e|six seven"), []string{"a", "e"}, map[string]string{"b": "a", "c": "a", "d": "a"}},
		"32 bits":                   {func(m *dedup.DatatroveMinHash) { m.Hash = "xxhash32" }, docsOf("a|"+long, "b|"+long), []string{"a"}, map[string]string{"b": "a"}},
		"the greater cluster stays": {small, docsOf("a|x y", "b|y z", "c|y z", "d|x y y z"), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			set := stagetest.New(spec(t, "dedup_minhash@datatrove"), func(m *dedup.DatatroveMinHash) {
				if c.set != nil {
					c.set(m)
				}
			})
			var before []string
			for _, o := range []stagetest.Options{{}, {Tasks: 3, Batch: 1, Shuffle: 2, Memory: 1}} {
				got, err := stagetest.Run(t.Context(), set, c.docs, o)
				if err != nil {
					t.Fatal(err)
				}
				ids := got.IDs()
				if c.want != nil && !slices.Equal(ids, c.want) || before != nil && !slices.Equal(ids, before) {
					t.Errorf("kept %q, want %q", ids, c.want)
				}
				before = ids
				for i, d := range c.docs {
					v := got.Outcomes[i].Verdict
					if want := c.kept[d.ID]; c.kept != nil && (v.Kept != want || want != "" && (v.Rule != "near_duplicate" || v.Why != "band")) {
						t.Errorf("%s: %+v, want %q kept", d.ID, v, want)
					}
				}
			}
		})
	}
}

func TestDatatroveMinHashRefuses(t *testing.T) {
	for name, set := range map[string]func(*dedup.DatatroveMinHash){
		"n_grams: 0":                   func(m *dedup.DatatroveMinHash) { m.NGrams = 0 },
		"num_buckets and hashes":       func(m *dedup.DatatroveMinHash) { m.NumBuckets = 1 << 20 },
		"num_buckets and hashes_per":   func(m *dedup.DatatroveMinHash) { m.HashesPerBucket = 0 },
		"seed: -1":                     func(m *dedup.DatatroveMinHash) { m.Seed = -1 },
		`hash: "md5" is not one of xx`: func(m *dedup.DatatroveMinHash) { m.Hash = "md5" },
	} {
		_, err := stagetest.Run(t.Context(), stagetest.New(spec(t, "dedup_minhash@datatrove"), set), nil, stagetest.Options{})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
