package constraint

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// args are the arguments of an instruction. The first mistake is kept in err.
type args struct {
	values map[string]json.RawMessage
	err    error
}

func readArgs(kwargs json.RawMessage, known []string) (*args, error) {
	a := &args{}
	if len(kwargs) == 0 || string(kwargs) == "null" {
		return a, nil
	}
	if kwargs[0] == '"' { // some data sets hold the object as text
		var s string
		if err := json.Unmarshal(kwargs, &s); err != nil {
			return nil, fmt.Errorf("read the arguments: %w", err)
		}
		kwargs = json.RawMessage(s)
	}
	if string(kwargs) == "{}" {
		return a, nil
	}
	if err := json.Unmarshal(kwargs, &a.values); err != nil {
		return nil, fmt.Errorf("the arguments are no JSON object: %w", err)
	}
	for name, v := range a.values {
		if string(v) == "null" {
			delete(a.values, name)
		} else if !slices.Contains(known, name) {
			return nil, fmt.Errorf("argument %q is not one of %s", name, list(known))
		}
	}
	return a, nil
}

func list(names []string) string {
	if len(names) == 0 {
		return "its arguments, which are none"
	}
	return strings.Join(names, ", ")
}

func (a *args) fail(format string, values ...any) {
	if a.err == nil {
		a.err = fmt.Errorf(format, values...)
	}
}

func (a *args) decode(name string, to any, kind string) bool {
	raw, ok := a.values[name]
	if !ok {
		a.fail("argument %q is missing", name)
		return false
	}
	if err := json.Unmarshal(raw, to); err != nil {
		a.fail("argument %q is %.40s, want %s", name, raw, kind)
		return false
	}
	return true
}

// count reads a number of things, 0 or more. 3.0 is 3.
func (a *args) count(name string) int {
	var x float64
	if a.decode(name, &x, "a whole number") && (x != math.Trunc(x) || x < 0 || x > 1e15) {
		a.fail("argument %q is %v, want a whole number of 0 or more", name, x)
	}
	return int(x)
}

// text reads words that may not be blank, without white space around them.
func (a *args) text(name string) string {
	var s string
	if a.decode(name, &s, "text") {
		if s = strings.TrimFunc(s, isSpace); s == "" {
			a.fail("argument %q is blank", name)
		}
	}
	return s
}

// texts reads a list of words as they are.
func (a *args) texts(name string) []string {
	var words []string
	if a.decode(name, &words, "a list of words") {
		if len(words) == 0 {
			a.fail("argument %q is empty", name)
		}
		if slices.Contains(words, "") {
			a.fail("argument %q holds an empty word", name)
		}
	}
	return words
}

// A relation compares a count with a number.
type relation struct {
	name  string
	holds func(got, n int) bool
}

// The first two are IFEval's.
var relations = []relation{
	{"at least", func(got, n int) bool { return got >= n }},
	{"less than", func(got, n int) bool { return got < n }},
	{"at most", func(got, n int) bool { return got <= n }},
	{"more than", func(got, n int) bool { return got > n }},
	{"exactly", func(got, n int) bool { return got == n }},
}

func (a *args) relation(name string) relation {
	var s string
	if !a.decode(name, &s, "a relation") {
		return relation{}
	}
	var names []string
	for _, r := range relations {
		if r.name == s {
			return r
		}
		names = append(names, r.name)
	}
	a.fail("argument %q is %q, allowed are %s", name, s, strings.Join(names, ", "))
	return relation{}
}

// counted makes a verifier that compares a count with a number.
func counted(r relation, n int, unit string, count func(t *Text) int) (string, func(t *Text) found) {
	return fmt.Sprintf("%s %d %s", r.name, n, unit), func(t *Text) found {
		got := count(t)
		f := is(r.holds(got, n))
		f.count, f.unit = got, unit
		return f
	}
}

var atLeast, exactly = relations[0], relations[4]
