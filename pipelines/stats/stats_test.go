package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

func document(i int) *stages.Document {
	r := rand.New(rand.NewPCG(1, uint64(i)))
	body := strings.Repeat("a few words of grain and chaff ", 1+r.IntN(20)) + fmt.Sprint(i)
	if i%10 == 0 {
		body = "the same text over and over"
	}
	d := &stages.Document{ID: fmt.Sprint("d", i), Source: []string{"web", "books"}[i%2], Text: "All rights reserved by the mill\n" + body}
	d.Fields.SetText("language", []string{"en", "de", "zh"}[i%3])
	d.Fields.SetText("url", fmt.Sprintf("https://host%d.example/x", i%7))
	d.Fields.SetNumber("score", r.Float64())
	if i%4 == 0 {
		d.Fields.SetRaw("tags", []byte("[ ]"))
	}
	if i%5 == 0 {
		d.Fields.SetRaw("odd", []byte("null"))
	}
	return d
}

func look(s *Stats, ids ...int) {
	var v text.View
	for _, i := range ids {
		d := document(i)
		v.Reset(d.Body())
		s.Add(d, &v)
	}
}

func numbers(from, to int) []int {
	var out []int
	for i := from; i < to; i++ {
		out = append(out, i)
	}
	return out
}

// what is everything that a page shows, in a form that can be compared.
func what(s *Stats) []any {
	out := []any{
		s.All, s.Blank, s.Copies.Count(), s.Copies.Copies(), s.Copies.Most(5), s.Domains.List(9), s.Lines.List(9), s.Starts.List(9), s.Grams.List(9),
		s.Peaks.List(9), s.Samples.List, s.Lengths.Bytes.Bins(), s.Lengths.Words.Bins(),
	}
	for _, g := range []*Groups{&s.Groups, &s.Languages, &s.Scripts, &s.Licences} {
		for _, x := range g.List() {
			out = append(out, x.Name, x.Total, x.Words.Bins())
		}
	}
	for _, c := range s.Columns.List {
		out = append(out, c.Name, c.Present, c.Null, c.Empty, c.Types(), c.Distinct.Count(), c.Numeric.Bins())
		if c.Values.Error == 0 { // beyond the cap, what is forgotten depends on where files end
			out = append(out, c.Values.List(5))
		}
	}
	return out
}

func TestStats(t *testing.T) {
	s := New(Options{})
	look(s, numbers(0, 1000)...)
	if s.All.Documents != 1000 || s.Copies.Count() != 901 || s.Copies.Copies() != 99 {
		t.Errorf("%d documents, %d texts, %d copies", s.All.Documents, s.Copies.Count(), s.Copies.Copies())
	}
	if m := s.Copies.Most(3); !reflect.DeepEqual(m, []Repeat{{"d0", 100}}) {
		t.Errorf("copies %v", m)
	}
	if l := s.Lines.List(1)[0]; l.Name != "All rights reserved by the mill" || l.Documents != 1000 {
		t.Errorf("first line %v", l)
	}
	if len(s.Languages.List()) != 3 || len(s.Groups.List()) != 2 || s.Domains.Len() != 7 {
		t.Errorf("%d languages, %d groups, %d hosts", len(s.Languages.List()), len(s.Groups.List()), s.Domains.Len())
	}
	byName := map[string]*Column{}
	for _, c := range s.Columns.List {
		byName[c.Name] = c
	}
	for name, want := range map[string]struct {
		present, null, empty int64
		types                string
	}{
		"id": {1000, 0, 0, "string"}, "score": {1000, 0, 0, "number"}, "tags": {250, 0, 250, "list"}, "odd": {200, 200, 0, "null"},
	} {
		c := byName[name]
		if c == nil || c.Present != want.present || c.Null != want.null || c.Empty != want.empty || c.Types() != want.types {
			t.Errorf("%s: got %+v want %+v", name, c, want)
		}
	}
}

