package run

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// Components for tests. What they do to a document stands in its text.

// measure measures the length of a text; "NaN" has none and "boom" panics.
type measure struct{ Length stages.Range }

func (f *measure) Rules() []stages.Rule { return []stages.Rule{{Name: "length", Keep: f.Length}} }

func (f *measure) Measure(t *text.View, m []float64) {
	switch {
	case strings.HasPrefix(t.Text(), "boom"), strings.HasSuffix(t.Text(), "boom"):
		panic("measured too hard")
	case strings.HasPrefix(t.Text(), "NaN"):
		m[0] = math.NaN()
	default:
		m[0] = float64(len(t.Text()))
	}
}

// blanker takes all words from a text that says so.
type blanker struct{}

func (blanker) Map(d *stages.Document, _ *text.View) (stages.Verdict, error) {
	if strings.HasPrefix(d.Text, "blank") {
		d.Edit(func(string) string { return " \n" })
	}
	return stages.Verdict{}, nil
}

// batcher is a stage that makes, drops and fails documents. It fails itself as often as flaky says, and panics at "crash".
type batcher struct{}

var flaky atomic.Int32

func (batcher) Rules() []stages.Rule {
	return []stages.Rule{{Name: "unwanted", Keep: stages.Any}}
}

func (batcher) Apply(_ context.Context, b *stages.Batch) error {
	if flaky.Add(-1) >= 0 {
		return errors.New("the service is away")
	}
	for i, d := range b.Live() {
		switch {
		case strings.HasPrefix(d.Text, "make"):
			b.Make(i, stages.Document{Text: "made of " + d.ID, Source: d.Source})
			b.Make(i, stages.Document{Text: "also made of " + d.ID, Source: d.Source})
		case strings.HasPrefix(d.Text, "fail"):
			b.Fail(i, errors.New("no answer"))
		case strings.HasPrefix(d.Text, "unwanted"):
			b.Drop(i, stages.Verdict{Rule: "unwanted"})
		case strings.HasPrefix(d.Text, "unnamed"):
			b.Drop(i, stages.Verdict{Rule: "never_heard_of"})
		case strings.HasPrefix(d.Text, "crash"):
			panic("applied too hard")
		}
	}
	return nil
}

// order is a barrier that only sorts, by text backwards.
type order struct{}

func (order) Phases() []stages.Phase {
	return []stages.Phase{{Name: "sort", Tasks: func(stages.Input) int { return 3 }, Sort: func(d *stages.Document) uint64 {
		var k uint64
		for i := range 8 {
			k <<= 8
			if i < len(d.Text) {
				k |= uint64(255 - d.Text[i])
			}
		}
		return k
	}}}
}

// peeker is a barrier whose phase says that it looks, and drops.
type peeker struct{}

func (peeker) Rules() []stages.Rule { return []stages.Rule{{Name: "seen", Keep: stages.Any}} }

func (peeker) Phases() []stages.Phase {
	return []stages.Phase{
		{Name: "peek", Looks: true, Pass: func(*stages.Task) (stages.Stage, error) { return dropper{}, nil }},
		{Name: "rest", Work: func(context.Context, *stages.Task) error { return nil }},
	}
}

type dropper struct{}

func (dropper) Apply(_ context.Context, b *stages.Batch) error {
	b.Drop(0, stages.Verdict{Rule: "seen"})
	return nil
}

// once keeps the first document of each text, of all tasks: a barrier with look, work and cut.
type once struct{}

func (once) Rules() []stages.Rule { return []stages.Rule{{Name: "again", Keep: stages.Any}} }

func (once) Phases() []stages.Phase {
	return []stages.Phase{
		{Name: "scan", Looks: true, Pass: func(t *stages.Task) (stages.Stage, error) {
			w := t.Create("texts")
			t.AtEnd(w.Close)
			return applied(func(b *stages.Batch) error {
				for _, d := range b.Live() {
					if _, err := fmt.Fprintf(w, "%s\x00", d.Text); err != nil {
						return err
					}
				}
				return nil
			}), nil
		}},
		{Name: "resolve", Work: func(_ context.Context, t *stages.Task) error {
			seen := map[string]bool{}
			for k := range t.Files.Tasks("scan") {
				texts, err := readTexts(t, "scan", k, "texts")
				if err != nil {
					return err
				}
				w := t.Create(fmt.Sprint(k))
				for _, s := range texts {
					gone := byte('0')
					if seen[s] {
						gone = '1'
					}
					seen[s] = true
					if _, err := w.Write([]byte{gone, 0}); err != nil {
						return err
					}
				}
				if err := w.Close(); err != nil {
					return err
				}
			}
			t.Fact("texts", len(seen))
			return nil
		}},
		{Name: "cut", Pass: func(t *stages.Task) (stages.Stage, error) {
			gone, err := readTexts(t, "resolve", 0, fmt.Sprint(t.Index))
			if err != nil {
				return nil, err
			}
			return applied(func(b *stages.Batch) error {
				for i := range b.Live() {
					if gone[0] == "1" {
						b.Drop(i, stages.Verdict{Rule: "again", Value: 1})
					}
					gone = gone[1:]
				}
				return nil
			}), nil
		}},
	}
}

type applied func(*stages.Batch) error

func (f applied) Apply(_ context.Context, b *stages.Batch) error { return f(b) }

func readTexts(t *stages.Task, phase string, task int, name string) ([]string, error) {
	f, err := t.Open(phase, task, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, f.Size())
	if n, err := f.ReadAt(data, 0); n < len(data) {
		return nil, err
	}
	list := strings.Split(string(data), "\x00")
	return list[:len(list)-1], nil
}

// planned loads a recipe of fakes over files of one text a line and returns a runner for it.
func planned(t *testing.T, out, stageList string, opt Options, files ...[]string) *Runner {
	t.Helper()
	return plannedAs(t, "", out, stageList, opt, files...)
}

// plannedAs does so with a mode of signals.
func plannedAs(t *testing.T, mode, out, stageList string, opt Options, files ...[]string) *Runner {
	t.Helper()
	reg, err := stages.NewRegistry([]stages.Spec{
		stages.Define("number", measure{stages.AtMost(40)}), stages.Define("blanker", blanker{}), stages.Define("batcher", batcher{}),
		stages.Define("order", order{}), stages.Define("peeker", peeker{}), stages.Define("once", once{}),
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(filepath.Dir(out), "in")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	src := "name: t\ninput:\n"
	for k, lines := range files {
		name := filepath.Join(dir, fmt.Sprintf("%d.jsonl", k))
		var b strings.Builder
		for i, s := range lines {
			fmt.Fprintf(&b, "{\"id\":\"%d.%d\",\"text\":%q}\n", k, i, s)
		}
		if _, err := os.Stat(name); err != nil { // written once: its time is part of the plan's key
			if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		src += fmt.Sprintf("  - {path: %s}\n", name)
	}
	src += "stages: " + stageList + "\noutput: {path: out, format: jsonl}\nlimits: {allow_empty: true}\n"
	rec, problems := recipe.Load([]byte(src), "t.yaml", reg, recipe.Options{Dir: dir})
	if rec == nil {
		t.Fatal(problems)
	}
	p, err := plan.Build(t.Context(), rec, plan.Sources{}, "test", 0, mode)
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(p, rec, plan.Sources{}, out, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// corpus returns the lines of all shards, in order, without what every line has.
func corpus(t *testing.T, out string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(out, "t-*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(names)
	var lines []string
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}
