package constraint

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// testdata/json.jsonl holds pieces of JSON put together at random, with what Python's json.loads says of them.
func TestScanJSON(t *testing.T) {
	f, err := os.Open("testdata/json.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); n++ {
		var row struct {
			Text  string
			Valid bool
		}
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if at, what := scanJSON(row.Text); (what == "") != row.Valid {
			t.Errorf("%q: %q at %d, Python says %v", row.Text, what, at, row.Valid)
		}
	}
	if n < 500 {
		t.Fatalf("%d rows, want 500", n)
	}
	for s, want := range map[string]bool{
		strings.Repeat("9", 4300): true, strings.Repeat("9", 4301): false, strings.Repeat("9", 4301) + ".0": true,
		strings.Repeat("[", 1e6) + strings.Repeat("]", 1e6): true, strings.Repeat("[", 1e6): false,
	} {
		if _, what := scanJSON(s); (what == "") != want {
			t.Errorf("%.20s… of %d bytes: %q, want valid %v", s, len(s), what, want)
		}
	}
}

func FuzzScanJSON(f *testing.F) {
	for _, s := range []string{`{"a": [1, -2.5e3, "x\u00e9\n"], "b": null}`, `[NaN, -Infinity]`, "[[[", `{"a" 1}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, what := scanJSON(s)
		if at < 0 || at > len(s) {
			t.Fatalf("%q: place %d", s, at)
		}
		if what != "" && json.Valid([]byte(s)) && !strings.Contains(what, "4,300") {
			t.Fatalf("%q: %s, but it is valid", s, what)
		}
	})
}

func TestSchema(t *testing.T) {
	const schema = `{"schema": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "pattern": "^[A-Z]"}, "n": {"minimum": 3}}}}`
	for _, x := range []struct {
		kwargs, text string
		want         stages.Result
		why          string
	}{
		{schema, "```json\n{\"name\": \"Ann\", \"n\": 4}\n```", stages.Passed, ""},
		{schema, `{"name": "ann"}`, stages.Failed, "pattern"},
		{schema, `{"name": "Ann", "n": 2}`, stages.Failed, "minimum"},
		{schema, `{"n": 4}`, stages.Failed, "name"},
		{schema, `{"name": "Ann"`, stages.Failed, "byte 14"},
		{schema, `{"name": "Ann", "n": NaN}`, stages.Unknown, "read the answer"},
		{schema, strings.Repeat("[", 20000) + strings.Repeat("]", 20000), stages.Unknown, "read the answer"},
		{`{"schema": "{\"type\": \"array\"}"}`, "[]", stages.Passed, ""},
		{`{"schema": {"$ref": "#"}}`, "[]", stages.Unknown, `"winnow:///schema.json#"`},
		{`{"schema": {"maximum": 3}}`, "-1e-9999999", stages.Unknown, "beyond all measure"},
		{`{"schema": {"maximum": 3}}`, `{"a": [1e99999999999999999999]}`, stages.Unknown, "beyond all measure"},
		{`{"schema": {"maximum": 3}}`, "1e-1000", stages.Passed, ""},
	} {
		c, err := Parse("detectable_format:json_schema", []byte(x.kwargs))
		if err != nil {
			t.Fatal(err)
		}
		if f := c.Verify(NewText(x.text, nil), Strict); f.Result != x.want || !strings.Contains(f.Why, x.why) {
			t.Errorf("%.40s: %v, %s; want %v, %s", x.text, f.Result, f.Why, x.want, x.why)
		}
	}
	for _, kwargs := range []string{
		`{}`, `{"schema": 5}`, `{"schema": "{"}`, `{"schema": {"type": "nothing"}}`, `{"schema": {"$ref": "https://example.com/s.json"}}`, `{"schema": {"$ref": "file:///etc/passwd"}}`,
		`{"schema": {"pattern": "(?=a)"}}`,
	} {
		if _, err := Parse("detectable_format:json_schema", []byte(kwargs)); err == nil || !strings.Contains(err.Error(), "schema") {
			t.Errorf("%s: %v, want an error that names the schema", kwargs, err)
		}
	}
}
