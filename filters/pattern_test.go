package filters

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
)

// provisioned is a component that has passed its checks and has what it needs.
func provisioned[C interface {
	stages.Validator
	stages.Provisioner
}](t testing.TB, c C,
) C {
	t.Helper()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	if err := c.Provision(&stages.Env{}); err != nil {
		t.Fatal(err)
	}
	return c
}

// judged is what a component that maps, measures or both makes of a document: its verdict and what it has measured.
func judged(t testing.TB, c any, d *stages.Document, language string) (stages.Verdict, []float64) {
	t.Helper()
	var v text.View
	v.Reset(d.Body())
	v.SetLanguage(language)
	if m, ok := c.(stages.Mapper); ok {
		verdict, err := m.Map(d, &v)
		if err != nil {
			t.Fatal(err)
		}
		if verdict.Rule != "" {
			return verdict, nil
		}
		v.Reset(d.Body())
		v.SetLanguage(language)
	}
	f, ok := c.(stages.Filter)
	if !ok {
		return stages.Verdict{}, nil
	}
	rules := f.Rules()
	m := make([]float64, len(rules))
	f.Measure(&v, m)
	for i, r := range rules {
		if !r.Keep.For(language).Has(m[i]) {
			return stages.Verdict{Rule: r.Name, Value: m[i]}, m
		}
	}
	return stages.Verdict{}, m
}

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		name    string
		p       Pattern
		text    string
		dropped bool
		value   float64
		why     string
	}{
		{"no match", Pattern{Match: "casino"}, "a quiet text", false, 0, ""},
		{"one match", Pattern{Match: "casino"}, "the casino", true, 1, "casino"},
		{"any case", Pattern{Match: "(?i)casino"}, "CASINO casino", true, 2, "CASINO"},
		{"matched stays", Pattern{Match: "casino", Keep: "matched"}, "the casino", false, 1, ""},
		{"unmatched goes", Pattern{Match: "casino", Keep: "matched"}, "a quiet text", true, 0, ""},
		{"at max", Pattern{Match: "x", Matches: stages.AtMost(3)}, "xxx", false, 3, ""},
		{"over max", Pattern{Match: "x", Matches: stages.AtMost(3)}, "xxxx", true, 4, "x"},
		{"under min", Pattern{Match: "x", Matches: stages.AtLeast(2)}, "x", true, 1, "x"},
		{"matches do not overlap", Pattern{Match: "aa", Matches: stages.AtMost(2)}, "aaaaa", false, 2, ""},
		{"Chinese", Pattern{Match: `赌场|\p{Han}{4}`}, "网上赌场", true, 1, "网上赌场"},
		{"Arabic letters", Pattern{Match: `\p{Arabic}+`, Keep: "matched"}, "مرحبا بالعالم", false, 2, ""},
		{"line ends", Pattern{Match: "(?m)^#", Matches: stages.AtMost(1)}, "# a\n# b\n", true, 2, "#"},
		{"a long match is shown in part", Pattern{Match: "é+"}, strings.Repeat("é", 60), true, 1, strings.Repeat("é", 40) + "…"},
		{"more than is counted", Pattern{Match: "a"}, strings.Repeat("a", maxMatches+5), true, maxMatches, "a"},
	} {
		if c.p.Keep == "" {
			c.p.Keep = "unmatched"
		}
		if c.p.Matches.Max == 0 && c.p.Matches.Min == 0 {
			c.p.Matches = stages.Any
		}
		p := provisioned(t, &c.p)
		v, m := judged(t, p, &stages.Document{Text: c.text}, "")
		if (v.Rule != "") != c.dropped || v.Rule != "" && (v.Rule != "matches" || v.Value != c.value || v.Why != c.why) {
			t.Errorf("%s: verdict %+v, want dropped %v, value %v, because of %q", c.name, v, c.dropped, c.value, c.why)
		}
		if m != nil && m[0] != c.value {
			t.Errorf("%s: %v matches, want %v", c.name, m[0], c.value)
		}
	}
}

