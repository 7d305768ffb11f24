package recipe_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages/settings"
)

func there(string) error { return nil }

// builtIn yields the recipes in the binary.
func builtIn(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../recipes/*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d built-in recipes, %v", len(files), err)
	}
	out := map[string][]byte{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(file)] = src
	}
	return out
}

func TestBuiltInRecipesHaveNoProblem(t *testing.T) {
	for name, src := range builtIn(t) {
		r, ps := recipe.Load(src, name, pipelines.Registry(), recipe.Options{Stat: there})
		for _, p := range ps {
			t.Error(p)
		}
		if r == nil {
			continue
		}
		for _, s := range r.Stages {
			if _, err := s.New(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestSchemaTakesBuiltInRecipes(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(recipe.Schema(pipelines.Registry(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("recipe.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("recipe.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range builtIn(t) {
		tree, ps := settings.Parse(name, src)
		if len(ps) > 0 {
			t.Fatal(ps)
		}
		if err := schema.Validate(recipe.Value(tree)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		wrong := bytes.Replace(src, []byte("\n  - mask_pii"), []byte("\n  - mask_pi"), 1)
		wrong = bytes.Replace(wrong, []byte("\n  - gopher_quality"), []byte("\n  - gopher_qualty"), 1)
		wrong = bytes.Replace(wrong, []byte("\n  - pass_rate"), []byte("\n  - pas_rate"), 1)
		if bytes.Equal(wrong, src) {
			t.Fatalf("%s has none of gopher_quality, mask_pii, pass_rate", name)
		}
		tree, ps = settings.Parse(name, wrong)
		if len(ps) > 0 {
			t.Fatal(ps)
		}
		if schema.Validate(recipe.Value(tree)) == nil {
			t.Errorf("%s: the schema takes a stage that is misspelled", name)
		}
	}
}

// Every component's settings can be described, written canonically, and set to what their defaults are spelled as.
func TestEveryDefaultReadsBack(t *testing.T) {
	reg := pipelines.Registry()
	for _, name := range reg.Names() {
		spec, _ := reg.Lookup(name)
		want := string(settings.Canonical(spec.New()))
		var b strings.Builder
		for _, f := range settings.Fields(spec.New()) {
			if f.Name == "only" || f.Name == "drop" || f.Name == "label" || f.Name == "without" {
				t.Errorf("%s: the setting %s is a key of every stage", name, f.Name)
			}
			if !f.Rest {
				b.WriteString(f.Name + ": " + f.Default + "\n")
			}
		}
		tree, ps := settings.Parse(name, []byte(b.String()))
		if len(ps) > 0 {
			t.Errorf("%s: %v in\n%s", name, ps, b.String())
			continue
		}
		c := spec.New()
		for _, p := range settings.Fill(tree, c) {
			if !strings.Contains(p.Message, `""`) { // an empty default that a recipe cannot spell
				t.Errorf("%s: %v", name, p)
			}
		}
		if got := string(settings.Canonical(c)); got != want {
			t.Errorf("%s: the defaults\n%s\nread as\n%s\nwant\n%s", name, b.String(), got, want)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	src, err := os.ReadFile("../recipes/web.yaml")
	if err != nil {
		b.Fatal(err)
	}
	reg := pipelines.Registry()
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if r, ps := recipe.Load(src, "web.yaml", reg, recipe.Options{Stat: there}); r == nil {
			b.Fatal(ps)
		}
	}
}
