package stages

import (
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestRange(t *testing.T) {
	nan := math.NaN()
	by := Range{Min: 1, Max: 2, By: map[string]Range{"zh": AtLeast(5)}}
	for _, c := range []struct {
		name string
		r    Range
		x    float64
		want bool
	}{
		{"both ends are inside", Between(1, 2), 1, true},
		{"both ends are inside", Between(1, 2), 2, true},
		{"below", AtLeast(1), math.Nextafter(1, 0), false},
		{"above", AtMost(1), math.Nextafter(1, 2), false},
		{"infinity in an open end", AtLeast(1), math.Inf(1), true},
		{"no number", Any, nan, false},
		{"not applicable", Between(1, 2), NA, true},
		{"another language", by.For("de"), 1, true},
		{"its language", by.For("zh"), 1, false},
	} {
		if got := c.r.Has(c.x); got != c.want {
			t.Errorf("%s: %v has %v: %v", c.name, c.r, c.x, got)
		}
	}
	if !Any.Open() || AtLeast(1).Open() || (Range{Min: math.Inf(-1), Max: math.Inf(1), By: map[string]Range{"zh": AtMost(1)}}).Open() {
		t.Error("Open is wrong")
	}
	if !IsNA(NA) || IsNA(nan) || IsNA(0) {
		t.Error("IsNA is wrong")
	}
	for _, r := range []Range{Between(2, 1), {Min: nan, Max: 1}, {Min: 0, Max: 1, By: map[string]Range{"zh": Between(2, 1)}}} {
		if r.Validate() == nil {
			t.Errorf("%v is in order", r)
		}
	}
	if err := by.Validate(); err != nil {
		t.Error(err)
	}
}

func TestFields(t *testing.T) {
	f := Fields{{"s", []byte(`"a\u00e9"`)}, {"n", []byte("1.50")}, {"o", []byte(`{"a":1}`)}, {"b", []byte("true")}, {"bad", []byte(`"`)}}
	for _, c := range []struct {
		name, text string
		ok         bool
	}{{"s", "aé", true}, {"n", "1.50", true}, {"b", "true", true}, {"o", "", false}, {"bad", "", false}, {"none", "", false}} {
		if s, ok := f.Text(c.name); s != c.text || ok != c.ok {
			t.Errorf("%s: %q, %v", c.name, s, ok)
		}
	}
	if x, ok := f.Number("n"); x != 1.5 || !ok {
		t.Errorf("n: %v, %v", x, ok)
	}
	if _, ok := f.Number("s"); ok {
		t.Error("a string is a number")
	}
	kept := f
	f.Remove("n")
	f.Remove("none")
	if len(f) != 4 || kept[1].Name != "n" || kept[2].Name != "o" {
		t.Errorf("Remove changes what others hold: %v", kept)
	}
	f.SetNumber("x", math.Inf(1))
	f.SetText("s", "ü\"")
	if raw, _ := f.Raw("x"); string(raw) != "null" {
		t.Errorf("infinity is %s", raw)
	}
	if s, _ := f.Text("s"); s != "ü\"" || f[0].Name != "s" {
		t.Errorf("s is %q, in place 0 stands %s", s, f[0].Name)
	}
	d := Document{ID: "i", Turns: []Turn{{"user", "a"}, {"assistant", "b"}}, Fields: f}
	if s, ok := d.Field("text"); s != "a\n\nb" || !ok {
		t.Errorf("text: %q", s)
	}
	if s, _ := d.Field("id"); s != "i" {
		t.Errorf("id: %q", s)
	}
}

func TestRegistry(t *testing.T) {
	a, b := Spec{Name: "a"}, Spec{Name: "b"}
	r, err := NewRegistry([]Spec{b}, []Spec{a})
	if err != nil || !slices.Equal(r.Names(), []string{"a", "b"}) {
		t.Errorf("%v, %v", r.Names(), err)
	}
	r.Names()[0] = "changed"
	if _, ok := r.Lookup("a"); !ok || r.Names()[0] != "a" {
		t.Error("the list of names is not the caller's own")
	}
	if _, err := NewRegistry([]Spec{a}, []Spec{a}); err == nil || !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("a name twice: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a component without a method is defined")
		}
	}()
	Define("none", struct{}{})
}

// TestResource: a resource is loaded once, by the first who offered it, and an error stays.
func TestResource(t *testing.T) {
	var e Env
	if _, err := Resource[int](&e, "n"); err == nil {
		t.Error("there is a resource that nobody has offered")
	}
	loads := 0
	e.Provide("n", func() (any, error) { loads++; return 7, nil })
	e.Provide("n", func() (any, error) { return 8, nil })
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if n, err := Resource[int](&e, "n"); n != 7 || err != nil {
				t.Errorf("n is %d, %v", n, err)
			}
		})
	}
	wg.Wait()
	if loads != 1 {
		t.Errorf("loaded %d times", loads)
	}
	if _, err := Resource[string](&e, "n"); err == nil || !strings.Contains(err.Error(), "int") {
		t.Errorf("a number as a string: %v", err)
	}
	away := errors.New("away")
	e.Provide("bad", func() (any, error) { return nil, away })
	if _, err := Resource[int](&e, "bad"); !errors.Is(err, away) {
		t.Errorf("error %v", err)
	}
}
