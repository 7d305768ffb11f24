package tally

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/stages"
)

const (
	exampleChars  = 400
	exampleBudget = 120_000 // bytes of JSON for the texts of all examples
)

// Examples are a few of the documents that a rule dropped. Which ones depends on their ids, texts and values alone.
type Examples struct {
	Random  []Example `json:"random,omitempty"`  // up to five, by hash of the id
	Near    []Example `json:"near,omitempty"`    // the two closest to the bound
	Extreme []Example `json:"extreme,omitempty"` // the one farthest from it
}

// An Example is a document that was dropped, its text masked and clipped to 400 characters.
type Example struct {
	ID       string `json:"id"`
	Source   string `json:"source,omitempty"`
	Language string `json:"language,omitempty"`
	Text     string `json:"text"`
	Clipped  bool   `json:"clipped,omitempty"`
	Value    Number `json:"value"`
	Kept     string `json:"kept,omitempty"`
	Why      string `json:"why,omitempty"`
	Hash     uint64 `json:"hash"`
}

func (t *Tally) example(e *Examples, rule stages.Rule, d *stages.Document, v stages.Verdict) {
	x := Example{ID: d.ID, Language: Cut(plain(d.Fields, "language"), 16, 16), Value: Number(v.Value), Hash: xxhash.Sum64String(d.ID)}
	distance := away(rule, x)
	filled := false
	fill := func() {
		if !filled {
			t.fill(&x, d, v)
			filled = true
		}
	}
	if fits(e.Random, 5, x, byHash) {
		fill()
		e.Random = insert(e.Random, 5, x, byHash)
	}
	if math.IsNaN(distance) {
		return
	}
	if fits(e.Near, 2, x, byNear(rule)) {
		fill()
		e.Near = insert(e.Near, 2, x, byNear(rule))
	}
	if fits(e.Extreme, 1, x, byFar(rule)) {
		fill()
		e.Extreme = insert(e.Extreme, 1, x, byFar(rule))
	}
}

// fill copies what is shown of a document.
func (t *Tally) fill(x *Example, d *stages.Document, v stages.Verdict) {
	x.Text, x.Clipped = Excerpt(d.Body(), t.mask)
	x.ID = strings.Clone(Cut(d.ID, 200, 200))
	x.Source = strings.Clone(Cut(d.Source, 80, 80))
	x.Kept = strings.Clone(Cut(v.Kept, 200, 200))
	x.Why = strings.Clone(Cut(t.mask(Cut(v.Why, 600, 600)), 200, 200))
}

// Excerpt returns the first 400 characters of a text, masked, and whether there were more. It masks before it clips, so that no
// half of a number slips through.
func Excerpt(body string, mask func(string) string) (text string, clipped bool) {
	head := Cut(body, 3*exampleChars, 12*exampleChars)
	masked := mask(head)
	text = strings.Clone(Cut(masked, exampleChars, 4*exampleChars))
	return text, len(text) < len(masked) || len(head) < len(body)
}

// Cut returns the first characters of s, at most so many characters and bytes; invalid UTF-8 becomes U+FFFD.
func Cut(s string, characters, bytes int) string {
	i, n := 0, 0
	for i < len(s) && n < characters {
		_, w := utf8.DecodeRuneInString(s[i:])
		if i+w > bytes {
			break
		}
		i += w
		n++
	}
	return strings.ToValidUTF8(s[:i], "\uFFFD")
}

// far is the distance of x from the range, relative to the bound that it lies beyond; NaN when it lies inside.
func far(r stages.Range, x float64) float64 {
	switch {
	case x < r.Min:
		return (r.Min - x) / scale(r.Min)
	case x > r.Max:
		return (x - r.Max) / scale(r.Max)
	}
	return math.NaN()
}

func scale(bound float64) float64 { return max(math.Abs(bound), 1e-9) }

func byHash(a, b Example) int {
	return cmp.Or(cmp.Compare(a.Hash, b.Hash), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Value, b.Value))
}

func byNear(rule stages.Rule) func(a, b Example) int {
	return func(a, b Example) int {
		return cmp.Or(cmp.Compare(away(rule, a), away(rule, b)), byHash(a, b))
	}
}

func byFar(rule stages.Rule) func(a, b Example) int {
	return func(a, b Example) int {
		return cmp.Or(cmp.Compare(away(rule, b), away(rule, a)), byHash(a, b))
	}
}

// away is the distance of an example from the bounds that held for it; NaN for a rule without bounds.
func away(rule stages.Rule, x Example) float64 {
	return far(rule.Keep.For(x.Language), float64(x.Value))
}

func fits(list []Example, n int, x Example, order func(a, b Example) int) bool {
	return len(list) < n || order(x, list[n-1]) < 0
}

// insert puts x in its place in a sorted list of at most n.
func insert(list []Example, n int, x Example, order func(a, b Example) int) []Example {
	at, _ := slices.BinarySearchFunc(list, x, order)
	list = slices.Insert(list, at, x)
	return list[:min(n, len(list))]
}

func (e *Examples) merge(o *Examples, rule stages.Rule) {
	for _, x := range o.Random {
		if fits(e.Random, 5, x, byHash) {
			e.Random = insert(e.Random, 5, x, byHash)
		}
	}
	for _, x := range o.Near {
		if fits(e.Near, 2, x, byNear(rule)) {
			e.Near = insert(e.Near, 2, x, byNear(rule))
		}
	}
	for _, x := range o.Extreme {
		if fits(e.Extreme, 1, x, byFar(rule)) {
			e.Extreme = insert(e.Extreme, 1, x, byFar(rule))
		}
	}
}

// each calls f on the examples of a rule.
func (e *Examples) each(f func(*Example)) {
	for _, list := range [...][]Example{e.Random, e.Near, e.Extreme} {
		for i := range list {
			f(&list[i])
		}
	}
}

// trim shortens the texts of all examples alike until they fit the budget, and then their number.
func (t *Tally) trim() {
	for limit, random := 4*exampleChars, 5; ; limit /= 2 {
		if limit < 2*exampleChars/8 && random > 2 {
			random = 2
			t.thin(random)
		}
		size := 0
		t.each(func(x *Example) {
			if len(x.Text) > limit {
				x.Text, x.Clipped = Cut(x.Text, exampleChars, limit), true
			}
			x.Why = Cut(x.Why, 200, limit)
			size += 120 + escaped(x.Text) + escaped(x.Why) + escaped(x.ID) + escaped(x.Kept) + escaped(x.Source)
		})
		if size <= exampleBudget {
			return
		}
		if limit < 32 {
			t.thin(0)
			return
		}
	}
}

// thin leaves so many random examples for each rule; 0 leaves one example of any kind.
func (t *Tally) thin(random int) {
	for i := range t.Stages {
		for k := range t.Stages[i].Rules {
			e := &t.Stages[i].Rules[k].Examples
			e.Random = e.Random[:min(len(e.Random), max(random, 1))]
			if random == 0 {
				e.Near, e.Extreme = nil, nil
			}
		}
	}
}

func (t *Tally) each(f func(*Example)) {
	for i := range t.Stages {
		for k := range t.Stages[i].Rules {
			t.Stages[i].Rules[k].Examples.each(f)
		}
	}
}

// escaped is the length of s in JSON, about.
func escaped(s string) int {
	n := len(s)
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			n += 5
		}
	}
	return n
}
