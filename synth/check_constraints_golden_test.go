package synth

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/synth/check/constraint"
)

// goldenRows decodes a file of JSON rows.
func goldenRows[T any](t testing.TB, name string) []T {
	t.Helper()
	f, err := os.Open(realdata.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []T
	for d := json.NewDecoder(bufio.NewReader(f)); d.More(); {
		var row T
		if err := d.Decode(&row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// response is a row of golden/ifeval/responses.jsonl.zst.
type response struct {
	IDs      json.RawMessage `json:"instruction_id_list"`
	Kwargs   json.RawMessage
	Response string
	Strict   []bool
	Loose    []bool
}

func responses(t testing.TB) []response {
	t.Helper()
	var rows []response
	realdata.Lines(t, "golden/ifeval/responses.jsonl.zst", func(line []byte) {
		var r response
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	})
	return rows
}

// prompt is the row as a document.
func (r response) prompt() *stages.Document {
	return &stages.Document{
		Answers: []stages.Answer{{Text: r.Response}},
		Fields:  stages.Fields{{Name: "instruction_id_list", Raw: r.IDs}, {Name: "kwargs", Raw: r.Kwargs}},
	}
}

// edgeCases are the rows of golden/ifeval/edge-cases.jsonl as responses to one instruction, without the one that the reference cannot judge.
func edgeCases(t testing.TB) []response {
	t.Helper()
	var rows []response
	for _, r := range goldenRows[struct {
		ID            string `json:"instruction_id"`
		Kwargs        json.RawMessage
		Response      string
		Strict, Loose bool
		Error         string
	}](t, "golden/ifeval/edge-cases.jsonl") {
		if r.Error == "" {
			rows = append(rows, response{json.RawMessage(`["` + r.ID + `"]`), json.RawMessage("[" + string(r.Kwargs) + "]"), r.Response, []bool{r.Strict}, []bool{r.Loose}})
		}
	}
	return rows
}

// byLanguage says whether an instruction hangs on the reference's language detector, which is another.
func byLanguage(id string) bool {
	return strings.HasPrefix(id, "language:") || strings.HasPrefix(id, "change_case:english_")
}

// TestCheckConstraintsAgainstReference compares all verdicts with those of lm_eval: all are the same, but that of those by language two in a hundred may differ.
func TestCheckConstraintsAgainstReference(t *testing.T) {
	rows := append(responses(t), edgeCases(t)...)
	all, language, same, drawn := 0, 0, 0, 0
	for _, mode := range []constraint.Mode{constraint.Strict, constraint.Loose} {
		c := checkConstraintsDefaults
		c.Mode = string(mode)
		for _, r := range rows {
			d := r.prompt()
			want := r.Strict
			if mode == constraint.Loose {
				want = r.Loose
			}
			found := c.Checks(d, &d.Answers[0])
			if len(found) != len(want) {
				t.Fatalf("%s: %d checks, want %d", r.IDs, len(found), len(want))
			}
			for i, k := range found {
				all++
				agrees := k.Result == stages.Passed && want[i] || k.Result == stages.Failed && !want[i]
				switch id := c.read.names[i]; {
				case strings.Contains(k.Why, `of the letter "#"`): // the reference takes letters alone and draws another one
					drawn++
				case byLanguage(id):
					language++
					if agrees {
						same++
					} else {
						t.Logf("%s %s %s: %v (%s), the reference says %v of %.90q", mode, id, r.Kwargs, k.Result, k.Why, want[i], r.Response)
					}
				case !agrees:
					t.Errorf("%s %s %s: %v (%s), the reference says %v of %q", mode, id, r.Kwargs, k.Result, k.Why, want[i], r.Response)
				}
			}
		}
	}
	if drawn > 6 {
		t.Errorf("%d verdicts are about a drawn letter, want at most 6", drawn)
	}
	if all < 2500 || language < 300 {
		t.Fatalf("%d verdicts, %d of them by language: the golden rows are not all there", all, language)
	}
	if share := float64(same) / float64(language); share < 0.98 {
		t.Errorf("%.2f %% of %d verdicts by language agree with the reference, want 98", 100*share, language)
	} else {
		t.Logf("%d verdicts are the reference's; of %d by language %.2f %%; %d are about a letter that the reference draws", all-language-drawn, language, 100*share, drawn)
	}
}
