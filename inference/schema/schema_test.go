package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// accepted says whether text is one of the automaton's.
func accepted(a *Automaton, text string) bool {
	s := a.Start()
	for i := range len(text) {
		if s = a.Next(s, text[i]); s == Dead {
			return false
		}
	}
	return a.Accepts(s)
}

func mustCompile(t testing.TB, raw string) *Automaton {
	t.Helper()
	g, err := Compile([]byte(raw))
	if err != nil {
		t.Fatalf("Compile(%s): %v", raw, err)
	}
	return g.Automaton()
}

func TestCompileAccepts(t *testing.T) {
	tests := []struct {
		schema  string
		yes, no []string
	}{
		{`{"type":"null"}`, []string{"null"}, []string{"", "nul", "null "}},
		{`{"type":"boolean"}`, []string{"true", "false"}, []string{"True", "1"}},
		{`{"type":"string"}`, []string{`""`, `"a"`, `"é中😀"`, `"\n\"\\\u00e9\uD7ff"`}, []string{`a`, `"`, "\"\n\"", `"\x"`, `"\ud800"`, "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\""}},
		{`{"type":"string","minLength":1,"maxLength":3}`, []string{`"a"`, `"中中中"`, `"\u0041bc"`}, []string{`""`, `"abcd"`, `"中中中中"`}},
		{`{"type":"integer"}`, []string{"0", "-1", "123456789012345"}, []string{"-0", "01", "1.0", "1e3", "+1", "-", "1234567890123456"}},
		{`{"type":"integer","minimum":-3,"maximum":12}`, []string{"-3", "-1", "0", "9", "10", "12"}, []string{"-4", "13", "-0", "100", "-10"}},
		{`{"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":5.5}`, []string{"1", "5"}, []string{"0", "6", "-1", "10"}},
		{`{"type":"integer","minimum":95,"maximum":100}`, []string{"95", "99", "100"}, []string{"9", "94", "101", "10"}},
		{`{"type":"number","minimum":0,"maximum":1}`, []string{"0", "0.5", "1", "1.0", "0.000000001", "-0"}, []string{"1.1", "-0.1", "2", "0.", ".5", "0.0000000001"}},
		{`{"type":"number","exclusiveMinimum":-0.5,"exclusiveMaximum":0.25}`, []string{"-0.4999", "0", "0.24", "-0.0"}, []string{"-0.5", "0.25", "0.250", "1", "-1"}},
		{`{"enum":["a",1,null,{"x":[1,"<"]}]}`, []string{`"a"`, "1", "null", `{"x":[1,"<"]}`}, []string{"2", `{"x": [1,"<"]}`}},
		{`{"type":"string","enum":["a",1]}`, []string{`"a"`}, []string{"1"}},
		{`{"const":true}`, []string{"true"}, []string{"false"}},
		{`{"type":["integer","null"]}`, []string{"7", "null"}, []string{`"7"`}},
		{`{"anyOf":[{"type":"integer","minimum":1},{"type":"string","maxLength":0}]}`, []string{"1", `""`}, []string{"0", `"a"`}},
		{`{"type":"array","items":{"type":"integer"}}`, []string{"[]", "[1]", "[1,2, 3]"}, []string{"[", "[,]", "[1,]", "[1,  2]", "[ 1]"}},
		{`{"type":"array","items":{"type":"boolean"},"minItems":2,"maxItems":3}`, []string{"[true,false]", "[true,true,true]"}, []string{"[]", "[true]", "[true,true,true,true]"}},
		{`{"type":"array","items":{"type":"null"},"maxItems":0}`, []string{"[]"}, []string{"[null]"}},
		{`{"type":"object"}`, []string{"{}"}, []string{`{"a":1}`}},
		{
			`{"type":"object","properties":{"b":{"type":"integer"},"a":{"type":"null"},"c":{"type":"boolean"}},"required":["a"],"additionalProperties":false}`,
			[]string{`{"a":null}`, `{"b":1,"a":null}`, `{"b": 1, "a": null, "c": true}`, `{"a":null,"c":false}`},
			[]string{`{}`, `{"b":1}`, `{"a":null,"b":1}`, `{"a":null,}`, `{,"a":null}`, `{"a" :null}`},
		},
		{`{"properties":{"a":{"type":"null"},"b":{"type":"null"}}}`, []string{`{}`, `{"a":null}`, `{"b":null}`, `{"a":null,"b":null}`}, []string{`{"a":null "b":null}`}},
		{`{"$ref":"#/$defs/p","$defs":{"p":{"type":"array","items":{"$ref":"#/definitions/q"}}},"definitions":{"q":{"enum":[1]}}}`, nil, nil},
	}
	for _, tt := range tests {
		if tt.yes == nil {
			continue
		}
		a := mustCompile(t, tt.schema)
		for _, text := range tt.yes {
			if !accepted(a, text) {
				t.Errorf("%s refuses %s", tt.schema, text)
			}
		}
		for _, text := range tt.no {
			if accepted(a, text) {
				t.Errorf("%s accepts %s", tt.schema, text)
			}
		}
	}
}

