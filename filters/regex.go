package filters

import (
	"errors"
	"fmt"
	"regexp/syntax"

	re2 "github.com/wasilibs/go-re2"
)

// maxPattern is the longest regular expression, in bytes.
const maxPattern = 64 << 10

// compile reads a regular expression of the user. It runs in time linear in the text, whatever it says: RE2, without look-around and
// back-references. Go's parser, of the same grammar, looks first: its errors are for people, and RE2 prints its own to standard error.
func compile(pattern string) (*re2.Regexp, error) {
	switch {
	case pattern == "":
		return nil, errors.New("no regular expression is given")
	case len(pattern) > maxPattern:
		return nil, fmt.Errorf("a regular expression of %d bytes: at most %d are allowed", len(pattern), maxPattern)
	}
	if _, err := syntax.Parse(pattern, syntax.Perl); err != nil {
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
	re, err := re2.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", pattern, err)
	}
	return re, nil
}
