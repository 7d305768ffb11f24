package code

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// expression parses one expression without calls.
func expression(source string) (*node, *parser, error) {
	lines, err := cut(source)
	if err != nil {
		return nil, nil, err
	}
	if len(lines) != 1 {
		return nil, nil, fmt.Errorf("%d lines", len(lines))
	}
	p := &parser{source: source, t: lines[0].tokens}
	n, err := p.all()
	return n, p, err
}

// expressions are evaluated here and by Python, and must agree.
var expressions = []string{
	"1", "0x_ff", "0b101", "0o17", "1_000", "1.5e3", "1e400", "-1e400", ".5", "5.", "00", "3j", "1 + 2j == 2j + 1", "True + True", "None",
	"'a' 'b' \"c\"", "r'\\n'", "'\\x41\\u00e9\\n\\101'", "b'a\\x00' + b'b'", "'''a\nb'''", "'\\q'", "''", "u'x'",
	"[1, 2.0, 'x']", "(1,)", "()", "(1)", "{}", "{1: 2, 1.0: 3}", "{1, 1.0, True}", "[[], [[]]]", "{'a': [1, (2, {3})]}", "{(1, 2): None}",
	"2 ** 10", "2 ** -1", "-2 ** 2", "2 ** 3 ** 2", "7 // 2", "-7 // 2", "-7 % 3", "7 % -3", "7.5 // 2", "-7.5 % 2", "1 / 3", "10 ** 30", "~5", "1 << 70", "5 & 3 | 8 ^ 1", "1 / 0 if False else 3",
	"[1] + [2]", "(1,) + (2,)", "'ab' * 3", "[0] * 3", "3 * [1, 2]", "[1] * -1", "{1, 2} & {2, 3}", "{1, 2} | {3}", "{1, 2} - {2}",
	"1 == 1.0", "1 == True", "'1' == 1", "[1, 2] == (1, 2)", "{1, 2} == {2, 1.0}", "{'a': 1, 'b': 2} == {'b': 2.0, 'a': 1}", "2 ** 53 + 1 == 2.0 ** 53", "0.1 + 0.2 == 0.3", "1 < 2 < 3", "1 < 3 < 2", "3 > 2 >= 2 != 1",
	"[1, 2] < [1, 3]", "'a' < 'b'", "(1, 'a') < (1, 'b')", "{1} < {1, 2}", "{1} <= {1}", "float('nan') == float('nan')", "float('inf') > 10 ** 400", "float('-inf') < -1",
	"1 in [1.0]", "'b' in 'abc'", "4 not in {1: 2}", "2 in (1, 2)", "None is None", "1 is not None", "not []", "not 0.0", "[] or 3", "0 and 1", "'' or () or {}", "1 if [] else 2",
	"abs(-3)", "abs(-2.5)", "abs(3 + 4j)", "round(2.5)", "round(3.5)", "round(-2.5)", "round(2.675, 2)", "round(1.005, 2)", "round(7)", "len('aé')", "len({1: 2})", "sorted([3, 1, 2])", "sorted('bca')", "sorted({2: 1, 1: 2})",
	"set([1, 1])", "set('aab')", "list('ab')", "list(range(3))", "list(range(5, 0, -2))", "range(2) == [0, 1]", "tuple([1])", "frozenset([1]) == {1}", "max(1, 2.5)", "min([3, 1])", "max('ab', 'b')", "float('1.5')", "float(2)", "bool([])", "dict()",
	"[1, 2, 3][-1]", "'abc'[1]", "{'a': 1}['a']", "(1, 2)[0]", "True == (1 == 1)", "- - 1", "not not 1", "1 if 2 else 3 if 0 else 4", "(1 if 0 else 2) + 1", "[1, 2] == [1, 2] == [1, 2]",
}

