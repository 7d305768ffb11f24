package settings

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Parse reads YAML into a tree. name stands in the problems. The tree is nil when the text is no YAML or holds what recipes may not use; an
// empty text is a [Null] node. It never panics, and its time is bounded by the limits: 2 MiB, 64 levels, 4096 keys of one map.
func Parse(name string, src []byte) (tree *Node, problems []Problem) {
	lines := Lines(src)
	defer func() {
		if r := recover(); r != nil {
			tree, problems = nil, []Problem{{Message: fmt.Sprintf("the YAML cannot be read: %v", r)}}
		}
		if len(problems) > 0 {
			tree = nil
		}
		Place(problems, name, lines)
	}()
	if p := badBytes(src); p != nil {
		return nil, []Problem{*p}
	}
	text := strings.Join(lines, "\n")
	tokens := lexer.Tokenize(text)
	if p := tooMuch(tokens); p != nil {
		return nil, []Problem{*p}
	}
	if ps := notInRecipes(tokens); len(ps) > 0 {
		return nil, ps
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, []Problem{syntaxProblem(err)}
	}
	b := builder{lines: lines}
	tree = b.file(file)
	return tree, b.problems
}

// Lines cuts a recipe into lines without their ends (\n or \r\n) and without a byte order mark: what columns count on.
func Lines(src []byte) []string {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	lines := strings.Split(string(src), "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	return lines
}

// Place fills in the file and the line that problems point at.
func Place(ps []Problem, name string, lines []string) {
	for i := range ps {
		p := &ps[i]
		if p.Flag != "" {
			p.Pos, p.Width = Pos{}, 0
			continue
		}
		p.File = name
		if l := p.Pos.Line; l >= 1 && l <= len(lines) && !p.Secret {
			p.Source = lines[l-1]
		}
	}
}

func syntaxProblem(err error) Problem {
	var p Problem
	var at *token.Token
	var e interface {
		GetMessage() string
		GetToken() *token.Token
	}
	if errors.As(err, &e) {
		p.Message, at = e.GetMessage(), e.GetToken()
	} else {
		p.Message, _, _ = strings.Cut(err.Error(), "\n")
	}
	if at != nil && at.Position != nil {
		p.Pos, p.Width = Pos{at.Position.Line, max(1, at.Position.Column)}, 1
	}
	if strings.Contains(p.Message, "\t") || strings.Contains(p.Message, `\t`) {
		p.Message = "a tab cannot indent YAML"
		p.Help = "use spaces"
	}
	if strings.Contains(p.Message, "must be specified") || strings.Contains(p.Message, "not found") {
		p.Help = "a bracket before is not closed"
	}
	return p
}

// builder turns the parser's tree into ours and collects what recipes may not hold.
type builder struct {
	lines    []string
	line     int    // number of the line in runes
	runes    []rune // of that line
	problems []Problem
}

func (b *builder) bad(t *token.Token, format string, args ...any) *Node {
	n := b.at(&Node{}, t)
	b.problems = append(b.problems, At(n, format, args...))
	return n
}

// at gives n its place. The parser's columns are off after some tokens of several lines; the text decides then.
func (b *builder) at(n *Node, t *token.Token) *Node {
	if t == nil || t.Position == nil {
		return n
	}
	n.Pos = Pos{t.Position.Line, max(1, t.Position.Column)}
	first, _, _ := strings.Cut(n.Raw, "\n")
	if first == "" || n.Pos.Line > len(b.lines) {
		return n
	}
	if b.line != n.Pos.Line {
		b.line, b.runes = n.Pos.Line, []rune(b.lines[n.Pos.Line-1])
	}
	if hasPrefix(b.runes, n.Pos.Column-1, first) {
		return n
	}
	const search = 4096 // characters; in a longer line the parser's column has to do
	if text := b.lines[n.Pos.Line-1]; len(text) <= search {
		if at := strings.Index(text, first); at >= 0 {
			n.Pos.Column = utf8.RuneCountInString(text[:at]) + 1
		}
	}
	return n
}

func hasPrefix(line []rune, at int, s string) bool {
	for _, r := range s {
		if at >= len(line) || line[at] != r {
			return false
		}
		at++
	}
	return true
}

func (b *builder) file(f *ast.File) *Node {
	tree := &Node{Pos: Pos{1, 1}}
	found := 0
	for _, d := range f.Docs {
		if d.Body == nil {
			continue
		}
		if found++; found > 1 {
			b.bad(d.Body.GetToken(), "a recipe is one document")
			continue
		}
		tree = b.node(d.Body, 0)
	}
	return tree
}

func (b *builder) node(n ast.Node, depth int) *Node {
	if n == nil {
		return &Node{}
	}
	t := n.GetToken()
	if depth > maxDepth {
		return b.bad(t, "more than %d maps and lists lie inside each other", maxDepth)
	}
	switch x := n.(type) {
	case *ast.MappingNode:
		return b.mapping(x.Values, x.IsFlowStyle, t, x.End, depth)
	case *ast.MappingValueNode:
		return b.mapping([]*ast.MappingValueNode{x}, x.IsFlowStyle, t, nil, depth)
	case *ast.SequenceNode:
		out := b.at(&Node{Kind: List, Flow: x.IsFlowStyle}, t)
		out.End = endOf(x.End)
		for _, v := range x.Values {
			out.Items = append(out.Items, b.placed(b.node(v, depth+1), out))
		}
		return out
	case *ast.LiteralNode:
		return b.at(&Node{Kind: Scalar, Text: x.Value.Value, Quoted: true, Raw: strings.TrimSpace(t.Origin)}, t)
	}
	if _, ok := n.(ast.ScalarNode); !ok {
		return b.bad(t, "%s is not part of the recipe grammar", n.Type())
	}
	return b.scalar(t)
}

func (b *builder) placed(n, parent *Node) *Node {
	if n.Pos.Line == 0 {
		n.Pos = parent.Pos
	}
	return n
}

func endOf(t *token.Token) Pos {
	if t == nil || t.Position == nil {
		return Pos{}
	}
	return Pos{t.Position.Line, t.Position.Column}
}

func (b *builder) scalar(t *token.Token) *Node {
	n := &Node{Kind: Scalar, Text: t.Value, Raw: strings.TrimSpace(t.Origin)}
	switch t.Type {
	case token.SingleQuoteType, token.DoubleQuoteType:
		n.Quoted = true
	case token.ImplicitNullType:
		n.Raw, n.Text = "", ""
	}
	if !n.Quoted && isNull(n.Text) {
		n.Kind, n.Text = Null, ""
	}
	return b.at(n, t)
}

func (b *builder) mapping(values []*ast.MappingValueNode, flow bool, start, end *token.Token, depth int) *Node {
	out := b.at(&Node{Kind: Map, Flow: flow}, start)
	out.End = endOf(end)
	seen := make(map[string]Pos, len(values))
	for _, v := range values {
		if _, ok := v.Key.(ast.ScalarNode); !ok {
			b.bad(v.Key.GetToken(), "a key must be a plain word")
			continue
		}
		key := b.scalar(v.Key.GetToken())
		if key.Kind == Null {
			key.Kind, key.Text = Scalar, key.Raw
		}
		value := b.placed(b.node(v.Value, depth+1), key)
		if first, ok := seen[key.Text]; ok {
			b.problems = append(b.problems, At(key, "the key %s stands twice: first in line %d", quote(key.Text), first.Line))
			continue
		}
		seen[key.Text] = key.Pos
		if len(out.Pairs) == 0 && !flow {
			out.Pos, out.Raw = key.Pos, key.Raw
		}
		out.Pairs = append(out.Pairs, Pair{key, value})
	}
	return out
}

func isNull(s string) bool {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}
