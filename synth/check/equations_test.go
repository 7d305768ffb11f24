package check

import (
	"math"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

func TestEquations(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       stages.Result
		why        string
	}{
		{"none", "He has five apples.", stages.Passed, "no equations"},
		{"empty", "", stages.Passed, "no equations"},
		{"annotations", "a <<16-3-4=9>>9 b <<9*2=18>>18", stages.Passed, "2 equations hold"},
		{"wrong annotation", "<<16-3=13>> <<2+2=5>> <<1+1=3>>", stages.Failed, "2 of 3 equations do not hold; first <<2+2=5>>: the left side is 4"},
		{"percent", "<<50000*5%=2500>>", stages.Passed, "1 equations hold"},
		{"thousands", "<<7,500*(1/3)=2,500>>", stages.Passed, "1 equations hold"},
		{"whole division", "<<560//10=56>>", stages.Passed, "1 equations hold"},
		{"sum of signs", "<<71+-3=68>>", stages.Passed, "1 equations hold"},
		{"within tolerance", "<<1/3=0.333>>", stages.Passed, "1 equations hold"},
		{"beyond tolerance", "<<1/3=0.33>>", stages.Failed, "1 of 1 equations do not hold; first <<1/3=0.33>>: the left side is 1/3"},
		{"unknown", "<<x+56=86>>", stages.Failed, "1 of 1 equations do not hold; first <<x+56=86>>: it cannot be calculated"},
		{"no equals sign", "<<83.33>>", stages.Failed, "1 of 1 equations do not hold; first <<83.33>>: it cannot be calculated"},
		{"division by zero", "<<5/0=5>>", stages.Failed, "1 of 1 equations do not hold; first <<5/0=5>>: it cannot be calculated"},
		{"annotations count, prose beside them does not", "2+2=5 <<2+2=4>>", stages.Passed, "1 equations hold"},
		{"prose", "He has 16 - 3 - 4 = 9 eggs and makes 9 * 2 = $18.", stages.Passed, "2 equations hold"},
		{"wrong in prose", "so 16 - 3 = 14 eggs", stages.Failed, "1 of 1 equations do not hold; first 16 - 3=14: the left side is 13"},
		{"the letter x", "5 x 3 = 15", stages.Passed, "1 equations hold"},
		{"signs of print", "6 × 7 = 42, 42 ÷ 6 = 7, 7 − 2 = 5", stages.Passed, "3 equations hold"},
		{"money", "$1,200 + $300 = $1,500.", stages.Passed, "1 equations hold"},
		{"rounded", "10 / 3 = 3.33", stages.Passed, "1 equations hold"},
		{"rounded wrong", "10 / 3 = 3.35", stages.Failed, "1 of 1 equations do not hold; first 10 / 3=3.35: the left side is 10/3"},
		{"percent in prose", "2 / 5 * 1 = 40% and 0.2 * 100 = 20%", stages.Passed, "2 equations hold"},
		{"a chain", "2 * 3 + 1 = 6 + 1 = 7", stages.Passed, "2 equations hold"},
		{"an unknown", "2x + 3 = 7, so x = 2", stages.Passed, "no equations"},
		{"words between", "3 hours * 2 = 6 hours", stages.Passed, "no equations"},
		{"part of a set", "3/4 of the 32 eggs: 3/4 = 24", stages.Passed, "no equations"},
		{"million", "2 * 3 = 6 million", stages.Passed, "no equations"},
		{"decimal point first", ".25 * 4 = 1", stages.Passed, "1 equations hold"},
		{"a list", "- 5 + 3 = 8", stages.Passed, "1 equations hold"},
		{"a numbered list", "1. 5 + 3 = 8", stages.Passed, "1 equations hold"},
		{"brackets", "(5 + 3) * 2 = 16 (5 + 3 = 8)", stages.Passed, "2 equations hold"},
		{"unclosed", "<<5+5=10", stages.Passed, "1 equations hold"},
		{"over a line end", "<<5+5=\n10>>", stages.Passed, "no equations"},
	} {
		e := EquationsDefaults
		got := e.Check(nil, &stages.Answer{Text: c.text})
		if got.Name != "check_equations" || got.Result != c.want || got.Why != c.why {
			t.Errorf("%s: got %+v, want %v, %q", c.name, got, c.want, c.why)
		}
	}
}

