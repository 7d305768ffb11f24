package tally

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// TestAsked: two tasks and one give the same sum, and eta squared is that of the definition.
func TestAsked(t *testing.T) {
	var whole, first, second Asked
	var values [2][]float64
	for i := range 1000 {
		source, x := i%2, float64(i%7)+float64(i%2)*3
		part := &first
		if i >= 400 {
			part = &second
		}
		if i%50 == 0 {
			x = stages.NA
		} else {
			values[source] = append(values[source], x)
		}
		for _, a := range []*Asked{&whole, part} {
			a.Score(fmt.Sprint(source), []string{"en", "zh", ""}[i%3], x)
			a.Usage.Add(stages.Usage{Calls: 1, In: 10})
		}
	}
	raw, err := json.Marshal(second)
	if err != nil {
		t.Fatal(err)
	}
	var any any
	if err := json.Unmarshal(raw, &any); err != nil {
		t.Fatal(err)
	}
	read, err := LoadAsked(any)
	if err != nil {
		t.Fatal(err)
	}
	first.Merge(read)
	one, err1 := json.Marshal(whole)
	sum, err2 := json.Marshal(first)
	if err1 != nil || err2 != nil || string(one) != string(sum) {
		t.Errorf("in two tasks\n%s\nin one\n%s", sum, one)
	}
	if whole.Calls != 1000 || whole.All.None != 20 || whole.All.Values.N != 980 || len(whole.Sources) != 2 || len(whole.Languages) != 3 {
		t.Errorf("%+v", whole)
	}
	mean := func(xs ...float64) (m float64) {
		for _, x := range xs {
			m += x / float64(len(xs))
		}
		return m
	}
	all := append(append([]float64{}, values[0]...), values[1]...)
	var between, total float64
	for _, v := range values {
		between += float64(len(v)) * math.Pow(mean(v...)-mean(all...), 2)
	}
	for _, x := range all {
		total += math.Pow(x-mean(all...), 2)
	}
	if got := whole.Explained(whole.Sources); math.Abs(got-between/total) > 1e-9 || got < 0.3 {
		t.Errorf("sources explain %v, want %v", got, between/total)
	}
	if got := whole.Explained(whole.Sources[:1]); got != 0 {
		t.Errorf("one group explains %v", got)
	}
	var same Asked
	for i := range 10 {
		same.Score(fmt.Sprint(i%2), "", 0.1)
	}
	if got := same.Explained(same.Sources); got != 0 {
		t.Errorf("without variance, sources explain %v", got)
	}
}

// TestAskedBounded: many sources are told apart up to a bound, and none is lost.
func TestAskedBounded(t *testing.T) {
	var a Asked
	for i := range 3 * maxScored {
		a.Score(fmt.Sprint(i), "", 1)
	}
	n := int64(0)
	for _, s := range a.Sources {
		n += s.Values.N
	}
	if len(a.Sources) != maxScored+1 || n != 3*maxScored {
		t.Errorf("%d groups with %d documents", len(a.Sources), n)
	}
	if _, err := LoadAsked("no"); err == nil {
		t.Error("a word was read as counts")
	}
	var empty Asked
	if got, err := LoadAsked(empty); err != nil || !reflect.DeepEqual(got.Usage, empty.Usage) {
		t.Errorf("%+v, %v", got, err)
	}
}
