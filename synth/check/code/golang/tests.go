package golang

import (
	"errors"
	"fmt"
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// A Case is what a program reads and what it must print; white space at the ends of lines and of the whole does not count.
type Case struct{ Input, Output string }

// Tests are the tests of one problem.
type Tests struct {
	cases  []Case
	file   *source
	names  []string // of the test functions
	needs  []string // names that the program must declare
	prompt *source  // nil if the prompt is no code
	begun  string   // the function that the prompt begins

	mu    sync.Mutex
	built map[string]*build // by the signatures of the program's functions
}

// A build is the tests' binary.
type build struct {
	once   sync.Once
	binary []byte
	err    error
}

// Cases makes tests of inputs and outputs.
func Cases(cases []Case) (*Tests, error) {
	if len(cases) == 0 {
		return nil, errors.New("there are no tests")
	}
	return &Tests{cases: cases}, nil
}

var testName = regexp.MustCompile(`^Test([^a-z]|$)`)

// Parse reads a test file. A package clause and imports may be missing, as in MultiPL-E: those of the prompt and of the usual packages are added.
// entry names the function under test; "": what the tests use and nobody declares.
func Parse(prompt, entry, tests string) (*Tests, error) {
	f, err := read(tests)
	if err != nil {
		return nil, fmt.Errorf("read the test functions: %w", err)
	}
	t := &Tests{file: f, built: map[string]*build{}}
	for _, d := range f.file.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && testName.MatchString(d.Name.Name) && d.Type.Params.NumFields() == 1 {
			t.names = append(t.names, d.Name.Name)
		}
	}
	if len(t.names) == 0 {
		return nil, errors.New("there are no test functions (func TestX(t *testing.T))")
	}
	t.prompt, t.begun = readPrompt(prompt)
	given := map[string]*ast.ImportSpec{}
	declared := map[string]bool{}
	if t.prompt != nil {
		given = t.prompt.imports()
		declared = t.prompt.declared()
		delete(declared, t.begun)
		delete(declared, entry)
	}
	used, own := free(f.file), f.imports()
	added := ""
	for _, name := range slices.Sorted(maps.Keys(used)) {
		switch {
		case universe[name] || own[name] != nil || declared[name]:
		case given[name] != nil:
			added += fmt.Sprintf("import %s %s;", name, given[name].Path.Value)
		case usual[name] != "" && selects(f.file, name):
			added += fmt.Sprintf("import %q;", usual[name])
		default:
			t.needs = append(t.needs, name)
		}
	}
	if entry != "" && used[entry] && !slices.Contains(t.needs, entry) {
		t.needs = append(t.needs, entry)
	}
	f.drop(given)
	f.change(f.file.Name, "main;"+added)
	return t, nil
}

// selects says whether name stands before a dot.
func selects(f *ast.File, name string) (yes bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			x, ok := s.X.(*ast.Ident)
			yes = yes || ok && x.Name == name && x.Obj == nil
		}
		return !yes
	})
	return yes
}

// declared are the names that a file declares at the top level.
func (s *source) declared() map[string]bool {
	all := map[string]bool{}
	for name := range s.file.Scope.Objects {
		all[name] = true
	}
	return all
}

// A signature is a function that crosses: its type, spelled, and how many parameters and results it has.
type signature struct {
	name            string
	params, results []string // types
	variadic        bool
	text            string // of the type
	foreign         string // a name in it that is not Go's own and not of the prompt
	generic         bool
}

