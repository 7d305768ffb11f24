package plan

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

type long struct{ Bytes stages.Range }

func (l *long) Rules() []stages.Rule            { return []stages.Rule{{Name: "bytes", Keep: l.Bytes}} }
func (*long) Measure(t *text.View, m []float64) { m[0] = float64(len(t.Text())) }

type parted struct{ Step int }

func (*parted) Phases() []stages.Phase { return fake("lwp").Phases() }

// built makes the plan of a recipe; %s in it stands for the input's path.
func built(t *testing.T, dir, src string) (*Plan, error) {
	t.Helper()
	reg, err := stages.NewRegistry([]stages.Spec{stages.Define("long", long{stages.Any}), stages.Define("parted", parted{})})
	if err != nil {
		t.Fatal(err)
	}
	rec, problems := recipe.Load([]byte(strings.ReplaceAll(src, "INPUT", filepath.Join(dir, "a.jsonl"))), "t.yaml", reg, recipe.Options{Dir: dir})
	if rec == nil {
		t.Fatal(problems)
	}
	return Build(t.Context(), rec, Sources{}, "test", 0, "")
}

// input makes a folder with one file of a given time.
func input(t *testing.T, text string, when time.Time) string {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "a.jsonl")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, when, when); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestKeys: the key of a phase changes when what goes into its bytes changes, and at nothing else.
func TestKeys(t *testing.T) {
	const base = `
name: t
input: INPUT
stages: [long: {bytes: {min: 1}}, parted: {step: 1}, long: {label: after, bytes: {min: 2}}]
output: {path: out, format: jsonl}
`
	const doc = `{"text":"a"}` + "\n"
	when := time.Unix(1_700_000_000, 0)
	swap := func(a, b string) string {
		if !strings.Contains(base, a) {
			t.Fatalf("the recipe has no %q", a)
		}
		return strings.Replace(base, a, b, 1)
	}
	// The phases: 0 reads and scans, 1 is a work, 2 cuts and writes, 3 is the finish.
	first, err := built(t, input(t, doc, when), base)
	if err != nil || len(first.Phases) != 4 || first.Phases[0].Key == "" || first.Key != first.Phases[3].Key {
		t.Fatalf("%v: %+v", err, first)
	}
	for _, c := range []struct {
		name, src, dir string
		from           int // the first phase whose key changes
	}{
		{"the same in another folder", base, input(t, doc, when), 4},
		{"another output folder", swap("path: out", "path: elsewhere"), "", 4},
		{"limits", base + "limits: {damaged: 3%}\n", "", 4},
		{"a comment", base + "# a comment\n", "", 4},
		{"a default spelled out", swap("INPUT", "[{path: INPUT}]"), "", 4},
		{"seed", base + "seed: 5\n", "", 0},
		{"the first stage", swap("min: 1", "min: 9"), "", 0},
		{"the barrier", swap("step: 1", "step: 2"), "", 0},
		{"the last stage", swap("min: 2", "min: 9"), "", 2},
		{"its label", swap("label: after", "label: later"), "", 2},
		{"drop: false in the last stage", swap("label: after", "label: after, drop: false"), "", 2},
		{"without in the last stage", swap("label: after", "label: after, without: [bytes]"), "", 2},
		{"the output's format", swap("format: jsonl", "format: jsonl.zst"), "", 2},
		{"the shard size", swap("format: jsonl", "format: jsonl, shard: 1MiB"), "", 2},
		{"the input's words", base, input(t, doc+doc, when), 0},
		{"the input's time", base, input(t, doc, when.Add(time.Second)), 0},
		{"how the input is read", swap("INPUT", "[{path: INPUT, source: web}]"), "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := c.dir
			if dir == "" {
				dir = input(t, doc, when)
			}
			p, err := built(t, dir, c.src)
			if err != nil {
				t.Fatal(err)
			}
			for i := range p.Phases {
				if changed := p.Phases[i].Key != first.Phases[i].Key; changed != (i >= c.from) {
					t.Errorf("key of phase %s changed: %v, want %v", p.Phases[i].Name, changed, i >= c.from)
				}
			}
			if changed := p.Key != first.Key; changed != (c.from < 4) {
				t.Errorf("key of the plan changed: %v", changed)
			}
			if d := Difference(first, p); c.from < 4 && (d == "" || strings.HasSuffix(d, "was , is ")) {
				t.Errorf("the difference is %q", d)
			}
		})
	}
}

// TestOutputsOfOneName: two outputs must not write to one folder.
func TestOutputsOfOneName(t *testing.T) {
	dir := input(t, `{"text":"a"}`+"\n", time.Now())
	src := "name: t\ninput: INPUT\nstages: []\noutput:\n  - {path: a/rows, format: jsonl}\n  - {path: b/%s, format: jsonl}\n"
	if _, err := built(t, dir, fmt.Sprintf(src, "lines")); err != nil {
		t.Error(err)
	}
	if _, err := built(t, dir, fmt.Sprintf(src, "rows")); err == nil || !strings.Contains(err.Error(), "outputs a/rows and b/rows") {
		t.Errorf("error %v", err)
	}
}
