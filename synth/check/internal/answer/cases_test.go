package answer

import (
	"slices"
	"testing"
)

// cases are pairs by what they show.
var cases = slices.Concat(numbers, written, algebraic, competition)

type group struct {
	name string
	rows []row
}

// A row is a pair; '=' is the gold answer, '!' is another one, '?' is a matter of convention.
type row struct {
	want         byte
	gold, answer string
}

func TestCases(t *testing.T) {
	var j Judge
	for _, c := range cases {
		for _, r := range c.rows {
			o, why := verdict(&j, r.gold, r.answer)
			got := map[Outcome]byte{Same: '=', Different: '!', Unsure: '?'}[o]
			if got != r.want {
				t.Errorf("%s: %q against gold %q: got %c %s, want %c (read %q, %v)", c.name, r.answer, r.gold, got, why, r.want, j.answer.text, j.answer.span.Kind)
			}
		}
	}
}
