package answer

import (
	"strings"
	"testing"
	"time"
)

// hostile are texts that are meant to take long, deep or much.
func hostile() map[string]string {
	deep := func(open, core, closing string, n int) string {
		return strings.Repeat(open, n) + core + strings.Repeat(closing, n)
	}
	return map[string]string{
		"open brackets":       strings.Repeat("(", 100_000),
		"brackets":            deep("(", "5", ")", 100_000),
		"few brackets":        deep("(", "5", ")", 1500),
		"groups":              deep("{", "5", "}", 2000),
		"fractions":           deep(`\frac{1}{`, "2", "}", 400),
		"roots":               deep(`\sqrt{1+`, "2", "}", 400),
		"square roots of x":   deep(`\sqrt{x+`, "x", "}", 100),
		"boxes":               deep(`\boxed{`, "5", "}", 1_000_000),
		"open boxes":          strings.Repeat(`\boxed{`, 1_000_000),
		"minus signs":         strings.Repeat("-", 4000) + "5",
		"signs":               strings.Repeat("+-", 2000) + "5",
		"tower":               "9" + strings.Repeat("^9", 500),
		"tower in braces":     deep("9^{", "9", "}", 100),
		"left tower":          deep("(", "9", "^9)", 100),
		"sum to a power":      "(a+b+c+d+e+f+g+h)^{64}",
		"product of sums":     strings.Repeat("(a+b+c+d+x+y+z+w)", 200),
		"sums to powers":      deep("(1+", "x", ")^9", 40),
		"factorials":          "9" + strings.Repeat("!", 3000),
		"big factorial":       "1000!^{1000}",
		"exponent":            "1e999999999999999999999",
		"negative exponent":   "1e-99999",
		"digits":              strings.Repeat("9", 10_000_000),
		"4,000 digits":        strings.Repeat("9", 4000),
		"products of digits":  strings.Repeat(strings.Repeat("9", 400)+"*", 9) + "1",
		"decimals":            "0." + strings.Repeat("3", 4000),
		"grouped":             "1" + strings.Repeat(",234", 1000),
		"list":                strings.Repeat("1,", 2000) + "1",
		"long set":            `\{` + strings.Repeat("1,", 2000) + `1\}`,
		"set of sets":         deep(`\{1,`, "2", `\}`, 500),
		"plus or minus":       strings.Repeat(`\pm 1 +`, 400) + "1",
		"nested plus minus":   deep(`(1\pm `, "2", ")", 100),
		"unions":              strings.Repeat(`(0,1)\cup`, 400) + "(0,1)",
		"intervals":           strings.Repeat(`(-1,\sqrt{2})\cup`, 200) + "(0,1)",
		"inequalities":        strings.Repeat("1<", 600) + "x",
		"and":                 strings.Repeat("x>1 and ", 400) + "x<2",
		"bars":                strings.Repeat("|", 4001),
		"dollars":             strings.Repeat("$", 4001) + "5",
		"commands":            strings.Repeat(`\text{`, 2000),
		"matrix":              `\begin{pmatrix}` + strings.Repeat(`1&`, 1000) + `1\end{pmatrix}`,
		"sines":               deep(`\sin(`, "x", ")", 100),
		"nested sines":        strings.Repeat(`\sin x+\sqrt{x+1}\cdot`, 100) + "1",
		"powers of e":         strings.Repeat(`e^{x}+e^{y}\cdot`, 150) + "1",
		"tags":                strings.Repeat("<think>", 300_000),
		"closed tags":         strings.Repeat("<think></think>", 300_000) + "5",
		"answers":             strings.Repeat("the answer is ", 300_000),
		"answer words":        strings.Repeat("answer ", 500_000),
		"hashes":              strings.Repeat("#### x\n", 500_000) + "y",
		"many hashes":         strings.Repeat("#", 3_000_000),
		"A lines":             strings.Repeat("A:\n", 1_000_000),
		"A: without a line":   strings.Repeat("\nA: ", 1_000_000),
		"chinese":             strings.Repeat("答案", 500_000),
		"numerals":            strings.Repeat("一", 100_000),
		"powers of ten thous": "1" + strings.Repeat("万", 1200),
		"numbers":             strings.Repeat("12.5/3 ", 500_000),
		"slashes":             strings.Repeat("1/", 2_000_000) + "1",
		"braces before 5":     strings.Repeat("}", 5_000_000) + "5",
		"backslashes":         strings.Repeat(`\`, 5_000_001),
		"backslash words":     strings.Repeat(`\a `, 1_000_000) + "5",
		"minuses before 5":    strings.Repeat("- ", 2_000_000) + "5",
		"spaces":              strings.Repeat(" ", 10_000_000),
		"10 MB":               strings.Repeat("She sells 16 - 3 = 13 eggs. ", 400_000) + "\nThe answer is 13.",
		"10 MB, no answer":    strings.Repeat("nothing to see here, ", 500_000),
		"invalid":             strings.Repeat("\xff\xfe\x80", 1_000_000),
		"zeros":               strings.Repeat("\x00", 5_000_000),
		"binomial":            `\binom{1000}{500}^{500}`,
		"logs":                deep(`\ln(`, "2", ")", 90),
		"log of power":        `\ln(10^{9999})`,
		"decimal exponents":   "2^{0.123456789123456789}",
		"many exponents":      "2^{1/1000003}*3^{1/1000033}*5^{1/1000037}",
		"quantities":          "5 " + strings.Repeat("cm^2 ", 500),
		"unit powers":         "5 cm" + strings.Repeat("/s", 900),
	}
}

// TestHostile judges every hostile text against every kind of gold answer, and against itself: it must end, without a panic.
func TestHostile(t *testing.T) {
	golds := []string{"5", "$\\sqrt{2}$", "$x^2+1$", "\\{1,2\\}", "(0,1)", "yes", "$x<3$", "5 cm", "\\sin x"}
	for name, text := range hostile() {
		var j Judge
		start := time.Now()
		for i, g := range golds {
			if len(text) < 10_000 || i < 2 {
				verdict(&j, g, text)
			}
		}
		if len(text) < 5000 {
			verdict(&j, text, text)
			verdict(&j, text, "5")
			verdict(&j, text, text+" ")
		}
		if took := time.Since(start); took > time.Second {
			t.Logf("%s: %v", name, took)
		}
	}
}

func FuzzJudge(f *testing.F) {
	for _, c := range cases {
		for i, r := range c.rows {
			if i%7 == 0 {
				f.Add(r.gold, r.answer)
			}
		}
	}
	f.Fuzz(func(t *testing.T, gold, text string) {
		var j Judge
		o, _ := verdict(&j, gold, text)
		again, _ := verdict(&j, gold, text)
		if o != again {
			t.Errorf("%q against %q: %d, then %d", text, gold, o, again)
		}
		if own, why := verdict(&j, text, text); own == Different {
			if _, ok := Final(text, Auto); ok {
				t.Errorf("%q is not itself: %s", text, why)
			}
		}
	})
}
