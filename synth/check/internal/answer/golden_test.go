package answer

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"

	"github.com/winnow-data/winnow/stages/realdata"
)

type pair struct {
	ID, Category, Gold, Answer string
	Truth                      *bool
}

func goldenPairs(t testing.TB) []pair {
	f, err := os.Open(realdata.Path(t, "golden/math/pairs.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var pairs []pair
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var p pair
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, p)
	}
	return pairs
}

// verdict judges one pair as check_math does.
func verdict(j *Judge, gold, text string) (Outcome, string) {
	g, ok := Final(gold, Auto)
	if !ok {
		return Unsure, "gold: no answer"
	}
	if err := j.Gold(g); err != nil {
		return Unsure, "gold: " + err.Error()
	}
	a, ok := Final(text, Auto)
	if !ok {
		return Different, "no answer"
	}
	return j.Compare(a)
}

func TestGolden(t *testing.T) {
	var j Judge
	decided := 0
	for _, p := range goldenPairs(t) {
		o, why := verdict(&j, p.Gold, p.Answer)
		if p.Truth == nil {
			t.Logf("%s: open: %q against %q: %d %s", p.ID, p.Answer, p.Gold, o, why)
			continue
		}
		decided++
		if (o == Same) != *p.Truth {
			t.Errorf("%s: %q against gold %q: got %d %s, want %v; read %q", p.ID, p.Answer, p.Gold, o, why, *p.Truth, j.answer.text)
		}
	}
	if decided == 0 {
		t.Error("no pair was decided")
	}
}
