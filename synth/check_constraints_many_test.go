package synth

import (
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// A document may name one instruction any number of times: each has a name of its own, and reading them takes time in proportion.
func TestCheckConstraintsMany(t *testing.T) {
	const n = 30_000
	var d stages.Document
	d.Fields.SetRaw("instruction_id_list", []byte(`["a#2", "a", "a", "a"]`))
	s := checkConstraintsDefaults
	var names []string
	for _, k := range s.Checks(&d, &stages.Answer{}) {
		names = append(names, k.Name)
	}
	if got, want := strings.Join(names, " "), "check_constraints/a#2 check_constraints/a check_constraints/a#3 check_constraints/a#4"; got != want {
		t.Errorf("names %s, want %s", got, want)
	}
	d = stages.Document{}
	d.Fields.SetRaw("instruction_id_list", []byte("["+strings.Repeat(`"punctuation:no_comma",`, n-1)+`"punctuation:no_comma"]`))
	found := s.Checks(&d, &stages.Answer{Text: "a, b"})
	if len(found) != n || found[n-1].Name != "check_constraints/punctuation:no_comma#30000" || found[n-1].Result != stages.Failed {
		t.Errorf("%d checks, want %d; the last: %+v", len(found), n, found[len(found)-1])
	}
}
