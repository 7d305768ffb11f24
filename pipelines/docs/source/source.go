// Package source reads comments out of Go files, for the pages that package docs renders. It works while documentation is generated, never
// in the binary.
package source

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"github.com/winnow-data/winnow/pipelines/docs"
)

// Structs reads the structs of the package in a folder, by name.
func Structs(dir string) (docs.Comments, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	out := docs.Comments{}
	files := token.NewFileSet()
	for _, e := range entries {
		if name := e.Name(); !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, filepath.Join(dir, e.Name()), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("read comments: %w", err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, s := range g.Specs {
				spec := s.(*ast.TypeSpec)
				st, ok := spec.Type.(*ast.StructType)
				if !ok {
					continue
				}
				doc := spec.Doc.Text()
				if doc == "" && len(g.Specs) == 1 {
					doc = g.Doc.Text()
				}
				out[spec.Name.Name] = docs.Comment{Doc: doc, Fields: fields(st)}
			}
		}
	}
	return out, nil
}

// fields returns the comments of exported fields: the one behind the field, else the one above it.
func fields(st *ast.StructType) map[string]string {
	out := map[string]string{}
	for _, f := range st.Fields.List {
		text := f.Comment.Text()
		if text == "" {
			text = f.Doc.Text()
		}
		text = strings.Join(strings.Fields(text), " ")
		names := f.Names
		if names == nil { // embedded
			if id, ok := unqualified(f.Type); ok {
				names = []*ast.Ident{id}
			}
		}
		for _, n := range names {
			if n.IsExported() && text != "" {
				out[n.Name] = text
			}
		}
	}
	return out
}

func unqualified(t ast.Expr) (*ast.Ident, bool) {
	switch t := t.(type) {
	case *ast.Ident:
		return t, true
	case *ast.SelectorExpr:
		return t.Sel, true
	case *ast.StarExpr:
		return unqualified(t.X)
	}
	return nil, false
}
