package filters

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
)

func TestRepeats(t *testing.T) {
	for _, c := range []struct {
		name, text  string
		times, char float64
	}{
		{"two of one letter", "hello", 1, 2},
		{"at max", strings.Repeat("no ", 31), 31, 31},
		{"over max", strings.Repeat("no ", 32), 32, 32},
		{"a period of three words", strings.Repeat("a bc d ", 20), 20, 20},
		{"a period of 13 words", strings.Repeat("a b c d e f g h i j k l m ", 5), 5, 1},
		{"a period of 14 is none", strings.Repeat("a b c d e f g h i j k l mm n ", 5), 1, 2},
		{"letters", "l" + strings.Repeat("ol", 40), 1, 40},
		{"not whole", "abcabca", 1, 2},
		{"a rule", strings.Repeat("-", 500) + " x", 1, 1},
		{"leaders", "Chapter 1 " + strings.Repeat(". ", 100), 1, 1},
		{"a table frame", strings.Repeat("+--", 60), 1, 1},
		{"indentation", strings.Repeat(" ", 200) + "x", 1, 1},
		{"a drawn line", strings.Repeat("═", 90), 1, 1},
		{"numbers", strings.Repeat("0", 64), 1, 64},
		{"a rule beside letters", strings.Repeat("=", 90) + strings.Repeat("ha", 5), 1, 5},
		{"Chinese", strings.Repeat("哈", 40), 40, 40},
		{"Thai with marks", strings.Repeat("ที่", 12), 12, 12},
		{"Arabic", strings.Repeat("لا ", 33), 33, 33},
		{"Devanagari", "नमस्ते दुनिया", 1, 1},
		{"punctuation between words", strings.Repeat("yes, ", 40), 40, 40},
		{"a gap ends it", strings.Repeat("a ", 20) + "b " + strings.Repeat("a ", 25), 25, 25},
		{"invalid UTF-8", strings.Repeat("\xff", 50), 1, 1},
	} {
		f := repeats
		var v text.View
		v.Reset(c.text)
		m := make([]float64, 2)
		f.Measure(&v, m)
		if stages.IsNA(m[0]) {
			m[0] = 1
		}
		if m[0] != c.times || m[1] != c.char {
			t.Errorf("%s: %v and %v times, want %v and %v", c.name, m[0], m[1], c.times, c.char)
		}
	}
}

func TestRepeatsValidate(t *testing.T) {
	for _, p := range []stages.Range{stages.Between(0, 13), stages.Between(1, 65), stages.Between(5, 3), stages.Between(1.5, 3), stages.AtLeast(1), {Min: 1, Max: 3, By: map[string]stages.Range{"zh": stages.Any}}} {
		f := repeats
		f.Period = p
		if err := f.Validate(); err == nil || !strings.HasPrefix(err.Error(), "period: ") {
			t.Errorf("period %+v: %v", p, err)
		}
	}
	if err := (&Repeats{Period: stages.Between(1, 64)}).Validate(); err != nil {
		t.Error(err)
	}
}

// longestRun by the definition: for every period and place, how often the elements before it follow themselves.
func slowestRun(a []byte, lo, hi int) int {
	best := 1
	for p := lo; p <= hi; p++ {
		for from := 0; from+p <= len(a); from++ {
			times := 1
			for at := from + p; at+p <= len(a) && string(a[at:at+p]) == string(a[from:from+p]); at += p {
				times++
			}
			if times > 1 && anyWordByte(a[from:from+p]) {
				best = max(best, times)
			}
		}
	}
	return best
}

func TestLongestRunIsByTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		a := make([]byte, r.IntN(40))
		for i := range a {
			a[i] = "ab-"[r.IntN(3)]
			if n := 1 + r.IntN(6); i >= n && r.IntN(3) > 0 {
				a[i] = a[i-n]
			}
		}
		lo, hi := 1+r.IntN(3), 3+r.IntN(8)
		if got, want := longestRun(a, lo, hi, anyWordByte), slowestRun(a, lo, hi); got != want {
			t.Fatalf("%q, periods %d to %d: %d times, want %d", a, lo, hi, got, want)
		}
	}
}

func TestC4Paragraphs(t *testing.T) {
	line := func(s string, n int) string { return strings.Repeat(s, n) }
	for _, c := range []struct {
		name, text string
		want       float64
	}{
		{"three of 200", line("x", 200) + "\n" + line("y", 200) + "\n" + line("z", 200), 3},
		{"199", line("x", 199), 0},
		{"200", line("x", 200), 1},
		{"white space around", line(" ", 100) + line("x", 150) + line(" ", 100), 0},
		{"short lines", "short\nshort\nshort", 0},
		{"umlauts count once", line("ä", 200), 1},
		{"Chinese", line("世", 50) + "\n" + line("界", 49), 1},
		{"Chinese and English", line("世", 25) + " " + line("word ", 20), 1},
		{"Thai is never shorter than its characters", line("ที่", 67), 1},
		{"Korean", line("가나다라 ", 22) + "가", 1},
		{"less Korean", line("가나다라 ", 21) + "가나", 0},
		{"Arabic", line("كلمة ", 40) + "كلمة", 1},
		{"no line", " ", 0},
	} {
		var v text.View
		v.Reset(c.text)
		m := make([]float64, 1)
		f := c4Paragraphs
		f.Measure(&v, m)
		if m[0] != c.want {
			t.Errorf("%s: %v paragraphs, want %v", c.name, m[0], c.want)
		}
	}
}

// Books and laws of the world repeat nothing 32 times over, in no language and script.
func TestRepeatsKeepsTheBible(t *testing.T) {
	docs, _ := bibleChapters(t)
	f := repeats
	var v text.View
	m := make([]float64, 2)
	for _, s := range docs {
		v.Reset(s)
		f.Measure(&v, m)
		if !f.Times.Has(m[0]) || !f.CharTimes.Has(m[1]) {
			t.Errorf("%.60q goes: %v and %v times", s, m[0], m[1])
		}
	}
}

// The same law has about as many long paragraphs in every script: at 60 characters, so that there are some, from two thirds to one and a
// half times those of English.
func TestC4ParagraphsMeansTheSameInEveryScript(t *testing.T) {
	f := c4Paragraphs
	f.Length = 60
	long := map[string]float64{}
	for _, s := range samplesOf(t) {
		if !strings.HasPrefix(s.name, "declaration") {
			continue
		}
		var v text.View
		v.Reset(s.text)
		m := make([]float64, 1)
		f.Measure(&v, m)
		long[s.language] = m[0]
	}
	for language, n := range long {
		if r := n / long["en"]; !(r >= 0.66 && r <= 1.5) {
			t.Errorf("%s has %v long paragraphs, English %v", language, n, long["en"])
		}
	}
}

// BenchmarkRules measures the small filters on the Common Crawl documents.
func BenchmarkRules(b *testing.B) {
	docs, size := realdata.CommonCrawlTexts(b)
	paragraphs, periods, code := c4Paragraphs, repeats, codeQuality
	for name, f := range map[string]stages.Filter{"repeats": &periods, "c4_paragraphs": &paragraphs, "code_quality": &code} {
		b.Run(name, func(b *testing.B) {
			var v text.View
			m := make([]float64, len(f.Rules()))
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, s := range docs {
					v.Reset(s)
					f.Measure(&v, m)
				}
			}
		})
	}
}
