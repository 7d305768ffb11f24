package whatif

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/report"
	"github.com/winnow-data/winnow/pipelines/run"
)

const filters = `
  - normalize
  - language: {short: trigrams}
  - gopher_repetition
  - gopher_quality
  - c4: {without: [end_mark, curly_brackets]}
  - fineweb
`

// recipeOf is a recipe with stages behind the filters.
func recipeOf(more string) string {
	return "name: t\ninput: {path: \"embedded:quickstart/shards\"}\nstages:" + filters + more + "output: {path: out, format: jsonl}\nlimits: {damaged: 5%, allow_empty: true}\n"
}

// ran carries a recipe out, with so large a share of documents measured on, and returns the run's folder and report.
func ran(t *testing.T, text string, share float64, set ...string) (string, *report.Data) {
	t.Helper()
	dir := t.TempDir()
	name, out := filepath.Join(dir, "t.yaml"), filepath.Join(dir, "out")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	job, problems, err := pipelines.Load(name, pipelines.Flags{Set: set, Out: out})
	if err != nil || job == nil {
		t.Fatal(err, problems)
	}
	p, err := job.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.Signals.Share = share
	if _, err := job.Prepare(t.Context(), p, pipelines.Change{}); err != nil {
		t.Fatal(err)
	}
	r, err := job.Runner(p, run.Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(out, run.Folder, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var d report.Data
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return out, &d
}

func ask(t *testing.T, dir string, examples int, set ...string) *Answer {
	t.Helper()
	a, problems, err := Ask(t.Context(), dir, set, Options{Examples: examples})
	if err != nil || a == nil {
		t.Fatal(err, problems)
	}
	return a
}

// TestAnswersAgreeWithReruns asks a run, runs the changed recipe, and holds one against the other: equal where the answer says exact, within the interval elsewhere.
func TestAnswersAgreeWithReruns(t *testing.T) {
	for _, c := range []struct {
		name, behind string
		share        float64
		exact        bool
		sets         [][]string
	}{
		{"all measured on", "", 1, true, [][]string{
			{"gopher_quality.words.min=100"},
			{"gopher_quality.words.min=20"},
			{"gopher_repetition.dup_lines.max=0.9", "gopher_quality.alpha.min=0.5", "fineweb.line_punct.min=0.3"},
			{"gopher_quality.words.by.zh.min=90", "gopher_quality.words.by.en.min=400"},
			{"gopher_quality.without=[alpha, hashes]"},
			{"gopher_quality.drop=false"},
		}},
		{"tightened", "", 0.05, true, [][]string{{"gopher_quality.words.min=100"}, {"fineweb.char_dup.max=0.001", "gopher_repetition.top_2gram.max=0.05"}, {"gopher_quality.mean_word.by.en.max=4.5"}}},
		{"the last stage loosened", "", 0, true, [][]string{{"fineweb.line_punct.min=0"}}},
		{"loosened, a sample", "", 0.2, false, [][]string{
			{"gopher_quality.words.min=0"}, {"gopher_quality.alpha.min=0", "gopher_quality.words.min=30", "gopher_repetition.dup_lines.max=1"}, {"gopher_quality.drop=false"}, {"gopher_repetition.drop=false"},
		}},
		{"loosened, nothing measured on", "", 0, false, [][]string{{"gopher_quality.drop=false"}}},
		{"copies behind, tightened", "  - dedup_exact\n", 1, true, [][]string{{"gopher_quality.words.min=100"}}},
		{"copies behind, loosened", "  - dedup_exact\n", 1, false, [][]string{{"gopher_quality.drop=false"}, {"fineweb.line_punct.min=0"}}},
		{"near-duplicates behind", "  - dedup_exact\n  - dedup_minhash: {keep: longest}\n  - mask_pii\n", 0.3, false, [][]string{
			{"gopher_quality.words.min=100"}, {"gopher_quality.words.min=1000"}, {"gopher_quality.words.max=120"}, {"gopher_quality.drop=false"}, {"fineweb.line_punct.min=0.02"},
		}},
		{"a dedup that removes nothing", "  - dedup_minhash: {keep: longest}\n", 1, true, [][]string{{"dedup_minhash.drop=false"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() && c.share < 1 {
				t.Skip("short")
			}
			dir, was := ran(t, recipeOf(c.behind), c.share)
			for _, set := range c.sets {
				a := ask(t, dir, 0, set...)
				_, now := ran(t, recipeOf(c.behind), 0, set...)
				agree(t, strings.Join(set, " "), a, c.exact, was, now)
			}
		})
	}
}

// agree holds an answer against the run before and the rerun.
func agree(t *testing.T, name string, a *Answer, exact bool, was, now *report.Data) {
	t.Helper()
	got, want := a.Kept, now.Totals.Kept.Documents
	if got.Was != was.Totals.Kept.Documents || a.Bytes.Was != was.Totals.Kept.Bytes {
		t.Errorf("%s: before %d of %d bytes, want %d of %d", name, got.Was, a.Bytes.Was, was.Totals.Kept.Documents, was.Totals.Kept.Bytes)
	}
	if got.Exact != exact {
		t.Errorf("%s: exact %v, want %v: %q", name, got.Exact, exact, a.Why)
	}
	if got.Low > got.Now || got.Now > got.High {
		t.Errorf("%s: %d is not within %d – %d", name, got.Now, got.Low, got.High)
	}
	if !got.Exact {
		if want < got.Low || want > got.High {
			t.Errorf("%s: the rerun keeps %d, the answer says %d, within %d – %d (%q)", name, want, got.Now, got.Low, got.High, a.Why)
		}
		if len(a.Why) == 0 {
			t.Errorf("%s: no reason why the answer is an estimate", name)
		}
		return
	}
	if got.Now != want || a.Bytes.Now != now.Totals.Kept.Bytes || got.Was == got.Now {
		t.Errorf("%s: exactly %d of %d bytes, the rerun keeps %d of %d (before: %d)", name, got.Now, a.Bytes.Now, want, now.Totals.Kept.Bytes, got.Was)
	}
	for what, of := range map[string]struct {
		got  []Group
		want []report.Group
	}{"source": {a.Sources, now.Sources}, "language": {a.Languages, now.Languages}} {
		have := map[string]Group{}
		for _, g := range of.got {
			have[g.Name] = g
		}
		for _, g := range of.want {
			if h := have[g.Name]; h.Now != g.After.Documents || h.BytesNow != g.After.Bytes {
				t.Errorf("%s: %s %q: %d of %d bytes, the rerun keeps %d of %d", name, what, g.Name, h.Now, h.BytesNow, g.After.Documents, g.After.Bytes)
			}
		}
	}
	for _, m := range a.Rules {
		if n := dropped(now, m.Rule); n != m.Now {
			t.Errorf("%s: %s removes %d, in the rerun %d", name, m.Rule, m.Now, n)
		}
		if n := dropped(was, m.Rule); n != m.Was {
			t.Errorf("%s: %s removed %d, in the run %d", name, m.Rule, m.Was, n)
		}
	}
}

// dropped is what a rule has removed in a run.
func dropped(d *report.Data, rule string) int64 {
	for _, s := range d.Stages {
		for _, r := range s.Rules {
			if s.Label+"."+r.Name == rule {
				return r.Dropped.Documents
			}
		}
	}
	return -1
}

// TestUntilAChoice: before a stage that chooses, the documents that come to it are counted, and copies that it makes are none.
func TestUntilAChoice(t *testing.T) {
	text := recipeOf("  - mix: {rows: 1500, by: source, max_epochs: 3}\n")
	dir, was := ran(t, text, 1)
	a := ask(t, dir, 0, "gopher_quality.words.min=100")
	_, now := ran(t, text, 1, "gopher_quality.words.min=100")
	come := func(d *report.Data) int64 {
		for _, s := range d.Stages {
			if s.Label == "mix" {
				return s.In.Documents
			}
		}
		return -1
	}
	if a.Until != "mix" || a.Kept.Was != come(was) || a.Kept.Now != come(now) || !a.Kept.Exact || a.Kept.Was == a.Kept.Now {
		t.Errorf("%+v until %q; %d came to mix, %d in the rerun", a.Kept, a.Until, come(was), come(now))
	}
}

// TestWhatStood: where the document goes that stood in the place of others, one of them comes back, and the answer says so.
func TestWhatStood(t *testing.T) {
	text := versions(t, 200, 190, 185)
	run, was := ran(t, text, 1)
	const set = versionsSet
	a := ask(t, run, 0, set)
	_, now := ran(t, text, 1, set)
	agree(t, set, a, false, was, now)
	if was.Totals.Kept.Documents != 2 || a.Kept.Now != 2 || a.Kept.Low != 1 || a.Kept.High != 3 || now.Totals.Kept.Documents != 2 {
		t.Errorf("kept %d, %+v, the rerun %d", was.Totals.Kept.Documents, a.Kept, now.Totals.Kept.Documents)
	}
	if why := strings.Join(a.Why, " "); !strings.Contains(why, "removed 2 documents for one that goes") {
		t.Errorf("%q", why)
	}
}

// TestSides: the documents beside a new bound are the nearest that no other rule removes, on the right sides of it, with their words.
func TestSides(t *testing.T) {
	dir, _ := ran(t, recipeOf(""), 1)
	a := ask(t, dir, 10, "gopher_quality.words.min=100", "gopher_quality.words.by.zh.min=60")
	if len(a.Sides) != 2 {
		t.Fatalf("%d bounds: %+v", len(a.Sides), a.Sides)
	}
	for _, s := range a.Sides {
		if len(s.Inside) != 10 || len(s.Outside) != 10 {
			t.Errorf("%s %s: %d inside, %d outside", s.Rule, s.Language, len(s.Inside), len(s.Outside))
		}
		for _, e := range append(s.Inside, s.Outside...) {
			if e.Text == "" || e.ID == "" || s.Language != "" && e.Language != s.Language || s.Language == "" && e.Language == "zh" {
				t.Errorf("%s %q: %+v", s.Rule, s.Language, e)
			}
		}
		for i, list := range [][]Example{s.Inside, s.Outside} {
			last := 0.0
			for _, e := range list {
				far := math.Abs(e.Value - s.Is)
				if (e.Value >= s.Is) != (i == 0) || far < last {
					t.Errorf("%s %q: %v stands on side %d of %v, behind one at %v", s.Rule, s.Language, e.Value, i, s.Is, last)
				}
				last = far
			}
		}
	}
}

// TestRefused: what needs a rerun is refused with the reason, bad names are told with the nearest.
func TestRefused(t *testing.T) {
	dir, _ := ran(t, recipeOf("  - dedup_minhash\n"), 1)
	for set, want := range map[string]string{
		"c4.line_words.min=3":             "no bound of a rule",
		"dedup_minhash.similarity=0.9":    "no bound of a rule",
		"language.min=0.3":                "drops no document",
		"c4.without=[curly_brackets]":     "c4.end_mark cannot be answered",
		"language.without=[score]":        "drops no document",
		"seed=3":                          "outside of stages",
		"gopher_quality.words.min=50":     "nothing changes",
		"gopher_quality.only.language=en": "no bound of a rule",
		"output.format=parquet":           "outside of stages",
	} {
		_, problems, err := Ask(t.Context(), dir, []string{set}, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v %v, want %q", set, err, problems, want)
		}
		var refused *NotABoundError
		if want != "nothing changes" && !errors.As(err, &refused) {
			t.Errorf("%s: %T", set, err)
		}
	}
	_, problems, err := Ask(t.Context(), dir, []string{"gopher_quality.wrods.min=3"}, Options{})
	if err != nil || len(problems) == 0 || !strings.Contains(problems[0].Error(), "wrods") {
		t.Errorf("%v %v", problems, err)
	}
	if _, _, err := Ask(t.Context(), t.TempDir(), []string{"x.y.min=3"}, Options{}); err == nil {
		t.Error("a folder without a run was asked")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Ask(ctx, dir, []string{"gopher_quality.words.min=51"}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a question whose context has ended: %v", err)
	}
}

// TestClopperPearson holds the interval against published values and its own definition.
func TestClopperPearson(t *testing.T) {
	for _, c := range []struct {
		k, n      int64
		low, high float64
	}{{0, 10, 0, 0.30850}, {10, 10, 0.69150, 1}, {1, 10, 0.00253, 0.44502}, {5, 10, 0.18709, 0.81291}, {50, 100, 0.39832, 0.60168}, {0, 0, 0, 1}} {
		low, high := clopperPearson(c.k, c.n, 0.05)
		if math.Abs(low-c.low) > 1e-5 || math.Abs(high-c.high) > 1e-5 {
			t.Errorf("%d of %d: %.5f – %.5f, want %.5f – %.5f", c.k, c.n, low, high, c.low, c.high)
		}
	}
	a, b := clopperPearson(50_000, 100_000, 0.05)
	c, d := wilson(50_000, 100_000)
	if math.Abs(a-c) > 1e-4 || math.Abs(b-d) > 1e-4 {
		t.Errorf("large: %v – %v, %v – %v", a, b, c, d)
	}
}
