package filters

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/filters/internal/ngram"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// slowTop and slowDup say what is measured, without any cleverness.
func slowTop(words []string, n int) (chars int) {
	counts, ends := map[string]int{}, map[string]int{}
	best, longest := 1, 0
	for i := 0; i+n <= len(words); i++ {
		gram := strings.Join(words[i:i+n], " ")
		if i >= ends[gram] {
			counts[gram]++
			ends[gram] = i + n
		}
	}
	for gram, c := range counts {
		if long := len(gram) - (n - 1); c > best || c == best && c > 1 && long > longest {
			best, longest = c, long
		}
	}
	return best * longest
}

func slowDup(words []string, n int) (chars int) {
	seen := map[string]bool{}
	covered := make([]bool, len(words))
	for i := 0; i+n <= len(words); i++ {
		gram := strings.Join(words[i:i+n], " ")
		for k := i; seen[gram] && k < i+n; k++ {
			covered[k] = true
		}
		seen[gram] = true
	}
	for i, c := range covered {
		if c {
			chars += len(words[i])
		}
	}
	return chars
}

func TestNgramsAgainstSlowWay(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	vocabulary := strings.Fields("a bb ccc d ee f gggg h i jj")
	f := gopherRepetition
	var v text.View
	m := make([]float64, len(f.Rules()))
	for range 3000 {
		words := make([]string, rnd.IntN(60))
		size := 1 + rnd.IntN(len(vocabulary))
		for i := range words {
			if i > 12 && rnd.IntN(3) == 0 { // copy a passage
				words[i] = words[i-11]
				continue
			}
			words[i] = vocabulary[rnd.IntN(size)]
		}
		s := strings.Join(words, " ")
		v.Reset(s)
		f.Measure(&v, m)
		for n := ngram.MinTop; n <= ngram.MaxDup; n++ {
			chars := slowTop(words, n)
			if n >= ngram.MinDup {
				chars = slowDup(words, n)
			}
			want := ratio(float64(chars), float64(len(s)))
			if got := m[4+n-ngram.MinTop]; got != want && !(stages.IsNA(got) && stages.IsNA(want)) {
				t.Fatalf("n = %d: got %v, want %v of %q", n, got, want, s)
			}
		}
	}
}

// An n-gram of a script without spaces is as many units as n words, and repetition shows there as it does in English.
func TestNgramsOfUnspacedText(t *testing.T) {
	f := gopherRepetition
	for _, c := range []struct {
		name, text, rule string
		least, most      float64
	}{
		{"a passage of ten characters twice is no 10-gram of 15", "春眠不觉晓处处闻啼鸟。夜来风雨声，花落知多少。春眠不觉晓处处闻啼鸟。白日依山尽，黄河入海流。", "dup_10gram", 0, 0},
		{"but a 5-gram of 8", "春眠不觉晓处处闻啼鸟。夜来风雨声，花落知多少。春眠不觉晓处处闻啼鸟。白日依山尽，黄河入海流。", "dup_5gram", 0.2, 0.25},
		{"slogans", strings.Repeat("买鞋买帽就来我们店。", 20), "dup_10gram", 0.8, 1},
		{"laughter", strings.Repeat("哈", 300), "top_2gram", 0.99, 1},
		{"laughter in Thai", strings.Repeat("ฮ่า", 300), "top_4gram", 0.95, 1},
	} {
		var v text.View
		v.Reset(c.text)
		rules := f.Rules()
		m := make([]float64, len(rules))
		f.Measure(&v, m)
		for i, r := range rules {
			if r.Name == c.rule && !(m[i] >= c.least && m[i] <= c.most) {
				t.Errorf("%s: %s is %v, want %v to %v", c.name, r.Name, m[i], c.least, c.most)
			}
		}
	}
}

func TestGopherRepetitionEdges(t *testing.T) {
	line := func(n int) string { return strings.Repeat("x", n) + "\n" }
	for _, c := range []struct {
		name, text string
		rule       string // that drops, "" for none
		value      float64
	}{
		{"three lines of ten are copies: at max", "a\nb\nc\nd\ne\nf\ng\na\na\na\n" + line(100), "", 0},
		{"a third of the lines", line(100) + "a\nb\na", "", 0},
		{"two of five lines", line(90) + "aa\nb\naa\naa", "dup_lines", 0.4},
		{"blank lines are no copies", "a\n\n\n\n\nb\n\n\n\nc", "", 0},
		{"a long line twice among short ones", line(90) + "a\nb\nc\nd\n" + line(90), "dup_line_chars", 90.0 / 184},
		{"copies are a third of the lines, half of the paragraphs", "a\n\nb\n\nc\nd\ne\n\na\n\nb\n\n" + line(300), "dup_paragraphs", 2.0 / 6},
		{"two words alone repeat nothing", "hello there", "", 0},
		{"one word five times", "word word word word word", "top_2gram", 16.0 / 24},
		{"empty", "", "", 0},
	} {
		f := gopherRepetition
		var v text.View
		v.Reset(c.text)
		m := make([]float64, len(f.Rules()))
		f.Measure(&v, m)
		rule, value := "", 0.0
		for i, r := range f.Rules() {
			if !r.Keep.Has(m[i]) {
				rule, value = r.Name, m[i]
				break
			}
		}
		if rule != c.rule || !(value-c.value < 1e-12 && c.value-value < 1e-12) {
			t.Errorf("%s: dropped by %q at %v, want %q at %v", c.name, rule, value, c.rule, c.value)
		}
	}
}
