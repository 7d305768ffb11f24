package remote

import "sync/atomic"

// A dialect is what was learned of an endpoint from its complaints: which of several names for a thing it knows.
type dialect struct {
	completionTokens atomic.Bool // max_completion_tokens, not max_tokens (models that reason)
	noSeed           atomic.Bool
	fewTops          atomic.Bool  // at most 5 likeliest tokens
	json             atomic.Int32 // how many of the ways in Options.JSON it does not take
	echo, prompts    way          // to the log-probabilities of a prompt: echo of completions, prompt_logprobs of chats
}

// A relearned error asks for the same request again, in what was learned.
type relearned struct{ error }

func (r *relearned) Unwrap() error { return r.error }

// learn says whether the complaint about body is one that other words may mend.
func (d *dialect) learn(c complaint, body map[string]any) bool {
	_, short := body["max_tokens"]
	_, seed := body["seed"]
	switch {
	case short && c.has("max_completion_tokens"):
		d.completionTokens.Store(true)
		return true
	case seed && c.has("seed"):
		d.noSeed.Store(true)
		return true
	case (body["logprobs"] == mostTops || body["top_logprobs"] == mostTops) && c.has("logprob"):
		d.fewTops.Store(true)
		return true
	}
	return false
}

// How many likeliest tokens are asked for: what chats of hosted endpoints and vLLM give at most, and what older completions give.
const (
	mostTops = 20
	fewTops  = 5
)

func (d *dialect) tops() int {
	if d.fewTops.Load() {
		return fewTops
	}
	return mostTops
}

// limit sets how many tokens may come.
func (d *dialect) limit(body map[string]any, n int) {
	switch {
	case n <= 0:
	case d.completionTokens.Load():
		body["max_completion_tokens"] = n
	default:
		body["max_tokens"] = n
	}
}
