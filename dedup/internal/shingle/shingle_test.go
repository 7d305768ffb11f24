package shingle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text"
)

func cut(s string) Words {
	var v text.View
	v.Reset(s)
	var w Words
	w.Cut(&v)
	return w
}

func hashes(words ...string) []uint64 {
	var out []uint64
	for _, w := range words {
		h, _ := hash(w, 0, len(w), false)
		out = append(out, h)
	}
	return out
}

func TestCut(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		want     []string
		unspaced bool
	}{
		"words":            {"The quick, BROWN fox!", []string{"the", "quick", "brown", "fox"}, false},
		"long words":       {"Internationalization ABCDEFGH abcdefghZ", []string{"internationalization", "abcdefgh", "abcdefghz"}, false},
		"neighbours of A":  {"@A[Z`z{", []string{"a", "z", "z"}, false},
		"other scripts":    {"Éclair ÄPFEL Ёлка", []string{"éclair", "äpfel", "ёлка"}, false},
		"han":              {"你好，世界", []string{"你", "好", "世", "界"}, true},
		"thai with marks":  {"ที่นี่", []string{"ที่", "นี่"}, true},
		"kana":             {"カタかな", []string{"カ", "タ", "か", "な"}, true},
		"mostly spaced":    {"the word 好 means good", []string{"the", "word", "好", "means", "good"}, false},
		"spaced and glued": {"ABC好def", []string{"abc", "好", "def"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := cut(c.text)
			if !slices.Equal(got.Hashes, hashes(c.want...)) || got.Unspaced != c.unspaced {
				t.Errorf("%q: %d words, unspaced %v, want %q, %v", c.text, len(got.Hashes), got.Unspaced, c.want, c.unspaced)
			}
		})
	}
}

func TestCutWithoutWords(t *testing.T) {
	for _, s := range []string{"", " ", "!?", "—…"} {
		if got := cut(s); len(got.Hashes) != 1 {
			t.Errorf("%q has %d words, want 1", s, len(got.Hashes))
		}
	}
	if slices.Equal(cut("!").Hashes, cut("?").Hashes) {
		t.Error("two texts without words have the same word")
	}
}

func TestLower(t *testing.T) {
	for c := range byte(utf8.RuneSelf) {
		want := c
		if 'A' <= c && c <= 'Z' {
			want |= 0x20
		}
		if got := byte(lower(uint64(c)<<24) >> 24); got != want {
			t.Errorf("%q becomes %q, want %q", c, got, want)
		}
	}
}

// TestHashSpreads looks at the hashes of half a million words that differ little: all distinct, and every bit set in half of them.
func TestHashSpreads(t *testing.T) {
	const n = 1 << 19
	seen := make(map[uint64]bool, n)
	var ones [64]int
	for i := range n {
		s := fmt.Sprintf("%x", i)
		if i%2 == 0 {
			s = "long common prefix " + s
		}
		h, _ := hash(s, 0, len(s), false)
		seen[h] = true
		for b := range ones {
			ones[b] += int(h >> b & 1)
		}
	}
	if len(seen) != n {
		t.Errorf("%d distinct hashes of %d words", len(seen), n)
	}
	for b, k := range ones { // binomial: 4.5 standard deviations are √n · 2.25
		if d := k - n/2; d*d > n*5 {
			t.Errorf("bit %d is set in %d of %d hashes", b, k, n)
		}
	}
}

