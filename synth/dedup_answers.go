package synth

import (
	"context"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/synth/check"
	"github.com/winnow-data/winnow/synth/check/code"
	"github.com/winnow-data/winnow/synth/check/code/golang"
	"github.com/winnow-data/winnow/synth/sandbox"
	"github.com/winnow-data/winnow/synth/syntax"
)

// DedupAnswers finds answers of a prompt that say the same, and leaves one of each: the others become unknown, so that no row is made of them.
//
//	dedup_answers: {by: equations}
//	dedup_answers: {by: ast, keep: shortest}
//
// Only answers of the same standing are compared, passed ones with passed ones: a wrong answer never takes a right one's place. An answer that has
// no equations is compared by its text. The check that says so bears the stage's label and names the answer that stands instead.
//
// With by: ast answers are the same whose programs have the same syntax tree: comments, white space, docstrings, brackets that group nothing, quotes and the spelling of numbers do not matter.
// The program is taken from the answer as check_code does. One that does not parse repeats none, and is counted as unparsed. Python's trees are taken by the interpreter in
// the sandbox of check_code, and nothing is run; Go's by winnow itself.
type DedupAnswers struct {
	By        string `allowed:"text,equations,ast"`      // what makes two answers the same: the words but for white space, the list of equations, or the syntax tree
	Keep      string `allowed:"first,shortest,farthest"` // which of those that are the same; farthest: the one whose words differ most from the prompt's other answers
	Language  string `allowed:"python,go"`               // by ast: of the programs
	Entry     string // by ast: field that names the function that a program defines
	Isolation string `allowed:"any,namespaces,landlock,unsafe"` // by ast: what must hold the parser of Python; any: the strongest there is

	label string
	box   *sandbox.Sandbox
}

var dedupAnswersDefaults = DedupAnswers{By: "text", Keep: "first", Language: "python", Entry: "entry_point", Isolation: "any"}

// Placed implements [stages.Placed].
func (u *DedupAnswers) Placed(label, _ string) { u.label = label }

// Provision implements [stages.Provisioner].
func (u *DedupAnswers) Provision(env *stages.Env) (err error) {
	if u.By == "ast" && u.Language == "python" {
		u.box, err = openSandbox(env, u.Isolation)
	}
	return err
}

// Apply implements [stages.Stage].
func (u *DedupAnswers) Apply(ctx context.Context, b *stages.Batch) error {
	var docs []*stages.Document
	for _, d := range b.Live() {
		if d.Kind == "" && len(d.Answers) > 1 {
			docs = append(docs, d)
		}
	}
	keys, err := u.keys(ctx, docs)
	if err != nil {
		return err
	}
	for k, d := range docs {
		if n := u.mark(d, keys[k]); n > 0 {
			b.Count("repeated", int64(n))
		}
		for _, key := range keys[k] {
			if key == "" {
				b.Count("unparsed", 1)
			}
		}
	}
	return nil
}

// keys returns what stands for each answer of each prompt; "" for a program that does not parse.
func (u *DedupAnswers) keys(ctx context.Context, docs []*stages.Document) ([][]string, error) {
	if u.By == "ast" {
		return u.trees(ctx, docs)
	}
	keys := make([][]string, len(docs))
	for i, d := range docs {
		for k := range d.Answers {
			keys[i] = append(keys[i], u.key(d.Answers[k].Text))
		}
	}
	return keys, nil
}

// trees returns the keys of the programs.
func (u *DedupAnswers) trees(ctx context.Context, docs []*stages.Document) ([][]string, error) {
	keys := make([][]string, len(docs))
	if u.Language == "go" {
		for i, d := range docs {
			entry, _ := d.Field(u.Entry)
			for k := range d.Answers {
				keys[i] = append(keys[i], syntax.Go(golang.Program(d.Body(), d.Answers[k].Text, entry)))
			}
		}
		return keys, nil
	}
	err := inParallel(ctx, u.box.Workers(), len(docs), func(ctx context.Context, i int) (err error) {
		d := docs[i]
		entry, _ := d.Field(u.Entry)
		programs := make([]string, len(d.Answers))
		for k := range d.Answers {
			programs[k] = code.Program(d.Body(), d.Answers[k].Text, entry)
		}
		keys[i], err = syntax.Python(ctx, u.box, programs)
		return err
	})
	return keys, err
}

// sameness is what two answers must share to be the same.
type sameness struct {
	standing stages.Result
	key      string
}

// mark makes the repeated answers of a prompt unknown and returns their number. An answer with an empty key repeats none.
func (u *DedupAnswers) mark(d *stages.Document, keys []string) int {
	groups := make(map[sameness][]int, len(d.Answers))
	order := make([]sameness, 0, len(d.Answers))
	for k := range d.Answers {
		if keys[k] == "" {
			continue
		}
		s := sameness{standing(&d.Answers[k]), keys[k]}
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
				d.Answers[k].Checks = append(d.Answers[k].Checks, repeatsCheck(u.label, kept+1, "the same "+u.what()))
				marked++
			}
		}
	}
	return marked
}

// what names what answers that are the same share.
func (u *DedupAnswers) what() string {
	if u.By == "ast" {
		return "syntax tree"
	}
	return u.By
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
