package filters

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	re2 "github.com/wasilibs/go-re2"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// Replace rewrites what a regular expression of yours matches, in text, turns and answers. It drops nothing, but a text of which nothing
// is left goes by rule empty.
//
//	replace: {match: '[ \t]+\n', with: "\n"}
//
// In `with`, $1 or ${1} stands for what the first group has matched, ${name} for the group (?P<name>…), $0 for all of it, and $$ for a
// dollar sign. The grammar is that of pattern; matches are found from left to right and do not overlap.
//
//	replace: {match: '(?m)^(?P<day>\d\d)\.(?P<month>\d\d)\.(\d{4})$', with: "$3-${month}-${day}", count: dates}
//
// `count` names a field that takes the number of places. A text with more than 4 million matches, or one that grows beyond eight times its
// size and 64 MiB, is quarantined.
type Replace struct {
	Match string // the regular expression
	With  string // what stands in the place of a match; none given: nothing
	Count string // field that takes the number of places; none given: none does

	re *re2.Regexp
}

var replaceDefaults = Replace{}

const (
	maxReplaced = 4 << 20  // matches of one text
	maxGrowth   = 8        // times a text may grow
	freeGrowth  = 64 << 20 // bytes that every text may grow to
)

// ownNames are what every document has by itself.
var ownNames = []string{"id", "source", "kind", "text", "turns", "answers"}

// Validate implements [stages.Validator].
func (r *Replace) Validate() error {
	re, err := compile(r.Match)
	if err != nil {
		return fmt.Errorf("match: %w", err)
	}
	if slices.Contains(ownNames, r.Count) {
		return fmt.Errorf("count: %q is a part of every document and no field: a number there would be lost or take its place; name a field of your own, such as %q", r.Count, "replaced")
	}
	if err := checkTemplate(r.With, r.Match); err != nil {
		return fmt.Errorf("with: %w", err)
	}
	if r.With == "" && re.MatchString("") && re.FindString("x") == "" && re.FindString(" ") == "" {
		return fmt.Errorf("match: %q matches nothing but empty places, and with is empty: nothing would change", r.Match)
	}
	return nil
}

// reference matches what Go's templates take for a reference to a group.
var reference = regexp.MustCompile(`\$(\$|[\pL\pN_]+|\{[\pL\pN_]+\})?`)

// checkTemplate says whether every reference of the template is to a group that the pattern has. Go's templates put nothing in the place of others.
func checkTemplate(with, pattern string) error {
	groups, err := regexp.Compile(pattern)
	if err != nil {
		return fmt.Errorf("%q: %w", pattern, err)
	}
	var known []string
	for i, name := range groups.SubexpNames() {
		known = append(known, strconv.Itoa(i))
		if name != "" {
			known = append(known, name)
		}
	}
	for _, ref := range reference.FindAllString(with, -1) {
		name := strings.Trim(ref[1:], "{}")
		switch {
		case ref == "$$" || slices.Contains(known, name):
		case ref == "$":
			return errors.New(`a single "$": write $$ for a dollar sign, ${1} for a group`)
		case slices.Contains(known, name[:1]) && !strings.Contains(ref, "{"):
			return fmt.Errorf("%q: the pattern has no group %q: write ${%s}%s", ref, name, name[:1], name[1:])
		default:
			return fmt.Errorf("%q: the pattern has no group %q: allowed are %s", ref, name, strings.Join(known, ", "))
		}
	}
	return nil
}

// Provision implements [stages.Provisioner].
func (r *Replace) Provision(*stages.Env) (err error) {
	r.re, err = compile(r.Match)
	return err
}

// Writes implements [stages.Writer].
func (r *Replace) Writes() []string {
	if r.Count == "" {
		return nil
	}
	return []string{r.Count}
}

// Types implements [stages.Typed].
func (r *Replace) Types() map[string]string {
	if r.Count == "" {
		return nil
	}
	return map[string]string{r.Count: "int"}
}

// Map implements [stages.Mapper].
func (r *Replace) Map(d *stages.Document, _ *text.View) (stages.Verdict, error) {
	places := 0
	var fault error
	d.Edit(func(s string) string {
		out, n, err := r.rewrite(s)
		fault = errors.Join(fault, err)
		places += n
		return out
	})
	if fault != nil {
		return stages.Verdict{}, fault
	}
	if r.Count != "" {
		d.Fields.SetNumber(r.Count, float64(places))
	}
	return stages.Verdict{}, nil
}

// rewrite returns s with its matches replaced, the very text if it has none, and their number.
func (r *Replace) rewrite(s string) (string, int, error) {
	if !r.re.MatchString(s) {
		return s, 0, nil
	}
	literal := !strings.Contains(r.With, "$")
	var found [][]int
	if literal {
		found = r.re.FindAllStringIndex(s, maxReplaced+1)
	} else {
		found = r.re.FindAllStringSubmatchIndex(s, maxReplaced+1)
	}
	if len(found) > maxReplaced {
		return s, 0, fmt.Errorf("replacing %q: more than %d matches", r.Match, maxReplaced)
	}
	limit := max(freeGrowth, maxGrowth*len(s))
	out, last := make([]byte, 0, len(s)+len(s)/8), 0
	for _, m := range found {
		out = append(out, s[last:m[0]]...)
		if literal {
			out = append(out, r.With...)
		} else {
			out = r.re.ExpandString(out, r.With, s, m)
		}
		if last = m[1]; len(out) > limit {
			return s, 0, fmt.Errorf("replacing %q: a text of %d bytes grows beyond %d", r.Match, len(s), limit)
		}
	}
	return string(append(out, s[last:]...)), len(found), nil
}

// Interface guards.
var (
	_ stages.Mapper      = (*Replace)(nil)
	_ stages.Validator   = (*Replace)(nil)
	_ stages.Provisioner = (*Replace)(nil)
	_ stages.Writer      = (*Replace)(nil)
	_ stages.Typed       = (*Replace)(nil)
)
