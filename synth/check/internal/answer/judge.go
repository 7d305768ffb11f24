package answer

import (
	"strings"

	"github.com/winnow-data/winnow/synth/check/internal/algebra"
	"github.com/winnow-data/winnow/synth/check/internal/notation"
)

// An Outcome says whether an answer is the gold answer.
type Outcome int8

// The outcomes.
const (
	Different Outcome = iota
	Same
	Unsure // a matter of convention, or beyond what can be read or calculated
)

// A Judge compares answers. It keeps its memory from one comparison to the next and serves one goroutine.
type Judge struct {
	gold, answer reader
	ring         algebra.Ring
	reason       string // why the outcome is not plain
}

// Gold reads the gold answer that Compare compares with. An error says that it cannot be read.
func (j *Judge) Gold(span Span) error {
	j.gold.read(span)
	switch {
	case j.gold.empty || strings.Trim(j.gold.text, "?.…-_ ") == "":
		return errEmpty
	case j.gold.broken && !balanced(j.gold.text):
		return errBroken
	case j.gold.node == nil && words(j.gold.text) == "":
		return errEmpty
	case j.gold.node == nil:
		return nil
	}
	return j.ring.Try(func() { j.valid(j.gold.node) })
}

type unreadable string

func (u unreadable) Error() string { return string(u) }

const (
	errEmpty  = unreadable("it is empty")
	errBroken = unreadable("its brackets do not close")
)

// valid panics where a number that n holds has no value, such as 1/0.
func (j *Judge) valid(n *notation.Node) {
	if n.Kind == notation.Num {
		return
	}
	if simple(n) {
		j.ring.Reset()
		j.ring.Of(n)
		return
	}
	for _, k := range n.Kids {
		j.valid(k)
	}
}

// Compare reads span and compares it with the gold answer. reason is set where the outcome needs one.
func (j *Judge) Compare(span Span) (o Outcome, reason string) {
	j.answer.read(span)
	if o, why, ok := j.moments(); ok {
		return o, why
	}
	o, reason = j.plainly(span)
	if why := j.doubt(o); why != "" {
		return Unsure, why
	}
	if o == Different && j.otherwise() {
		return Same, ""
	}
	return o, reason
}

// plainly compares what was read, without a look at the words around it.
func (j *Judge) plainly(span Span) (o Outcome, reason string) {
	j.reason = ""
	if opposed(j.gold.full, span.Text) {
		return Different, "the words say the opposite"
	}
	o = j.compare()
	if o != Different {
		return o, j.reason
	}
	// Another reading of the separators may be the gold answer.
	if strings.IndexByte(j.answer.text, ',') >= 0 || strings.IndexByte(j.answer.text, '.') >= 0 {
		if o = j.reread(); o != Different {
			return o, j.reason
		}
	}
	j.reason = ""
	if j.gold.broken {
		return Unsure, "the gold answer is in a notation that is not read"
	}
	if j.answer.broken && balanced(j.answer.text) && j.gold.node != nil && strings.ContainsAny(j.answer.text, `\`) && strings.ContainsAny(j.answer.text, "0123456789") {
		return Unsure, "the answer is in a notation that is not read"
	}
	return Different, ""
}

// reread tries the other meanings of commas and points.
func (j *Judge) reread() Outcome {
	if strings.ContainsAny(j.answer.text, "([") && j.answer.again(false, true, false) && j.compare() == Same {
		return Same
	}
	if j.answer.again(false, false, true) && j.answer.node.Kind == notation.Num && j.compare() == Same {
		return Same
	}
	if !europeanForm(j.answer.text) || !j.answer.again(true, false, false) || j.compare() != Same {
		j.answer.again(false, false, false)
		return Different
	}
	if j.gold.node != nil && (j.gold.node.Kind == notation.List || j.gold.node.Kind == notation.Set) {
		return Different
	}
	j.reason = "equal only with a comma before the decimals or points between the thousands"
	return Unsure
}

// europeanForm says whether the points and commas between digits in s may be read the other way round: points before three digits, one comma.
func europeanForm(s string) bool {
	found, comma := false, false
	for i := 1; i+1 < len(s); i++ {
		c := s[i]
		if c != ',' && c != '.' || s[i-1]-'0' > 9 || s[i+1]-'0' > 9 {
			continue
		}
		k := i + 1
		for k < len(s) && s[k]-'0' <= 9 {
			k++
		}
		if comma || c == '.' && k-i != 4 {
			return false
		}
		found, comma = true, c == ','
	}
	return found
}

// compare compares the two readings.
func (j *Judge) compare() Outcome {
	g, a := &j.gold.reading, &j.answer.reading
	switch {
	case a.empty:
		return Different
	case g.letter != 0 && (g.words || a.letter != 0):
		if a.letter == g.letter {
			return Same
		}
		if len(a.text) == 1 && a.text[0]&^0x20 == g.letter {
			return Same
		}
		if a.letter != 0 || g.words && len(g.text) > 1 && a.words {
			return j.sameWords(g, a)
		}
		if g.words {
			return j.sameWords(g, a)
		}
	}
	if g.node != nil && a.node != nil {
		var o Outcome
		if x, ok := rational(g.node); ok {
			if y, ok := rational(a.node); ok && g.node.Base == a.node.Base {
				if x.Equal(y) {
					return Same
				}
				if g.node.Bare && a.node.Bare {
					return Different
				}
			}
		}
		j.ring.Reset()
		if err := j.ring.Try(func() { o = j.same(g.node, a.node) }); err != nil {
			return same(g.text == a.text)
		}
		return o
	}
	if g.node != nil && g.node.Kind == notation.Set && len(g.node.Kids) == 0 || a.node != nil && a.node.Kind == notation.Set && len(a.node.Kids) == 0 {
		if words(g.text) == words(a.text) || words(g.text) == "no solution" || words(a.text) == "no solution" {
			return same(g.node == nil && words(g.text) == "no solution" || a.node == nil && words(a.text) == "no solution")
		}
	}
	if g.words && !a.words && !a.broken && a.node != nil {
		return same(words(g.text) == words(j.answer.full))
	}
	if g.node != nil && !a.broken && a.words && !g.words {
		return same(words(g.text) == words(a.text) && j.wordlike(g.node))
	}
	return j.sameWords(g, a)
}

// wordlike says whether n is names only, as a word would be read in a formula.
func (j *Judge) wordlike(n *notation.Node) bool {
	switch n.Kind {
	case notation.Sym, notation.Euler, notation.Imag, notation.Text, notation.Inf, notation.Pi:
		return true
	case notation.Mul:
		return j.wordlike(n.Kids[0]) && j.wordlike(n.Kids[1])
	}
	return false
}

func same(ok bool) Outcome {
	if ok {
		return Same
	}
	return Different
}

// sameWords compares as text.
func (j *Judge) sameWords(g, a *reading) Outcome {
	x, y := words(g.text), words(a.text)
	if x != y && j.answer.span.Loose { // the function is even
		for _, verb := range [...]string{" is ", " was ", " are "} {
			if k := strings.LastIndex(y, verb); k >= 0 {
				return same(x != "" && x == words(y[k+len(verb):]))
			}
		}
	}
	return same(x != "" && x == y)
}

// number returns n as a quotient.
func (j *Judge) number(n *notation.Node) algebra.Quotient { return j.ring.Of(n) }

// Stated returns the answer that was compared last, as it stands in the text.
func (j *Judge) Stated() string { return j.answer.text }

// GoldText returns the gold answer as it stands in its text.
func (j *Judge) GoldText() string { return j.gold.text }
