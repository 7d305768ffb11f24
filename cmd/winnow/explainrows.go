package main

import (
	"encoding/json"
	"fmt"

	"github.com/winnow-data/winnow/pipelines/inspect"
	"github.com/winnow-data/winnow/stages"
)

// fields shows the fields of a kept document; the checks of a row's answer one by one.
func (a *app) fields(list stages.Fields, indent string) {
	for _, field := range list {
		if field.Name == "answer_checks" && a.rowChecks(field.Raw, indent) {
			continue
		}
		fmt.Fprintf(a.out, "%s  %s: %s\n", indent, oneLine(field.Name, 60), oneLine(string(field.Raw), 160))
	}
}

// rowChecks shows the checks that a row keeps as a field, and says whether they are some.
func (a *app) rowChecks(raw []byte, indent string) bool {
	var list []struct {
		Name  string
		Pass  *bool
		Score float64
		Why   string
	}
	if json.Unmarshal(raw, &list) != nil {
		return false
	}
	for _, c := range list {
		check := stages.Check{Name: c.Name, Score: c.Score, Why: c.Why}
		if c.Pass != nil && *c.Pass {
			check.Result = stages.Passed
		} else if c.Pass != nil {
			check.Result = stages.Failed
		}
		a.check(check, indent)
	}
	return true
}

// answers shows the answers of a prompt, or both sides of a pair, and what each check found.
func (a *app) answers(f *inspect.Fate, indent string, chars int) {
	for k, ans := range f.Answers {
		name := fmt.Sprintf("answer %d", k+1)
		if f.Kept != nil && f.Kept.Kind == "dpo" {
			name = []string{"chosen", "rejected"}[min(k, 1)]
		}
		fmt.Fprintf(a.out, "%s  %s, by %s\n", indent, name, oneLine(ans.By, 200))
		for _, c := range ans.Checks {
			a.check(c, indent+"  ")
		}
		if indent == "" {
			fmt.Fprintf(a.out, "%s\n", block(ans.Text, indent+"    │ ", chars))
		}
	}
}

// check shows what one check found.
func (a *app) check(c stages.Check, indent string) {
	found := map[stages.Result]string{stages.Passed: "passed", stages.Failed: "failed", stages.Unknown: "unknown"}[c.Result]
	score := ""
	if c.Score != 0 {
		score = fmt.Sprintf(", score %.4g", c.Score)
	}
	why := ""
	if c.Why != "" {
		why = ": " + oneLine(c.Why, 300)
	}
	fmt.Fprintf(a.out, "%s  %s %s%s%s\n", indent, oneLine(c.Name, 60), found, score, why)
}
