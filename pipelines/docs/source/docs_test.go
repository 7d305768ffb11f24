package source

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/docs"
	"github.com/winnow-data/winnow/pipelines/recipe"
)

const root = "../../.."

// TestCurrent fails when a comment, a default or a rule has changed and the pages have not.
func TestCurrent(t *testing.T) {
	reg := pipelines.Registry()
	comments, err := Collect(root, reg)
	if err != nil {
		t.Fatal(err)
	}
	built := docs.Built()
	for name, c := range comments {
		if b := built[name]; b.Doc != c.Doc || len(b.Fields) != len(c.Fields) {
			t.Errorf("comments.json: %s is stale; run go generate ./pipelines/docs", name)
		}
		for f, text := range c.Fields {
			if built[name].Fields[f] != text {
				t.Errorf("comments.json: %s.%s is stale; run go generate ./pipelines/docs", name, f)
			}
		}
	}
	for name := range built {
		if _, ok := comments[name]; !ok {
			t.Errorf("comments.json tells of %s, which is no component; run go generate ./pipelines/docs", name)
		}
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := docs.Files(docs.Pages(reg, comments), string(readme))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 2 {
		t.Fatalf("%d generated files, want a page for each room and the README", len(files))
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(root, name)); err != nil || string(got) != want {
			t.Errorf("%s is stale (%v); run go generate ./pipelines/docs", name, err)
		}
	}
}

// TestComplete fails when a component, a setting or a rule does not say what it is.
func TestComplete(t *testing.T) {
	reg := pipelines.Registry()
	comments, err := Collect(root, reg)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range docs.Pages(reg, comments) {
		if len(p.Does) < 10 || len(p.Does) > 200 {
			t.Errorf("%s: the first sentence of its comment says %q, want 10 to 200 characters", p.Name, p.Does)
		}
		for _, s := range p.Settings {
			if s.Doc == "" {
				t.Errorf("%s: the setting %s has no comment", p.Name, s.Name)
			}
		}
		for _, r := range p.Rules {
			if r.Doc == "" {
				t.Errorf("%s: the rule %s does not say what it measures", p.Name, r.Name)
			}
		}
	}
}

// model finds the model that an example asks.
var model = regexp.MustCompile(`model: ([a-z]+)[,}]`)

// check finds the check that an example means by its label, which a recipe has before it.
var check = regexp.MustCompile(`failed: ([a-z_]+)[,}]`)

// TestExamplesLint loads every example of every page as a recipe.
func TestExamplesLint(t *testing.T) {
	reg := pipelines.Registry()
	comments, err := Collect(root, reg)
	if err != nil {
		t.Fatal(err)
	}
	there := func(string) error { return nil }
	for _, p := range docs.Pages(reg, comments) {
		for _, example := range p.Examples {
			src := ""
			if m := model.FindStringSubmatch(example); m != nil {
				src = "models: {" + m[1] + ": {hub: org/name}}\n"
			}
			src += "input: {path: in.jsonl, language: lang, url: link}\nstages:\n"
			if m := check.FindStringSubmatch(example); m != nil {
				src += "  - " + m[1] + "\n"
			}
			src += "  " + strings.ReplaceAll(example, "\n", "\n  ") + "\noutput: out/\n"
			if !strings.Contains(example, "- "+p.Name) {
				t.Errorf("%s: the example does not use it:\n%s", p.Name, example)
			}
			_, problems := recipe.Load([]byte(src), "example.yaml", reg, recipe.Options{Stat: there})
			for _, q := range problems {
				if !q.Warning {
					t.Errorf("%s: its example does not lint: %s\n%s", p.Name, q.Message, example)
				}
			}
		}
	}
}
