// Package docs renders the reference pages of components: `winnow stages NAME` in the terminal, and the README.md of each room.
//
// Nothing on a page is written twice. The prose is the doc comment of the component's type and the comments of its fields, which
// `go generate ./pipelines/docs` collects in comments.json; settings, defaults and rules come from the registry.
//
// A component whose settings need an example shows it in its doc comment, as an indented block of YAML that begins with the stage's
// name; without one the page shows the defaults.
//
//	language: {keep: [en, zh], min: 0.8}
package docs

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"go/doc/comment"
	"reflect"
	"regexp"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

//go:generate go run ./_generate -root ../..

//go:embed comments.json
var commentsJSON []byte

// A Page is what is known of one component.
type Page struct {
	Name     string
	Kind     stages.Kind
	Room     string // the folder that holds it
	Does     string // the first sentence, without its subject
	Doc      string // all of the doc comment, without examples
	Examples []string
	Settings []Setting
	Rules    []stages.Rule
	Writes   []string // fields it adds to documents
	Reads    []string // fields it cannot work without
}

// A Setting is a setting and what its comment says.
type Setting struct {
	settings.Setting
	Doc string
}

// Comments are what the source says of the types that components are made of, by [TypeName].
type Comments map[string]Comment

// A Comment is what the source says of one struct.
type Comment struct {
	Doc    string            `json:"doc"`              // the doc comment, as go/doc has it
	Fields map[string]string `json:"fields,omitempty"` // exported field → its comment on one line
}

// Built returns the comments that are built into the binary.
func Built() Comments {
	var c Comments
	if err := json.Unmarshal(commentsJSON, &c); err != nil {
		panic(fmt.Sprintf("docs: comments.json: %v", err)) // generated, and embedded
	}
	return c
}

// Pages returns a page for each component of a registry, in the order of their names.
func Pages(reg *stages.Registry, c Comments) []Page {
	var pages []Page
	for _, name := range reg.Names() {
		spec, _ := reg.Lookup(name)
		pages = append(pages, PageOf(spec, c))
	}
	return pages
}

// PageOf returns the page of one component.
func PageOf(spec stages.Spec, c Comments) Page {
	component := spec.New()
	t := reflect.TypeOf(component).Elem()
	p := Page{Name: spec.Name, Kind: spec.Kind, Room: room(t)}
	p.Doc, p.Examples = prose(c[TypeName(t)].Doc, spec.Name)
	p.Does = does(p.Doc)
	for _, s := range settings.Fields(component) {
		text, _ := fieldComment(t, s.Field, c)
		p.Settings = append(p.Settings, Setting{s, text})
	}
	if r, ok := component.(stages.Ruler); ok {
		p.Rules = r.Rules()
	}
	if w, ok := component.(stages.Writer); ok {
		p.Writes = w.Writes()
	}
	if r, ok := component.(stages.Reader); ok {
		p.Reads = r.Reads()
	}
	if len(p.Examples) == 0 {
		p.Examples = []string{defaultExample(p)}
	}
	return p
}

// TypeName names a type by its package's path in the module and its name, such as filters.Length.
func TypeName(t reflect.Type) string {
	return strings.TrimPrefix(t.PkgPath(), Module) + "." + t.Name()
}

// Module begins the path of every package of ours.
const Module = "github.com/winnow-data/winnow/"

func room(t reflect.Type) string {
	top, _, _ := strings.Cut(strings.TrimPrefix(t.PkgPath(), Module), "/")
	return top
}

// Types returns the struct types whose fields are settings of t: t itself, and those that lie flat in it.
func Types(t reflect.Type) []reflect.Type {
	out := []reflect.Type{t}
	for i := range t.NumField() {
		if f := t.Field(i); inlined(f) {
			out = append(out, Types(f.Type)...)
		}
	}
	return out
}

func inlined(f reflect.StructField) bool {
	tag := f.Tag.Get("yaml")
	return f.IsExported() && f.Type.Kind() == reflect.Struct && (strings.HasSuffix(tag, ",inline") || f.Anonymous && tag == "")
}

