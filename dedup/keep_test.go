package dedup

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

func TestKeepSetting(t *testing.T) {
	for src, want := range map[string]string{
		"keep: longest":                "longest",
		"keep: first":                  "first",
		"keep: {newest: crawl}":        "{newest: crawl}",
		"keep: {best: quality_score}":  "{best: quality_score}",
		"keep: 'newest: crawl'":        "{newest: crawl}",
		"keep: newest":                 "needs the field",
		"keep: {longest: text}":        "takes no field",
		"keep: shortest":               "is not one of",
		"keep: [longest]":              "is one of first, longest",
		"keep: {newest: a, best: b}":   "is one of first, longest",
		"keep: {newest: [a]}":          "is one of first, longest",
		"similarity: 0.8\nngram: 7":    "longest",
		"{keep: first, only_from: cc}": "first",
	} {
		c := minHashDefaults
		tree, problems := settings.Parse("recipe", []byte(src))
		problems = append(problems, settings.Decode(tree, &c)...)
		got := c.Keep.String()
		if len(problems) > 0 {
			got = problems[0].Error()
		}
		if !strings.Contains(got, want) || len(problems) == 0 && got != want {
			t.Errorf("%s: %s, want %s", src, got, want)
		}
	}
}

func TestNaturalKey(t *testing.T) {
	order := []string{
		"", "a", "a1", "a2", "a10", "a10b", "a99", "a100", "a1" + strings.Repeat("0", 300), "a2" + strings.Repeat("0", 300), "a2" + strings.Repeat("0", 600),
		"ab", "shard-2#9", "shard-2#10", "shard-10#1",
	}
	for i := 1; i < len(order); i++ {
		if a, b := naturalKey(nil, order[i-1]), naturalKey(nil, order[i]); bytes.Compare(a, b) >= 0 {
			t.Errorf("%.20q does not come before %.20q", order[i-1], order[i])
		}
	}
}

func TestInstant(t *testing.T) {
	order := []string{
		"-5", "1999", "2001-02", "2001-02-03", "2001-02-03T04:05:06Z", "2001-02-03 04:05:07", "CC-MAIN-2013-20", "CC-MAIN-2024-10", "2024-04-01T00:00:00+02:00",
		"2024-04-01", "Tue, 02 Apr 2024 10:00:00 GMT", "1800000000",
	}
	for i := 1; i < len(order); i++ {
		if a, b := instant(order[i-1]), instant(order[i]); !(a < b) {
			t.Errorf("%s (%v) is not before %s (%v)", order[i-1], a, order[i], b)
		}
	}
	for _, s := range []string{"", "soon", "CC-MAIN-x", "2024-13-01"} {
		if x := instant(s); !math.IsNaN(x) {
			t.Errorf("%q is the time %v", s, x)
		}
	}
}

func TestKeepKey(t *testing.T) {
	doc := func(score, text string) *stages.Document {
		d := &stages.Document{Text: text}
		if score != "" {
			d.Fields.SetRaw("score", []byte(score))
		}
		return d
	}
	k := Keep{Policy: "best", Field: "score"}
	order := []string{"1e300", "10", "9.5", "0", "-0.5", "-1e300", ""}
	for i := 1; i < len(order); i++ {
		a, _ := k.key(nil, doc(order[i-1], ""), "")
		b, ok := k.key(nil, doc(order[i], ""), "")
		if bytes.Compare(a, b) >= 0 || ok != (order[i] != "") {
			t.Errorf("%q does not rank before %q, readable %v", order[i-1], order[i], ok)
		}
	}
	a, _ := k.key(nil, doc("0", ""), "")
	b, _ := k.key(nil, doc("-0", ""), "")
	if !bytes.Equal(a, b) {
		t.Error("0 and -0 rank differently")
	}
	for _, k := range []Keep{{Policy: "first"}, {Policy: "longest"}, {Policy: "newest", Field: "score"}} {
		key, _ := k.key([]byte("x"), doc("1", ""), "")
		if len(key) != 1+k.width() {
			t.Errorf("%v: key of %d bytes, want %d", k, len(key)-1, k.width())
		}
	}
}
