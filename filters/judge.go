package filters

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/ask"
)

//go:embed rubrics/*.txt prompts/*.txt
var texts embed.FS

// Judge lets a model grade documents by a rubric, and keeps those whose grade lies within bounds.
//
//	judge: {model: small, min: 3}
//
// It writes the field `judge_score`, or LABEL_score under a label of its own. Without min and max it only annotates. The built-in rubric
// `educational` is the additive scale of FineWeb-Edu (Penedo et al. 2024, section 4) in our words: 0 to 5, a point each for something to
// learn, a subject that is taught, fitness for teaching, a good lesson, an excellent one. They keep grades from 3.
//
// A rubric of your own is a text file, with grades from 0 to 5, or a YAML file with prompt, scale, ask and examples. In both, {text} and other fields
// of the document have their places; without a place, the document follows behind the rubric. This one writes the field `poetry_score`:
//
//	judge: {model: small, rubric: ./poems.yaml, label: poetry}
//
// How the grade is read:
//
//   - probabilities: the model gives the probability of each grade as its answer, and the score is the expectation, such as 2.731. Nothing is
//     decoded, and a grade is there for every document. Only the rubric stands before the document, and all documents share it.
//   - text: the model gives reasons and a grade, as FineWeb-Edu asks for. It costs about 80 tokens more for each document. A reply without a
//     whole grade of the scale leaves the field null; the document stays, and the report counts it.
//   - auto: probabilities of a model that runs here, text of an endpoint: few endpoints tell the probabilities of given answers.
type Judge struct {
	Model        string // name in models; may be left out where there is only one
	Rubric       string // a built-in name (educational), or a file: .txt, .md or .yaml
	Chars        int    `allowed:"1.."`                     // characters of the document that are shown, from its beginning
	Read         string `allowed:"auto,probabilities,text"` // how the grade is read
	stages.Range        // grades that stay; none given: all

	field  string
	dir    string
	rubric ask.Rubric
	grader *ask.Grader
	model  stages.Model
	words  bool
}

var judgeDefaults = Judge{Rubric: "educational", Chars: 1000, Read: "auto", Range: stages.Any, field: "judge_score"}

// Placed implements [stages.Placed].
func (j *Judge) Placed(label, dir string) {
	j.dir, j.field = dir, scoreField(label)
}

// scoreField is where a stage of a label leaves its score.
func scoreField(label string) string { return strings.ReplaceAll(label, "@", "_") + "_score" }

// Files implements [stages.Filer].
func (j *Judge) Files() []stages.Path { return fileOf(j.Rubric) }

// fileOf returns what a setting that is a built-in name or a file names, if it is a file.
func fileOf(s string) []stages.Path {
	if ask.File(s) {
		return []stages.Path{stages.Path(s)}
	}
	return nil
}

// missing is the error of a file that was not there when the settings were checked.
func missing(setting, file string) error {
	return stages.Final(fmt.Errorf("%s: %s: %w", setting, file, fs.ErrNotExist))
}

// builtIn returns one of our texts by its name, or reads a file.
func builtIn(folder, name, dir string) (string, error) {
	if ask.File(name) {
		return ask.ReadFile(dir, name)
	}
	data, err := texts.ReadFile(folder + "/" + name + ".txt")
	if err == nil {
		return string(data), nil
	}
	entries, _ := texts.ReadDir(folder)
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".txt")
	}
	return "", fmt.Errorf("%q is not built in: allowed are %s, or a file such as ./%s.txt", name, strings.Join(names, ", "), name)
}

// Validate implements [stages.Validator].
func (j *Judge) Validate() error {
	text, err := builtIn("rubrics", j.Rubric, j.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // lint says so of every file, and Provision
	}
	if err == nil {
		j.rubric, err = ask.ParseRubric(j.Rubric, text)
	}
	if err != nil {
		return fmt.Errorf("rubric: %w", err)
	}
	s := j.rubric.Scale
	if lo, hi := float64(s.Min), float64(s.Max); j.Min > hi || j.Max < lo {
		return fmt.Errorf("min %v, max %v: the rubric gives %d to %d, so that no document would stay", j.Min, j.Max, s.Min, s.Max)
	}
	j.grader = ask.NewGrader(j.rubric, j.Read == "text")
	return nil
}