func TestEquationsTolerance(t *testing.T) {
	for _, c := range []struct {
		tolerance float64
		want      stages.Result
	}{{0, stages.Failed}, {1e-3, stages.Passed}, {1, stages.Passed}} {
		e := Equations{Tolerance: c.tolerance, In: "auto"}
		if got := e.Check(nil, &stages.Answer{Text: "<<1/3=0.333>>"}); got.Result != c.want {
			t.Errorf("tolerance %v: got %+v", c.tolerance, got)
		}
	}
}

func TestEquationsSettings(t *testing.T) {
	for _, e := range []Equations{{Tolerance: -1, In: "auto"}, {Tolerance: math.NaN(), In: "auto"}, {Tolerance: math.Inf(1), In: "auto"}, {In: "text"}} {
		if err := e.Validate(); err == nil {
			t.Errorf("%+v is accepted", e)
		}
	}
}

func TestEquationKey(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"no equations", ""},
		{"16 - 3 = $<<16 - 3=13>>13, then <<13*2=26>>26", "16-3=13|13*2=26"},
		{"16 - 3 = 13 and 13 x $2 = $26.", "16-3=13|13*2=26"},
		{"1,000 ÷ 4 = 250", "1000/4=250"},
		{"2+2=4 <<3+3=6>>", "3+3=6"},
	} {
		if got := EquationKey(c.text); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// FuzzEquations looks for panics, and for texts in which reading again finds something else.
func FuzzEquations(f *testing.F) {
	for _, s := range []string{"<<1+1=2>>", "16 - 3 = 13", "5 x 3 = 15 million", "<<<<1=1>>", "(((1+1=2", "1/0=0", "9^9^9^9=1", "=", "- 5 + 3 = 8", "２+２=4", "1/3/5=1%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := EquationsDefaults
		a, b := e.Check(nil, &stages.Answer{Text: s}), e.Check(nil, &stages.Answer{Text: s})
		if a != b {
			t.Errorf("%q: %+v, then %+v", s, a, b)
		}
		if key := EquationKey(s); (key == "") != (a.Why == "no equations") {
			t.Errorf("%q: key %q, check %+v", s, key, a)
		}
	})
}

// TestEquationsHostile reads long texts in a time that grows with their length only.
func TestEquationsHostile(t *testing.T) {
	e := EquationsDefaults
	for name, s := range map[string]string{
		"open":      strings.Repeat("<<", 2_000_000),
		"equals":    strings.Repeat("=", 4_000_000),
		"sums":      strings.Repeat("1+1=", 1_000_000),
		"one side":  strings.Repeat("1+", 2_000_000) + "1=2",
		"brackets":  strings.Repeat("(", 2_000_000) + "=1",
		"spaces":    strings.Repeat(" ", 2_000_000) + "=" + strings.Repeat(" ", 2_000_000),
		"x":         strings.Repeat("x ", 1_000_000) + "= 5",
		"empty":     strings.Repeat("<<>>", 500_000),
		"digits":    strings.Repeat("9", 4_000_000) + "+1=" + strings.Repeat("9", 4_000_000),
		"powers":    strings.Repeat("9^9^9^9=1 ", 20_000),
		"factorial": "1000!*1000!*1000!=5",
	} {
		if c := e.Check(nil, &stages.Answer{Text: s}); c.Name == "" || len(c.Why) > 400 {
			t.Errorf("%s: %+v", name, c)
		}
	}
}
