package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// problems is how many problems of grade school math the samples hold.
const problems = 200

// solvers are the models whose answers are recorded, as the recording names them.
var solvers = []string{"6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"}

// answers writes problems of GSM8K's test set with the answers that four models gave, as OpenAI recorded them.
func answers(from string) ([]byte, int, error) {
	data, err := os.ReadFile(filepath.Join(from, "gsm8k", "model-solutions-700.jsonl"))
	if err != nil {
		return nil, 0, err
	}
	type answer struct {
		Text string `json:"text"`
		By   string `json:"by"`
	}
	type problem struct {
		ID       string   `json:"id"`
		Question string   `json:"question"`
		Gold     string   `json:"gold"`
		Answers  []answer `json:"answers"`
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	n := 0
	for line := range bytes.Lines(data) {
		if n == problems {
			break
		}
		var raw map[string]json.RawMessage
		if err := json.Unmarshal(line, &raw); err != nil {
			return nil, 0, err
		}
		p := problem{ID: fmt.Sprintf("gsm8k/%d", n)}
		if err := json.Unmarshal(raw["question"], &p.Question); err != nil {
			return nil, 0, err
		}
		if err := json.Unmarshal(raw["ground_truth"], &p.Gold); err != nil {
			return nil, 0, err
		}
		for _, by := range solvers {
			var a struct{ Solution string }
			if err := json.Unmarshal(raw[by], &a); err != nil {
				return nil, 0, fmt.Errorf("problem %d: %s: %w", n, by, err)
			}
			p.Answers = append(p.Answers, answer{a.Solution, by})
		}
		if err := e.Encode(p); err != nil {
			return nil, 0, err
		}
		n++
	}
	packed, err := gzipped(out.Bytes())
	return packed, n, err
}
