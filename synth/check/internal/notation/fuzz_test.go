package notation

import "testing"

// FuzzParser looks for panics, and for texts that are read differently by a parser that has read others.
func FuzzParser(f *testing.F) {
	for _, s := range []string{
		"42", "-1,234.50", "1.234,5", "2 3/4", `2\frac{3}{4}`, `$\sqrt[3]{x^2+1}$`, `\{1,2\}`, "[0,1)", "x<3 or x>5", "1.2e-5", "101_2", "一百二十三万", "百分之五", "½", "x²", "5 cm^2",
		`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, "|x|>1", `\sin^2 x`, "3:4", "±2", `{a \over b}`, "10⁻⁵", "twenty-one", "5 m/s", `\text{yes}`, "∞", `0.\overline{3}`,
	} {
		f.Add(s, false)
	}
	var used Parser
	f.Fuzz(func(t *testing.T, s string, formula bool) {
		used.Formula = formula
		fresh := Parser{Formula: formula}
		a, end := used.Prefix(s)
		b, end2 := fresh.Prefix(s)
		if end != end2 || (a == nil) != (b == nil) || a != nil && a.Kind != b.Kind {
			t.Errorf("%q: read to %d, then to %d", s, end, end2)
		}
		if end < 0 || end > len(s) {
			t.Errorf("%q: ends at %d of %d", s, end, len(s))
		}
	})
}
