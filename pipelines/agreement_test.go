package pipelines_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages/realdata"
)

// agreement is CodeT by a recipe: sampled programs, sampled tests, the group that agrees most; HumanEval's own tests only say how good that was.
const agreement = `
name: codet
input: {path: %q, source: codet, prompt: prompt, answers: answers}
stages:
  - check_agreement: {tests: sampled, cpu: 250ms}
  - check_code: {label: truth, tests: humaneval, cpu: 3s}
%s`

const (
	measured = `output: {path: codet/all, format: jsonl}
`
	picked = `  - pick:
      sft: {where: {passed: check_agreement}, best: shortest}
output: {path: codet/sft, rows: sft, format: trl}
`
)

// gz reads JSON lines.
func gz[T any](t *testing.T, name string) (all []T) {
	t.Helper()
	data, err := os.ReadFile(realdata.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(r); ; {
		var x T
		if err := d.Decode(&x); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
}

// codetRows writes n of CodeT's tasks as an input: its samples, and HumanEval's tests.
func codetRows(t *testing.T, to string, n int) {
	t.Helper()
	type samples struct {
		Prompt  string
		Samples []string
	}
	type problem struct {
		ID    string `json:"task_id"`
		Entry string `json:"entry_point"`
		Test  string
	}
	solutions := gz[samples](t, "data/code/codet/humaneval-codegen16b-code_solution-first60.jsonl.gz")
	tests := gz[samples](t, "data/code/codet/humaneval-codegen16b-test_case-first60.jsonl.gz")
	by := map[string]problem{}
	for _, p := range gz[problem](t, "data/code/HumanEval.jsonl.gz") {
		by[p.Entry] = p
	}
	names := regexp.MustCompile(`(?m)^def (\w+)\(`)
	var out bytes.Buffer
	for i, s := range solutions[:n] {
		found := names.FindAllStringSubmatch(s.Prompt, -1)
		p := by[found[len(found)-1][1]]
		if p.Test == "" {
			t.Fatalf("no problem of HumanEval defines %v", found)
		}
		for k, x := range s.Samples {
			if strings.TrimSpace(x) == "" { // no answer for a run; the same function for Python
				s.Samples[k] = "    pass\n"
			}
		}
		line, err := json.Marshal(map[string]any{"id": p.ID, "prompt": s.Prompt, "entry_point": p.Entry, "answers": s.Samples, "sampled": tests[i].Samples, "humaneval": p.Test})
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(line, '\n'))
	}
	if err := os.WriteFile(to, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestAgreement: CodeT end to end. CODET=60 runs all tasks, which takes two minutes: the mean of the samples is 0.100, that of the best groups 0.2058.
func TestAgreement(t *testing.T) {
	n, mean, best := 2, 0.0, 0.0
	if _, err := fmt.Sscan(os.Getenv("CODET"), &n); err == nil && n != 60 {
		t.Fatalf("CODET is %d, allowed is 60", n)
	}
	dir := t.TempDir()
	codetRows(t, filepath.Join(dir, "codet.jsonl"), n)
	out := filepath.Join(dir, "out")
	curate(t, fmt.Sprintf(agreement, filepath.Join(dir, "codet.jsonl"), measured), out, run.Options{Workers: 1})
	tasks := 0
	files, err := filepath.Glob(filepath.Join(out, "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		in := bufio.NewScanner(f)
		in.Buffer(nil, 64<<20)
		for in.Scan() {
			m, b := judged(t, in.Bytes())
			mean, best, tasks = mean+m, best+b, tasks+1
		}
	}
	mean, best = mean/float64(tasks), best/float64(tasks)
	t.Logf("%d tasks: mean sample %.4f, agreement %.4f", tasks, mean, best)
	want := map[int][2]float64{2: {0.335, 0.482143}, 60: {0.100, 0.2058}}[n]
	if tasks != n || math.Abs(mean-want[0]) > 5e-4 || math.Abs(best-want[1]) > 5e-5 {
		t.Errorf("%d tasks: mean sample %.4f, agreement %.4f, want %d, %v", tasks, mean, best, n, want)
	}
}

// TestAgreementPicks: the shortest program of the best group becomes the answer that is learned.
func TestAgreementPicks(t *testing.T) {
	dir := t.TempDir()
	codetRows(t, filepath.Join(dir, "codet.jsonl"), 1)
	out := filepath.Join(dir, "out")
	curate(t, fmt.Sprintf(agreement, filepath.Join(dir, "codet.jsonl"), picked), out, run.Options{Workers: 1})
	files, err := filepath.Glob(filepath.Join(out, "*.jsonl"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil || bytes.Count(data, []byte("\n")) != 1 || !bytes.Contains(data, []byte("has_close_elements")) {
		t.Errorf("got %s %v", data, err)
	}
}

// judged returns the share of right answers of one task: of all, and of those in the groups of the best score; of all where there is no group.
func judged(t *testing.T, line []byte) (mean, best float64) {
	t.Helper()
	var d struct {
		Answers []struct {
			Checks []struct {
				Name  string
				Pass  *bool
				Score float64
			}
		}
	}
	if err := json.Unmarshal(line, &d); err != nil {
		t.Fatal(err)
	}
	var right, all, rightBest, allBest float64
	for _, a := range d.Answers {
		ok, top := 0.0, false
		for _, c := range a.Checks {
			if c.Name == "truth" && c.Pass != nil && *c.Pass {
				ok = 1
			}
			top = top || c.Name == "check_agreement" && c.Score == 1
		}
		all, right = all+1, right+ok
		if top {
			allBest, rightBest = allBest+1, rightBest+ok
		}
	}
	mean = right / all
	if allBest == 0 {
		return mean, mean
	}
	return mean, rightBest / allBest
}
