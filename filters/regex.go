package filters

import (
	"errors"
	"fmt"
	"regexp/syntax"

	re2 "github.com/wasilibs/go-re2"
)

// maxPattern is the longest regular expression, in bytes.
const maxPattern = 64 << 10

// maxProgram is the largest program of a regular expression, in steps as [program] counts them. RE2 begins to run out of memory for its
// automaton, again and again, somewhere between 150,000 and 390,000; an alternation of 5,000 words takes 60,000, in any case of letters 120,000.
const maxProgram = 200_000

// program estimates how many steps RE2 compiles an expression to: a byte of a literal is one, a class about as many as its bounds.
func program(re *syntax.Regexp) int {
	n := 1
	switch re.Op {
	case syntax.OpLiteral:
		n = len(string(re.Rune))
		if re.Flags&syntax.FoldCase != 0 {
			n *= 2
		}
	case syntax.OpCharClass:
		n = len(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		n = 10
	}
	for _, sub := range re.Sub {
		n += program(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Max, re.Min, 1)
	}
	return n
}

// compile reads a regular expression of the user. It runs in time linear in the text, whatever it says: RE2, without look-around and
// back-references. Go's parser, of the same grammar, looks first: its errors are for people, and RE2 prints its own to standard error.
func compile(pattern string) (*re2.Regexp, error) {
	switch {
	case pattern == "":
		return nil, errors.New("no regular expression is given")
	case len(pattern) > maxPattern:
		return nil, fmt.Errorf("a regular expression of %d bytes: at most %d are allowed", len(pattern), maxPattern)
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		var e *syntax.Error
		if !errors.As(err, &e) {
			return nil, fmt.Errorf("%q: %w", pattern, err)
		}
		hint := ""
		if e.Code == syntax.ErrInvalidPerlOp || e.Code == syntax.ErrInvalidEscape {
			hint = " (the grammar is RE2's: no look-around, no back-references)"
		}
		return nil, fmt.Errorf("%q: %s: %q%s", pattern, e.Code, e.Expr, hint)
	}
	if n := program(parsed); n > maxProgram {
		return nil, fmt.Errorf("%.80q: a program of about %d steps, at most %d are allowed: a repetition copies what it repeats, and a class such as \\pL takes a thousand steps: "+
			"write smaller counts, or none (+ and *)", pattern, n, maxProgram)
	}
	re, err := re2.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", pattern, err)
	}
	return re, nil
}
