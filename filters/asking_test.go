package filters

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/ask"
)

// fake is a model for tests: it answers by what stands in the text. Tokens are words.
type fake struct {
	choices bool // it tells probabilities of choices
	asked   []stages.Request
	broken  error
}

func (f *fake) Count(text string) int { return len(strings.Fields(text)) }

func (f *fake) Can(what stages.Ask) bool { return what != stages.AskChoice || f.choices }

func (f *fake) Complete(_ context.Context, rs []stages.Request) ([]stages.Reply, error) {
	f.asked = append(f.asked, rs...)
	if f.broken != nil {
		return nil, f.broken
	}
	out := make([]stages.Reply, len(rs))
	for i, r := range rs {
		out[i] = f.reply(r)
	}
	return out, nil
}

func (f *fake) reply(r stages.Request) stages.Reply {
	text := r.Text
	for _, t := range r.Turns {
		text += "\n" + t.Content
	}
	p := stages.Reply{In: f.Count(text), Out: 1}
	switch {
	case strings.Contains(text, "refused"):
		return stages.Reply{Err: errors.New("it will not say")}
	case r.Ask == stages.AskChoice: // all on the grade that the text names, but for one part in five on the lowest
		for k := range r.Choices {
			p.LogProbs = append(p.LogProbs, math.Inf(-1))
			if strings.Contains(text, fmt.Sprintf("grade%d", k)) {
				p.LogProbs[k] = math.Log(0.8)
			}
		}
		p.LogProbs[0] = math.Log(math.Exp(p.LogProbs[0]) + 0.2)
	case r.Ask == stages.AskScore: // each word costs as many nats as it has letters
		sum := 0.0
		for _, w := range strings.Fields(text)[1:] {
			sum -= float64(len(w))
		}
		p.LogProbs = []float64{sum}
	case r.Ask == stages.AskClassify:
		p.Vector = []float32{float32(p.In) / 8, -1}
	case r.Ask == stages.AskVector:
		p.Vector = []float32{0.5, float32(p.In), 1e-7}
		if r.Mean {
			p.Vector[0] = -0.5
		}
	default:
		_, p.Text, _ = strings.Cut(text, "SAY ")
		p.Text, _, _ = strings.Cut(p.Text, " YAS")
		if again, ok := strings.CutPrefix(p.Text, "later "); ok {
			p.Text = "?"
			if strings.HasSuffix(r.Key, "#3") {
				p.Text = again
			}
		}
	}
	return p
}

