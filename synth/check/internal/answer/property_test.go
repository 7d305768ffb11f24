package answer

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

// spellings returns ways to write n/d, n ≠ 0, d > 0.
func spellings(rng *rand.Rand, n, d int64) []string {
	r := big.NewRat(n, d)
	n, d = r.Num().Int64(), r.Denom().Int64()
	k := rng.Int64N(8) + 2
	sign, abs := "", n
	if n < 0 {
		sign, abs = "-", -n
	}
	out := []string{
		fmt.Sprintf("%d/%d", n, d),
		fmt.Sprintf("%d / %d", n, d),
		fmt.Sprintf(`$\frac{%d}{%d}$`, n, d),
		fmt.Sprintf(`\frac{%d}{%d}`, n, d),
		fmt.Sprintf(`%s\dfrac{%d}{%d}`, sign, abs, d),
		fmt.Sprintf(`$%s\tfrac{%d}{%d}$`, sign, abs*k, d*k),
		fmt.Sprintf(`$\frac{%d}{%d}$`, -n, -d),
		fmt.Sprintf(`\boxed{%s\frac{%d}{%d}}`, sign, abs, d),
		fmt.Sprintf(`$%d \div %d$`, n, d),
		fmt.Sprintf("%d÷%d", n, d),
		fmt.Sprintf("(%d)/(%d)", n, d),
		fmt.Sprintf("x = %d/%d", n, d),
		fmt.Sprintf("The answer is %d/%d.", n, d),
		fmt.Sprintf("Let us see.\n#### %d/%d", n, d),
		fmt.Sprintf("答案是%d/%d。", n, d),
		fmt.Sprintf("%s%d分之%d", strings.ReplaceAll(sign, "-", "负"), d, abs),
		fmt.Sprintf("%d/%d cm", n, d),
		fmt.Sprintf(`$%d \cdot %d^{-1}$`, n, d),
		fmt.Sprintf("−%d/%d", -n, d),
	}
	if whole, rest := abs/d, abs%d; whole > 0 && rest > 0 {
		out = append(out,
			fmt.Sprintf("%s%d %d/%d", sign, whole, rest, d),
			fmt.Sprintf(`$%s%d\frac{%d}{%d}$`, sign, whole, rest, d),
			fmt.Sprintf(`%s%d \tfrac{%d}{%d}`, sign, whole, rest, d),
			fmt.Sprintf("She ate %s%d %d/%d of them.", sign, whole, rest, d))
	}
	if places, exact := r.FloatPrec(); exact && places < 15 {
		s := r.FloatString(places)
		if places > 0 {
			out = append(out, s+"0", strings.Replace(strings.Replace(s, "-0.", "-.", 1), "$0.", "$.", 1))
		}
		out = append(out, s, "$"+s+"$", strings.Replace(s, "-", "−", 1), "It is "+s+" in total.", `\boxed{`+s+`}`, s+"e0", "\\$"+strings.TrimPrefix(s, "-")+" dollars")
		if n < 0 {
			out = out[:len(out)-1]
		}
		shifted := new(big.Rat).Mul(r, big.NewRat(1000, 1))
		if p, exact := shifted.FloatPrec(); exact {
			out = append(out, shifted.FloatString(p)+"e-3", `$`+shifted.FloatString(p)+` \times 10^{-3}$`, shifted.FloatString(p)+" × 10^-3", shifted.FloatString(p)+"E-03")
		}
		hundred := new(big.Rat).Mul(r, big.NewRat(100, 1))
		if p, exact := hundred.FloatPrec(); exact {
			out = append(out, hundred.FloatString(p)+"%", `$`+hundred.FloatString(p)+`\%$`, hundred.FloatString(p)+" percent")
		}
	}
	if d == 1 {
		out = append(out, integers(n)...)
	}
	return out
}

// integers returns ways to write an integer.
func integers(n int64) []string {
	s := fmt.Sprint(n)
	sign, digits := "", s
	if n < 0 {
		sign, digits = "-", s[1:]
	}
	group := func(sep string) string {
		var parts []string
		rest := digits
		for len(rest) > 3 {
			parts = append([]string{rest[len(rest)-3:]}, parts...)
			rest = rest[:len(rest)-3]
		}
		return sign + strings.Join(append([]string{rest}, parts...), sep)
	}
	wide := strings.Map(func(r rune) rune {
		if r == '-' {
			return '－'
		}
		return r - '0' + '０'
	}, s)
	out := []string{
		s, "$" + s + "$", s + ".0", s + ".", sign + "00" + digits, "**" + s + "**", "`" + s + "`", s + " apples", "A: " + s, "Answer: " + s, wide,
		group(","), group("{,}"), group(`,\!`), group(`\,`), group(" "), group("，"), group("\u202f"), group(",") + ".00", "The answer is " + group(",") + ".",
		"In total there are " + group(",") + " of them.", "#### " + group(","), `\boxed{` + group(",") + `}`, sign + digits + "e0",
	}
	if n > 0 {
		out = append(out, "+"+s, "$"+s, `\$`+s, "$"+group(",")+".00", s+"元", "¥"+s, "Step 1.\nShe has $"+group(",")+".")
	}
	if n%10_000 == 0 {
		out = append(out, fmt.Sprintf("%d万", n/10_000))
	}
	return out
}

// TestEverySpelling writes random rationals in every form: all are equal to each other, and none is equal to another number.
func TestEverySpelling(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var j Judge
	rounds := 400
	if testing.Short() {
		rounds = 60
	}
	for range rounds {
		n, d := rng.Int64N(1999)-999, rng.Int64N(60)+1
		if rng.IntN(3) == 0 {
			n, d = rng.Int64N(20_000_000)-10_000_000, 1
		}
		if n == 0 {
			n = 1
		}
		forms := spellings(rng, n, d)
		gold := forms[rng.IntN(len(forms))]
		for strings.Contains(gold, "cm") || strings.ContainsAny(gold, "%¥元") || strings.Contains(gold, `\$`) || strings.Contains(gold, "apples") || strings.Contains(gold, "percent") { // another unit is another quantity
			gold = forms[rng.IntN(len(forms))]
		}
		for _, f := range forms {
			if o, why := verdict(&j, gold, f); o != Same {
				t.Errorf("%d/%d: %q against gold %q: got %d %s", n, d, f, gold, o, why)
			}
		}
		m, e := n+rng.Int64N(5)+1, d
		if m == 0 {
			m++
		}
		for _, f := range spellings(rng, m, e) {
			if percentOf(n, d, m, e) && strings.ContainsAny(gold+f, "%p") { // 50% may be 50
				continue
			}
			if o, why := verdict(&j, gold, f); o == Same {
				t.Errorf("%d/%d and %d/%d: %q against gold %q: got %d %s", n, d, m, e, f, gold, o, why)
			}
		}
	}
}

// percentOf says whether one number is a hundred times the other.
func percentOf(n, d, m, e int64) bool { return n*e*100 == m*d || n*e == m*d*100 }
