package signature

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/python"
	"github.com/winnow-data/winnow/stages/text/spacy"
)

// lines reads the lines of a compressed file of the shared data as JSON.
func lines[T any](t testing.TB, name string) (out []T) {
	t.Helper()
	realdata.Lines(t, name, func(line []byte) {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	})
	return out
}

type document struct{ ID, Text string }

func shaOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func wordsOf(spans []text.Span, s string) []string {
	out := make([]string, len(spans))
	for i, w := range spans {
		out[i] = s[w.Start:w.End]
	}
	return out
}

func TestGoldenSimplify(t *testing.T) {
	english := spacy.English()
	for _, set := range []string{"ship", "here"} {
		type simplified struct {
			ID          string  `json:"id"`
			SHA256      string  `json:"sha256"`
			Words       int     `json:"word_count"`
			WordsSHA256 string  `json:"words_sha256"`
			Fields      int     `json:"ws_word_count"`
			Text        *string `json:"text"`
		}
		want := lines[simplified](t, "golden/datatrove/simplify."+set+".jsonl.zst")
		for i, d := range lines[document](t, "golden/datatrove/docs."+set+".jsonl.zst") {
			w := want[i]
			got := Simple.Simplify(d.Text)
			if d.ID != w.ID || shaOf(got) != w.SHA256 || w.Text != nil && got != *w.Text {
				t.Errorf("%s: simplified otherwise", d.ID)
			}
			words := wordsOf(english.Words(nil, got), got)
			if len(words) != w.Words || shaOf(strings.Join(words, "\n")) != w.WordsSHA256 {
				t.Errorf("%s: %d words, want %d", d.ID, len(words), w.Words)
			}
			if n := len(python.Split(nil, got)); n != w.Fields {
				t.Errorf("%s: %d words between white space, want %d", d.ID, n, w.Fields)
			}
		}
	}
}

func TestGoldenSignatures(t *testing.T) {
	for name, file := range map[string]string{
		"powershell": "data/corpus/powershell-docs.jsonl.zst",
		"docs.ship":  "golden/datatrove/docs.ship.jsonl.zst",
		"docs.here":  "golden/datatrove/docs.here.jsonl.zst",
	} {
		docs := lines[document](t, file)
		for _, variant := range []string{"en.xxhash64", "en.sha1_64", "ws.xxhash64", "ws.sha1_64"} {
			if testing.Short() && name == "powershell" && variant != "en.xxhash64" {
				continue
			}
			words, hash, _ := strings.Cut(variant, ".")
			cut := python.Split
			if words == "en" {
				cut = spacy.English().Words
			}
			s := NewSigner(NewFamily(14, 8, 1, hash), Simple, 5, cut)
			type signature struct {
				ID     string   `json:"id"`
				SHA256 *string  `json:"sig_sha256"`
				Sig    []uint64 `json:"sig"`
			}
			sig := make([]uint64, 112)
			for i, w := range lines[signature](t, "golden/datatrove/minhash."+name+"."+variant+".sigs.jsonl.zst") {
				if docs[i].ID != w.ID {
					t.Fatalf("%s %s: line %d is of %s, not %s", name, variant, i, w.ID, docs[i].ID)
				}
				switch signed := s.Sign(sig, docs[i].Text); {
				case signed != (w.SHA256 != nil):
					t.Errorf("%s %s: %s: has a signature: %v", name, variant, w.ID, signed)
				case signed && digest(sig...) != *w.SHA256, signed && w.Sig != nil && !slices.Equal(sig, w.Sig):
					t.Errorf("%s %s: %s: another signature", name, variant, w.ID)
				}
			}
		}
	}
}

func BenchmarkSign(b *testing.B) {
	docs := lines[document](b, "data/corpus/powershell-docs.jsonl.zst")
	var bytes int64
	for _, d := range docs {
		bytes += int64(len(d.Text))
	}
	for name, cut := range map[string]Cutter{"en": spacy.English().Words, "whitespace": python.Split} {
		b.Run(name, func(b *testing.B) {
			s := NewSigner(NewFamily(14, 8, 1, "xxhash64"), Simple, 5, cut)
			sig := make([]uint64, 112)
			b.SetBytes(bytes)
			for b.Loop() {
				for _, d := range docs {
					s.Sign(sig, d.Text)
				}
			}
		})
	}
	b.Run("simplify", func(b *testing.B) {
		b.SetBytes(bytes)
		for b.Loop() {
			for _, d := range docs {
				Simple.Simplify(d.Text)
			}
		}
	})
}