func TestMergeIsTheWhole(t *testing.T) {
	whole := New(Options{})
	look(whole, numbers(0, 3000)...)
	sum := New(Options{})
	for k := range 7 {
		part := New(Options{})
		look(part, numbers(k*3000/7, (k+1)*3000/7)...)
		sum.Merge(part)
	}
	got, want := what(sum), what(whole)
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%d: got %v want %v", i, got[i], want[i])
		}
	}
}

func TestDistinctEstimates(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	d, parts := Distinct{Cap: 2048}, [2]Distinct{{Cap: 2048}, {Cap: 2048}}
	for i := range 100_000 {
		h := r.Uint64()
		for k := range 1 + i%2 { // every other one twice
			d.add(h, "x")
			parts[(i+k)%2].add(h, "x")
		}
	}
	parts[0].merge(&parts[1])
	for name, x := range map[string]*Distinct{"whole": &d, "merged": &parts[0]} {
		if x.Level == 0 || x.Seen != 150_000 || len(x.known) > 2048 {
			t.Errorf("%s: level %d, seen %d, known %d", name, x.Level, x.Seen, len(x.known))
		}
		// Four standard errors of a sample of at least Cap/2.
		if e := math.Abs(float64(x.Count())/100_000 - 1); !(e <= 4/math.Sqrt(1024)) {
			t.Errorf("%s: %d things, want about 100000", name, x.Count())
		}
		if e := math.Abs(float64(x.Copies())/50_000 - 1); !(e <= 6/math.Sqrt(1024)) {
			t.Errorf("%s: %d copies, want about 50000", name, x.Copies())
		}
	}
	if d.Count() != parts[0].Count() {
		t.Errorf("whole %d, merged %d", d.Count(), parts[0].Count())
	}
}

// A hostile data set does not fill the memory.
func TestBounds(t *testing.T) {
	s := New(Options{By: "group"})
	var v text.View
	for i := range 3000 {
		d := &stages.Document{ID: fmt.Sprint(i), Text: fmt.Sprintf("line number %d that is like no other\n%d", i, i)}
		d.Fields.SetText(fmt.Sprint("field", i), "x")
		d.Fields.SetText("group", strings.Repeat("g", i))
		d.Fields.SetText("language", fmt.Sprint(i))
		v.Reset(d.Body())
		s.Add(d, &v)
	}
	if n := len(s.Columns.List); n != maxColumns || s.Columns.Others == 0 {
		t.Errorf("%d columns, %d others", n, s.Columns.Others)
	}
	if n := len(s.Languages.List()); n != maxGroups {
		t.Errorf("%d languages", n)
	}
	total := int64(0)
	for _, g := range s.Languages.List() {
		total += g.Total.Documents
	}
	if total != 3000 || s.Languages.List()[0].Name != "(other)" {
		t.Errorf("%d documents in all languages, first %q", total, s.Languages.List()[0].Name)
	}
}

func TestAddConversation(t *testing.T) {
	s := New(Options{})
	d := &stages.Document{ID: "c", Turns: []stages.Turn{{Role: "user", Content: "hello there"}, {Role: "assistant", Content: "hi"}}}
	var v text.View
	v.Reset(d.Body())
	s.Add(d, &v)
	if c := s.Columns.List[2]; c.Name != "messages" || c.Types() != "list" || c.Numeric.Max != 2 {
		t.Errorf("got %+v", c)
	}
}

func BenchmarkAdd(b *testing.B) {
	docs := make([]*stages.Document, 256)
	n := 0
	for i := range docs {
		docs[i] = document(i)
		docs[i].Text = strings.Repeat(docs[i].Text+"\n", 6)
		n += len(docs[i].Text)
	}
	s := New(Options{})
	var v text.View
	b.SetBytes(int64(n / len(docs)))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		d := docs[i%len(docs)]
		i++
		v.Reset(d.Body())
		s.Add(d, &v)
	}
}
