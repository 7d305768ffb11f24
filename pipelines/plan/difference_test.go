package plan

import "testing"

// TestModelDifference: another model in a stage's place is told by name, or by what it is.
func TestModelDifference(t *testing.T) {
	for _, c := range []struct {
		name     string
		old, now *Model
		want     string
	}{
		{"the same", &Model{"m", "sha256:a"}, &Model{"m", "sha256:a"}, "how the input is read changed"},
		{"another name", &Model{"m", "sha256:a"}, &Model{"n", "sha256:a"}, "stage answer: it asked the model m, now it asks n"},
		{"another file", &Model{"m", "sha256:a"}, &Model{"m", "endpoint h model x"}, "stage answer: the model m is another one: endpoint h model x was sha256:a"},
		{"none", nil, nil, "how the input is read changed"},
	} {
		old, now := &Plan{Stages: []Stage{{Label: "answer", Model: c.old}}}, &Plan{Stages: []Stage{{Label: "answer", Model: c.now}}}
		if got := Difference(old, now); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
