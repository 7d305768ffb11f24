package fasttext

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestReference compares the answers of small models of every kind with those of fastText C++ 0.9.2, bit for bit. testdata/README.md
// says how they were made.
func TestReference(t *testing.T) {
	raw, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Model, Text string
		Top         [][2]any
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		t.Fatal(err)
	}
	predictors := map[string]*Predictor{}
	for _, row := range rows {
		p := predictors[row.Model]
		if p == nil {
			m, err := Load(filepath.Join("testdata", row.Model))
			if err != nil {
				t.Fatal(err)
			}
			p = m.Predictor()
			predictors[row.Model] = p
		}
		got, err := p.Predict(row.Text, 4, nil)
		if err != nil {
			t.Fatalf("%s: %q: %v", row.Model, row.Text, err)
		}
		same := len(got) == len(row.Top)
		for i := 0; same && i < len(got); i++ {
			same = got[i].Label == row.Top[i][0] && got[i].Probability == float32(row.Top[i][1].(float64))
		}
		if !same {
			t.Errorf("%s: %.60q: got %v, want %v", row.Model, row.Text, got, row.Top)
		}
	}
	if len(predictors) != 7 {
		t.Errorf("%d models compared, want 7", len(predictors))
	}
}