func TestReferences(t *testing.T) {
	a := mustCompile(t, `{"type":"object","properties":{"p":{"$ref":"#/$defs/p"}},"required":["p"],"$defs":{"p":{"type":"array","items":{"$ref":"#/$defs/q"}},"q":{"enum":[1,2]}}}`)
	if !accepted(a, `{"p":[1,2]}`) || accepted(a, `{"p":[3]}`) {
		t.Error("a $ref does not stand for its definition")
	}
}

func TestCompileErrors(t *testing.T) {
	laughs := `{"$ref":"#/$defs/a0","$defs":{`
	for i := range 12 {
		ref := fmt.Sprintf(`{"$ref":"#/$defs/a%d"}`, i+1)
		laughs += fmt.Sprintf(`"a%d":{"anyOf":[%s,%s,%s,%s]},`, i, ref, ref, ref, ref)
	}
	laughs += `"a12":{"type":"null"}}}`
	tests := []struct{ schema, want string }{
		{``, "not JSON"},
		{`[]`, "at #: a schema must be an object"},
		{`true`, "must be an object"},
		{`{}`, "no type"},
		{`{"type":"text"}`, `type "text": type must be one of object`},
		{`{"type":"string","pattern":"a+"}`, `at #: keyword "pattern" is not supported here; allowed are type, minLength, maxLength`},
		{`{"type":"object","properties":{"a":{"type":"integer","format":"int32"}}}`, `at #/properties/a: keyword "format"`},
		{`{"type":"object","properties":{"a":{"type":"null"}},"required":["b"]}`, `required names "b"`},
		{`{"type":"object","additionalProperties":{"type":"null"}}`, "true or false"},
		{`{"type":"array"}`, "needs items"},
		{`{"type":"array","items":{"type":"null"},"minItems":3,"maxItems":2}`, "minItems 3 exceeds maxItems 2"},
		{`{"type":"string","maxLength":-1}`, "whole numbers"},
		{`{"type":"string","minLength":1.5}`, "whole numbers"},
		{`{"type":"string","minLength":1000000000}`, "too much room"},
		{`{"type":"array","minItems":60000,"items":{"type":"array","minItems":60000,"items":{"type":"null"}}}`, "too much room"},
		{`{"type":"integer","minimum":3,"maximum":2}`, "no number lies between"},
		{`{"type":"integer","minimum":2.1,"maximum":2.9}`, "no number lies between"},
		{`{"type":"number","minimum":1e999999999}`, "out of range"},
		{`{"enum":[]}`, "no value is left"},
		{`{"anyOf":[]}`, "anyOf is empty"},
		{`{"$ref":"#/x"}`, "names nothing"},
		{`{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}`, "lead back to itself"},
		{`{"allOf":[{"type":"null"}]}`, "no type"},
		{laughs, "over 65536 parts"},
		{`{"properties":{"a":{"type":"null"},"a":{"type":"null"}}}`, "twice"},
	}
	for _, tt := range tests {
		_, err := Compile([]byte(tt.schema))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Compile(%.100s): %v, want %q", tt.schema, err, tt.want)
		}
	}
}

func TestLabels(t *testing.T) {
	g, err := Labels([]string{"news", "new", "fiction"})
	if err != nil {
		t.Fatal(err)
	}
	a := g.Automaton()
	for text, want := range map[string]bool{"news": true, "new": true, "fiction": true, "": false, "ne": false, "newsy": false} {
		if got := accepted(a, text); got != want {
			t.Errorf("accepts %q: %v, want %v", text, got, want)
		}
	}
	s := a.Start()
	for _, b := range []byte("new") {
		s = a.Next(s, b)
	}
	if a.Ends(s) {
		t.Error("new can go on as news, but ends")
	}
	if s = a.Next(s, 's'); !a.Ends(s) {
		t.Error("news does not end")
	}
	if got := a.Closing(a.Start()); got != "new" {
		t.Errorf("shortest label %q, want new", got)
	}
	for _, bad := range [][]string{nil, {""}, {"a", "a"}} {
		if _, err := Labels(bad); err == nil {
			t.Errorf("Labels(%q): no error", bad)
		}
	}
}

