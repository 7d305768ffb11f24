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
