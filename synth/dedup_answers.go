package synth

import (
	"context"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/synth/check"
)

// DedupAnswers finds answers of a prompt that say the same, and leaves one of each: the others become unknown, so that no row is made of them.
//
//	dedup_answers: {by: equations}
//
// Only answers of the same standing are compared, passed ones with passed ones: a wrong answer never takes a right one's place. An answer that has
// no equations is compared by its text. The check that says so bears the stage's label and names the answer that stands instead.
type DedupAnswers struct {
	By   string `allowed:"text,equations"`          // what makes two answers the same: the words but for white space, or the list of equations
	Keep string `allowed:"first,shortest,farthest"` // which of those that are the same; farthest: the one whose words differ most from the prompt's other answers

	label string
}

var dedupAnswersDefaults = DedupAnswers{By: "text", Keep: "first"}

// Placed implements [stages.Placed].
func (u *DedupAnswers) Placed(label, _ string) { u.label = label }

// Apply implements [stages.Stage].
func (u *DedupAnswers) Apply(_ context.Context, b *stages.Batch) error {
	for _, d := range b.Live() {
		if d.Kind != "" || len(d.Answers) < 2 {
			continue
		}
		if n := u.mark(d); n > 0 {
			b.Count("repeated", int64(n))
		}
	}
	return nil
}

// sameness is what two answers must share to be the same.
type sameness struct {
	standing stages.Result
	key      string
}

// mark makes the repeated answers of a prompt unknown and returns their number.
func (u *DedupAnswers) mark(d *stages.Document) int {
	groups := make(map[sameness][]int, len(d.Answers))
	order := make([]sameness, 0, len(d.Answers))
	for k := range d.Answers {
		a := &d.Answers[k]
		s := sameness{standing(a), u.key(a.Text)}
		if groups[s] == nil {
			order = append(order, s)
		}
		groups[s] = append(groups[s], k)
	}
	marked := 0
	for _, s := range order {
		group := groups[s]
		if len(group) < 2 {
			continue
		}
		kept := u.kept(d.Answers, group)
		for _, k := range group {
			if k != kept {
				d.Answers[k].Checks = append(d.Answers[k].Checks, repeatsCheck(u.label, kept+1, "the same "+u.By))
				marked++
			}
		}
	}
	return marked
}

// key is what stands for an answer.
func (u *DedupAnswers) key(text string) string {
	if u.By == "equations" {
		if key := check.EquationKey(text); key != "" {
			return key
		}
	}
	return "text " + strings.Join(strings.Fields(text), " ")
}

// kept chooses among answers that are the same, given by their places in order.
func (u *DedupAnswers) kept(answers []stages.Answer, group []int) int {
	best := group[0]
	switch u.Keep {
	case "shortest":
		for _, k := range group[1:] {
			if length(&answers[k]) < length(&answers[best]) {
				best = k
			}
		}
	case "farthest":
		words := wordsOf(answers)
		most := -1
		for _, k := range group {
			sum := 0
			for j := range answers {
				sum += distance(words[k], words[j])
			}
			if sum > most {
				best, most = k, sum
			}
		}
	}
	return best
}
