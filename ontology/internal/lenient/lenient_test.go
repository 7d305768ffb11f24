package lenient

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// show writes a value in one line.
func show(v Value) string {
	switch v.Kind {
	case String:
		return fmt.Sprintf("%q", v.Text)
	case Word:
		return v.Text
	case List:
		var parts []string
		for _, e := range v.List {
			parts = append(parts, show(e))
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	var parts []string
	for _, m := range v.Members {
		parts = append(parts, fmt.Sprintf("%q:%s", m.Name, show(m.Value)))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

func TestParse(t *testing.T) {
	for s, want := range map[string]string{
		`["a", 'b', None, true, -1.5e3]`:           `["a" "b" None true -1.5e3]`,
		`{"a": {'b': [1, 2,],}, c: "d"}`:           `{"a":{"b":[1 2]} "c":"d"}`,
		`["it's", 'it's', 'x' , 'l'']`:             `["it's" "it's" "x" "l"]`,
		`["a" "b"]`:                                `["a" "b"]`,
		`[,,]`:                                     `[]`,
		`["a\n\"\\\/é\ud83d\ude00\ud83d\q\u00zz"]`: `["a \"\\/é😀�quu00zz"]`,
		`["a", "cut`:                               `["a"]`,
		`["a", {"b": "c", "d": "cut`:               `["a" {"b":"c"}]`,
		`{"a": 12`:                                 `{}`,
		`{"a": `:                                   `{}`,
		`{"a"`:                                     `{}`,
		`["a\u00`:                                  `[]`,
		`["a\`:                                     `[]`,
		`[`:                                        `[]`,
		`["a"] and more`:                           `["a"]`,
	} {
		v, n, ok := Parse(s)
		if got := show(v); !ok || got != strings.ReplaceAll(want, "uu00", "u00") || n > len(s) {
			t.Errorf("%s: %s (%d bytes, %v), want %s", s, got, n, ok, want)
		}
	}
	for _, s := range []string{"", "x", `"a"`, "]", `[}`, `{"a" "b"}`, `{"a": ]}`, strings.Repeat("[", 20) + "1" + strings.Repeat("]", 20)} {
		if v, _, ok := Parse(s); ok {
			t.Errorf("%q was read as %s", s, show(v))
		}
	}
}

// same compares with what encoding/json has read.
func same(v Value, x any) bool {
	switch x := x.(type) {
	case string:
		return v.Kind == String && v.Text == x
	case []any:
		if v.Kind != List || len(v.List) != len(x) {
			return false
		}
		for i := range x {
			if !same(v.List[i], x[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		for _, m := range v.Members {
			if v.Kind != Object {
				return false
			}
			if _, ok := x[m.Name]; !ok {
				return false
			}
		}
		return v.Kind == Object
	}
	return v.Kind == Word
}

// FuzzParse: whatever comes, Parse returns; and what is strict JSON of modest depth it reads like encoding/json, white space in strings aside.
func FuzzParse(f *testing.F) {
	f.Add(`{"tags":[{"tag":"a b","explanation":"é"},["x",1,null]]}`)
	f.Add(`['a', "b`)
	f.Fuzz(func(t *testing.T, s string) {
		v, n, ok := Parse(s)
		if n < 0 || n > len(s) {
			t.Fatalf("%q: %d bytes", s, n)
		}
		var x any
		if json.Unmarshal([]byte(s), &x) != nil || s[0] != '[' && s[0] != '{' || strings.Count(s, "[")+strings.Count(s, "{") > maxDepth ||
			strings.ContainsAny(s, "\\\ufffd") { // escapes and invalid bytes are read more freely
			return
		}
		if !ok || !same(v, x) {
			t.Errorf("%q: %s, want %v", s, show(v), x)
		}
	})
}