// fieldComment finds the comment of a field of t or of what lies flat in it. Bounds that lie flat are told by the field
// that holds them.
func fieldComment(t reflect.Type, field string, c Comments) (string, bool) {
	if text, ok := c[TypeName(t)].Fields[field]; ok {
		return text, true
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !inlined(f) {
			continue
		}
		if text, ok := fieldComment(f.Type, field, c); ok {
			return text, true
		}
		if _, ok := f.Type.FieldByName(field); ok {
			text, ok := c[TypeName(t)].Fields[f.Name]
			return text, ok
		}
	}
	return "", false
}

// docLink is a link of a doc comment to a Go name, which means nothing to who reads a page.
var docLink = regexp.MustCompile(`\[([A-Za-z][A-Za-z0-9_.]*)\]`)

// prose splits the doc comment of a stage into text and examples.
func prose(doc, name string) (text string, examples []string) {
	var p comment.Parser
	parsed := p.Parse(withoutLinks(doc))
	var rest []comment.Block
	for _, b := range parsed.Content {
		if code, ok := b.(*comment.Code); ok && begins(code.Text, name) {
			examples = append(examples, listed(code.Text, name)...)
			continue
		}
		rest = append(rest, b)
	}
	parsed.Content = rest
	return string((&comment.Printer{}).Comment(parsed)), examples
}

// listed makes an item of a recipe's list of each example in a block. One begins at each line that begins with the stage's name.
func listed(block, name string) []string {
	var examples []string
	for line := range strings.Lines(strings.TrimRight(block, "\n")) {
		if begins(line, name) {
			examples = append(examples, "- "+strings.TrimRight(line, "\n"))
			continue
		}
		examples[len(examples)-1] += "\n  " + strings.TrimRight(line, "\n")
	}
	return examples
}

// withoutLinks takes the brackets off links to names of Go, not those of lists in examples.
func withoutLinks(doc string) string {
	var b strings.Builder
	for line := range strings.Lines(doc) {
		if line[0] != '\t' {
			line = docLink.ReplaceAllString(line, "$1")
		}
		b.WriteString(line)
	}
	return b.String()
}

// begins says whether an example is of the stage of a name, and not of a variant or of a longer name.
func begins(example, name string) bool {
	rest, ok := strings.CutPrefix(example, name)
	return ok && (rest == "" || rest[0] == ':' || rest[0] == '\n')
}

// does is the first sentence without its subject, the type's name.
func does(doc string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(doc), "\n\n")
	first = strings.Join(strings.Fields(first), " ")
	if i := sentenceEnd(first); i >= 0 {
		first = first[:i]
	}
	_, first, _ = strings.Cut(first, " ")
	return strings.TrimSuffix(first, ".")
}

// sentenceEnd returns where the first sentence ends: a full stop, or a colon that a list follows, outside parentheses.
func sentenceEnd(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case '.', ':', ';':
			if depth == 0 && (i+1 == len(s) || s[i+1] == ' ') {
				return i
			}
		}
	}
	return -1
}

// defaultExample spells the stage with the first of its defaults that can be told.
func defaultExample(p Page) string {
	var parts []string
	for _, s := range p.Settings {
		if d := s.Default; d != "{}" && d != `""` && d != "[]" && d != "" && d != "false" && d != "0" && len(d) < 60 && len(parts) < 2 {
			parts = append(parts, s.Name+": "+d)
		}
	}
	if len(parts) == 0 {
		return "- " + p.Name
	}
	return "- " + p.Name + ": {" + strings.Join(parts, ", ") + "}"
}

// Lines answers what a stage does, and what a setting of it means, in one line: for editors.
func Lines(pages []Page) func(stage, setting string) string {
	lines := map[[2]string]string{}
	for _, p := range pages {
		lines[[2]string{p.Name, ""}] = p.Does
		for _, s := range p.Settings {
			lines[[2]string{p.Name, s.Name}] = s.Doc
		}
	}
	return func(stage, setting string) string { return lines[[2]string{stage, setting}] }
}