func (s *source) signature(f *ast.FuncDecl, known map[string]bool) signature {
	g := signature{name: f.Name.Name, generic: f.Type.TypeParams != nil, text: "func" + strings.TrimPrefix(s.text[s.offset(f.Type.Params.Pos()):s.offset(f.Type.End())], "func")}
	list := func(fields *ast.FieldList) (types []string) {
		if fields == nil {
			return nil
		}
		for _, x := range fields.List {
			if e, ok := x.Type.(*ast.Ellipsis); ok {
				g.variadic = true
				types = append(types, s.span(e.Elt))
			} else {
				for range max(1, len(x.Names)) {
					types = append(types, s.span(x.Type))
				}
			}
			for name := range freeTypes(x.Type) {
				if !universe[name] && !known[name] {
					g.foreign = name
				}
			}
		}
		return types
	}
	g.params, g.results = list(f.Type.Params), list(f.Type.Results)
	return g
}

// freeTypes are the names in a type, those of packages included.
func freeTypes(n ast.Node) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			names[n.X.(*ast.Ident).Name] = true
			return false
		case *ast.Field:
			for name := range freeTypes(n.Type) {
				names[name] = true
			}
			return false
		case *ast.Ident:
			names[n.Name] = true
		}
		return true
	})
	return names
}

// proxy spells a function of that signature that asks the program.
func (g signature) proxy() string {
	var head, args, results []string
	for i, p := range g.params {
		if g.variadic && i == len(g.params)-1 {
			p = "..." + p
		}
		head, args = append(head, fmt.Sprintf("a%d %s", i, p)), append(args, fmt.Sprintf("&a%d", i))
	}
	var out []string
	for i, r := range g.results {
		out, results = append(out, fmt.Sprintf("r%d %s", i, r)), append(results, fmt.Sprintf("&r%d", i))
	}
	return fmt.Sprintf("func %s(%s) (%s) {\n\tshimOfTests.Call(%q, []any{%s}, []any{%s})\n\treturn\n}\n",
		g.name, strings.Join(head, ", "), strings.Join(out, ", "), g.name, strings.Join(args, ", "), strings.Join(results, ", "))
}

// files are those of the tests' binary, for functions of these signatures.
func (t *Tests) files(all []signature) []sandbox.File {
	var b, body strings.Builder
	for _, g := range all {
		body.WriteString(g.proxy())
	}
	b.WriteString("package main\n\n")
	if t.prompt != nil {
		for _, d := range t.prompt.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && (f.Recv == nil && slices.ContainsFunc(all, func(g signature) bool { return g.name == f.Name.Name }) || f.Name.Name == "main" && f.Recv == nil) {
				continue
			}
			if g, ok := d.(*ast.GenDecl); ok && len(g.Specs) > 0 {
				if _, ok := g.Specs[0].(*ast.ImportSpec); ok {
					continue
				}
			}
			body.WriteString(t.prompt.span(d) + "\n")
		}
		if s, err := read(body.String()); err == nil {
			b.WriteString(importsFor(t.prompt.imports(), free(s.file)))
		}
	}
	fmt.Fprintf(&b, "import shimOfTests %q\n\n%s", sandbox.Shim, body.String())
	var list strings.Builder
	for _, name := range t.names {
		fmt.Fprintf(&list, "\t\ttesting.InternalTest{Name: %q, F: %s},\n", name, name)
	}
	run := fmt.Sprintf("package main\n\nimport (\n\t\"testing\"\n\trunOfTests %q\n\tshimOfTests %q\n)\n\nfunc main() {\n%s\trunOfTests.Run(\n%s\t)\n}\n", sandbox.Shim+"/tests", sandbox.Shim, t.know(), list.String())
	return []sandbox.File{{Name: "tests.go", Text: t.file.String()}, {Name: "proxies.go", Text: b.String()}, {Name: "run.go", Text: run}}
}

// know spells the call that makes the types of the prompt known to the shim.
func (t *Tests) know() string {
	var types []string
	if t.prompt != nil {
		for _, d := range t.prompt.file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, x := range g.Specs {
				if x, ok := x.(*ast.TypeSpec); ok && x.TypeParams == nil {
					types = append(types, "(*"+x.Name.Name+")(nil)")
				}
			}
		}
	}
	return "\tshimOfTests.Know(" + strings.Join(types, ", ") + ")\n"
}