// randomExpression makes expressions of numbers, texts and lists.
func randomExpression(r *rand.Rand, depth int) string {
	if depth == 0 {
		return []string{"1", "0", "-3", "2.5", "'a'", "[1]", "()", "True", "None", "{2}", "7", "'ab'", "{1: 2}", "0.1"}[r.IntN(14)]
	}
	a, b := randomExpression(r, depth-1), randomExpression(r, depth-1)
	switch r.IntN(8) {
	case 0:
		return "(" + a + ", " + b + ")"
	case 1:
		return "[" + a + ", " + b + "]"
	case 2:
		return "not " + a
	case 3:
		return "(" + a + " if " + b + " else " + a + ")"
	case 4:
		return "(" + a + ")"
	}
	ops := []string{"+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "&", "|", "^"}
	return "(" + a + " " + ops[r.IntN(len(ops))] + " " + b + ")"
}

// TestEvalAsPython: what is evaluated here gives what Python gives, and raises where Python raises.
func TestEvalAsPython(t *testing.T) {
	s := box(t)
	all := append([]string{}, expressions...)
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		all = append(all, randomExpression(r, 1+r.IntN(3)))
	}
	o, err := s.Run(t.Context(), sandbox.Program{Calls: all, Limits: sandbox.DefaultLimits})
	if err != nil || o.End != sandbox.Pass {
		t.Fatal(o.End, o.Why, err)
	}
	values, beyond := 0, 0
	for i, source := range all {
		n, _, err := expression(source)
		if o.Answers[i].Type == "SyntaxError" {
			if err == nil {
				t.Errorf("%s is read, Python does not", source)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		got, err := n.eval(nil)
		if errors.Is(err, errBeyond) {
			beyond++
			continue
		}
		a := o.Answers[i]
		if (err != nil) != (a.Type != "") {
			t.Errorf("%s: got %v, %v; Python says %s%s", source, got, err, a.Value, a.Raised)
			continue
		}
		if err != nil {
			continue
		}
		values++
		want, err := Decode(a.Value)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) && !(Equal(got, want) && fmt.Sprintf("%T", got) == fmt.Sprintf("%T", want)) && !isSpan(got) {
			t.Errorf("%s: got %#v, Python says %s", source, got, a.Value)
		}
	}
	t.Logf("%d values, %d errors, %d left to Python", values, len(all)-values-beyond, beyond)
	if beyond > len(all)/50 {
		t.Errorf("%d of %d are not computed", beyond, len(all))
	}
}

func isSpan(v Value) bool {
	_, ok := v.(span)
	return ok
}

// TestCalls: what goes to the program, and what stays here.
func TestCalls(t *testing.T) {
	for _, c := range []struct {
		test  string
		calls string // separated by |; "code" for a test that stays code
	}{
		{"assert f(1) == 2", "(f(1))"},
		{"assert f(1) == 2, 'message'", "(f(1))"},
		{"assert f(1)", "(f(1))"},
		{"assert not f(1) and f(2) > 3", "(f(1))|(f(2))"},
		{"assert abs(f(1.5) - 2) < 1e-6", "(f(1.5))"},
		{"assert 3 == f(1)", "(f(1))"},
		{"assert sorted(f([1])) == [1]", "(sorted(f([1])))"},
		{"assert set(f(1)) == set([1])", "(set(f(1)))"},
		{"assert f(f(1)) == 1", "(f(f(1)))"},
		{"assert f(1)[0] == 2", "(f(1)[0])"},
		{"assert f(1).lower() == 'a'", "(f(1).lower())"},
		{"assert (f(1)) == 2", "((f(1)))"},
		{"assert f(root) == 2", "(f(root))"},
		{"assert f(lambda x: x + 1) == 2", "(f(lambda x: x + 1))"},
		{"assert f(1) == 2; assert f(2) == 3", "(f(1))|(f(2))"},
		{"assert f(\n  1,\n  2 # two\n) == 3", "(f(\n  1,\n  2 # two\n))"},
		{"assert f(1).startswith('expected')", "code"},
		{"assert g(f(1)) == f(2)", "(g(f(1)))|code"},
		{"assert 1 == 1", "code"},
		{"assert max(1, 2) == 2", "code"},
		{"x = f(1)\nassert x == 2", "code"},
		{"for i in range(3):\n    assert f(i)", "code"},
		{"assert [f(i) for i in range(3)] == [1]", "code"},
		{"assert f(1) ==", "code"},
		{"assert (f(1)", "code"},
		{"assert f(1) == f'{2}'", "code"},
		{"assert isinstance(f(1), int)", "code"},
	} {
		got, err := Parse(Source{Asserts: []string{c.test}})
		if err != nil {
			t.Errorf("%q: %v", c.test, err)
			continue
		}
		calls := strings.Join(got.calls, "|")
		if all, data := got.Count(); data < all {
			calls = "code"
		}
		want := c.calls
		if strings.HasSuffix(want, "|code") {
			want = "code"
		}
		if calls != want {
			t.Errorf("%q: got %q, want %q", c.test, calls, want)
		}
	}
}

// TestExpectationsStayHere: no call holds what a test expects.
func TestExpectationsStayHere(t *testing.T) {
	all, _ := humanEvals(t)
	for _, p := range all {
		tests := p.tests(t)
		for _, x := range tests.tests {
			if x.want == nil || x.want.op != "cmp" {
				continue
			}
			for _, c := range tests.calls {
				if strings.Contains(c, "==") && !strings.Contains(c, "'") && !strings.Contains(c, `"`) {
					t.Errorf("%s: call %s", p.ID, c)
				}
			}
		}
	}
}

func TestHole(t *testing.T) {
	n, p, err := expression("f(1) == 2")
	if err != nil || len(p.calls) != 1 {
		t.Fatal(err)
	}
	_, err = n.eval(func(int) (Value, bool) { return nil, false })
	var hole errHole
	if !errors.As(err, &hole) {
		t.Errorf("a call without an answer gives %v", err)
	}
}

func TestExtract(t *testing.T) {
	for _, c := range []struct{ name, answer, want string }{
		{"plain", "def f(): pass", "def f(): pass"},
		{"empty", "", ""},
		{"fence", "a\n```python\nx\n```\nb", "x\n"},
		{"fence without an end", "a\n```\nx\ny", "x\ny"},
		{"empty fence", "```\n```", ""},
		{"the one with the function", "```python\nx\n```\n```\ndef f(): 1\n```", "def f(): 1\n"},
		{"the one with a language", "```\nx\n```\n```Python\ny\n```", "y\n"},
		{"a longer name is another", "```\ndef ff(): 1\n```\n```py\ny\n```", "y\n"},
		{"CRLF", "```python\r\nx\r\n```", "x\n"},
	} {
		if got := Extract(c.answer, "f"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// FuzzParse: no test makes the parser panic, and what it evaluates it evaluates without a panic.
func FuzzParse(f *testing.F) {
	for _, x := range expressions {
		f.Add("assert " + x)
	}
	f.Add("assert f(1)[0].a() == {1: [2, (3,)]}, 'x'\nassert not f()")
	f.Fuzz(func(t *testing.T, source string) {
		tests, err := Parse(Source{Asserts: []string{source}})
		if err != nil {
			return
		}
		for _, x := range tests.tests {
			if x.want != nil {
				_, _ = x.want.eval(func(int) (Value, bool) { return List{"a", nil}, true })
			}
		}
		_, _ = Parse(Source{Check: source, Entry: "f"})
		Program(source, source, "f")
	})
}

// FuzzDecode: no value makes the reader panic; what it reads equals itself unless there is a NaN or an object in it.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`null`, `[1,2.5,"x"]`, `{"t":[1]}`, `{"d":[[1,2]]}`, `{"s":[1,1]}`, `{"i":"-ff"}`, `{"f":"nan"}`, `{"u":"eda080"}`, `{"b":"00"}`, `{"c":[1.0,2.0]}`, `{"q":["1","3"]}`, `{"o":"C"}`, `{"q":["1","0"]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := Decode(raw)
		if err != nil {
			return
		}
		if s := string(raw); !Equal(v, v) && !strings.Contains(s, "nan") && !strings.Contains(strings.ToLower(s), `"o"`) && !strings.Contains(strings.ToLower(s), "nan") && !strings.Contains(s, `\u`) {
			t.Errorf("%s does not equal itself", raw)
		}
		truth(v)
		_, _, _ = compare(v, v)
	})
}
