package pii

// maxGroups and maxDigits bound what one number may consist of; longer chains of digits are no personal data.
const (
	maxGroups = 10
	maxDigits = 40
)

// groups are runs of digits that stand one behind the other with one separator between: 030/123-456.
type groups struct {
	g     [maxGroups]group
	n     int
	d     [maxDigits]byte // all digits, as '0' to '9'
	total int
}

type group struct {
	start, end int  // in the text
	first, n   int  // in d
	sep        byte // before the group: ' ', '-', '.', '/', '(' or ')'; 0 before the first
	wider      bool // holds more digits than fit: no number of ours
}

// read reads the groups from i, where a run of digits begins. The first group is always there and always ends at the end of its run.
func (g *groups) read(s string, i int) {
	g.n, g.total = 0, 0
	sep := byte(0)
	for g.n < maxGroups {
		r := &g.g[g.n]
		g.n++
		*r = group{start: i, first: g.total, sep: sep}
		for n := digitSize(s, i); n > 0; n = digitSize(s, i) {
			if g.total == maxDigits {
				r.wider = true
			} else {
				g.d[g.total] = '0' + s[i+n-1]&0x0F
				g.total++
			}
			i += n
		}
		r.n, r.end = g.total-r.first, i
		if g.total == maxDigits {
			return
		}
		c, n := separator(s, i)
		if n == 0 || digitSize(s, i+n) == 0 {
			return
		}
		sep, i = c, i+n
	}
}

// digits returns the digits of the first k groups.
func (g *groups) digits(k int) []byte {
	l := g.g[k-1]
	return g.d[:l.first+l.n]
}

// shape says whether the first groups have just these lengths.
func (g *groups) shape(from int, lengths ...int) bool {
	if g.n < from+len(lengths) {
		return false
	}
	for i, n := range lengths {
		if g.g[from+i].n != n || g.g[from+i].wider {
			return false
		}
	}
	return true
}

// digitSize returns the length of the ASCII or full-width digit at i, 0 if there is none.
func digitSize(s string, i int) int {
	if i >= len(s) {
		return 0
	}
	if c := s[i]; c < 0x80 {
		if c >= '0' && c <= '9' {
			return 1
		}
		return 0
	}
	if i+2 < len(s) && s[i] == 0xEF && s[i+1] == 0xBC && s[i+2] >= 0x90 && s[i+2] <= 0x99 {
		return 3
	}
	return 0
}

// separator reads what may stand between two groups of one number and returns its class and length.
func separator(s string, i int) (class byte, n int) {
	if i >= len(s) {
		return 0, 0
	}
	switch c := s[i]; c {
	case '-', '.', '/':
		return c, 1
	case ' ':
		if i+1 < len(s) && s[i+1] == '(' {
			return '(', 2
		}
		return ' ', 1
	case '(':
		return '(', 1
	case ')':
		if i+1 < len(s) && (s[i+1] == ' ' || s[i+1] == '-') {
			return ')', 2
		}
		return ')', 1
	}
	if s[i] < 0x80 {
		return 0, 0
	}
	switch {
	case has(s, i, "\u00A0"): // no-break space
		return ' ', 2
	case has(s, i, "\u202F"), has(s, i, "\u2009"): // narrow spaces
		return ' ', 3
	case has(s, i, "‐"), has(s, i, "‑"), has(s, i, "‒"), has(s, i, "–"), has(s, i, "－"):
		return '-', 3
	case has(s, i, "（"):
		return '(', 3
	case has(s, i, "）"):
		return ')', 3
	}
	return 0, 0
}

func has(s string, i int, sub string) bool { return len(s)-i >= len(sub) && s[i:i+len(sub)] == sub }
