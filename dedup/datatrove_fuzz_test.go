package dedup

import (
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
	"github.com/winnow-data/winnow/stages/text/datatrove"
)

// FuzzDatatrove runs both presets over documents that the fuzzer writes, one a line: whoever goes has someone who stays, who is the same however the
// documents are dealt to tasks.
func FuzzDatatrove(f *testing.F) {
	f.Add("the quick brown fox jumps\nthe quick brown fox jumps!\nother", uint8(9))
	f.Add("a b c\nb c a\nc a b\na b c\n\n\xff", uint8(3))
	f.Add("Σ x\nς X\n１ 2\n0 0", uint8(255))
	f.Fuzz(func(t *testing.T, s string, flags uint8) {
		if len(s) > 1<<14 {
			return
		}
		var docs []stages.Document
		for i, line := range strings.Split(s, "\n") {
			docs = append(docs, stages.Document{ID: string(rune('a' + i%7)), Text: line, At: stages.Place{File: string(rune('x' + i/5%3))}})
		}
		minhash, exact := datatroveMinHash, datatroveExact
		minhash.NGrams, minhash.NumBuckets, minhash.HashesPerBucket = 1+int(flags&3), 20, 1
		if flags&4 > 0 {
			minhash.Words = datatrove.Whitespace
		}
		if flags&8 > 0 {
			minhash.Hash, exact.Hash = "xxhash32", "sha1_32"
		}
		if flags&16 > 0 {
			exact.Priority = Priority{Field: "text", Length: true}
		}
		if flags&32 > 0 {
			minhash.Within = "id"
		}
		for _, make := range []stagetest.Maker{
			stagetest.New[DatatroveMinHash](stages.Define("dedup_minhash@datatrove", minhash), nil),
			stagetest.New[DatatroveExact](stages.Define("dedup_exact@datatrove", exact), nil),
		} {
			got, err := stagetest.Run(t.Context(), make, docs, stagetest.Options{})
			if err != nil {
				t.Fatal(err)
			}
			ids := map[string]bool{}
			for _, d := range got.Docs {
				ids[d.ID] = true
			}
			for i, o := range got.Outcomes {
				if v := o.Verdict; v.Rule != "" && !ids[v.Kept] {
					t.Errorf("document %d: %+v, and that is gone", i, v)
				}
			}
			again, err := stagetest.Run(t.Context(), make, docs, stagetest.Options{Tasks: 3, Batch: 2, Memory: 1})
			if err != nil || !slices.Equal(again.From, got.From) {
				t.Errorf("dealt to three tasks %d stay, else %d; %v", again.From, got.From, err)
			}
		}
	})
}