// act makes a component ready and lets it act on documents of these texts.
func act[C stages.Stage](t *testing.T, c C, m *fake, texts ...string) *stages.Batch {
	t.Helper()
	b, err := try(t, c, m, texts...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func try[C stages.Stage](t *testing.T, c C, m *fake, texts ...string) (*stages.Batch, error) {
	t.Helper()
	env := &stages.Env{Dir: t.TempDir(), Seed: 7}
	env.Provide(stages.ModelResource(""), func() (any, error) { return m, nil })
	if v, ok := any(c).(stages.Validator); ok {
		if err := v.Validate(); err != nil {
			return nil, err
		}
	}
	if err := any(c).(stages.Provisioner).Provision(env); err != nil {
		return nil, err
	}
	b := batchOf(texts...)
	b.Act("stage")
	return b, c.Apply(t.Context(), b)
}

func batchOf(texts ...string) *stages.Batch {
	docs := make([]stages.Document, len(texts))
	for i, s := range texts {
		docs[i] = stages.Document{ID: fmt.Sprint("d", i), Source: "s", Text: s}
	}
	return stages.NewBatch(docs)
}

// rawField returns a field of document i as raw JSON, "" without it.
func rawField(b *stages.Batch, i int, name string) string {
	raw, _ := b.Docs[i].Fields.Raw(name)
	return string(raw)
}

// outcome says in a word what became of document i.
func outcome(b *stages.Batch, i int) string {
	v, err := b.Outcome(i)
	switch {
	case err != nil:
		return "failed"
	case v.Rule != "":
		return fmt.Sprintf("%s %v", v.Rule, v.Value)
	}
	return "kept"
}

func TestJudgeProbabilities(t *testing.T) {
	m := &fake{choices: true}
	j := judgeDefaults
	j.Min = 2
	b := act(t, &j, m, "a grade5 text", "grade0", "grade2 and more", "refused", strings.Repeat("x", 2000)+"grade4")
	for i, want := range []struct{ score, fate string }{
		{"4", "kept"}, {"0", "score 0"}, {"1.6", "score 1.6"}, {"", "failed"}, {"0", "score 0"}, // the last shows its head alone
	} {
		if got := rawField(b, i, "judge_score"); got != want.score || outcome(b, i) != want.fate {
			t.Errorf("document %d: score %q and %s, want %q and %s", i, got, outcome(b, i), want.score, want.fate)
		}
	}
	var noted []float64
	u := b.Noted(func(_ int, rule string, x float64) {
		if rule == "score" {
			noted = append(noted, x)
		}
	})
	if !slices.Equal(noted, []float64{4, 0, 1.6, 0}) || u.Calls != 5 || u.Failed != 1 || u.Unparsed != 0 || u.Out != 4 {
		t.Errorf("noted %v, used %+v", noted, u)
	}
	for _, r := range m.asked {
		if r.Shared != 1 || len(r.Turns) != 2 || r.Turns[0] != m.asked[0].Turns[0] || !slices.Equal(r.Choices, []string{"0", "1", "2", "3", "4", "5"}) {
			t.Fatalf("request %+v: want the rubric as the one shared turn, and all grades", r)
		}
	}
}

// TestJudgeText: a reply without a grade is null, counted, and never a removal.
func TestJudgeText(t *testing.T) {
	j := judgeDefaults
	j.Min = 3
	b := act(t, &j, &fake{}, "SAY Good.\nScore: 4 YAS", "SAY Score: 2 YAS", "SAY no idea YAS", "SAY Score: 2.5 YAS", "SAY Score: 7 YAS")
	for i, want := range []struct{ score, fate string }{{"4", "kept"}, {"2", "score 2"}, {"null", "kept"}, {"null", "kept"}, {"null", "kept"}} {
		if got := rawField(b, i, "judge_score"); got != want.score || outcome(b, i) != want.fate {
			t.Errorf("document %d: score %q and %s, want %q and %s", i, got, outcome(b, i), want.score, want.fate)
		}
	}
	na := 0
	u := b.Noted(func(_ int, _ string, x float64) {
		if stages.IsNA(x) {
			na++
		}
	})
	if na != 3 || u.Unparsed != 3 || u.Failed != 0 {
		t.Errorf("%d documents without a score, used %+v, want 3 of each", na, u)
	}
}

// TestExpectation: of probabilities that do not sum to 1, and of none at all.
func TestExpectation(t *testing.T) {
	inf := math.Inf(-1)
	for _, c := range []struct {
		lp   []float64
		want float64
		ok   bool
	}{
		{[]float64{0, 0, 0, 0, 0, 0}, 3.5, true},
		{[]float64{inf, inf, inf, inf, inf, -700}, 6, true},
		{[]float64{math.Log(1e-9), math.Log(3e-9)}, 1.75, true},
		{[]float64{inf, inf}, 0, false},
		{[]float64{math.NaN(), 0}, 0, false},
	} {
		if got, ok := ask.Expectation(1, c.lp); ok != c.ok || ok && got != c.want {
			t.Errorf("%v: %v %v, want %v %v", c.lp, got, ok, c.want, c.ok)
		}
	}
}

func TestBrokenModel(t *testing.T) {
	away := errors.New("away")
	for name, c := range map[string]stages.Stage{"judge": ptr(judgeDefaults), "embed": ptr(embedDefaults), "reward": ptr(rewardDefaults)} {
		b, err := try(t, c, &fake{choices: true, broken: away}, "one", "two")
		if !errors.Is(err, away) || !b.Alive(0) {
			t.Errorf("%s: error %v; an endpoint that is away ends no document", name, err)
		}
	}
}

func ptr[T any](x T) *T { return &x }

func TestEmbed(t *testing.T) {
	e := embedDefaults
	b := act(t, &e, &fake{}, "a b c", "refused")
	if got := rawField(b, 0, "embedding"); got != "[0.5,3,1e-07]" || !json.Valid([]byte(got)) || outcome(b, 1) != "failed" {
		t.Errorf("vector %s; the second %s", got, outcome(b, 1))
	}
	e = Embed{Pool: "mean", Into: "v", Tokens: 2}
	if got := rawField(act(t, &e, &fake{}, "a b c"), 0, "v"); got != "[-0.5,2,1e-07]" {
		t.Errorf("mean of the first two tokens: %s", got)
	}
	if err := (&Embed{Into: "text"}).Validate(); err == nil {
		t.Error("a vector may overwrite the text")
	}
}

func TestReward(t *testing.T) {
	r := rewardDefaults
	r.Placed("taste", "")
	r.Max = 0.5
	b := act(t, &r, &fake{}, "a b", "a b c d e", "refused")
	if rawField(b, 0, "taste_score") != "0.25" || outcome(b, 0) != "kept" || outcome(b, 1) != "score 0.625" || outcome(b, 2) != "failed" {
		t.Errorf("%s %s, %s, %s", rawField(b, 0, "taste_score"), outcome(b, 0), outcome(b, 1), outcome(b, 2))
	}
	r = Reward{Output: 2, Tokens: 9, Range: stages.Any}
	if b := act(t, &r, &fake{}, "a"); outcome(b, 0) != "failed" {
		t.Errorf("an output that the head has not: %s", outcome(b, 0))
	}
}
