package recipe

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/winnow-data/winnow/stages/settings"
)

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema(registry(t), nil)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("recipe.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("recipe.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// value is what an editor's YAML reader hands to the validator.
func value(n *settings.Node) any {
	switch n.Kind {
	case settings.Null:
		return nil
	case settings.List:
		out := []any{}
		for _, c := range n.Items {
			out = append(out, value(c))
		}
		return out
	case settings.Map:
		out := map[string]any{}
		for _, p := range n.Pairs {
			out[p.Key.Text] = value(p.Value)
		}
		return out
	}
	if n.Quoted {
		return n.Text
	}
	switch n.Text {
	case "true", "false":
		return n.Text == "true"
	}
	if _, err := strconv.ParseFloat(n.Text, 64); err == nil && !strings.ContainsAny(n.Text, "_iInNpP") {
		return json.Number(n.Text)
	}
	return n.Text
}

// Of every recipe of the lint tests, the schema takes those without errors and refuses those whose shape is wrong.
func TestSchemaAgreesWithLint(t *testing.T) {
	schema := compiled(t)
	// Mistakes that a schema cannot see, or files that the editor's own YAML reader refuses.
	beyond := "bounds fields fields_warc twice yaml_features yaml_directive yaml_documents yaml_syntax yaml_tab yaml_twice rows_unmade models embedded_models until fields_back references asks secret set_wrong switches"
	files, _ := filepath.Glob("testdata/lint/*.txt")
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		opt := options(string(a.Comment))
		opt.Set, opt.In, opt.Out = nil, nil, ""
		r, _ := Load(a.Files[0].Data, "web.yaml", registry(t), opt)
		tree, ps := settings.Parse(name, a.Files[0].Data)
		if len(ps) > 0 {
			continue
		}
		err = schema.Validate(value(tree))
		switch {
		case r != nil && err != nil:
			t.Errorf("%s: lint takes it, the schema does not: %v", name, err)
		case r == nil && err == nil && !strings.Contains(" "+beyond+" ", " "+name+" "):
			t.Errorf("%s: the schema takes it, lint does not", name)
		}
	}
}

func TestSchemaRefusesTypos(t *testing.T) {
	schema := compiled(t)
	const good = `{input: a, output: b, stages: [c4, {gopher_quality: {words: {min: 20, by: {zh: {min: 80}}}}}]}`
	for _, test := range []struct{ name, from, to string }{
		{"as it is", "", ""},
		{"top key", "output:", "outptu:"},
		{"stage", "gopher_quality:", "gopher_qualty:"},
		{"bare stage", "c4,", "c5,"},
		{"setting", "words:", "word:"},
		{"bound", "{min: 20", "{mni: 20"},
		{"language", "zh:", "Chinese:"},
		{"bound of a language", "{min: 80}", "{mni: 80}"},
		{"type", "{min: 80}", "{min: many}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := strings.Replace(good, test.from, test.to, 1)
			tree, ps := settings.Parse("", []byte(src))
			if len(ps) > 0 {
				t.Fatal(ps)
			}
			err := schema.Validate(value(tree))
			if ok := test.from == ""; (err == nil) != ok {
				t.Errorf("%s: got %v", src, err)
			}
		})
	}
}

func TestSchemaDescribes(t *testing.T) {
	docs := func(stage, setting string) string {
		if stage == "gopher_quality" && setting == "words" {
			return "Words of the document."
		}
		return ""
	}
	s := string(Schema(registry(t), docs))
	if !strings.Contains(s, `"Words of the document. Default {min: 50, max: 100000}."`) {
		t.Error("the docs and default of gopher_quality.words are not in the schema")
	}
	if again := string(Schema(registry(t), docs)); again != s {
		t.Error("the schema is not the same twice")
	}
}
