// Package schema says which texts a constrained model may write: one of a set of labels, or JSON that a schema allows.
//
//	g, err := schema.Compile(raw)     // or schema.Labels(labels)
//	a := g.Automaton()
//	s := a.Start()
//	for _, b := range text {
//		s = a.Next(s, b)              // schema.Dead: no allowed text begins like this
//	}
//	done := a.Accepts(s)
//	rest := a.Closing(s)              // the quickest way to an allowed text
//
// A [Grammar] is a finite description without recursion, so its texts are a regular language over bytes with counters. An [Automaton] works out
// states and transitions when they are first met and remembers them; after that a byte costs one load. Token masks are made by walking a trie
// of the vocabulary's bytes along the automaton (Willard and Louf 2023, arXiv 2307.09702, do the same with precomputed tables).
//
// Of JSON Schema it understands:
//
//	type      object, array, string, number, integer, boolean, null, or a list of these
//	object    properties (written in their order), required; others are never written, so additionalProperties may be true or false
//	array     items, minItems, maxItems
//	string    minLength, maxLength
//	number    minimum, maximum, exclusiveMinimum, exclusiveMaximum; at most 15 digits before the point and 9 behind it, no exponent
//	any       enum, const, anyOf, $ref to #/$defs or #/definitions without recursion
//
// Annotations (title, description, default, examples, ...) are passed over. Any other keyword is an error that names it and its place: a model must
// not be held to less than the schema says. The JSON written is compact, but a model may put one space behind a colon or a comma.
package schema

import (
	"errors"
	"fmt"
)

// Bounds of a grammar, against hostile schemas.
const (
	maxBytes   = 1 << 20 // of a schema or of all labels
	maxNodes   = 1 << 16
	maxDepth   = 32
	maxClosing = 1 << 24 // of the shortest texts of all nodes
)

// A Grammar is a set of allowed texts. It is immutable and may be shared.
type Grammar struct {
	nodes []node
	start int32
	memo  []string // shortest text of each node
}

// A node is a part of an allowed text.
type node struct {
	kind     kind
	text     string  // literal
	kids     []int32 // sequence, choice; array: the item
	min, max int32   // text: characters; array: items; max -1: any number
	number   *number
}

type kind uint8

const (
	literal  kind = iota // the bytes of text
	sequence             // all kids in order
	choice               // one of the kids
	chars                // the inside of a JSON string, min to max characters
	digits               // a JSON number
	array                // min to max items with commas between, without the brackets
)

// Labels returns the grammar of which each label is a text.
func Labels(labels []string) (*Grammar, error) {
	if len(labels) == 0 {
		return nil, errors.New("labels: there are none")
	}
	b := &builder{}
	seen := map[string]bool{}
	size := 0
	var kids []int32
	for i, l := range labels {
		switch size += len(l); {
		case l == "":
			return nil, fmt.Errorf("labels: number %d is empty", i+1)
		case seen[l]:
			return nil, fmt.Errorf("labels: %q stands there twice", l)
		case size > maxBytes:
			return nil, fmt.Errorf("labels: over %d bytes", maxBytes)
		}
		seen[l] = true
		kids = append(kids, b.literal(l))
	}
	return b.grammar(b.add(node{kind: choice, kids: kids}))
}

// A builder collects nodes. Its first error stays.
type builder struct {
	nodes []node
	space int32 // the optional space, 0 before the first use
	err   error
}

func (b *builder) add(n node) int32 {
	if len(b.nodes) == 0 {
		b.nodes = append(b.nodes, node{kind: literal}) // 0 is the empty text
	}
	if len(b.nodes) >= maxNodes && b.err == nil {
		b.err = fmt.Errorf("schema: over %d parts", maxNodes)
	}
	if b.err != nil {
		return 0
	}
	b.nodes = append(b.nodes, n)
	return int32(len(b.nodes) - 1)
}

func (b *builder) literal(s string) int32    { return b.add(node{kind: literal, text: s}) }
func (b *builder) sequence(k ...int32) int32 { return b.add(node{kind: sequence, kids: k}) }
func (b *builder) choice(k ...int32) int32   { return b.add(node{kind: choice, kids: k}) }

// spaced is s and one space if the model likes.
func (b *builder) spaced(s string) int32 {
	if b.space == 0 {
		b.space = b.choice(b.literal(""), b.literal(" "))
	}
	return b.sequence(b.literal(s), b.space)
}

// grammar ends the building; kids always have lower numbers than their parents.
func (b *builder) grammar(start int32) (*Grammar, error) {
	if b.err != nil {
		return nil, b.err
	}
	g := &Grammar{nodes: b.nodes, start: start, memo: make([]string, len(b.nodes))}
	total := 0
	for i := range g.nodes {
		if total += g.length(int32(i)); total > maxClosing {
			return nil, fmt.Errorf("schema: even the shortest text takes too much room (over %d bytes in all parts); lower minItems or minLength", maxClosing)
		}
		g.memo[i] = g.shortestOf(int32(i))
	}
	return g, nil
}
