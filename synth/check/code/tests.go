package code

import (
	"fmt"
	"slices"
	"strings"
)

// A Source is the tests of one problem as data sets carry them. One of Asserts and Check is set.
type Source struct {
	Entry   string   // the function under test; needed for Check
	Setup   string   // runs after the program, in its process: what calls refer to
	Asserts []string // each a piece of code with asserts (MBPP)
	Check   string   // code that defines check(candidate) (HumanEval)
	Helpers string   // code that the tests may use and that is not the program's, such as a prompt that defines functions; its Entry is not used
}

// Tests are the tests of one problem, cut into calls and expectations where that is possible.
type Tests struct {
	setup string
	tests []test
	calls []string // of the tests that are data, in order
	code  string   // what the second process loads before the tests that are code
	entry string   // "" until the first call names it
	// helpers are loaded by the second process before all
	helpers string
}

// A test is data (want) or code.
type test struct {
	want   *node
	source string
}

// Count returns the number of tests and how many of them are data.
func (t *Tests) Count() (all, data int) {
	for _, x := range t.tests {
		if x.want != nil {
			data++
		}
	}
	return len(t.tests), data
}

// Parse reads tests. What is no assert over literals is kept as code; whether that compiles shows when it runs.
func Parse(s Source) (*Tests, error) {
	switch {
	case s.Check != "" && len(s.Asserts) > 0:
		return nil, fmt.Errorf("tests are a list of asserts or a check function, not both")
	case s.Check != "":
		return parseCheck(s)
	case len(s.Asserts) == 0:
		return nil, fmt.Errorf("there are no tests")
	}
	t := &Tests{setup: s.Setup, entry: s.Entry, helpers: s.Helpers}
	for _, source := range s.Asserts {
		if len(source) > maxSource {
			return nil, fmt.Errorf("a test of %d bytes, allowed are %d", len(source), maxSource)
		}
		lines, err := cut(source)
		if err == nil && len(lines) > 0 {
			if wants, ok := t.asserts(source, lines, nil); ok {
				t.tests = append(t.tests, wants...)
				continue
			}
		}
		t.tests = append(t.tests, test{source: source})
	}
	return t, nil
}

// maxSource bounds tests, in bytes.
const maxSource = 8 << 20

// asserts reads lines that are all asserts of expressions; names says how they call the program's functions.
func (t *Tests) asserts(source string, lines []line, names map[string]string) ([]test, bool) {
	calls := t.calls
	var wants []test
	for _, l := range lines {
		if l.tokens[0].text != "assert" || len(l.tokens) < 2 || l.indent != lines[0].indent {
			return nil, false
		}
		p := &parser{source: source, t: withoutMessage(l.tokens[1:]), names: names, entry: t.entry, calls: calls}
		want, err := p.all()
		if err != nil {
			return nil, false
		}
		if len(p.calls) == len(calls) && want.op != "lit" { // perhaps the program's function bears the name of a builtin
			return nil, false
		}
		calls, t.entry = p.calls, p.entry
		wants = append(wants, test{want: want})
	}
	t.calls = calls
	return wants, true
}

// withoutMessage cuts the message of an assert off.
func withoutMessage(tokens []token) []token {
	depth := 0
	for i, t := range tokens {
		if t.kind != op {
			continue
		}
		switch t.text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case ",":
			if depth == 0 {
				return tokens[:i]
			}
		}
	}
	return tokens
}

// parseCheck reads a check function. Its body is data if it is all asserts; else it is one test that is code.
func parseCheck(s Source) (*Tests, error) {
	if s.Entry == "" {
		return nil, fmt.Errorf("a check function needs the name of the function it checks (entry_point)")
	}
	if len(s.Check) > maxSource {
		return nil, fmt.Errorf("tests of %d bytes, allowed are %d", len(s.Check), maxSource)
	}
	t := &Tests{setup: s.Setup, entry: s.Entry, helpers: s.Helpers}
	if lines, err := cut(s.Check); err == nil {
		if body, names, ok := checkBody(lines, s.Entry); ok {
			if wants, ok := t.asserts(s.Check, body, names); ok {
				t.tests = wants
				return t, nil
			}
		}
	}
	t.code = s.Check
	t.tests = []test{{source: "check(" + s.Entry + ")"}}
	return t, nil
}

