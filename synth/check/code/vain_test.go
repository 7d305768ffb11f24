package code

import (
	"fmt"
	"testing"
)

// TestVainNever: no test set of HumanEval, MBPP or CodeT counts as one that tests nothing.
func TestVainNever(t *testing.T) {
	n := 0
	judge := func(id string, s Source) {
		n++
		x, err := Parse(s)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if err := x.Vain(); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	all, _ := humanEvals(t)
	for _, p := range all {
		judge(p.ID, Source{Entry: p.Entry, Check: p.Test, Helpers: p.Prompt})
		judge(p.ID+" calls check", Source{Entry: p.Entry, Check: p.Test + "\n\ncheck(" + p.Entry + ")\n", Helpers: p.Prompt})
	}
	for _, p := range rows[mbpp](t, shared(t, "data", "code", "mbpp.jsonl")) {
		for k, one := range append(p.Tests, p.Challenge...) {
			judge(fmt.Sprintf("mbpp/%d test %d", p.ID, k), Source{Setup: p.Setup, Asserts: []string{one}})
		}
	}
	for _, g := range rows[codet](t, shared(t, "golden", "code", "codet-first30.jsonl.zst")) {
		if len(g.Tests) > 0 {
			judge(g.ID, Source{Entry: g.Entry, Asserts: g.Tests})
		}
	}
	t.Logf("%d test sets", n)
}
