package golang

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// maxSource bounds what is parsed, in bytes.
const maxSource = 1 << 20

// A source is a parsed file and the changes to be made to its text.
type source struct {
	text  string
	set   *token.FileSet
	file  *ast.File
	edits []edit
}

type edit struct {
	from, to int
	text     string
}

// read parses text; one without a package clause gets one.
func read(text string) (*source, error) {
	if len(text) > maxSource {
		return nil, fmt.Errorf("a source of %d bytes, allowed are %d", len(text), maxSource)
	}
	s := &source{text: text, set: token.NewFileSet()}
	var err error
	if s.file, err = parser.ParseFile(s.set, "", text, parser.PackageClauseOnly); err != nil {
		s.text = "package main\n" + text
	}
	s.set = token.NewFileSet()
	s.file, err = parser.ParseFile(s.set, "", s.text, 0)
	return s, err
}

func (s *source) offset(p token.Pos) int { return s.set.PositionFor(p, false).Offset }

func (s *source) span(n ast.Node) string { return s.text[s.offset(n.Pos()):s.offset(n.End())] }

func (s *source) change(n ast.Node, text string) {
	s.edits = append(s.edits, edit{s.offset(n.Pos()), s.offset(n.End()), text})
}

// String is the text with its changes.
func (s *source) String() string {
	slices.SortFunc(s.edits, func(a, b edit) int { return a.from - b.from })
	var b strings.Builder
	at := 0
	for _, e := range s.edits {
		b.WriteString(s.text[at:e.from] + e.text)
		at = e.to
	}
	return b.String() + s.text[at:]
}

// functions are those at the top level that are no methods.
func (s *source) functions() map[string]*ast.FuncDecl {
	all := map[string]*ast.FuncDecl{}
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
			all[f.Name.Name] = f
		}
	}
	return all
}

// imports are the packages by the names that the file gives them.
func (s *source) imports() map[string]*ast.ImportSpec {
	all := map[string]*ast.ImportSpec{}
	for _, i := range s.file.Imports {
		all[importName(i)] = i
	}
	return all
}

func importName(i *ast.ImportSpec) string {
	if i.Name != nil {
		return i.Name.Name
	}
	path := pathOf(i)
	return path[strings.LastIndexByte(path, '/')+1:]
}

func pathOf(i *ast.ImportSpec) string {
	path, err := strconv.Unquote(i.Path.Value)
	if err != nil {
		return i.Path.Value
	}
	return path
}

// free are the names that a file uses and does not declare.
func free(f *ast.File) map[string]bool {
	names := map[string]bool{}
	for _, x := range f.Unresolved {
		names[x.Name] = true
	}
	return names
}

// drop removes imports that nothing in the file uses, of those that only picks.
func (s *source) drop(only map[string]*ast.ImportSpec) {
	used := free(s.file)
	for name, spec := range s.imports() {
		if given := only[name]; given == nil || pathOf(given) != pathOf(spec) || used[name] || name == "_" || name == "." {
			continue
		}
		var n ast.Node = spec
		for _, d := range s.file.Decls {
			if g, ok := d.(*ast.GenDecl); ok && len(g.Specs) == 1 && g.Specs[0] == spec {
				n = g
			}
		}
		s.change(n, "")
	}
}

// importsFor spells the imports, of those given, that names use.
func importsFor(given map[string]*ast.ImportSpec, used map[string]bool) string {
	var lines []string
	for name, i := range given {
		if used[name] {
			lines = append(lines, fmt.Sprintf("import %s %s\n", name, i.Path.Value))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// usual are packages that a test file may use without an import, as data sets cut them off.
var usual = map[string]string{
	"testing": "testing", "fmt": "fmt", "reflect": "reflect", "math": "math", "sort": "sort", "slices": "slices", "strings": "strings", "strconv": "strconv",
	"errors": "errors", "time": "time", "bytes": "bytes", "maps": "maps", "sync": "sync", "context": "context",
}

// universe holds the names that Go declares itself.
var universe = map[string]bool{}

func init() {
	for name := range strings.FieldsSeq(`any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string
		uint uint8 uint16 uint32 uint64 uintptr true false iota nil append cap clear close complex copy delete imag len make max min new panic
		print println real recover _`) {
		universe[name] = true
	}
}
