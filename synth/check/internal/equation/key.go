package equation

import "strings"

// Key returns the equations of text in order, without white space, joined by "|".
func Key(text string) string {
	var b strings.Builder
	r := Reader{}
	for e := range r.All(text) {
		if b.Len() > 0 {
			b.WriteByte('|')
		}
		if e.Annotated {
			compact(&b, e.Left, false)
			if e.sides {
				b.WriteByte('=')
				compact(&b, e.Right, false)
			}
			continue
		}
		compact(&b, e.Left, true)
		b.WriteByte('=')
		compact(&b, e.Right, true)
	}
	return b.String()
}

// compact writes s without white space; plain also without currency and separators, with the operators of ASCII.
func compact(b *strings.Builder, s string, plain bool) {
	for _, r := range s {
		switch {
		case r == ' ' || r == '\t' || r == '\u00a0':
		case plain && (r == '$' || r == ','):
		case plain && (r == '×' || r == 'x' || r == '·'):
			b.WriteByte('*')
		case plain && r == '÷':
			b.WriteByte('/')
		case plain && (r == '−' || r == '–'):
			b.WriteByte('-')
		default:
			b.WriteRune(r)
		}
	}
}
