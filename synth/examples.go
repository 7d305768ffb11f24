package synth

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/ask"
	"github.com/winnow-data/winnow/stages/dialogue"
)

// readShots reads answered prompts: lines of JSON with prompt and answer.
func readShots(dir, path string) ([]stages.Turn, error) {
	text, err := ask.ReadFile(dir, path)
	if err != nil {
		return nil, err
	}
	var turns []stages.Turn
	for n, line := range bytes.Split([]byte(text), []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		var shot struct {
			Prompt string `json:"prompt"`
			Answer string `json:"answer"`
		}
		dec := json.NewDecoder(bytes.NewReader(line))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&shot); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w; want {\"prompt\": …, \"answer\": …}", path, n+1, err)
		}
		turns = append(turns, stages.Turn{Role: dialogue.User, Content: shot.Prompt}, stages.Turn{Role: dialogue.Assistant, Content: shot.Answer})
		if err := dialogue.Check(turns); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, n+1, err)
		}
	}
	return turns, nil
}
