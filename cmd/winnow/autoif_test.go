package main

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
)

//go:embed testdata/autoif/functions.jsonl
var autoIFData []byte

// autoIF plays a model that writes verifiers as one did for AutoIF: functions for three instructions, and answers that are the cases it wrote beside them.
type autoIF struct {
	instructions []string
	functions    map[string][]string
	answers      map[string][]string
}

func newAutoIF() (*autoIF, error) {
	a := &autoIF{functions: map[string][]string{}, answers: map[string][]string{}}
	lines := bufio.NewScanner(bytes.NewReader(autoIFData))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row struct {
			Instruction string
			Outputs     []string `json:"gpt-answer"`
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, err
		}
		a.instructions = append(a.instructions, row.Instruction)
		a.functions[row.Instruction] = row.Outputs
		for _, o := range row.Outputs {
			var said struct{ Cases []struct{ Input any } }
			_, body, _ := strings.Cut(o, "```json")
			body, _, _ = strings.Cut(body, "```")
			if json.Unmarshal([]byte(body), &said) != nil {
				continue // as models do
			}
			for _, c := range said.Cases {
				if s, ok := c.Input.(string); ok && s != "" {
					a.answers[row.Instruction] = append(a.answers[row.Instruction], s)
				}
			}
		}
	}
	return a, lines.Err()
}

// reply is what the model says; "" where the request is none of constrain's.
func (a *autoIF) reply(text, seed string) string {
	h := fnv.New32a()
	fmt.Fprint(h, text, seed)
	for _, s := range a.instructions {
		list := a.functions[s]
		switch {
		case strings.HasPrefix(text, "Here is a Python function"):
			return "Do as the function says."
		case strings.HasPrefix(text, "Two instructions for the form"):
			return `{"label":"entails"}`
		case !strings.Contains(text, s):
			continue
		case !strings.HasPrefix(text, "Write a Python function"):
			list = a.answers[s]
		}
		return list[h.Sum32()%uint32(len(list))]
	}
	return ""
}