// checkBody returns the lines of the only function, if nothing but constants stand beside it.
func checkBody(lines []line, entry string) (body []line, names map[string]string, ok bool) {
	for len(lines) > 0 && lines[0].indent == 0 && len(lines[0].tokens) > 2 && lines[0].tokens[0].kind == name && lines[0].tokens[0].text == "METADATA" && lines[0].tokens[1].text == "=" {
		lines = lines[1:]
	}
	if len(lines) < 2 {
		return nil, nil, false
	}
	def := lines[0].tokens
	if len(def) != 6 || def[0].text != "def" || def[1].text != "check" || def[2].text != "(" || def[4].text != ")" || def[5].text != ":" {
		return nil, nil, false
	}
	for _, l := range lines[1:] {
		if l.indent == 0 {
			return nil, nil, false
		}
		if len(l.tokens) == 1 && (l.tokens[0].text == "pass" || l.tokens[0].kind == str && !strings.HasPrefix(l.tokens[0].text, "f")) {
			continue
		}
		body = append(body, l)
	}
	return body, map[string]string{def[3].text: entry}, len(body) > 0
}

// owned returns the functions that a program defines at its top level and that code uses, the entry first, without those of helpers: what
// the second process must be able to call. imports are the modules that the program imports and that code uses under their own names:
// tests of MBPP rely on them. A name of a builtin is taken from a program only where no other can be the function under test.
func owned(program, code, helpers, entry string) (names []string, imports string) {
	used, helped := map[string]bool{}, map[string]bool{}
	for _, l := range linesOf(code) {
		for _, t := range l.tokens {
			used[t.text] = used[t.text] || t.kind == name
		}
	}
	for _, l := range linesOf(helpers) {
		if f := defined(l); f != "" {
			helped[f] = true
		}
	}
	names = []string{}
	if entry != "" {
		names = append(names, entry)
	}
	var b strings.Builder
	var shadows []string
	for _, l := range linesOf(program) {
		f := defined(l)
		_, builtin := functions[f]
		if f != "" && f != entry && used[f] && !helped[f] && !builtin && !slices.Contains(names, f) {
			names = append(names, f)
		}
		if builtin && used[f] {
			shadows = append(shadows, f)
		}
		if imported(l, used) {
			fmt.Fprintf(&b, "try:\n    %s\nexcept ImportError:\n    pass\n", joined(l.tokens))
		}
	}
	if len(names) == 0 { // the function under test bears the name of a builtin
		names = shadows
	}
	return names, b.String()
}

func linesOf(source string) []line {
	lines, err := cut(source)
	if err != nil {
		return nil
	}
	return lines
}

// defined returns the function that a line defines at the top level.
func defined(l line) string {
	if l.indent == 0 && len(l.tokens) > 2 && l.tokens[0].text == "def" {
		return l.tokens[1].text
	}
	return ""
}

// imported says whether a line imports names that are used, as they are called, and none that is a builtin.
func imported(l line, used map[string]bool) bool {
	t := l.tokens
	if l.indent != 0 || len(t) < 2 || t[0].text != "import" && t[0].text != "from" {
		return false
	}
	needed := false
	for _, x := range t {
		if _, builtin := functions[x.text]; builtin || x.text == "as" || x.text == "*" || x.text == "__future__" {
			return false
		}
		needed = needed || x.kind == name && x.text != "import" && x.text != "from" && used[x.text]
	}
	return needed
}

func joined(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.text + " ")
	}
	return b.String()
}
