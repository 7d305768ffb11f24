package spacy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
)

// golden reads a file of datatrove's golden outputs, by id.
func golden[T any](t testing.TB, name string, id func(*T) string) map[string]*T {
	t.Helper()
	out := map[string]*T{}
	for _, set := range []string{"ship", "here"} {
		realdata.Lines(t, "golden/datatrove/"+name+"."+set+".jsonl.zst", func(line []byte) {
			v := new(T)
			if err := json.Unmarshal(line, v); err != nil {
				t.Fatal(err)
			}
			out[id(v)] = v
		})
	}
	return out
}

type document struct{ ID, Text string }

func documents(t testing.TB) map[string]*document {
	return golden(t, "docs", func(d *document) string { return d.ID })
}

// shaOf is the golden sum of words: of the words with \n between them.
func shaOf(words []text.Span, of string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(of[w.Start:w.End])
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

func TestGoldenSpans(t *testing.T) {
	docs := documents(t)
	type spans struct {
		ID               string
		Words, Sentences []int
	}
	tok, all := English(), golden(t, "tokens", func(d *spans) string { return d.ID })
	for id, want := range all {
		s := docs[id].Text
		at := make([]int, len(s)+1) // byte → character
		n := 0
		for i := range s {
			at[i] = n
			n++
		}
		at[len(s)] = n
		check := func(what string, got []text.Span, want []int) {
			if len(got) != len(want)/2 {
				t.Errorf("%s: %d %s, want %d", id, len(got), what, len(want)/2)
			}
			for i, w := range got {
				if 2*i < len(want) && (at[w.Start] != want[2*i] || at[w.End] != want[2*i+1]) {
					t.Errorf("%s: %s %d is %q at %d, want %d to %d", id, what, i, s[w.Start:w.End], at[w.Start], want[2*i], want[2*i+1])
					return
				}
			}
		}
		words := tok.Words(nil, s)
		check("words", words, want.Words)
		sentences := tok.Sentences(nil, s)
		check("sentences", sentences, want.Sentences)
	}
	if len(all) < 400 {
		t.Errorf("%d documents, want 400", len(all))
	}
}

func TestGoldenWords(t *testing.T) {
	docs := documents(t)
	type filters struct {
		ID     string
		Filter struct {
			Count     int    `json:"word_count"`
			SHA       string `json:"words_sha256"`
			Sentences int    `json:"sentence_count"`
		}
	}
	tok := English()
	all := golden(t, "filters.en", func(d *filters) string { return d.ID })
	var words []text.Span
	for id, want := range all {
		of := docs[id].Text
		words = tok.Words(words[:0], of)
		if len(words) != want.Filter.Count || shaOf(words, of) != want.Filter.SHA {
			t.Errorf("%s: %d words, want %d", id, len(words), want.Filter.Count)
		}
		sentences := tok.Sentences(nil, of)
		if got := max(1, len(sentences)); got != want.Filter.Sentences { // datatrove cuts a text without sentences into one
			t.Errorf("%s: %d sentences, want %d", id, got, want.Filter.Sentences)
		}
	}
	if len(all) != len(docs) {
		t.Errorf("%d documents, want all", len(all))
	}
}