// Small ranges, all texts of up to five characters: the automaton accepts exactly the numbers in range.
func TestNumbersExactly(t *testing.T) {
	alphabet := "0123459-."
	for _, bounds := range [][2]float64{{0, 5}, {-1, 1}, {3, 3}, {-12, -3}, {9, 101}, {0.5, 2}, {-0.25, 0.3}, {99, 1000}} {
		for _, kind := range []string{"integer", "number"} {
			raw := fmt.Sprintf(`{"type":%q,"minimum":%v,"maximum":%v}`, kind, bounds[0], bounds[1])
			g, err := Compile([]byte(raw))
			if err != nil {
				if kind == "integer" {
					continue
				}
				t.Fatal(err)
			}
			a := g.Automaton()
			var walk func(text string, s State)
			walk = func(text string, s State) {
				var v float64
				in := json.Unmarshal([]byte(text), &v) == nil && v >= bounds[0] && v <= bounds[1]
				if kind == "integer" {
					in = in && !strings.Contains(text, ".") && text != "-0"
				}
				if in != a.Accepts(s) {
					t.Errorf("%s: %q accepted: %v, want %v", raw, text, a.Accepts(s), in)
				}
				if s != Dead && !accepted(a, text+a.Closing(s)) {
					t.Errorf("%s: %q closed with %q is no text", raw, text, a.Closing(s))
				}
				if len(text) == 5 {
					return
				}
				for _, b := range []byte(alphabet) {
					next := Dead
					if s != Dead {
						next = a.Next(s, b)
					}
					walk(text+string(b), next)
				}
			}
			walk("", a.Start())
		}
	}
}

var examples = []string{
	`{"type":"object","properties":{"score":{"type":"integer","minimum":0,"maximum":5},"why":{"type":"string","maxLength":20},"tags":{"type":"array","items":{"enum":["a","b"]},"minItems":1,"maxItems":3}},"required":["score","tags"],"additionalProperties":false}`,
	`{"type":"array","items":{"type":"object","properties":{"x":{"type":"number","minimum":-1.5,"exclusiveMaximum":2},"y":{"type":["string","null"],"minLength":2}},"required":["x"]},"minItems":2}`,
	`{"anyOf":[{"type":"boolean"},{"type":"array","items":{"type":"array","items":{"type":"integer"},"maxItems":2},"maxItems":3},{"type":"string"}]}`,
	`{"type":"number"}`,
	`{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"object","properties":{"c":{"const":"deep <é>"}},"required":["c"]}}}},"required":["a"]}`,
}

// Random walks: what is accepted validates with another implementation, and from everywhere the closing text leads to something accepted.
func TestWalksValidate(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, raw := range examples {
		a := mustCompile(t, raw)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource("s.json", doc); err != nil {
			t.Fatal(err)
		}
		check := c.MustCompile("s.json")
		validate := func(text string) {
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
			if err == nil {
				err = check.Validate(v)
			}
			if err != nil || !utf8.ValidString(text) {
				t.Errorf("%s allows %q: %v", raw, text, err)
			}
		}
		for range 300 {
			var text []byte
			s := a.Start()
			for len(text) < 80 {
				if a.Accepts(s) {
					validate(string(text))
				}
				validate(string(text) + a.Closing(s))
				var nexts []byte
				for b := range 256 {
					if a.Next(s, byte(b)) != Dead {
						nexts = append(nexts, byte(b))
					}
				}
				if len(nexts) == 0 {
					if !a.Ends(s) {
						t.Errorf("%s: %q leads nowhere and does not end", raw, text)
					}
					break
				}
				b := nexts[rng.IntN(len(nexts))]
				if syntax := bytes.IndexAny(nexts, `"}],`); syntax >= 0 && rng.IntN(3) == 0 {
					b = nexts[syntax]
				}
				text = append(text, b)
				s = a.Next(s, b)
			}
		}
	}
}

// A class allows the same texts as its state, as far as it promises.
func TestClass(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	a := mustCompile(t, `{"type":"object","properties":{"w":{"type":"string","minLength":30,"maxLength":400},"l":{"type":"array","items":{"enum":[1,22]},"maxItems":50}},"required":["w","l"]}`)
	const longest = 8
	states := []State{a.Start()}
	s := a.Start()
	for _, b := range []byte(`{"w":"` + strings.Repeat("é", 100) + `\u00e9","l":[1,22,1,1`) {
		s = a.Next(s, b)
		states = append(states, s)
	}
	classes := map[State]bool{}
	for _, s := range states {
		c := a.Class(s, longest)
		classes[c] = true
		for range 300 {
			x, y := s, c
			for range longest {
				b := []byte{'a', '"', ',', '1', '2', ':', ']', '}', 'l', 'w', '\\', 'u', 0xc3, 0xa9, ' '}[rng.IntN(15)]
				nx, ny := a.Next(x, b), a.Next(y, b)
				if (nx == Dead) != (ny == Dead) || a.Accepts(nx) != a.Accepts(ny) {
					t.Fatalf("state %d and its class %d differ", s, c)
				}
				if nx == Dead {
					continue
				}
				x, y = nx, ny
			}
		}
	}
	if len(classes) > len(states)/2 {
		t.Errorf("%d states have %d classes, want far fewer", len(states), len(classes))
	}
}

func FuzzCompile(f *testing.F) {
	for _, e := range examples {
		f.Add([]byte(e))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		g, err := Compile(raw)
		if err != nil {
			return
		}
		a := g.Automaton()
		text := a.Closing(a.Start())
		if !accepted(a, text) {
			t.Fatalf("schema %q: its shortest text %.200q is not accepted", raw, text)
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("schema %q: %.200q is not JSON", raw, text)
		}
	})
}
