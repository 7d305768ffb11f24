package tokenizer

import (
	"encoding/json"
	"slices"
	"testing"
)

// TestWords compares each scanner with what the tokenizers library's regular expressions make of nasty texts: testdata/words.json.
func TestWords(t *testing.T) {
	makeProperties()
	var g struct{ Rows [][]json.RawMessage }
	readJSON(t, "testdata/words.json", &g)
	if len(g.Rows) < 800 {
		t.Fatalf("%d rows, want 800", len(g.Rows))
	}
	for _, row := range g.Rows {
		var text string
		if err := json.Unmarshal(row[0], &text); err != nil {
			t.Fatal(err)
		}
		for i, pre := range []string{"qwen2", "gpt-2", "llama-bpe", "smollm"} {
			var want, got []int
			if err := json.Unmarshal(row[i+1], &want); err != nil {
				t.Fatal(err)
			}
			scan, err := scannerOf(pre)
			if err != nil {
				t.Fatal(err)
			}
			for at := 0; at < len(text); {
				end := scan([]byte(text), at)
				got = append(got, end-at)
				at = end
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s cuts %q into words of %v bytes, want %v", pre, text, got, want)
			}
		}
	}
}

// TestIgnoreMerges: a word of the vocabulary is one token although merges lead elsewhere.
func TestIgnoreMerges(t *testing.T) {
	p := tiny()
	p.Tokens = append(p.Tokens, "bc")
	p.Merges = []string{"b c", "a b", "ab c"} // abc becomes a, bc
	for _, ignore := range []bool{false, true} {
		p.IgnoreMerges = ignore
		tok, err := New(p)
		if err != nil {
			t.Fatal(err)
		}
		want := []int32{tok.bytes['a'], 259}
		if ignore {
			want = []int32{257}
		}
		for range 2 { // the second time from the cache
			checkIDs(t, tok, "abc", false, want)
		}
		if got := tok.Encode(nil, "<|end|>", false); slices.Contains(got, 258) {
			t.Errorf("a special token came of a word: %v", got)
		}
	}
}
