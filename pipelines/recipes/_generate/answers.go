package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/winnow-data/winnow/inference"
)

// problems is how many problems of grade school math the samples hold.
const problems = 200

// solvers are the models whose answers are recorded, as the recording names them. Their answers are the samples of one prompt, in this order.
var solvers = []string{"6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"}

// solversName is what the four are called as one model of a record.
const solversName = "openai/grade-school-math example_model_solutions"

// solved is a problem with what its solvers said.
type solved struct {
	id, question, gold string
	answers            []string
}

// solutions reads the first problems of GSM8K's test set with the answers that four models gave, as OpenAI recorded them.
func solutions(from string) ([]solved, error) {
	data, err := os.ReadFile(filepath.Join(from, "gsm8k", "model-solutions-700.jsonl"))
	if err != nil {
		return nil, err
	}
	var list []solved
	for line := range bytes.Lines(data) {
		if len(list) == problems {
			break
		}
		var raw map[string]json.RawMessage
		if err := json.Unmarshal(line, &raw); err != nil {
			return nil, err
		}
		p := solved{id: fmt.Sprintf("gsm8k/%d", len(list))}
		err := errors.Join(json.Unmarshal(raw["question"], &p.question), json.Unmarshal(raw["ground_truth"], &p.gold))
		for _, by := range solvers {
			var a struct{ Solution string }
			err = errors.Join(err, json.Unmarshal(raw[by], &a))
			p.answers = append(p.answers, a.Solution)
		}
		if err != nil {
			return nil, fmt.Errorf("problem %d: %w", len(list), err)
		}
		list = append(list, p)
	}
	return list, nil
}

// gsm8k writes the problems.
func gsm8k(from string) ([]byte, int, error) {
	list, err := solutions(from)
	if err != nil {
		return nil, 0, err
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	for _, p := range list {
		if err := e.Encode(struct {
			ID       string `json:"id"`
			Question string `json:"question"`
			Answer   string `json:"answer"`
		}{p.id, p.question, p.gold}); err != nil {
			return nil, 0, err
		}
	}
	packed, err := gzipped(out.Bytes())
	return packed, len(list), err
}

// replies writes the answers as the record of a run: what the stage `answer: {n: 4}` of the recipe asks, and what it is told. The recording tells no number of tokens.
func replies(from string) ([]byte, int, error) {
	list, err := solutions(from)
	if err != nil {
		return nil, 0, err
	}
	var rs []inference.Request
	var said []inference.Reply
	for _, p := range list {
		for k, text := range p.answers {
			rs = append(rs, inference.Request{
				Key: fmt.Sprintf("%s/answer-%d", p.id, k+1), Task: inference.Generate, MaxTokens: 1024, Temperature: 0.7,
				Messages: []inference.Message{{Role: "user", Content: p.question}},
			})
			said = append(said, inference.Reply{Text: text, Finish: inference.FinishStop, By: solvers[k]})
		}
	}
	segment, err := inference.Segment(solversName, rs, said)
	return segment, len(rs), err
}
