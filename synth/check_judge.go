package synth

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/ask"
	"github.com/winnow-data/winnow/stages/dialogue"
)

//go:embed rubrics/*.txt
var rubrics embed.FS

// CheckJudge lets a model grade each answer by a rubric. An answer passes whose grade lies within bounds; the grade is the check's score.
//
//	check_judge: {model: judge, rubric: helpful, min: 4}
//
// The built-in rubrics give 0 to 5: `helpful` asks whether the answer does what was asked, `reasoning` whether its steps hold. One of your own is a file, as for `judge`;
// {text} in it is the question with the answer, and both stand between marks that they do not hold themselves, so that no answer talks its way to a grade.
//
// A reply without a grade leaves the check unknown. Without bounds every graded answer passes: the scores are for pick.
type CheckJudge struct {
	Model        string // name in models; may be left out where there is only one
	Rubric       string // helpful, reasoning, or a file: .txt, .md or .yaml
	Read         string `allowed:"auto,probabilities,text"` // how the grade is read, as for judge
	stages.Range        // grades that pass; none given: all

	label, dir string
	rubric     ask.Rubric
	grader     *ask.Grader
	model      stages.Model
	words      bool
}

var checkJudgeDefaults = CheckJudge{Rubric: "helpful", Read: "auto", Range: stages.Any, label: "check_judge"}

// Placed implements [stages.Placed].
func (j *CheckJudge) Placed(label, dir string) { j.label, j.dir = label, dir }

// Files implements [stages.Filer].
func (j *CheckJudge) Files() []stages.Path {
	if ask.File(j.Rubric) {
		return []stages.Path{stages.Path(j.Rubric)}
	}
	return nil
}

// rubricText returns a built-in rubric by its name, or reads a file.
func rubricText(name, dir string) (string, error) {
	if ask.File(name) {
		return ask.ReadFile(dir, name)
	}
	data, err := rubrics.ReadFile("rubrics/" + name + ".txt")
	if err != nil {
		return "", fmt.Errorf("%q is not built in: allowed are helpful, reasoning, or a file such as ./%s.txt", name, name)
	}
	return string(data), nil
}

// Validate implements [stages.Validator].
func (j *CheckJudge) Validate() error {
	text, err := rubricText(j.Rubric, j.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // lint says so of every file, and Provision
	}
	if err == nil {
		j.rubric, err = ask.ParseRubric(j.Rubric, text)
	}
	if err != nil {
		return fmt.Errorf("rubric: %w", err)
	}
	if lo, hi := float64(j.rubric.Scale.Min), float64(j.rubric.Scale.Max); j.Min > hi || j.Max < lo {
		return fmt.Errorf("min %v, max %v: the rubric gives %v to %v, so that no answer would pass", j.Min, j.Max, lo, hi)
	}
	j.grader = ask.NewGrader(j.rubric, j.Read == "text")
	return j.Range.Validate()
}

// Reads implements [stages.Reader].
func (j *CheckJudge) Reads() []string {
	if j.grader == nil {
		return nil
	}
	return fieldsOf(j.grader.Places())
}

// Asks implements [stages.Asker].
func (j *CheckJudge) Asks() stages.Asks {
	a := stages.Asks{Model: j.Model, Ask: stages.AskChoice, Calls: typicalAnswers, Out: 1}
	if j.Read == "text" {
		a.Ask, a.Out = stages.AskText, gradeTokens/2
	}
	if j.grader != nil {
		a.Prefix = j.grader.Prefix()
	}
	return a
}

const (
	typicalAnswers = 4   // of a prompt, for estimates
	gradeTokens    = 200 // the most that a model may write when it gives reasons
)

// Provision implements [stages.Provisioner].
func (j *CheckJudge) Provision(env *stages.Env) (err error) {
	if j.grader == nil {
		return stages.Final(fmt.Errorf("rubric: %s: %w", j.Rubric, fs.ErrNotExist))
	}
	if j.model, err = stages.ModelOf[stages.Model](env, j.Model); err != nil {
		return err
	}
	j.words = j.Read == "text" || j.Read == "auto" && !j.model.Can(stages.AskChoice)
	j.grader = ask.NewGrader(j.rubric, j.words)
	return nil
}

