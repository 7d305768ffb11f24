package syntax

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"hash"
	"reflect"
)

// Go returns the key of a program: "" for one that does not parse. Text without a package clause is a file of package main.
func Go(program string) string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", program, parser.SkipObjectResolution)
	if err != nil {
		if file, err = parser.ParseFile(fset, "", "package main\n"+program, parser.SkipObjectResolution); err != nil {
			return ""
		}
	}
	h := sha256.New()
	write(h, reflect.ValueOf(file))
	return hex.EncodeToString(h.Sum(nil))
}

// meant are the positions that say something by being there: f(x...), type A = B, chan<-.
var meant = map[string]bool{"Ellipsis": true, "Assign": true}

// left are members of trees that are no part of a program, or are there twice.
var left = map[string]bool{"Imports": true, "Unresolved": true, "Comments": true, "Doc": true, "Comment": true, "GoVersion": true, "Incomplete": true, "Scope": true, "Obj": true}

// write writes a tree, each node with its type, each list with its length.
func write(h hash.Hash, v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			fmt.Fprint(h, "nil;")
			return
		}
		switch n := v.Interface().(type) {
		case *ast.ParenExpr:
			write(h, reflect.ValueOf(n.X))
		case *ast.BasicLit:
			fmt.Fprintf(h, "%v %q;", n.Kind, constant.MakeFromLiteral(n.Value, n.Kind, 0).ExactString())
		default:
			write(h, v.Elem())
		}
	case reflect.Slice:
		fmt.Fprintf(h, "[%d;", v.Len())
		for i := range v.Len() {
			write(h, v.Index(i))
		}
	case reflect.Struct:
		fmt.Fprintf(h, "%s;", v.Type().Name())
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if left[f.Name] || !f.IsExported() {
				continue
			}
			if p, ok := v.Field(i).Interface().(token.Pos); ok {
				if meant[f.Name] {
					fmt.Fprintf(h, "%t;", p.IsValid())
				}
				continue
			}
			write(h, v.Field(i))
		}
	default:
		fmt.Fprintf(h, "%q;", fmt.Sprint(v.Interface()))
	}
}