func TestPatternByLanguage(t *testing.T) {
	p := pattern
	p.Match = "x"
	p.Matches = stages.Range{Min: 0, Max: 1, By: map[string]stages.Range{"zh": stages.AtMost(3)}}
	for language, want := range map[string]bool{"en": true, "zh": false} {
		if v, _ := judged(t, provisioned(t, &p), &stages.Document{Text: "xx"}, language); (v.Rule != "") != want {
			t.Errorf("%s: verdict %+v, want dropped %v", language, v, want)
		}
	}
}

func TestPatternValidate(t *testing.T) {
	for match, want := range map[string]string{
		"":                       "match: no regular expression is given",
		"(a":                     `missing closing )`,
		"a(?=b)":                 `no look-around`,
		`(a)\1`:                  `no back-references`,
		"x*":                     "matches the empty text",
		"a{1001}":                "invalid repeat count",
		"*":                      "missing argument to repetition operator",
		strings.Repeat("a", 1e5): "at most 65536 are allowed",
	} {
		p := pattern
		p.Match = match
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("match %.20q: %v, want %q", match, err, want)
		}
	}
	p := pattern
	p.Match, p.Keep, p.Matches = "x", "matched", stages.AtMost(3)
	if err := p.Validate(); err == nil || !strings.HasPrefix(err.Error(), "matches: ") {
		t.Errorf("keep and bounds: %v", err)
	}
}

// Patterns on which a backtracking engine takes 2^n steps must be done with megabytes.
func TestPatternsCannotHang(t *testing.T) {
	hostile := strings.Repeat("a", 1<<20) + "!"
	for _, match := range []string{`(a+)+$`, `(a|a)*b`, `(a|aa)+$`, `(.*)(.*)(.*)(.*)(.*)[^a!]`, `^(([a-z])+.)+[A-Z]([a-z])+$`, `(x+x+)+y`, `((a{0,30}){0,30})b`} {
		p := pattern
		p.Match, p.Keep = match, "matched"
		re, err := compile(match)
		if err != nil {
			t.Errorf("%s: %v", match, err)
			continue
		}
		start := time.Now()
		re.MatchString(hostile)
		if spent := time.Since(start); spent > 30*time.Second {
			t.Errorf("%s: %v on a megabyte", match, spent)
		}
	}
}

// Workers have a component each, and the engine is one for all: they count the same.
func TestPatternsOfManyWorkers(t *testing.T) {
	texts := samplesOf(t)
	counts := make([][]int, 8)
	var all sync.WaitGroup
	for w := range counts {
		p := pattern
		p.Match = `(?i)\b\pL{3,}\b`
		provisioned(t, &p)
		all.Go(func() {
			for range 20 {
				counts[w] = counts[w][:0]
				for _, s := range texts {
					counts[w] = append(counts[w], p.matches(s.text))
				}
			}
		})
	}
	all.Wait()
	for w := range counts {
		if !slices.Equal(counts[w], counts[0]) {
			t.Errorf("worker %d counts %v, worker 0 %v", w, counts[w], counts[0])
		}
	}
}

func TestReplace(t *testing.T) {
	for _, c := range []struct {
		name, match, with, text, want string
		places                        string
	}{
		{"nothing matches", "x", "y", "abc", "abc", "0"},
		{"literal", "a", "b", "banana", "bbnbnb", "3"},
		{"deletes", `\s+$`, "", "text  \n", "text", "1"},
		{"groups", `(\d+)-(\d+)`, "$2:${1}0", "12-34 5-6", "34:120 6:50", "2"},
		{"named", `(?P<k>\w+)=(?P<v>\w+)`, "${v}=$k", "a=b", "b=a", "1"},
		{"dollar", `USD (\d+)`, "$$$1", "USD 5", "$5", "1"},
		{"empty matches", "x*", "-", "abc", "-a-b-c-", "4"},
		{"line starts", "(?m)^", "> ", "a\nb", "> a\n> b", "2"},
		{"a group that takes no part", "(a)|b", "[$1]", "ab", "[a][]", "2"},
		{"case", "(?i)Ärger", "x", "ÄRGER ärger", "x x", "2"},
		{"Thai and Chinese", `[\p{Thai}]+|[，。]`, " ", "你好，ภาษาไทย。", "你好   ", "3"},
		{"with is no pattern", "a", `\1.*`, "a", `\1.*`, "1"},
		{"all of it", ".+", "$0$0", "ab", "abab", "1"},
	} {
		r := provisioned(t, &Replace{Match: c.match, With: c.with, Count: "n"})
		d := stages.Document{Text: c.text}
		judged(t, r, &d, "")
		if places, _ := d.Fields.Text("n"); d.Text != c.want || places != c.places {
			t.Errorf("%s: %q in %s places, want %q in %s", c.name, d.Text, places, c.want, c.places)
		}
	}
}

