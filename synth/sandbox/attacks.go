package sandbox

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed attacks.txt
var attacksText string

//go:embed attacks_go.txt
var attacksGoText string

// Attacks returns the suite: families of hostile programs that peers let through or might (see README.md).
func Attacks() []Attack {
	return append(attacksOf("python", attacksText), attacksOf("go", attacksGoText)...)
}

func attacksOf(language, text string) []Attack {
	var all []Attack
	family := ""
	for part := range strings.SplitSeq("\n"+text, "\n=== ") {
		head, source, _ := strings.Cut(part, "\n")
		name, want, ok := strings.Cut(head, ": ")
		if strings.HasPrefix(head, "family ") {
			family = strings.TrimPrefix(head, "family ")
			continue
		}
		if !ok {
			continue
		}
		a := Attack{Language: language, Family: family, Name: name, Source: expand(source), Any: want == "any"}
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
	case "doubling text":
		var b strings.Builder
		b.WriteString("const a0 = \"0123456789abcdef\"\n")
		for i := 1; i < 40; i++ {
			fmt.Fprintf(&b, "const a%d = a%d + a%d\n", i, i-1, i-1)
		}
		return b.String() + "\nfunc f(x int) any { return a39[x] }\n"
	case "doubling types":
		var b strings.Builder
		b.WriteString("type t0 struct{ a, b int }\n")
		for i := 1; i < 60; i++ {
			fmt.Fprintf(&b, "type t%d struct{ a, b t%d }\n", i, i-1)
		}
		return b.String() + "\nfunc f(x int) any { var v t59; return v.a == v.b }\n"
	case "deep brackets of Go":
		return "func f(x int) any { return " + strings.Repeat("(", 10_000) + "1" + strings.Repeat(")", 10_000) + " }\n"
	case "5 MB of Go":
		return "var a = []string{\n" + strings.Repeat("\"0123456789abcdef\",\n", 250_000) + "}\n\nfunc f(x int) any { return len(a) }\n"
	case "null bytes of Go":
		return "func f(x int) any { return 1\x00 }\n"
	case "null bytes":
		return "def f(x):\n    return 1\x00\n"
	}
	return source
}
