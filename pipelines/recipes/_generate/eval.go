package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// measured is how many problems of GSM8K's test set stand for all 1,319.
const measured = 400

// evalGSM8K writes problems spread evenly over GSM8K's test set, each with its number there.
func evalGSM8K(from string) ([]byte, int, error) {
	data, err := os.ReadFile(filepath.Join(from, "gsm8k", "test.jsonl"))
	if err != nil {
		return nil, 0, err
	}
	type problem struct {
		ID       string `json:"id"`
		Question string `json:"question"`
		Answer   string `json:"answer"`
	}
	all := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	if len(all) < measured {
		return nil, 0, fmt.Errorf("%d problems, want at least %d", len(all), measured)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	for i := range measured {
		n := i * len(all) / measured
		var p problem
		if err := json.Unmarshal(all[n], &p); err != nil {
			return nil, 0, fmt.Errorf("problem %d: %w", n, err)
		}
		p.ID = fmt.Sprintf("gsm8k-test/%d", n)
		if err := e.Encode(p); err != nil {
			return nil, 0, err
		}
	}
	packed, err := gzipped(out.Bytes())
	return packed, measured, err
}

// evalHumanEval writes HumanEval as published.
func evalHumanEval(from string) ([]byte, int, error) {
	data, err := gunzip(filepath.Join(from, "code", "HumanEval.jsonl.gz"))
	if err != nil {
		return nil, 0, err
	}
	return whole(data)
}

// evalIFEval writes IFEval's prompts with their instructions as published.
func evalIFEval(from string) ([]byte, int, error) {
	data, err := os.ReadFile(filepath.Join(from, "instructions", "ifeval-input_data.jsonl"))
	if err != nil {
		return nil, 0, err
	}
	return whole(data)
}

// whole packs lines and counts them.
func whole(data []byte) ([]byte, int, error) {
	packed, err := gzipped(data)
	return packed, bytes.Count(data, []byte("\n")), err
}
