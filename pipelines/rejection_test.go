package pipelines_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/pipelines/run/runtest"
	"github.com/winnow-data/winnow/stages/realdata"
)

const rejection = `
name: all
input: {path: %q, source: gsm8k, prompt: question, gold: gold, answers: answers}
stages:
  - check_math
  - check_equations: {in: annotations}
  - dedup_answers: {by: equations}
  - pass_rate
  - pick:
      sft: {where: passed, best: first, per_prompt: 4}
      dpo: {chosen: passed, rejected: {failed: check_math}, per_prompt: 4}
output:
  - {path: all/sft, rows: sft, format: trl}
  - {path: all/dpo, rows: dpo, format: trl}
`

// solution is a recorded answer with OpenAI's own verdict.
type solution struct {
	Correct  bool `json:"is_correct"`
	Solution string
}

var solverNames = []string{"6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"}

// solutions reads the recorded answers to 700 problems and writes them as an input. It counts what a run must find.
func solutions(t *testing.T, to string) (want counts) {
	t.Helper()
	f, err := os.Open(realdata.Path(t, "data/gsm8k/model-solutions-700.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out strings.Builder
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var raw map[string]json.RawMessage
		var question, gold string
		if err := json.Unmarshal(in.Bytes(), &raw); err != nil {
			t.Fatal(err)
		}
		_, _ = json.Unmarshal(raw["question"], &question), json.Unmarshal(raw["ground_truth"], &gold)
		var list []solution
		var texts []string
		for _, by := range solverNames {
			var s solution
			if err := json.Unmarshal(raw[by], &s); err != nil {
				t.Fatal(err)
			}
			list, texts = append(list, s), append(texts, s.Solution)
		}
		line, err := json.Marshal(map[string]any{"question": question, "gold": gold, "answers": texts})
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(line, '\n'))
		want.add(list)
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return want
}

// counts are what rejection sampling comes to.
type counts struct{ answers, correct, valid, both, repeated, sft, dpo, paired int }

// add counts one problem, without the code that is tested: correct is what OpenAI recorded, equations are calculated in floating point.
func (c *counts) add(list []solution) {
	seen := map[string]bool{}
	passed, failed := 0, 0
	for _, s := range list {
		holds := true
		steps := regexp.MustCompile(`<<(.*?)>>`).FindAllStringSubmatch(s.Solution, -1)
		var path []string
		for _, step := range steps {
			path = append(path, strings.Join(strings.Fields(step[1]), ""))
			holds = holds && equal(step[1])
		}
		key := fmt.Sprint(s.Correct, holds, "=", path)
		if len(steps) == 0 {
			key = fmt.Sprint(s.Correct, holds, " ", strings.Fields(s.Solution))
		}
		c.answers++
		c.count(&c.correct, s.Correct)
		c.count(&c.valid, holds)
		c.count(&c.both, s.Correct && holds)
		c.count(&c.repeated, seen[keyOf(key, s.Correct && holds)])
		if again := seen[keyOf(key, s.Correct && holds)]; !again {
			if s.Correct && holds {
				passed++
			} else if !s.Correct {
				failed++
			}
		}
		seen[keyOf(key, s.Correct && holds)] = true
	}
	c.sft += passed
	c.dpo += min(4, passed*failed)
	c.count(&c.paired, passed*failed > 0)
}

// keyOf makes answers the same that take the same path and stand the same: passed or not.
func keyOf(key string, passed bool) string {
	_, path, _ := strings.Cut(key, "=")
	if path == "" {
		_, path, _ = strings.Cut(key, " ")
	}
	return fmt.Sprint(passed, path)
}

func (c *counts) count(n *int, yes bool) {
	if yes {
		*n++
	}
}

// equal says whether both sides of an equation are the same number, to a thousandth.
func equal(s string) bool {
	left, right, ok := strings.Cut(s, "=")
	if !ok || strings.Contains(right, "=") {
		return false
	}
	a, okA := value(left)
	b, okB := value(right)
	return okA && okB && math.Abs(a-b) <= 1e-3
}

// value calculates an expression of numbers, + - * / % and brackets.
func value(s string) (float64, bool) {
	p := &calculator{s: thousands.ReplaceAllString(strings.Join(strings.Fields(s), ""), "$1$2")}
	x := p.sum()
	return x, p.s == "" && !p.bad
}

var thousands = regexp.MustCompile(`(\d),(\d{3})\b`)

type calculator struct {
	s   string
	bad bool
}

func (p *calculator) take(set string) byte {
	if p.s != "" && strings.IndexByte(set, p.s[0]) >= 0 {
		c := p.s[0]
		p.s = p.s[1:]
		return c
	}
	return 0
}

func (p *calculator) sum() float64 {
	x := p.product()
	for {
		switch p.take("+-") {
		case '+':
			x += p.product()
		case '-':
			x -= p.product()
		default:
			return x
		}
	}
}

func (p *calculator) product() float64 {
	x := p.factor()
	for {
		switch p.take("*/") {
		case '*':
			x *= p.factor()
		case '/':
			x /= p.factor()
		default:
			return x
		}
	}
}

func (p *calculator) factor() float64 {
	switch {
	case p.take("-") != 0:
		return -p.factor()
	case p.take("+") != 0:
		return p.factor()
	case p.take("(") != 0:
		x := p.sum()
		p.bad = p.bad || p.take(")") == 0
		return p.percent(x)
	}
	n := 0
	for n < len(p.s) && strings.IndexByte("0123456789.", p.s[n]) >= 0 {
		n++
	}
	x, err := strconv.ParseFloat(p.s[:n], 64)
	p.bad = p.bad || err != nil
	p.s = p.s[n:]
	return p.percent(x)
}

func (p *calculator) percent(x float64) float64 {
	if p.take("%") != 0 {
		return x / 100
	}
	return x
}

// TestRejectionSampling: what a run finds in the recorded answers to 700 problems of GSM8K equals an independent recount, in its report and in the shards,
// whatever the workers and batches.
func TestRejectionSampling(t *testing.T) {
	in := filepath.Join(t.TempDir(), "in.jsonl")
	want := solutions(t, in)
	text := fmt.Sprintf(rejection, in)
	out := t.TempDir()
	sums := curate(t, text, out, run.Options{Workers: 1})
	runtest.Same(t, "workers 4, batch 7", curate(t, text, t.TempDir(), run.Options{Workers: 4, Batch: 7}), sums)

	numbers := countsOf(t, out)
	got := counts{
		answers: numbers["check_math"]["passed"] + numbers["check_math"]["failed"] + numbers["check_math"]["unknown"],
		correct: numbers["check_math"]["passed"], valid: numbers["check_equations"]["passed"], both: want.both,
		repeated: numbers["dedup_answers"]["repeated"], sft: numbers["pick"]["sft"], dpo: numbers["pick"]["dpo"],
	}
	for n := 1; n <= 4; n++ {
		got.paired += numbers["pick"][fmt.Sprintf("prompts_with_%d_pairs", n)]
	}
	if got != want {
		t.Errorf("the run found\n%+v\nthe recount is\n%+v", got, want)
	}
	for kind, n := range map[string]int{"sft": want.sft, "dpo": want.dpo} {
		data, err := os.ReadFile(filepath.Join(out, kind, "all-00000.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(data), "\n"); lines != n {
			t.Errorf("%s: %d rows, want %d", kind, lines, n)
		}
	}
	t.Logf("%+v", want)
}

// countsOf reads the numbers of stages from a run's report.
func countsOf(t *testing.T, out string) map[string]map[string]int {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(out, "_winnow", "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		Answers []struct {
			Stage  string
			Counts map[string]int
		}
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]int{}
	for _, s := range r.Answers {
		all[s.Stage] = s.Counts
	}
	return all
}
