package remote

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/inference/remote/remotetest"
)

// behindProb is what the test endpoint's model gives a continuation.
func behindProb(before, text string) (sum float64) {
	for _, t := range remotetest.Tokens(text) {
		sum += remotetest.LogProb(before, t)
		before += t
	}
	return sum
}

func near(got, want []float64) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= 1e-9) {
			return false
		}
	}
	return true
}

func TestChoose(t *testing.T) {
	user := "Rate it."
	rendered := remotetest.Render([]any{map[string]any{"role": "user", "content": user}}, true)
	ask := chat(user)
	raw := inference.Request{Prompt: "The answer is"}
	is := func(before string, tokens ...string) (lps []float64) {
		for _, t := range tokens {
			lps = append(lps, behindProb(before, t))
		}
		return lps
	}
	bound := func(before string) float64 {
		least, sum := 0.0, 0.0
		for _, t := range remotetest.Likely {
			least, sum = min(least, remotetest.LogProb(before, t)), sum+math.Exp(remotetest.LogProb(before, t))
		}
		if sum < 1 {
			least = min(least, math.Log(1-sum))
		}
		return least
	}
	for _, c := range []struct {
		name    string
		r       inference.Request
		choices []string
		lacks   []string
		want    []float64 // nil: an error
		stops   bool
		calls   int
	}{
		{"chat, single tokens", ask, []string{"3", "no", "0"}, nil, is(rendered, "3", "no", "0"), false, 1},
		{"chat, longer choices", ask, []string{"very good", "bad"}, nil, is(rendered, "very good", "bad"), false, 6},
		{"chat, one is not among the likeliest", ask, []string{"3", "bad"}, []string{remotetest.PromptLogProbs}, append(is(rendered, "3"), bound(rendered)), false, 3},
		{"chat, none is among the likeliest", ask, []string{"good", "bad"}, []string{remotetest.PromptLogProbs}, nil, false, 3},
		{"chat, prompt_logprobs that cannot be proved", ask, []string{"3", "no"}, []string{remotetest.LogProbs}, nil, true, 2},
		{"chat, nothing", ask, []string{"3", "no"}, []string{remotetest.LogProbs, remotetest.PromptLogProbs}, nil, true, 2},
		{"raw, single tokens", raw, []string{"yes", "no"}, nil, is(raw.Prompt, "yes", "no"), false, 1},
		{"raw, longer choices", raw, []string{" very good", " bad"}, nil, is(raw.Prompt, " very good", " bad"), false, 6},
		{"raw, no echo", raw, []string{"yes", " bad"}, []string{remotetest.Echo}, append(is(raw.Prompt, "yes"), bound(raw.Prompt)), false, 3},
		{"raw, shifted echo", raw, []string{"yes", " bad"}, []string{"shifted"}, append(is(raw.Prompt, "yes"), bound(raw.Prompt)), false, 3},
		{"raw, nothing", raw, []string{"yes", "no"}, []string{remotetest.LogProbs}, nil, true, 2},
		{"raw, no completions", raw, []string{"yes"}, []string{remotetest.Completions}, nil, true, 1},
		{"an empty choice", raw, []string{""}, nil, nil, false, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := remotetest.New(t)
			e.Lacks, e.Shifted = c.lacks, slices.Contains(c.lacks, "shifted")
			m := open(t, e, nil)
			r := c.r
			r.Task, r.Choices = inference.Choose, c.choices
			replies, err := m.Complete(t.Context(), []inference.Request{r})
			if c.stops != errors.Is(err, ErrNotOffered) {
				t.Fatalf("got %v, want an error that stops: %v", err, c.stops)
			}
			if got := replies[0]; c.want == nil && got.Err == nil || c.want != nil && (got.Err != nil || !near(got.LogProbs, c.want)) {
				t.Errorf("got %+v, want %v", got, c.want)
			}
			if n := len(e.Calls("")); n != c.calls {
				t.Errorf("%d calls, want %d", n, c.calls)
			}
		})
	}
}

func TestBoundOfAMissingChoice(t *testing.T) {
	for _, c := range []struct {
		name string
		top  map[string]float64
		want float64
	}{
		{"the smallest", map[string]float64{"a": math.Log(0.5), "b": math.Log(0.1)}, math.Log(0.1)},
		{"what is left", map[string]float64{"a": math.Log(0.5), "b": math.Log(0.49)}, math.Log(0.01)},
		{"nothing is left", map[string]float64{"a": math.Log(0.6), "b": math.Log(0.4)}, math.Log(0.4)},
	} {
		got, found := pick(c.top, []string{"a", "z"})
		if found != 1 || got[0] != c.top["a"] || !(math.Abs(got[1]-c.want) < 1e-9) {
			t.Errorf("%s: got %v, %d found; want %v for the missing one", c.name, got, found, c.want)
		}
	}
}

func TestScore(t *testing.T) {
	text := "Schöne Wörter, gut."
	var want []float64
	before := ""
	for i, tok := range remotetest.Tokens(text) {
		if i > 0 {
			want = append(want, remotetest.LogProb(before, tok))
		}
		before += tok
	}
	e := remotetest.New(t)
	m := open(t, e, nil)
	if got := one(t, m, inference.Request{Prompt: text, Task: inference.Score}); got.Err != nil || !near(got.LogProbs, want) || got.In != len(want)+1 {
		t.Errorf("got %+v, want %v", got, want)
	}
	e.Lacks = []string{remotetest.Usage}
	if got := one(t, m, inference.Request{Prompt: text, Task: inference.Score}); got.Err != nil || !near(got.LogProbs, want) {
		t.Errorf("without usage: got %+v, want %v", got, want)
	}
	if got := one(t, m, inference.Request{Prompt: "x", Task: inference.Score}); got.Err != nil || len(got.LogProbs) != 0 {
		t.Errorf("one token: got %+v, want nothing to score", got)
	}
	r := chat("a b")
	r.Task = inference.Score
	if got := one(t, m, r); got.Err != nil || len(got.LogProbs) == 0 {
		t.Errorf("chat: got %+v", got)
	}
	shifted := remotetest.New(t)
	shifted.Shifted = true
	if _, err := open(t, shifted, nil).Complete(t.Context(), []inference.Request{{Prompt: text, Task: inference.Score}}); !errors.Is(err, ErrNotOffered) {
		t.Errorf("wrong log-probabilities: got %v, want ErrNotOffered", err)
	}
	poor := remotetest.New(t)
	poor.Lacks = []string{remotetest.Echo, remotetest.PromptLogProbs}
	for _, r := range []inference.Request{r, {Prompt: text, Task: inference.Score}} {
		if _, err := open(t, poor, nil).Complete(t.Context(), []inference.Request{r}); !errors.Is(err, ErrNotOffered) {
			t.Errorf("got %v, want ErrNotOffered", err)
		}
	}
}

func TestBorder(t *testing.T) {
	for _, c := range []struct {
		starts []int
		n      int
		want   int
	}{
		{[]int{2, 5, 9}, 5, 1},
		{[]int{2, 5, 9}, 6, 1}, // a token reaches over the border: it counts
		{[]int{2, 5, 9}, 12, 2},
		{[]int{2, 5, 9}, 1, 0},
		{nil, 3, 0},
	} {
		if got := border(c.starts, c.n); got != c.want {
			t.Errorf("border %d in %v: got %d, want %d", c.n, c.starts, got, c.want)
		}
	}
}