// Apply implements [stages.Stage].
func (j *CheckJudge) Apply(ctx context.Context, b *stages.Batch) error {
	return eachAnswer(ctx, b, j.model, j.label, func(d *stages.Document, a *stages.Answer) (stages.Request, error) {
		turns, shared, err := j.grader.Turns(d, shownAnswer(d, a))
		r := stages.Request{Ask: stages.AskChoice, Turns: turns, Shared: shared, Choices: j.rubric.Grades()}
		if j.words {
			r.Ask, r.Choices, r.MaxTokens = stages.AskText, nil, gradeTokens
		}
		return r, err
	}, func(r stages.Reply) stages.Check {
		score, ok := j.score(r)
		if !ok {
			return stages.Check{Why: "the reply holds no grade"}
		}
		return within(score, j.Range, fmt.Sprintf("grade %g of %d to %d", score, j.rubric.Scale.Min, j.rubric.Scale.Max))
	})
}

// shownAnswer sets the conversation and the answer between marks.
func shownAnswer(d *stages.Document, a *stages.Answer) string {
	var q strings.Builder
	for i, t := range d.Turns {
		if i > 0 {
			q.WriteString("\n\n")
		}
		if len(d.Turns) > 1 {
			q.WriteString(t.Role + ": ")
		}
		q.WriteString(t.Content)
	}
	if d.Turns == nil {
		q.WriteString(d.Text)
	}
	return ask.Fence("question", q.String()) + "\n" + ask.Fence("answer", a.Text)
}

// score reads the grade out of a reply.
func (j *CheckJudge) score(r stages.Reply) (float64, bool) {
	if j.words {
		n, ok := ask.Number(r.Text, j.rubric.Scale.Min, j.rubric.Scale.Max)
		return float64(n), ok
	}
	if len(r.LogProbs) != len(j.rubric.Grades()) {
		return 0, false
	}
	return ask.Expectation(j.rubric.Scale.Min, r.LogProbs)
}

// within makes the check of a score.
func within(score float64, keep stages.Range, why string) stages.Check {
	c := stages.Check{Result: stages.Failed, Score: score, Why: why}
	if keep.Has(score) {
		c.Result = stages.Passed
	}
	return c
}

// eachAnswer asks a model one question about each answer that can be judged, and writes the check that comes of each reply. What the model could not answer is unknown.
func eachAnswer(
	ctx context.Context, b *stages.Batch, m stages.Model, label string,
	question func(d *stages.Document, a *stages.Answer) (stages.Request, error), check func(stages.Reply) stages.Check,
) error {
	var rs []stages.Request
	type place struct{ doc, answer int }
	var at []place
	for i, d := range b.Live() {
		for k := range d.Answers {
			if dialogue.CheckAnswer(d.Answers[k].Text) != nil {
				continue
			}
			r, err := question(d, &d.Answers[k])
			if err != nil {
				b.Fail(i, err)
				break
			}
			r.Key = fmt.Sprintf("%s/%s-%d", d.ID, label, k+1)
			rs, at = append(rs, r), append(at, place{i, k})
		}
	}
	replies, err := complete(ctx, m, rs)
	if err != nil {
		return err
	}
	for n, r := range replies {
		if !b.Alive(at[n].doc) {
			continue
		}
		u := stages.Usage{Calls: 1, In: int64(r.In), Out: int64(r.Out)}
		var c stages.Check
		if r.Err != nil {
			u.Failed = 1
			c.Why = "the model: " + r.Err.Error()
		} else if c = check(r); c.Result == stages.Unknown {
			u.Unparsed = 1
		}
		b.Used(u)
		c.Name = label
		b.Count(map[stages.Result]string{stages.Passed: "passed", stages.Failed: "failed", stages.Unknown: "unknown"}[c.Result], 1)
		write(&b.Docs[at[n].doc].Answers[at[n].answer], c)
	}
	return nil
}

// write adds a check to an answer in a list of its own.
func write(a *stages.Answer, c stages.Check) {
	a.Checks = append(a.Checks[:len(a.Checks):len(a.Checks)], c)
}
