package python

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text"
)

// TestTables compares the answers for all characters with the sums of those that Python 3.11.7 gave.
func TestTables(t *testing.T) {
	for _, c := range []struct {
		name string
		is   func(rune) bool
		want string
	}{
		{"isspace", IsSpace, "88c564e99693061ab01f87b51191b3e33e015b2b616c57dd6194a24cc94e4132"},
		{"isalpha", IsAlpha, "b150c79d255e250857fd242d9e1d2cf637bf70286f83fcae21178fe2fdc6c4a1"},
		{"isdigit", IsDigit, "c201d3a785c2ccedabf2e1c040e9429b28216f841924cebff46f8fc8678750c0"},
		{"isdecimal", IsDecimal, "b6731f9cc8032a30ba5c9bcaa071ced2ff797497bd66e24a5659c18ce42f8d48"},
		{"isalnum", IsAlnum, "4d7fb5acb212fa42dd319622572a4cd02e65d321ec21321764d7c7d531b82509"},
		{"category P", IsPunctuation, "f3f4698bcdf53dfe3ab0c11ac5df9e200b71b799504e18831525d1b1c90d14d2"},
		{"category Mn", IsMark, "a83b5d3238062e75d50fec8856f5cc85174a56d002031e19928969a30a629252"},
	} {
		h := sha256.New()
		for r := rune(0); r <= utf8.MaxRune; r++ {
			if !utf8.ValidRune(r) {
				continue
			}
			b := []byte{0}
			if c.is(r) {
				b[0] = 1
			}
			h.Write(b)
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != c.want {
			t.Errorf("%s: the answers for all characters sum to %s, want %s", c.name, got, c.want)
		}
	}
	h := sha256.New()
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if utf8.ValidRune(r) {
			h.Write([]byte(Lower(string(r)) + "\n"))
		}
	}
	if got, want := hex.EncodeToString(h.Sum(nil)), "df5f2dce2f27c6135470af16d1fb16abb665a21ddc29386b62030008b01a2429"; got != want {
		t.Errorf("lower: the answers for all characters sum to %s, want %s", got, want)
	}
}

// TestMethods compares with what Python 3.11.7 answered on 400 made-up strings.
func TestMethods(t *testing.T) {
	h, err := os.Open("testdata/methods.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	texts := func(spans []text.Span, s string) []string {
		out := []string{}
		for _, w := range spans {
			out = append(out, s[w.Start:w.End])
		}
		return out
	}
	n := 0
	for lines := bufio.NewScanner(h); lines.Scan(); n++ {
		var c struct {
			S, Lower, Strip, Lstrip, Rstrip string
			Split, Lines                    []string
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if got := Lower(c.S); got != c.Lower {
			t.Errorf("%q in lower case is %q, want %q", c.S, got, c.Lower)
		}
		if got := texts(Split(nil, c.S), c.S); !slices.Equal(got, c.Split) {
			t.Errorf("%q splits into %q, want %q", c.S, got, c.Split)
		}
		if got := texts(SplitLines(nil, c.S), c.S); !slices.Equal(got, c.Lines) {
			t.Errorf("the lines of %q are %q, want %q", c.S, got, c.Lines)
		}
		if Strip(c.S) != c.Strip || StripLeft(c.S) != c.Lstrip || StripRight(c.S) != c.Rstrip {
			t.Errorf("%q stripped is %q, %q, %q, want %q, %q, %q", c.S, Strip(c.S), StripLeft(c.S), StripRight(c.S), c.Strip, c.Lstrip, c.Rstrip)
		}
	}
	if n != 400 {
		t.Errorf("%d strings, want 400", n)
	}
}

func FuzzMethods(f *testing.F) {
	f.Add("a\x85b\u2028\r\n c Σ. İ")
	f.Add("\xff\x1c \xe2\x80")
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, w := range Split(nil, s) {
			if int(w.Start) < last || w.End <= w.Start || Strip(s[w.Start:w.End]) != s[w.Start:w.End] {
				t.Errorf("%q: no word at %v", s, w)
			}
			if Strip(s[last:w.Start]) != "" {
				t.Errorf("%q: something between words at %d", s, last)
			}
			last = int(w.End)
		}
		last = 0
		for _, l := range SplitLines(nil, s) {
			if int(l.Start) < last || l.End < l.Start {
				t.Errorf("%q: no line at %v", s, l)
			}
			last = int(l.End)
		}
		if utf8.ValidString(s) && !utf8.ValidString(Lower(s)) {
			t.Errorf("%q in lower case is no UTF-8", s)
		}
	})
}