// Rules implements [stages.Ruler].
func (j *Judge) Rules() []stages.Rule {
	return []stages.Rule{{Name: "score", Keep: j.Range, Unit: "grade", Doc: "the model's grade of the document by the rubric"}}
}

// Writes implements [stages.Writer].
func (j *Judge) Writes() []string { return []string{j.field} }

// Types implements [stages.Typed].
func (j *Judge) Types() map[string]string { return map[string]string{j.field: "float"} }

// Reads implements [stages.Reader].
func (j *Judge) Reads() []string {
	if j.grader == nil {
		return nil
	}
	return fieldsOf(j.grader.Places())
}

// fieldsOf lists the fields among the places of a prompt, each once, without what every document has.
func fieldsOf(places []string) []string {
	var names []string
	for _, p := range places {
		if !slices.Contains([]string{"text", "id", "source", "kind"}, p) && !slices.Contains(names, p) {
			names = append(names, p)
		}
	}
	return names
}

// Asks implements [stages.Asker].
func (j *Judge) Asks() stages.Asks {
	a := stages.Asks{Model: j.Model, Ask: stages.AskChoice, Calls: 1, Bytes: j.Chars, Out: 1}
	if j.Read == "text" {
		a.Ask, a.Out = stages.AskText, replyTokens/2
	}
	if j.grader != nil {
		a.Prefix = j.grader.Prefix()
	}
	return a
}

// Provision implements [stages.Provisioner].
func (j *Judge) Provision(env *stages.Env) (err error) {
	if j.grader == nil {
		return missing("rubric", j.Rubric)
	}
	if j.model, err = stages.ModelOf[stages.Model](env, j.Model); err != nil {
		return err
	}
	j.words = j.Read == "text" || j.Read == "auto" && !j.model.Can(stages.AskChoice)
	j.grader = ask.NewGrader(j.rubric, j.words)
	return nil
}

// replyTokens is the most that a model may write when it gives reasons.
const replyTokens = 200

// Apply implements [stages.Stage].
func (j *Judge) Apply(ctx context.Context, b *stages.Batch) error {
	return each(ctx, b, j.model, func(d *stages.Document) (stages.Request, error) {
		turns, shared, err := j.grader.Turns(d, ask.Head(d.Body(), j.Chars))
		r := stages.Request{Key: d.ID, Ask: stages.AskChoice, Turns: turns, Shared: shared, Choices: j.rubric.Grades()}
		if j.words {
			r.Ask, r.Choices, r.MaxTokens = stages.AskText, nil, replyTokens
		}
		return r, err
	}, func(i int, d *stages.Document, r stages.Reply) {
		score, ok := j.score(r)
		if !ok {
			d.Fields.SetRaw(j.field, []byte("null"))
			b.Measured(i, "score", stages.NA)
			b.Used(stages.Usage{Unparsed: 1})
			return
		}
		d.Fields.SetNumber(j.field, score)
		b.Measured(i, "score", score)
		if !j.For(languageField(d)).Has(score) {
			b.Drop(i, stages.Verdict{Rule: "score", Value: score})
		}
	})
}

// languageField is the language that a document's field names.
func languageField(d *stages.Document) string {
	language, _ := d.Fields.Text("language")
	return language
}

// score reads the grade out of a reply.
func (j *Judge) score(r stages.Reply) (float64, bool) {
	if j.words {
		n, ok := ask.Number(r.Text, j.rubric.Scale.Min, j.rubric.Scale.Max)
		return float64(n), ok
	}
	if len(r.LogProbs) != j.rubric.Scale.Max-j.rubric.Scale.Min+1 {
		return 0, false
	}
	return ask.Expectation(j.rubric.Scale.Min, r.LogProbs)
}