func TestReplaceTurnsAndAnswers(t *testing.T) {
	d := stages.Document{Turns: []stages.Turn{{Role: "user", Content: "a b"}}, Answers: []stages.Answer{{Text: "b a"}}}
	judged(t, provisioned(t, &Replace{Match: "a", With: "c"}), &d, "")
	if d.Turns[0].Content != "c b" || d.Answers[0].Text != "b c" {
		t.Errorf("%+v", d)
	}
}

func TestReplaceValidate(t *testing.T) {
	for _, c := range []struct{ match, with, want string }{
		{"", "", "match: no regular expression"},
		{"(a", "", "match: "},
		{"(a)", "$2", `with: "$2": the pattern has no group "2": allowed are 0, 1`},
		{"(a)", "$1x", `write ${1}x`},
		{"(?P<day>a)", "${dya}", "allowed are 0, 1, day"},
		{"a", "5$", "write $$ for a dollar sign"},
		{"x*", "", "nothing but empty places"},
	} {
		r := Replace{Match: c.match, With: c.with}
		if c.match == "x*" {
			r.Match = "(?m)^"
		}
		if err := r.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q with %q: %v, want %q", c.match, c.with, err, c.want)
		}
	}
}

func TestReplaceThatGrowsIsAFault(t *testing.T) {
	r := provisioned(t, &Replace{Match: "a", With: strings.Repeat("b", 1<<20)})
	d := stages.Document{Text: strings.Repeat("a", 100)}
	if _, err := r.Map(&d, nil); err == nil || !strings.Contains(err.Error(), "grows beyond") {
		t.Errorf("a text that grows to 100 MiB: %v", err)
	}
	if d.Text != strings.Repeat("a", 100) {
		t.Error("the text of the fault has changed")
	}
}

// FuzzReplace wants of RE2 what Go's regexp makes of the same pattern, template and valid text.
func FuzzReplace(f *testing.F) {
	f.Add(`(a)|b*`, "[$1]", "aabbc")
	f.Add(`(?i)\bthe\b`, "", "The THE other")
	f.Add(`(?m)^\s*$`, "x", "a\n\nb")
	f.Add(`\pL+`, "<$0>", "你好, ภาษา")
	f.Fuzz(func(t *testing.T, match, with, s string) {
		r := Replace{Match: match, With: with}
		if len(match) > 40 || r.Validate() != nil || strings.ToValidUTF8(s, "") != s {
			return
		}
		if err := r.Provision(&stages.Env{}); err != nil {
			t.Fatal(err)
		}
		got, n, err := r.rewrite(s)
		if err != nil {
			return
		}
		re := regexp.MustCompile(match)
		if want := re.ReplaceAllString(s, with); got != want {
			t.Errorf("%q with %q in %q: %q, want %q", match, with, s, got, want)
		}
		if want := len(re.FindAllStringIndex(s, -1)); n != want {
			t.Errorf("%q in %q: %d matches, want %d", match, s, n, want)
		}
	})
}

// BenchmarkPattern measures expressions that match next to nothing, and one that matches often.
func BenchmarkPattern(b *testing.B) {
	docs, size := realdata.CommonCrawlTexts(b)
	for name, match := range map[string]string{
		"phrases": `(?i)casino|viagra|click here|lorem ipsum`, "email": `[\w.+-]+@[\w.-]+\.[a-z]{2,}`, "names": `\b[A-Z][a-z]+ [A-Z][a-z]+\b`,
	} {
		p := pattern
		p.Match = match
		provisioned(b, &p)
		b.Run(name, func(b *testing.B) {
			var v text.View
			m := make([]float64, 1)
			b.SetBytes(int64(size))
			for b.Loop() {
				for _, s := range docs {
					v.Reset(s)
					p.Measure(&v, m)
				}
			}
		})
	}
}
