package synth

import "strings"

// equationsKey is the list of the calculator annotations <<a=b>> of a text, without spaces: what GSM8K's way of reasoning comes to. It is "" for a text without any.
func equationsKey(text string) string {
	var b strings.Builder
	for {
		_, rest, ok := strings.Cut(text, "<<")
		if !ok {
			return b.String()
		}
		inside, rest, ok := strings.Cut(rest, ">>")
		if !ok {
			return b.String()
		}
		for _, f := range strings.Fields(inside) {
			b.WriteString(f)
		}
		b.WriteByte(';')
		text = rest
	}
}
