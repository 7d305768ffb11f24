package answer

import (
	"strings"

	"github.com/winnow-data/winnow/synth/check/internal/exact"
	"github.com/winnow-data/winnow/synth/check/internal/notation"
)

// moments compares where a side is a date or a time of day. ok is false where neither is.
func (j *Judge) moments() (o Outcome, why string, ok bool) {
	g, a := &j.gold, &j.answer
	gold, timed := moment{}, false
	if len(g.full) <= maxWhole/2 {
		gold, timed = lastMoment(g.full)
	}
	stated, answered := a.moment(timed)
	switch {
	case !timed && !answered:
		return Different, "", false
	case timed && answered:
		if o = sameMoment(gold, stated); o == Unsure && words(g.full) == words(a.full) {
			return Same, "", true
		}
		if o == Unsure {
			why = "dates or times that cannot be compared"
		}
		return o, why, true
	}
	m, other := gold, a
	if answered {
		m, other = stated, g
	}
	if m.half != 0 && m.minute == 0 || timed && !strings.ContainsAny(a.full, "0123456789") {
		return Different, "", false // 5 pm for 5
	}
	if c, is := byClock24(other.full); is && m.half != 0 {
		if c.half, o = 0, sameMoment(gold, c); answered {
			o = sameMoment(c, stated)
		}
		return o, "", true
	}
	return Unsure, "a date or a time against a number", true
}

// moment returns the date or time of day that the number compared stands in. Where the gold answer is one, it is the last one of the statement.
func (r *reader) moment(any bool) (moment, bool) {
	s := r.full
	at := place(s, r.span.Text)
	if at < 0 || s == "" {
		return moment{}, false
	}
	from := 0
	if len(s) > 2*maxWhole {
		from = max(0, at-nearBytes)
		s = s[from:min(len(s), at+2*nearBytes)]
		at -= from
	}
	m, ok := lastMoment(s)
	if !ok || any {
		return m, ok
	}
	if r.span.Text == r.full { // the whole statement has to be it
		return m, len(strings.Trim(s[:m.from]+s[m.to:], " .,$*\\()")) <= 4
	}
	return m, m.from <= at && at < m.to
}

// doubt returns why the outcome o may be wrong: words that change a value, letters that may multiply it, another name.
func (j *Judge) doubt(o Outcome) string {
	g, a := &j.gold, &j.answer
	if h, own := a.hedged(), g.hedged(); h != own && g.node != nil && !(h == "" && o == Different) {
		if h == "" {
			h = own
		}
		return "\"" + h + "\" beside the number"
	}
	if a.text == g.text {
		return ""
	}
	if o == Different {
		return j.maybe()
	}
	if o == Same && multiplied(a.text) != multiplied(g.text) {
		return "a letter behind the number that may multiply it"
	}
	if o == Same && centsAgainstDollars(g, a) && !inCents(g, a) {
		return "cents against dollars"
	}
	return ""
}

// maybe returns how two values that differ may be one.
func (j *Judge) maybe() string {
	g, a := &j.gold, &j.answer
	if (g.node == nil || a.node == nil) && nothing(words(g.text), words(a.text)) {
		return "two words for no value"
	}
	for _, p := range [...][2]*reader{{g, a}, {a, g}} {
		if v := roman(p[0].text); v > 0 && p[1].node != nil {
			if n, ok := rational(p[1].node); ok && n.Equal(exact.Int(v)) {
				return "a Roman numeral"
			}
		}
	}
	if centsAgainstDollars(g, a) && inCents(g, a) {
		return "cents against dollars"
	}
	if a.span.Kind == Boxed && a.node != nil && g.node != nil && scales.MatchString(a.text) {
		return "a letter behind the number that may multiply it"
	}
	return ""
}

// otherwise says whether the answer in another notation is the gold answer: 100k as a product, 12,34,567 as one number.
func (j *Judge) otherwise() bool {
	a := &j.answer
	if indian.MatchString(a.text) && j.gold.node != nil {
		plain := strings.ReplaceAll(a.text, ",", "")
		n, ok := a.parser.Whole(plain)
		g, is := rational(j.gold.node)
		return ok && is && n.Num.Equal(g)
	}
	if a.node == nil || j.gold.node == nil || !hasUnknown(j.gold.node) || !scales.MatchString(a.text) {
		return false
	}
	a.literal = true
	defer func() { a.literal = false }()
	a.understand()
	return a.node != nil && j.compare() == Same
}

// centsAgainstDollars says whether one side counts cents and the other has a dollar sign.
func centsAgainstDollars(g, a *reader) bool {
	return dollars(a) && cents(g) || dollars(g) && cents(a)
}

func cents(r *reader) bool {
	if r.node == nil || r.node.Kind != notation.Quantity {
		return false
	}
	u := notation.UnitOf(r.node.Str)
	return u.Known() && u.Dims == notation.UnitOf("cent").Dims && u.Factor.Equal(exact.Frac(1, 100))
}

// dollars says whether r is a bare amount behind a dollar sign.
func dollars(r *reader) bool {
	if r.node == nil || r.node.Kind != notation.Num {
		return false
	}
	t := strings.TrimPrefix(strings.TrimPrefix(r.text, "-"), `\`)
	return strings.HasPrefix(t, "$") && strings.Count(t, "$") == 1
}

// inCents says whether the two amounts are equal in cents.
func inCents(g, a *reader) bool {
	if cents(a) {
		g, a = a, g
	}
	n, ok := rational(g.node.Kids[0])
	return ok && n.Equal(a.node.Num.Mul(exact.Int(100)))
}
