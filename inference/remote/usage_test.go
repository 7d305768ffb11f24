package remote

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/inference/remote/remotetest"
)

// strange are counts of tokens that no endpoint should send.
var strange = []string{
	`{"prompt_tokens":-9000000000000000000,"completion_tokens":9000000000000000000}`, `{"prompt_tokens":9,"completion_tokens":-5}`, `{"prompt_tokens":1.5,"completion_tokens":1}`,
	`{"prompt_tokens":"9","completion_tokens":1}`, `{"prompt_tokens":1e300,"completion_tokens":1}`, `null`, `[]`, `"none"`, `7`,
}

// An answer was paid for: one whose counts are no counts is used, and not asked for again.
func TestStrangeUsage(t *testing.T) {
	for _, usage := range strange {
		e := remotetest.New(t)
		e.Wrong = func(w http.ResponseWriter, _ *http.Request, _ map[string]any) bool {
			fmt.Fprintf(w, `{"choices":[{"message":{"content":"yes"},"finish_reason":"stop"}],"usage":%s}`, usage)
			return true
		}
		got := one(t, open(t, e, nil), chat("Rate it."))
		if got.Err != nil || got.Text != "yes" || got.In < 1 || got.In > 20 || got.Out != 1 {
			t.Errorf("%s: got %+v, want the answer and a guess", usage, got)
		}
		if n := len(e.Calls("")); n != 1 {
			t.Errorf("%s: asked %d times", usage, n)
		}
	}
}

// What an endpoint says of itself never reaches beyond its own answer.
func TestStrangeUsageOfEcho(t *testing.T) {
	for _, usage := range strange {
		e := remotetest.New(t)
		e.Wrong = func(w http.ResponseWriter, _ *http.Request, body map[string]any) bool {
			if body["prompt"] != "a b" {
				return false
			}
			fmt.Fprintf(w, `{"choices":[{"text":"a b c","logprobs":{"token_logprobs":[null,-1,-2]}}],"usage":%s}`, usage)
			return true
		}
		got := one(t, open(t, e, nil), inference.Request{Prompt: "a b", Task: inference.Score})
		if got.Err != nil || !slices.Equal(got.LogProbs, []float64{-1}) {
			t.Errorf("%s: got %+v, want the log-probability of b", usage, got)
		}
	}
}

// Probabilities above 1 are not believed: a grade would be made of them.
func TestPositiveLogProbs(t *testing.T) {
	for name, r := range map[string]inference.Request{
		"score":  {Prompt: "a b", Task: inference.Score},
		"choose": {Prompt: "a b", Task: inference.Choose, Choices: []string{"x", "y"}},
	} {
		e := remotetest.New(t)
		e.Lacks = []string{remotetest.PromptLogProbs}
		e.Wrong = func(w http.ResponseWriter, _ *http.Request, body map[string]any) bool {
			if body["prompt"] != "a b" && body["prompt"] != "a bx" && body["prompt"] != "a by" {
				return false
			}
			fmt.Fprint(w, `{"choices":[{"text":"a b","logprobs":{"token_logprobs":[null,1e300,700],"text_offset":[0,1,2],"top_logprobs":[{"x":700,"y":-1}]}}]}`)
			return true
		}
		if got, err := open(t, e, nil).Complete(t.Context(), []inference.Request{r}); !errors.Is(err, ErrNotOffered) {
			t.Errorf("%s: got %+v and error %v, want ErrNotOffered", name, got, err)
		}
	}
}

func TestEmptyVectors(t *testing.T) {
	for _, data := range []string{`[]`, `[[]]`, `[[1],[]]`} {
		e := remotetest.New(t)
		e.Wrong = func(w http.ResponseWriter, _ *http.Request, _ map[string]any) bool {
			fmt.Fprintf(w, `{"data":[{"embedding":%s}]}`, data)
			return true
		}
		m := open(t, e, func(o *Options) { o.Tries = 1 })
		for _, p := range []inference.Pooling{inference.Last, inference.Mean} {
			got, err := m.Complete(t.Context(), []inference.Request{{Prompt: "x", Task: inference.Embed, Pooling: p}})
			if err == nil && got[0].Err == nil {
				t.Errorf("%s: got %+v, want an error", data, got)
			}
		}
	}
}
