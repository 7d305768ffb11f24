package ask

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// A Rubric says how documents are graded.
//
// As a text file it is the rubric itself, with grades from 0 to 5. A YAML file says more:
//
//	prompt: |                 the rubric; a place such as {text} shows where the document goes, else it follows
//	  Grade how …
//	scale: {min: 1, max: 4}   whole grades, of one digit
//	ask: Which grade?         what stands behind the document
//	examples:                 graded documents, shown before
//	  - {text: "…", grade: 4, why: "…"}
type Rubric struct {
	Prompt   string
	Ask      string
	Scale    Scale
	Examples []Example
}

// A Scale is the grades that may be given.
type Scale struct {
	Min int `allowed:"0..9"`
	Max int `allowed:"0..9"`
}

// An Example is a document with its grade.
type Example struct {
	Text  string
	Grade int
	Why   string
}

// maxFile bounds a prompt or rubric: it goes into every request.
const maxFile = 256 << 10

// ReadFile reads a prompt, a rubric or a schema; a relative path is one in dir.
func ReadFile(dir, path string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Size() > maxFile {
		return "", fmt.Errorf("%s has %d bytes: allowed are %d, for it goes into every request", path, info.Size(), maxFile)
	}
	data, err := os.ReadFile(path)
	if err == nil && strings.TrimSpace(string(data)) == "" {
		err = fmt.Errorf("%s is empty", path)
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n"), err
}

// ParseRubric reads a rubric; name tells YAML from text.
func ParseRubric(name, text string) (Rubric, error) {
	r := Rubric{Scale: Scale{0, 5}}
	if !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
		r.Prompt = text
	} else {
		tree, ps := settings.Parse(name, []byte(text))
		if len(ps) == 0 {
			ps = settings.Decode(tree, &r)
		}
		if len(ps) > 0 {
			settings.Place(ps, name, settings.Lines([]byte(text)))
			errs := make([]error, len(ps))
			for i := range ps {
				errs[i] = ps[i]
			}
			return r, errors.Join(errs...)
		}
	}
	r.Prompt = strings.TrimSpace(r.Prompt)
	switch {
	case r.Prompt == "":
		return r, fmt.Errorf("%s: the rubric has no prompt", name)
	case r.Scale.Min >= r.Scale.Max:
		return r, fmt.Errorf("%s: scale: min %d is not below max %d", name, r.Scale.Min, r.Scale.Max)
	}
	for i, e := range r.Examples {
		if e.Grade < r.Scale.Min || e.Grade > r.Scale.Max {
			return r, fmt.Errorf("%s: example %d has the grade %d: allowed are %d to %d", name, i+1, e.Grade, r.Scale.Min, r.Scale.Max)
		}
	}
	return r, nil
}

// Grades lists the grades as they are written.
func (r *Rubric) Grades() []string {
	var list []string
	for n := r.Scale.Min; n <= r.Scale.Max; n++ {
		list = append(list, fmt.Sprint(n))
	}
	return list
}

// A Grader turns documents into conversations that end where the grade comes.
type Grader struct {
	shared []stages.Turn // the rubric and the examples: the same for all documents
	rest   Prompt
	ask    string
	words  bool
}

// NewGrader makes the conversation of a rubric. With words the model gives its reasons first and the grade in the last line; else it
// answers with the grade alone.
func NewGrader(r Rubric, words bool) *Grader {
	g := &Grader{words: words, ask: r.Ask}
	if g.ask == "" {
		g.ask = fmt.Sprintf("Answer with the grade alone: one whole number from %d to %d.", r.Scale.Min, r.Scale.Max)
		if words {
			g.ask = fmt.Sprintf("First give your reasons in at most 60 words. Then end with one line of this form, with a whole number from %d to %d:\nScore: N", r.Scale.Min, r.Scale.Max)
		}
	}
	var before string
	before, g.rest = NewPrompt(r.Prompt).Split()
	g.shared = append(g.shared, stages.Turn{Role: "system", Content: strings.TrimSpace(before)})
	for _, e := range r.Examples {
		g.shared = append(g.shared, stages.Turn{Role: "user", Content: g.question(Fence("extract", e.Text))})
		answer := fmt.Sprint(e.Grade)
		if words {
			answer = strings.TrimSpace(e.Why + "\nScore: " + answer)
		}
		g.shared = append(g.shared, stages.Turn{Role: "assistant", Content: answer})
	}
	return g
}

func (g *Grader) question(text string) string { return strings.TrimSpace(text) + "\n\n" + g.ask }

// Places names the fields that the rubric needs.
func (g *Grader) Places() []string { return g.rest.Places() }

// Prefix is the length of what all requests begin with, in bytes.
func (g *Grader) Prefix() int {
	n := 0
	for _, t := range g.shared {
		n += len(t.Content)
	}
	return n
}

// Turns returns the conversation about a document of which text is shown, and how many of its turns all documents share.
func (g *Grader) Turns(d *stages.Document, text string) (turns []stages.Turn, shared int, err error) {
	fenced := Fence("extract", text)
	if len(g.rest.parts) > 0 {
		if fenced, err = g.rest.Fill(d, text); err != nil {
			return nil, 0, err
		}
	}
	turns = append(turns, g.shared...)
	return append(turns, stages.Turn{Role: "user", Content: g.question(fenced)}), len(g.shared), nil
}
