package answer

import (
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
	"github.com/winnow-data/winnow/synth/check/internal/notation"
)

// A reading is what an answer was understood as.
type reading struct {
	text   string         // the statement, trimmed
	node   *notation.Node // nil where it is words, or no mathematics
	letter byte           // of the option it names, or 0
	words  bool           // it is words
	broken bool           // it looks like mathematics and cannot be read
	empty  bool
}

// reader reads one side of a comparison and keeps what it needs to read it again otherwise.
type reader struct {
	parser  notation.Parser
	span    Span
	full    string // the statement before a number was looked for within it
	literal bool   // 100k is a product, not a hundred thousand
	reading
}

// read understands span.
func (r *reader) read(span Span) {
	r.span, r.full = span, span.Text
	r.parser.European, r.parser.Grouped, r.parser.Myriads = false, false, false
	if plainDigits(span.Text) {
		r.reading = reading{text: span.Text}
		r.parser.Formula = false
		r.node, _ = r.parser.Whole(span.Text)
		return
	}
	r.understand()
	if node := r.node; node != nil && span.Loose && calculations(node) {
		r.node = node.Kids[len(node.Kids)-1]
	}
	if (r.broken || r.words && strings.ContainsAny(span.Text, "0123456789")) && (span.Loose || span.Kind == Phrase || span.Kind == Hash) {
		if s, ok := lastNumber(span.Text); ok {
			r.span = Span{Text: s, Kind: Number}
			r.understand()
		}
	}
}

// calculations says whether n is a list of calculations, of which a text without a statement means the last.
func calculations(n *notation.Node) bool {
	if n.Kind != notation.List {
		return false
	}
	for _, k := range n.Kids {
		if a, ok := assigned(k); !ok || a.name != "" || k.Kind != notation.Relation {
			return false
		}
	}
	return true
}

// again reads the span with commas before decimals, with commas inside numbers in brackets, or with commas before four digits. It says whether that is a value.
func (r *reader) again(european, grouped, myriads bool) bool {
	r.parser.European, r.parser.Grouped, r.parser.Myriads = european, grouped, myriads
	r.understand()
	return r.node != nil
}

// plainDigits says whether s is an integer as machines write it.
func plainDigits(s string) bool {
	if s == "" || len(s) > 18 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i]-'0' > 9 && (s[i] != '-' || i > 0 || len(s) == 1) {
			return false
		}
	}
	return true
}

func (r *reader) understand() {
	t := trim(r.span.Text)
	r.reading = reading{text: t, empty: t == ""}
	if r.empty {
		return
	}
	rest := t
	if !r.literal {
		rest = amount(t)
	}
	for _, arrow := range [...]string{`\implies`, `\Rightarrow`, `\therefore`, "⇒", "∴"} {
		if k := strings.LastIndex(t, arrow); k >= 0 && r.span.Kind != Boxed {
			rest = strings.TrimSpace(t[k+len(arrow):])
		}
	}
	if t[0]-'0' > 9 {
		r.letter, rest = option(rest)
		if r.letter != 0 && rest == "" {
			rest = string(r.letter)
			r.words = true
		}
	}
	if prose(rest) && !mathWords(rest) {
		r.words = true
		if words(rest) == "all real numbers" {
			r.node, _ = r.parser.Whole(`\mathbb{R}`)
			r.words = false
		}
		return
	}
	r.parser.Formula = formula(rest, r.span.Kind) || len(rest) <= 3 && prose(rest)
	n, ok := r.parser.Whole(rest)
	if !ok {
		n, ok = r.prefix(n, rest)
	}
	if ok {
		r.node = n
		if n.Kind == notation.Text {
			r.node, r.words = nil, true
		}
		return
	}
	r.broken = !prose(rest)
	r.words = !r.broken
}

// prefix accepts the value that a sentence begins with: 5 because 2+3=5. A statement in a box or behind #### has to be a value to its end, unless
// words follow.
func (r *reader) prefix(n *notation.Node, s string) (*notation.Node, bool) {
	if r.span.Kind == Boxed || r.span.Kind == All {
		return nil, false
	}
	if n == nil {
		return nil, false
	}
	_, end := r.parser.Prefix(s)
	rest := strings.TrimLeft(s[end:], " $*)")
	if rest == "" {
		return n, true
	}
	if c := rest[0]; c >= 0x80 || isLetter(c) || strings.IndexByte(",;:(.!?[", c) >= 0 {
		return n, n.Kind != notation.Sym
	}
	return n, r.span.Kind == Number
}

// mathWords says whether prose may be a value all the same: one letter, number words, infinity, names in a formula.
func mathWords(s string) bool {
	if len(s) <= 3 {
		return !stopWord(s)
	}
	if s[0] >= utf8.RuneSelf {
		return true
	}
	if singles(s) {
		return true
	}
	switch w := firstWord(s); strings.ToLower(w) {
	case "negative", "minus", "pi", "half", "infinity", "inf", "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
		"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety":
		return true
	default:
		return len(w) == 1 && len(s) < 24 && strings.ContainsAny(s, "!(|*-")
	}
}

// singles says whether no two letters of s stand together: (a, b).
func singles(s string) bool {
	for i := 1; i < len(s); i++ {
		if isLetter(s[i]) && isLetter(s[i-1]) {
			return false
		}
	}
	return len(s) < 40
}

// stopWord says whether a short word is no product of unknowns.
func stopWord(s string) bool {
	switch strings.ToLower(s) {
	case "no", "on", "yes", "so", "or", "as", "is", "it", "in", "to", "do", "go", "up", "of", "by", "an", "at", "be", "he", "me", "we", "us", "my", "if",
		"odd", "all", "any", "not", "non", "one", "two", "six", "ten", "and", "the", "top", "sum", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "may", "jan",
		"red", "dne", "nan", "n/a", "low", "new", "old", "big", "day", "man", "boy", "cat", "dog", "tie":
		return true
	}
	return false
}

// formula says whether letters in s are unknowns: there is LaTeX without dollar signs, or notation.
func formula(s string, kind How) bool {
	dollar := strings.IndexByte(s, '$')
	if dollar > 0 && s[dollar-1] == '\\' {
		dollar = -1
	}
	if dollar >= 0 {
		return false
	}
	for i := 0; i+1 < len(s); i++ {
		switch s[i] {
		case '\\':
			if isLetter(s[i+1]) && !strings.HasPrefix(s[i:], `\text`) && !strings.HasPrefix(s[i:], `\(`) {
				return true
			}
		}
	}
	return kind == Boxed && strings.IndexByte(s, ' ') < 0
}

// rational returns the value of a number without touching anything else.
func rational(n *notation.Node) (exact.Rat, bool) {
	if n.Kind == notation.Num {
		return n.Num, true
	}
	return exact.Rat{}, false
}
