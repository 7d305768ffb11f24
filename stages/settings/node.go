package settings

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Kind says what a [Node] is.
type Kind uint8

// The kinds of nodes.
const (
	Null   Kind = iota // nothing, ~ or null
	Scalar             // one value
	List
	Map
)

// String names the kind as errors do.
func (k Kind) String() string { return [...]string{"nothing", "a value", "a list", "a map"}[k] }

// A Pos is a place in the text: line and column from 1, columns in characters.
type Pos struct{ Line, Column int }

// A Node is one value of a recipe with its place. Nodes are read-only once [Parse] has returned.
type Node struct {
	Kind   Kind
	Text   string // of a scalar: quotes and escapes resolved
	Quoted bool   // of a scalar: quoted or a block, so a string whatever it spells
	Items  []*Node
	Pairs  []Pair // in the order of the text; keys are unique
	Flow   bool   // a list or map in [] or {}

	Pos  Pos
	End  Pos    // of a flow list or map: its closing bracket
	Raw  string // of a scalar: as it stands in the text, maybe of several lines
	Flag string // the command line's flag that it came from; Pos is then meaningless
}

// A Pair is a key and its value. Keys are scalars.
type Pair struct {
	Key, Value *Node
}

// Get returns the value of a key of a map, or nil.
func (n *Node) Get(key string) *Node {
	if p := n.pair(key); p != nil {
		return p.Value
	}
	return nil
}

func (n *Node) pair(key string) *Pair {
	if n == nil {
		return nil
	}
	for i := range n.Pairs {
		if n.Pairs[i].Key.Text == key {
			return &n.Pairs[i]
		}
	}
	return nil
}

// Key returns the node of a key of a map, or nil.
func (n *Node) Key(key string) *Node {
	if p := n.pair(key); p != nil {
		return p.Key
	}
	return nil
}

// Find returns the first scalar below n whose text is s, or nil.
func (n *Node) Find(s string) *Node {
	if n == nil {
		return nil
	}
	if n.Kind == Scalar && n.Text == s {
		return n
	}
	for _, c := range n.Items {
		if f := c.Find(s); f != nil {
			return f
		}
	}
	for _, p := range n.Pairs {
		if f := p.Value.Find(s); f != nil {
			return f
		}
	}
	return nil
}

// Same says whether a and b mean the same, wherever they stand and however they are spelled.
func (n *Node) Same(o *Node) bool {
	if n.Kind != o.Kind || n.Text != o.Text || len(n.Items) != len(o.Items) || len(n.Pairs) != len(o.Pairs) {
		return false
	}
	if n.Kind == Scalar && n.Quoted != o.Quoted && plainMeaning(n.Text) {
		return false
	}
	for i := range n.Items {
		if !n.Items[i].Same(o.Items[i]) {
			return false
		}
	}
	for i := range n.Pairs {
		if n.Pairs[i].Key.Text != o.Pairs[i].Key.Text || !n.Pairs[i].Value.Same(o.Pairs[i].Value) {
			return false
		}
	}
	return true
}

// plainMeaning says whether s would mean something else than a string without quotes.
func plainMeaning(s string) bool {
	if isNull(s) {
		return true
	}
	if _, ok := boolean(s); ok {
		return true
	}
	_, err := parseNumber(s)
	return err == nil
}

// Width is the number of characters of the node's first line, at least 1: what a caret underlines.
func (n *Node) Width() int {
	first, _, _ := strings.Cut(n.Raw, "\n")
	return max(1, utf8.RuneCountInString(strings.TrimRight(first, " \t\r")))
}

// Is says what stands at n, for errors: its text quoted and clipped, or its kind.
func (n *Node) Is() string {
	if n.Kind != Scalar {
		return n.Kind.String()
	}
	return quote(n.Text)
}

func quote(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

type nodeError struct {
	node *Node
	err  error
}

func (e *nodeError) Error() string { return e.err.Error() }
func (e *nodeError) Unwrap() error { return e.err }

// ErrorAt makes an error that points at n, for [Unmarshaler].
func ErrorAt(n *Node, format string, args ...any) error {
	return &nodeError{n, fmt.Errorf(format, args...)}
}

func nodeOf(err error, otherwise *Node) *Node {
	var ne *nodeError
	if errors.As(err, &ne) && ne.node != nil {
		return ne.node
	}
	return otherwise
}

// WithFlag returns a copy of n and all below it that names the command line's flag in place of a position.
func (n *Node) WithFlag(flag string) *Node {
	c := *n
	c.Flag = flag
	c.Items, c.Pairs = nil, nil
	for _, item := range n.Items {
		c.Items = append(c.Items, item.WithFlag(flag))
	}
	for _, p := range n.Pairs {
		c.Pairs = append(c.Pairs, Pair{p.Key.WithFlag(flag), p.Value.WithFlag(flag)})
	}
	return &c
}
