package run

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/pipelines/report"
	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
)

// asker scores documents by their length, after a random wait. It drops long ones, cannot answer "mute" and has no score for "odd".
type asker struct {
	Max  float64
	busy *atomic.Int32
}

// asking is how many askers are at work, and the most there were.
var asking, askingMost atomic.Int32

func (a *asker) Asks() stages.Asks { return stages.Asks{Ask: stages.AskText, Calls: 1} }

func (a *asker) Rules() []stages.Rule {
	return []stages.Rule{{Name: "score", Keep: stages.AtMost(a.Max)}}
}

func (a *asker) Provision(*stages.Env) error {
	a.busy = new(atomic.Int32)
	return nil
}

func (a *asker) Apply(_ context.Context, b *stages.Batch) error {
	if a.busy.Add(1) > 1 {
		return stages.Final(errors.New("one component acts on two batches at once"))
	}
	defer a.busy.Add(-1)
	askingMost.Store(max(askingMost.Load(), asking.Add(1)))
	defer asking.Add(-1)
	time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
	for i, d := range b.Live() {
		u := stages.Usage{Calls: 1, In: int64(len(d.Text)), Out: 1}
		x := float64(len(d.Text))
		switch {
		case strings.HasPrefix(d.Text, "mute"):
			b.Used(stages.Usage{Calls: 1, Failed: 1})
			b.Fail(i, errors.New("no answer"))
			continue
		case strings.HasPrefix(d.Text, "odd"):
			x = stages.NA
			u.Unparsed = 1
		}
		b.Used(u)
		d.Fields.SetNumber("score", x)
		b.Measured(i, "score", x)
		if x > a.Max {
			b.Drop(i, stages.Verdict{Rule: "score", Value: x})
		}
	}
	return nil
}

// twice is a barrier that ends documents in both of its passes.
type twice struct{}

func (twice) Rules() []stages.Rule { return []stages.Rule{{Name: "late", Keep: stages.Any}} }

func (twice) Phases() []stages.Phase {
	pass := func(f func(b *stages.Batch, i int, d *stages.Document)) func(*stages.Task) (stages.Stage, error) {
		return func(*stages.Task) (stages.Stage, error) {
			return applied(func(b *stages.Batch) error {
				for i, d := range b.Live() {
					f(b, i, d)
				}
				return nil
			}), nil
		}
	}
	return []stages.Phase{
		{Name: "score", Pass: pass(func(b *stages.Batch, i int, d *stages.Document) {
			if strings.HasPrefix(d.Text, "mute") {
				b.Fail(i, errors.New("no answer"))
			}
		})},
		{Name: "rest", Work: func(context.Context, *stages.Task) error { return nil }},
		{Name: "cut", Pass: pass(func(b *stages.Batch, i int, d *stages.Document) {
			if strings.HasPrefix(d.Text, "late") {
				b.Drop(i, stages.Verdict{Rule: "late"})
			}
		})},
	}
}

// TestBarrierEndsEarly: documents that a barrier ends in its first pass are counted where they came in, so that the sums meet.
func TestBarrierEndsEarly(t *testing.T) {
	r, out, err := asked(t, "1M", "[twice, ask]", "{}", Options{}, "mute", "late", "stays", "stays too")
	if err != nil {
		t.Fatal(err)
	}
	s, err := r.Summary(t.Context())
	if err != nil || s.Kept != 2 || s.Dropped != 1 || s.Quarantined != 1 || len(corpus(t, out)) != 2 {
		t.Errorf("%+v, %v", s, err)
	}
}

