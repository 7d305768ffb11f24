package shim

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

type pair struct {
	A int
	b []string
}

// TestValues: what is written on one side is read as the same on the other.
func TestValues(t *testing.T) {
	Know((*pair)(nil))
	n := 7
	for _, v := range []any{
		true, -5, uint64(math.MaxUint64), 1.5, math.Inf(-1), float32(0.1), complex(1, -2), "", "é\"\\\n\x00\u2028", "\xff\xfe", []int(nil),
		[]int{},
		[]int{1, 2},
		map[string][]int{"a": {1}, "b": nil},
		&n, (*int)(nil),
		[2]bool{true, false},
		pair{3, []string{"x"}},
		[]any{1, "a", nil, []any{int8(2)}, map[string]any{"k": 1.0}, pair{1, nil}, &n},
	} {
		in := reflect.New(reflect.TypeOf(v)).Elem()
		in.Set(reflect.ValueOf(v))
		text := write(in)
		x, err := parse([]byte(text))
		if err != nil {
			t.Errorf("%#v: %s: %v", v, text, err)
			continue
		}
		out := reflect.New(in.Type()).Elem()
		if read(x, out, 0); !reflect.DeepEqual(in.Interface(), out.Interface()) {
			t.Errorf("%#v became %#v by %s", v, out.Interface(), text)
		}
	}
}

// TestUnsendable: what is no data is refused, without an end to the process.
func TestUnsendable(t *testing.T) {
	type ring struct{ next *ring }
	r := &ring{}
	r.next = r
	for _, v := range []any{func() {}, make(chan int), r, []any{struct{ X int }{1}}} {
		func() {
			defer func() {
				if _, ok := recover().(unsendable); !ok {
					t.Errorf("%T is written", v)
				}
			}()
			write(reflect.ValueOf(v))
		}()
	}
	var e any = []error{errors.New("bad")}
	if got := write(reflect.ValueOf(e)); got != `[["error","bad"]]` {
		t.Errorf("an error is %s", got)
	}
}

// FuzzParse: no line makes the reader panic otherwise than it means to, or recurse without an end.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`["r",[1],[]]`, `{"b":"ff"}`, `[[["int",1]]]`, strings.Repeat("[", 3000), `"\u0000\"`, "[1,,2]", "]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, s []byte) {
		n, err := parse(s)
		if err != nil {
			return
		}
		for _, into := range []any{new([]any), new(map[string][]int), new(pair), new(string), new(float64)} {
			func() {
				defer func() {
					switch r := recover().(type) {
					case nil, Panic, unsendable:
					default:
						t.Errorf("%q into %T: %v", s, into, r)
					}
				}()
				read(n, reflect.ValueOf(into).Elem(), 0)
			}()
		}
	})
}
