package code

import (
	"fmt"
	"slices"
	"strings"
)

// Vain says why no program can fail the tests: none calls the function under test, or none can find fault with what that gives. nil if one might, which
// is the answer for tests that this reading does not follow. A call that nothing is asserted of counts for nothing: it tells programs that raise from others, not right from wrong.
func (t *Tests) Vain() error {
	s := scan{entry: t.entry, check: t.code != ""}
	for _, x := range t.tests {
		if x.want != nil {
			called := false
			x.want.holes(func(i int) { called = called || s.calls(t.calls[i]) })
			s.used = s.used || called
			s.fails = s.fails || called && !x.want.holds()
			continue
		}
		if !s.check && !s.read(x.source, false) {
			return nil
		}
	}
	if !s.read(t.code, false) || !s.read(t.setup, true) || !s.read(t.helpers, true) {
		return nil
	}
	switch {
	case !s.used && t.entry != "":
		return fmt.Errorf("no test calls %s: any program passes", t.entry)
	case !s.used:
		return fmt.Errorf("no test calls a function: any program passes")
	case !s.fails:
		return fmt.Errorf("no test can fail: nothing is asserted of what a call gives")
	}
	return nil
}

// holds says whether an expectation is true whatever the program answers: `f(1) == 2 or True`, or a pair of an expectation and a message.
func (n *node) holds() bool {
	if v, err := n.eval(func(int) (Value, bool) { return nil, false }); err == nil {
		return truth(v)
	}
	switch n.op {
	case "or":
		return slices.ContainsFunc(n.args, (*node).holds)
	case "and":
		return !slices.ContainsFunc(n.args, func(a *node) bool { return !a.holds() })
	case "list", "tuple", "set", "dict":
		return len(n.args) > 0
	}
	return false
}

// A scan looks through tests that are code, token by token.
type scan struct {
	entry string // "" where no one names the function under test: any that is called may be it
	check bool   // the tests are check(candidate)
	used  bool   // something calls the function, or hands it on
	fails bool   // something might find fault
	param string // by which check knows the function
}

// read reads a piece of code; of what runs beside the tests, the functions alone. It says whether Python can be told apart in it.
func (s *scan) read(source string, beside bool) bool {
	lines, err := cut(source)
	if err != nil {
		return false
	}
	for _, l := range lines {
		first := l.tokens[0].text
		if first == "def" || first == "class" {
			if s.check && len(l.tokens) > 3 && l.tokens[1].text == "check" {
				s.param = l.tokens[3].text
			}
			continue
		}
		if beside && l.indent == 0 {
			continue
		}
		for i := range l.tokens {
			s.used = s.used || s.uses(l.tokens, i)
			s.fails = s.fails || s.finds(l.tokens, i)
		}
	}
	return true
}

// calls says whether what the program is asked for calls the function under test; `(f)` and `(callable(f))` do not.
func (s *scan) calls(asked string) bool {
	for _, l := range linesOf("assert " + strings.TrimSuffix(strings.TrimPrefix(asked, "("), ")")) {
		for i := range l.tokens {
			if s.uses(l.tokens, i) {
				return true
			}
		}
	}
	return false
}

// uses says whether token i is the function under test, called or handed on. Whether it exists is no call.
func (s *scan) uses(t []token, i int) bool {
	if t[i].kind != name || words[t[i].text] {
		return false
	}
	called := i+1 < len(t) && t[i+1].text == "("
	if s.entry == "" {
		return called && (i == 0 || t[i-1].text != ".")
	}
	if t[i].text != s.param && !slices.Contains(strings.Split(s.entry, "."), t[i].text) {
		return false
	}
	if called {
		return true
	}
	if i > 1 && t[i-1].text == "(" && (looks[t[i-2].text] || s.check && t[i-2].text == "check") {
		return false
	}
	return t[0].text != "assert" || i > 1 && (t[i-1].text == "(" || t[i-1].text == ",")
}

// finds says whether token i begins what might find fault: an assert of something that is no constant, an assert that comes true for nobody, an exception,
// or a function that bears such a name, as those of unittest, pytest and numpy do.
func (s *scan) finds(t []token, i int) bool {
	word := strings.ToLower(t[i].text)
	switch {
	case t[i].kind != name:
		return false
	case word == "raise":
		return true
	case word != "assert":
		return !words[t[i].text] && (strings.Contains(word, "assert") || strings.Contains(word, "raises") || strings.Contains(word, "fail") || strings.Contains(word, "exit"))
	}
	rest := withoutMessage(t[i+1:])
	if slices.ContainsFunc(indices(rest), func(k int) bool { return s.varies(rest, k) }) {
		return true
	}
	p := parser{t: rest}
	n, err := p.all()
	return err != nil || !n.holds()
}

// varies says whether token k names something that need not be the same for all programs.
func (s *scan) varies(t []token, k int) bool {
	if t[k].kind == str {
		return strings.ContainsAny(t[k].text[:strings.IndexAny(t[k].text, `"'`)], "fF")
	}
	if t[k].kind != name || words[t[k].text] {
		return false
	}
	_, builtin := functions[t[k].text]
	return !builtin || s.entry == "" || t[k].text == s.entry
}

func indices(t []token) []int {
	all := make([]int, len(t))
	for i := range all {
		all[i] = i
	}
	return all
}

var (
	// words are no names of a program's.
	words = setOf(`False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not
		or pass raise return try while with yield`)

	// looks are the builtins that look at a function and do not call it.
	looks = setOf("callable isinstance hasattr getattr type id print repr str bool")
)
