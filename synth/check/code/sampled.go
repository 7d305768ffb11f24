package code

import (
	"context"
	"strings"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// stops end a completion: what follows is no longer part of the function.
var stops = []string{"\nclass", "\ndef", "\n#", "\nif", "\nprint"}

// Cut returns a completion up to the first thing that begins at the margin and is no longer the function that the prompt began.
func Cut(s string) string {
	for _, stop := range stops {
		if i := strings.Index(s, stop); i >= 0 {
			s = s[:i]
		}
	}
	return s
}

// perSample is how many tests of one sample count.
const perSample = 5

// SampledTests cuts tests out of what a model wrote behind a prompt that ends in `assert `, as CodeT does: the asserts that name the function,
// the first five of each sample that compile. A test that occurs again is counted.
func SampledTests(ctx context.Context, s *sandbox.Sandbox, samples []string, entry string, l sandbox.Limits) (tests []string, votes []int, err error) {
	each := make([][]string, len(samples))
	var all []string
	seen := map[string]int{}
	for i, sample := range samples {
		each[i] = asserts(sample, entry)
		for _, x := range each[i] {
			if _, ok := seen[x]; !ok {
				seen[x] = len(all)
				all = append(all, x)
			}
		}
	}
	good, err := compiling(ctx, s, all, l)
	if err != nil {
		return nil, nil, err
	}
	at := map[string]int{}
	for _, xs := range each {
		n := 0
		for _, x := range xs {
			if !good[seen[x]] || n == perSample {
				continue
			}
			n++
			if j, ok := at[x]; ok {
				votes[j]++
				continue
			}
			at[x] = len(tests)
			tests, votes = append(tests, x), append(votes, 1)
		}
	}
	return tests, votes, nil
}

// asserts splits a sample.
func asserts(sample, entry string) []string {
	var found []string
	for _, part := range strings.Split("assert "+sample, "assert ") {
		if strings.Contains(part, entry) && strings.TrimSpace(part) != "" {
			found = append(found, strings.TrimSpace(Cut(strings.TrimSpace("assert "+part))))
		}
	}
	return found
}

const compiler = `def compiles(test):
    try:
        compile("try:\n    " + test.replace("\n", "\n    ") + "\nexcept:\n    pass\n", "", "exec")
        return True
    except Exception:
        return False
`

// compiling says which tests Python compiles. They are not run.
func compiling(ctx context.Context, s *sandbox.Sandbox, tests []string, l sandbox.Limits) ([]bool, error) {
	good := make([]bool, len(tests))
	if len(tests) == 0 {
		return good, nil
	}
	calls := make([]string, len(tests))
	for i, x := range tests {
		calls[i] = "compiles(" + quote(x) + ")"
	}
	o, err := s.Run(ctx, sandbox.Program{Source: compiler, Calls: calls, Limits: l})
	if err != nil {
		return nil, err
	}
	for i, a := range o.Answers {
		good[i] = string(a.Value) == "true"
	}
	return good, nil
}

// quote spells a string as a Python literal.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == 0:
			b.WriteString(`\x00`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
