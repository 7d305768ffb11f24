package notation

import "github.com/winnow-data/winnow/synth/check/internal/exact"

// A Kind says what a [Node] is.
type Kind uint8

// The kinds. Where not said otherwise, the operands are Kids.
const (
	Num       Kind = iota // Num
	Sym                   // Str: x, a_1, \alpha, \vec v
	Pi                    // π
	Euler                 // e
	Imag                  // i
	Inf                   // ∞
	Space                 // Str: R, Q, Z, N, C
	Add                   // two
	Mul                   // two; Open is '(' for f(x), which may be a function's value
	Div                   // two
	Neg                   // one
	Pow                   // base, exponent; roots too
	Call                  // Str: sin, ln, binom, floor; arguments
	Fact                  // one
	Abs                   // one
	Percent               // one: a hundredth
	Degree                // one: π/180
	Approx                // one: a decimal that its writer calls rounded (≈, …)
	PlusMinus             // one or two; Open is '+' for ±, '-' for ∓
	Tuple                 // any number, between Open and Close: ( [ ] ) <
	Set                   // any number, in no order; none: the empty set
	List                  // two or more; Open is ',' or 'a' for and, 'o' for or
	Relation              // Ops has one byte between two Kids: = < > l g # ~ E (≤ ≥ ≠ ≈ ∈)
	Union                 // two
	Meet                  // two
	Without               // two
	Matrix                // rows, each a Tuple
	Ratio                 // two or more
	Quantity              // one, of the unit Str
	Text                  // Str
)

// A Node is a part of what was read. It lives as long as its [Parser] is not asked to parse again.
type Node struct {
	Kind        Kind
	Open, Close byte
	Bare        bool  // a literal of digits alone; of a Sym: written outside of formulas
	Base        uint8 // of a Num written with its base: 101_2
	Num         exact.Rat
	Str         string
	Ops         string
	Kids        []*Node
}

// slab hands out nodes and lists of them, and takes all back at once.
type slab struct {
	nodes []Node
	used  int
	kids  []*Node
}

const maxNodes = 4096

func (s *slab) reset() {
	if s.nodes == nil {
		s.nodes, s.kids = make([]Node, 64), make([]*Node, 0, 128)
	}
	s.used, s.kids = 0, s.kids[:0]
}

// node returns a node, nil once there are too many.
func (s *slab) node(k Kind) *Node {
	if s.used == len(s.nodes) {
		if s.used >= maxNodes {
			return nil
		}
		// The nodes handed out stay where they are; the bigger block serves the next text too.
		s.nodes, s.used = make([]Node, min(2*len(s.nodes), maxNodes)), 0
	}
	n := &s.nodes[s.used]
	s.used++
	*n = Node{Kind: k}
	return n
}

// list returns a list that holds kids.
func (s *slab) list(kids ...*Node) []*Node {
	at := len(s.kids)
	s.kids = append(s.kids, kids...)
	return s.kids[at:len(s.kids):len(s.kids)]
}
