package pipelines_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/models"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
)

// replayed answers each prompt once from a record, checks the answer and picks it.
const replayed = `
name: all
models: {student: {replay: %q, rate: 1M}}
input: {path: %q, prompt: question, gold: gold}
stages:
  - answer: {temperature: 0}
  - check_math
  - pick
output: {path: all, rows: sft, format: trl}
`

// scribe is a model that gives the answers that were recorded.
type scribe struct{ answers map[string]string }

func (s *scribe) Complete(_ context.Context, rs []inference.Request) ([]inference.Reply, error) {
	out := make([]inference.Reply, len(rs))
	for i, r := range rs {
		out[i] = inference.Reply{Text: s.answers[r.Messages[len(r.Messages)-1].Content], Finish: "stop", In: 90, Out: 80}
	}
	return out, nil
}

func (*scribe) Count(string) int { return -1 }
func (*scribe) Name() string     { return "scribe" }
func (*scribe) Close() error     { return nil }

// recorded writes problems and the record of one answer to each.
func recorded(b *testing.B, dir string, n int) (in, record string) {
	b.Helper()
	data, err := os.ReadFile(realdata.Path(b, "data/gsm8k/model-solutions-700.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	s := &scribe{map[string]string{}}
	var out strings.Builder
	for i := range n {
		var raw struct {
			Question string
			Gold     string   `json:"ground_truth"`
			A        solution `json:"6b_finetuning"`
			B        solution `json:"175b_verification"`
		}
		if err := json.Unmarshal([]byte(lines[i%len(lines)]), &raw); err != nil {
			b.Fatal(err)
		}
		question := fmt.Sprintf("%d. %s", i, raw.Question)
		s.answers[question] = raw.A.Solution
		if i/len(lines)%2 == 1 {
			s.answers[question] = raw.B.Solution
		}
		line, err := json.Marshal(map[string]string{"question": question, "gold": raw.Gold})
		if err != nil {
			b.Fatal(err)
		}
		out.Write(append(line, '\n'))
	}
	in, record = filepath.Join(dir, "in.jsonl"), filepath.Join(dir, "record")
	if err := os.WriteFile(in, []byte(out.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	text := strings.Replace(fmt.Sprintf(replayed, "", in), `replay: ""`, "url: http://nobody.invalid/v1, model: m", 1)
	rec, problems := recipe.Load([]byte(text), "all.yaml", pipelines.Registry(), recipe.Options{})
	if rec == nil {
		b.Fatal(problems)
	}
	set := models.New(rec, models.Options{Answers: record, Opener: func(models.Spec) (models.Opened, error) { return models.Opened{Model: s}, nil }})
	defer set.Close()
	job, p := prepared(b, text, filepath.Join(dir, "first"))
	r, err := job.Runner(p, run.Options{Provide: func(env *stages.Env) { set.Provide(env) }})
	if err != nil {
		b.Fatal(err)
	}
	if err := r.Run(b.Context()); err != nil {
		b.Fatal(err)
	}
	return in, record
}

// BenchmarkReplay runs answer (from the record), check_math and pick to rows in TRL's form, a prompt and an answer each. rows/s is of processor time of the
// whole process; distilabel with a dummy model makes 894 (spec/measured.md, part D).
func BenchmarkReplay(b *testing.B) {
	const rows = 20_000
	dir := b.TempDir()
	in, record := recorded(b, dir, rows)
	text := fmt.Sprintf(replayed, record, in)
	n := 0
	b.ResetTimer()
	before := processorTime()
	for b.Loop() {
		n++
		job, p := prepared(b, text, filepath.Join(dir, fmt.Sprint(n)))
		r, err := job.Runner(p, run.Options{Workers: 1})
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Run(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := job.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*rows/(processorTime()-before).Seconds(), "rows/cpu-s")
}
