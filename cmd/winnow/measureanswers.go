package main

import (
	"encoding/json"
	"fmt"

	"github.com/winnow-data/winnow/stages"
)

// carried tells which checks stand on the answers of a document already.
func carried(d *stages.Document) []map[stages.Check]bool {
	had := make([]map[stages.Check]bool, len(d.Answers))
	for k := range d.Answers {
		had[k] = map[stages.Check]bool{}
		for _, c := range d.Answers[k].Checks {
			had[k][c] = true
		}
	}
	return had
}

// answers writes what a check found on each answer; of what was found in an earlier run only what is different.
func (m *measurer) answers(id string, d *stages.Document, had []map[stages.Check]bool) error {
	label := m.chain.Labels()[0]
	for k := range d.Answers {
		for _, c := range d.Answers[k].Checks {
			if c.Name != label && had[k][c] {
				continue
			}
			result := map[stages.Result]string{stages.Passed: "passed", stages.Failed: "failed", stages.Unknown: "unknown"}[c.Result]
			if !m.asJSON {
				if _, err := fmt.Fprintf(m.out, "%s\t%d\t%s\t%s\t%.6g\t%s\n", oneLine(id, 200), k+1, oneLine(c.Name, 100), result, c.Score, oneLine(c.Why, 300)); err != nil {
					return err
				}
				continue
			}
			e := json.NewEncoder(m.out)
			e.SetEscapeHTML(false)
			line := struct {
				ID     string  `json:"id"`
				Answer int     `json:"answer"`
				Check  string  `json:"check"`
				Result string  `json:"result"`
				Score  float64 `json:"score"`
				Why    string  `json:"why,omitempty"`
			}{id, k + 1, c.Name, result, c.Score, c.Why}
			if err := e.Encode(line); err != nil {
				return err
			}
		}
	}
	return nil
}
