package sandbox

import (
	_ "embed"
	"strings"
)

//go:embed attacks.txt
var attacksText string

// Attacks returns the suite: families of hostile programs that peers let through or might (see README.md).
func Attacks() []Attack {
	var all []Attack
	family := ""
	for part := range strings.SplitSeq("\n"+attacksText, "\n=== ") {
		head, source, _ := strings.Cut(part, "\n")
		name, want, ok := strings.Cut(head, ": ")
		if strings.HasPrefix(head, "family ") {
			family = strings.TrimPrefix(head, "family ")
			continue
		}
		if !ok {
			continue
		}
		a := Attack{Family: family, Name: name, Source: expand(source), Any: want == "any"}
		for v := range strings.FieldsSeq(want) {
			a.Want = append(a.Want, Verdict(v))
		}
		all = append(all, a)
	}
	return all
}

// expand makes the sources that are too large or too odd to write down.
func expand(source string) string {
	switch strings.TrimSpace(source) {
	case "10 MB of source":
		return "x = [\n" + strings.Repeat("'0123456789abcdef',\n", 500_000) + "]\n"
	case "deep brackets":
		return "def f(x):\n    return " + strings.Repeat("(", 10_000) + strings.Repeat(")", 10_000)
	case "deep lists":
		return "def f(x):\n    return " + strings.Repeat("[", 90_000) + strings.Repeat("]", 90_000)
	case "deep minus":
		return "def f(x):\n    return " + strings.Repeat("-", 200_000) + "1"
	case "deep attributes":
		return "def f(x):\n    return x" + strings.Repeat(".a", 200_000)
	case "null bytes":
		return "def f(x):\n    return 1\x00\n"
	}
	return source
}
