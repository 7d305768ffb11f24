package porter

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/realdata"
)

type row struct{ Word, Original, Martin, NLTK string }

func golden(t testing.TB) (rows []row) {
	f, err := os.Open(realdata.Path(t, "golden/ontology/porter.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var r row
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

// TestGolden compares with nltk 3.10.4 in its three modes.
func TestGolden(t *testing.T) {
	rows := golden(t)
	if len(rows) != 3000 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		for _, c := range []struct {
			name string
			mode Mode
			want string
		}{{"original", Original, r.Original}, {"martin", Martin, r.Martin}, {"nltk", NLTK, r.NLTK}} {
			if got := c.mode.Stem(r.Word); got != c.want {
				t.Errorf("%s: %s: got %q, want %q", c.name, r.Word, got, c.want)
			}
		}
	}
}

// TestRules shows each rule of nltk's own and of Martin Porter's, without the golden file.
func TestRules(t *testing.T) {
	for _, c := range []struct{ word, original, martin, nltk string }{
		{"", "", "", ""},
		{"as", "a", "as", "as"},
		{"is", "i", "is", "is"},
		{"y", "y", "y", "y"},
		{"skies", "ski", "ski", "sky"},
		{"dies", "di", "di", "die"},
		{"died", "di", "di", "die"},
		{"cried", "cri", "cri", "cri"},
		{"sky", "sky", "sky", "sky"},
		{"enjoy", "enjoi", "enjoi", "enjoy"},
		{"happy", "happi", "happi", "happi"},
		{"possibly", "possibli", "possibl", "possibl"},
		{"caresses", "caress", "caress", "caress"},
		{"agreed", "agre", "agre", "agre"},
		{"feed", "feed", "feed", "feed"},
		{"hopping", "hop", "hop", "hop"},
		{"falling", "fall", "fall", "fall"},
		{"filing", "file", "file", "file"},
		{"archaeology", "archaeologi", "archaeolog", "archaeolog"},
		{"controll", "control", "control", "control"},
		{"adoption", "adopt", "adopt", "adopt"},
	} {
		for mode, want := range map[Mode]string{Original: c.original, Martin: c.martin, NLTK: c.nltk} {
			if got := mode.Stem(c.word); got != want {
				t.Errorf("mode %d: %q: got %q, want %q", mode, c.word, got, want)
			}
		}
	}
}

func FuzzStem(f *testing.F) {
	for _, w := range []string{"", "y", "yy", "ies", "eed", "alli", "ing", "logi", "ion", "ll", "\xff\x00"} {
		f.Add(w)
	}
	f.Fuzz(func(t *testing.T, word string) {
		word = strings.ToLower(word)
		for _, m := range []Mode{NLTK, Martin, Original} {
			if got := m.Stem(word); len(got) > len(word)+1 {
				t.Errorf("mode %d: %q became the longer %q", m, word, got)
			}
			if got := string(m.Append([]byte("before"), word)); got != "before"+m.Stem(word) {
				t.Errorf("mode %d: %q: appended %q", m, word, got)
			}
		}
	})
}

func BenchmarkStem(b *testing.B) {
	rows := golden(b)
	room, bytes := make([]byte, 0, 64), 0
	for _, r := range rows {
		bytes += len(r.Word)
	}
	b.SetBytes(int64(bytes))
	for b.Loop() {
		for i := range rows {
			room = NLTK.Append(room[:0], rows[i].Word)
		}
	}
	b.ReportMetric(float64(len(rows))*float64(b.N)/b.Elapsed().Seconds(), "words/s")
}