func TestGrams(t *testing.T) {
	w := hashes("a", "b", "c", "a", "b", "c", "d")
	g := Grams(nil, w, 3)
	if len(g) != 5 {
		t.Fatalf("%d grams of 7 words, want 5", len(g))
	}
	if g[0] != g[3] {
		t.Error("equal runs of words have different hashes")
	}
	if slices.Contains(g[1:3], g[0]) || g[4] == g[0] {
		t.Error("different runs of words have equal hashes")
	}
	if rolled := Grams(nil, w[3:6], 3); rolled[0] != g[3] {
		t.Error("the hash depends on what stands before")
	}
	if slices.Equal(Grams(nil, w[:3], 3), Grams(nil, []uint64{w[1], w[0], w[2]}, 3)) {
		t.Error("the order of words does not matter")
	}
	for n, words := range map[string][]uint64{"none": nil, "one": w[:1], "two": w[:2]} {
		if got := Grams(nil, words, 3); len(got) != 1 || slices.Contains(g, got[0]) {
			t.Errorf("%s: shingles %v, want one of its own", n, got)
		}
	}
	if slices.Equal(Grams(nil, w[:2], 3), Grams(nil, w[:2], 2)) {
		t.Error("a text shorter than n looks like an n-gram of its length")
	}
}

func TestSet(t *testing.T) {
	var a, b Set
	for _, c := range []struct {
		a, b []uint64
		want float64
	}{
		{nil, nil, 1},
		{nil, []uint64{1}, 0},
		{[]uint64{0}, []uint64{0}, 1},
		{[]uint64{0, 1}, []uint64{1}, 0.5},
		{[]uint64{1, 1, 2, 3}, []uint64{3, 2, 2, 4}, 0.5},
		{[]uint64{8, 16, 24, 32}, []uint64{8, 16, 24, 40}, 0.6},
	} {
		a.Build(c.a)
		b.Build(c.b)
		if got := a.Jaccard(&b); got != c.want {
			t.Errorf("%v, %v: %v, want %v", c.a, c.b, got, c.want)
		}
		if a.Jaccard(&b) != b.Jaccard(&a) {
			t.Errorf("%v, %v: not symmetric", c.a, c.b)
		}
	}
}

func TestSetAgainstMap(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var s Set
	for n := range 200 {
		in, want := make([]uint64, n), map[uint64]bool{}
		for i := range in {
			in[i] = rng.Uint64N(100) << (n % 50)
			want[in[i]] = true
		}
		s.Build(in)
		if s.Len() != len(want) {
			t.Fatalf("%d distinct, want %d", s.Len(), len(want))
		}
		for x := range uint64(100) {
			if s.Has(x<<(n%50)) != want[x<<(n%50)] {
				t.Fatalf("has %d: %v", x, !want[x])
			}
		}
	}
}

func TestIndex(t *testing.T) {
	words := func(s string) []uint64 { return hashes(strings.Split(s, "")...) }
	for _, c := range [][2]string{{"abcabd", "abd"}, {"aaaaab", "aab"}, {"abc", "abc"}, {"abc", "abcd"}, {"ababac", "abac"}, {"abc", "x"}} {
		if got, want := Index(words(c[0]), words(c[1])), strings.Index(c[0], c[1]); got != want {
			t.Errorf("%s in %s: %d, want %d", c[1], c[0], got, want)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add("Hello, 世界 ที่ \xff\xfe é")
	f.Fuzz(func(t *testing.T, s string) {
		a, b := cut(s), cut(s+" ")
		if len(a.Hashes) == 0 {
			t.Fatal("no word")
		}
		if len(a.Hashes) > 1 && utf8.ValidString(s) && !slices.Equal(a.Hashes, b.Hashes) {
			t.Error("a space at the end changes the words")
		}
	})
}

func BenchmarkCut(b *testing.B) {
	s := strings.Repeat("The Quick brown fox jumps over the lazy dog, and runs away quickly. ", 200)
	var v text.View
	var w Words
	b.SetBytes(int64(len(s)))
	v.Reset(s)
	v.Words()
	for b.Loop() {
		w.Cut(&v)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(w.Hashes)), "ns/word")
}

func BenchmarkJaccard(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	in := make([]uint64, 1500)
	for i := range in {
		in[i] = rng.Uint64()
	}
	var x, y Set
	x.Build(in)
	b.SetBytes(int64(8 * len(in)))
	for b.Loop() {
		y.Build(in[200:])
		x.Jaccard(&y)
	}
}