// asked runs a recipe with a model of a rate, which decides into how many tasks its work is parted.
func asked(t *testing.T, rate, stageList, limits string, opt Options, texts ...string) (*Runner, string, error) {
	t.Helper()
	reg, err := stages.NewRegistry([]stages.Spec{
		stages.Define("ask", asker{Max: 30}), stages.Define("once", once{}), stages.Define("twice", twice{}), stages.Define("order", order{}), stages.Define("number", measure{stages.AtMost(40)}),
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var in strings.Builder
	for i, s := range texts {
		fmt.Fprintf(&in, "{\"id\":\"%d\",\"source\":\"s%d\",\"text\":%q}\n", i, i%2, s)
	}
	if err := os.WriteFile(filepath.Join(dir, "in.jsonl"), []byte(in.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	src := "name: t\nmodels: {m: {hub: a/b, rate: " + rate + "}}\ninput: in.jsonl\nstages: " + stageList + "\noutput: {path: out, format: jsonl}\nlimits: " + limits + "\n"
	rec, problems := recipe.Load([]byte(src), "t.yaml", reg, recipe.Options{Dir: dir})
	if rec == nil {
		t.Fatal(problems)
	}
	p, err := plan.Build(t.Context(), rec, plan.Sources{}, "test", 0, "")
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	r, err := New(p, rec, plan.Sources{}, out, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r, out, r.Run(t.Context())
}

// TestAskers: the corpus does not depend on how the model's work is parted, on batches or on how many are at work, and stays in order.
func TestAskers(t *testing.T) {
	var list []string
	for i := range 400 {
		list = append(list, strings.Repeat("x", 1+i*7%36)+[]string{"", " twin", "y"}[i%3])
	}
	list[5], list[6], list[9] = "mute", "odd", ""
	for name, stageList := range map[string]string{
		"alone":            "[ask]",
		"behind a filter":  "[number, ask, number: {label: again}]",
		"two":              "[ask, ask: {label: second, max: 20}]",
		"before a barrier": "[ask, once]",
		"around a barrier": "[ask, once, ask: {label: second, max: 20}]",
		"after a sort":     "[order, ask]",
		"with only":        "[ask: {only: {source: s1}}]",
	} {
		t.Run(name, func(t *testing.T) {
			var first []string
			var sums []tally.Sum
			for rate, opt := range map[string]Options{"1M": {Workers: 1}, "1": {Workers: 3, Batch: 4}, "5": {Workers: 2, Batch: 1}} {
				r, out, err := asked(t, rate, stageList, "{allow_empty: true}", opt, list...)
				if err != nil {
					t.Fatalf("rate %s: %v", rate, err)
				}
				res, err := r.Result(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				lines := corpus(t, out)
				if first == nil {
					first, sums = lines, res.Sums
				}
				if !slices.Equal(lines, first) || len(lines) < 10 {
					t.Errorf("rate %s: %d lines differ from %d", rate, len(lines), len(first))
				}
				if !slices.Equal(res.Sums, sums) {
					t.Errorf("rate %s: sums %+v, want %+v", rate, res.Sums, sums)
				}
				parted := slices.ContainsFunc(r.plan.Phases, func(ph plan.Phase) bool { return ph.Pass != nil && ph.Pass.Split > 1 })
				if want := rate != "1M"; parted != want {
					t.Errorf("rate %s: parted %v", rate, parted)
				}
			}
		})
	}
}

// TestAskedFacts: the report knows what was asked and how scores are spread, whatever the tasks.
func TestAskedFacts(t *testing.T) {
	r, _, err := asked(t, "1", "[ask]", "{}", Options{Batch: 2}, slices.Concat(slices.Repeat([]string{"abcd", "ab"}, 500), []string{"odd one"})...)
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.Result(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d, err := r.Report(t.Context(), res)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Models) != 1 {
		t.Fatalf("models %+v", d.Models)
	}
	m := d.Models[0]
	if m.Model != "m" || m.Calls != 1001 || m.In != 500*6+7 || m.Unparsed != 1 || m.Scored != 1000 || m.None != 1 {
		t.Errorf("asked %+v", m)
	}
	if m.BySource < 0.999 || len(m.Sources) != 2 || m.Sources[0].N+m.Sources[1].N != 1000 || float64(m.Sources[0].Mean+m.Sources[1].Mean) != 6 {
		t.Errorf("sources explain %v: %+v", m.BySource, m.Sources)
	}
	if !slices.ContainsFunc(d.Alerts, func(a report.Alert) bool { return strings.Contains(a.Text, "the source alone explains 100") }) {
		t.Errorf("alerts %+v", d.Alerts)
	}
}

// TestLanes: several batches of one task are at work at once, each with a component of its own.
func TestLanes(t *testing.T) {
	askingMost.Store(0)
	if _, _, err := asked(t, "1M", "[ask]", "{}", Options{Workers: 1, Batch: 1}, slices.Repeat([]string{"text"}, 200)...); err != nil {
		t.Fatal(err)
	}
	if n := askingMost.Load(); n < 2 || n > lanes {
		t.Errorf("at most %d batches were at work at once, want 2 to %d", n, lanes)
	}
}

// TestModelFailures: a run of which too many documents get no answer is stopped, one within the limit goes on.
func TestModelFailures(t *testing.T) {
	texts := slices.Concat(slices.Repeat([]string{"fine"}, 8), []string{"mute", "mute"})
	if _, _, err := asked(t, "1M", "[ask]", "{model_failures: 20%}", Options{}, texts...); err != nil {
		t.Error(err)
	}
	_, _, err := asked(t, "1M", "[ask]", "{}", Options{}, texts...)
	if err == nil || !strings.Contains(err.Error(), "2 of 10 documents got no answer") || !stages.IsFinal(err) {
		t.Errorf("error %v", err)
	}
}
