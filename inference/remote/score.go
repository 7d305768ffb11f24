package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/winnow-data/winnow/inference"
)

// A measure gives the log-probability of every token of a request but the first, and where in the text each begins (in runes; nil: unknown).
type measure func(context.Context, inference.Request) (probs []float64, starts []int, reply inference.Reply, err error)

// continuations measures the request with each choice behind it; what the choice adds is its log-probability.
func (m *Model) continuations(ctx context.Context, r inference.Request, measured measure) (inference.Reply, error) {
	_, _, whole, err := measured(ctx, r)
	if err != nil {
		return inference.Reply{}, err
	}
	out := inference.Reply{LogProbs: make([]float64, len(r.Choices)), In: whole.In, Out: whole.Out}
	for i, c := range r.Choices {
		if c == "" {
			return out, ownf("choice %d is empty", i)
		}
		probs, starts, reply, err := measured(ctx, behind(r, c))
		if err != nil {
			return out, err
		}
		from := len(whole.LogProbs)
		if starts != nil {
			from = border(starts, utf8.RuneCountInString(r.Prompt))
		}
		if from >= len(probs) {
			return out, ownf("choice %q adds no token to the prompt", c)
		}
		for _, lp := range probs[from:] {
			out.LogProbs[i] += lp
		}
		out.In, out.Out = out.In+reply.In, out.Out+reply.Out
	}
	return out, nil
}

// behind is r with a choice as the beginning of its reply.
func behind(r inference.Request, choice string) inference.Request {
	if len(r.Messages) == 0 {
		r.Prompt += choice
		return r
	}
	r.Messages = append(slices.Clone(r.Messages), inference.Message{Role: "assistant", Content: choice})
	r.Task = inference.Choose
	return r
}

// border is the first token that begins at n or reaches over it; starts are those of all tokens but the first.
func border(starts []int, n int) int {
	at, _ := slices.BinarySearch(starts, n)
	if at < len(starts) && starts[at] == n || at == 0 {
		return at
	}
	return at - 1
}

// score measures the request itself.
func (m *Model) score(ctx context.Context, r inference.Request) (inference.Reply, error) {
	measured := m.echoed
	if len(r.Messages) > 0 {
		measured = m.promptProbs
	}
	probs, _, reply, err := measured(ctx, r)
	switch {
	case errors.Is(err, errSilent):
		return inference.Reply{}, fmt.Errorf("endpoint %s: %w: it gives no log-probabilities of a prompt, or wrong ones, so it cannot score", m.base, ErrNotOffered)
	case err != nil:
		return inference.Reply{}, err
	}
	reply.LogProbs = probs
	return reply, nil
}

// echoed measures a raw text by completions with echo, where that can be believed.
func (m *Model) echoed(ctx context.Context, r inference.Request) ([]float64, []int, inference.Reply, error) {
	if len(r.IDs) > 0 && r.Task == inference.Choose {
		return nil, nil, inference.Reply{}, ownf("an endpoint chooses behind a text or a chat, not behind ids")
	}
	if err := m.prove(ctx, &m.dialect.echo, inference.Request{Prompt: "Question: What is the capital of France?\nAnswer:"}, m.echo); err != nil {
		return nil, nil, inference.Reply{}, err
	}
	return m.echo(ctx, r)
}

// promptProbs measures a chat by vLLM's prompt_logprobs, where they can be believed.
func (m *Model) promptProbs(ctx context.Context, r inference.Request) ([]float64, []int, inference.Reply, error) {
	known := inference.Request{Messages: []inference.Message{{Role: "user", Content: "What is the capital of France? Answer with one word."}}}
	if err := m.prove(ctx, &m.dialect.prompts, known, m.prompts); err != nil {
		return nil, nil, inference.Reply{}, err
	}
	return m.prompts(ctx, r)
}

// echo asks for the tokens of a raw text. One token is generated, since not all endpoints take none, and left out.
func (m *Model) echo(ctx context.Context, r inference.Request) (probs []float64, starts []int, reply inference.Reply, err error) {
	err = m.complete(ctx, r, func(body map[string]any) {
		body["echo"], body["logprobs"], body["temperature"] = true, 1, 0
		m.dialect.limit(body, 1)
	}, func(c completion) error {
		reply.In, reply.Out = c.tokens(r, "")
		var l struct {
			LogProbs []*float64 `json:"token_logprobs"`
			Starts   []int      `json:"text_offset"`
		}
		if json.Unmarshal(c.Choices[0].LogProbs, &l) != nil || len(l.LogProbs) == 0 || l.LogProbs[0] != nil {
			return errSilent
		}
		n := len(l.LogProbs) - 1
		if c.Usage.known {
			n = len(l.LogProbs) - c.Usage.out
		}
		if n < 1 {
			return errSilent
		}
		probs = make([]float64, 0, n)
		for i := 1; i < n; i++ {
			if l.LogProbs[i] == nil {
				return passing{error: fmt.Errorf("the log-probability of token %d is missing", i)}
			}
			if *l.LogProbs[i] > mostLogProb {
				return errSilent
			}
			probs = append(probs, *l.LogProbs[i])
		}
		if len(l.Starts) == len(l.LogProbs) {
			starts = l.Starts[1:n]
		}
		return nil
	})
	reply.LogProbs = probs
	return probs, starts, reply, silent(err, "echo", "logprob")
}

// prompts asks for the tokens of a chat; one that ends with the assistant's words is gone on with.
func (m *Model) prompts(ctx context.Context, r inference.Request) (probs []float64, _ []int, reply inference.Reply, err error) {
	err = m.complete(ctx, r, func(body map[string]any) {
		body["prompt_logprobs"], body["temperature"] = 0, 0
		m.dialect.limit(body, 1)
		if last := r.Messages[len(r.Messages)-1]; last.Role == "assistant" {
			body["continue_final_message"], body["add_generation_prompt"] = true, false
		}
	}, func(c completion) error {
		reply.In, reply.Out = c.tokens(r, "")
		all := c.PromptLogProbs
		if len(all) == 0 {
			all = c.Choices[0].PromptLogProbs
		}
		if len(all) == 0 {
			return errSilent
		}
		probs = make([]float64, 0, len(all))
		for i, t := range all[1:] {
			if len(t) != 1 {
				return passing{error: fmt.Errorf("prompt_logprobs: %d entries for token %d, want 1", len(t), i+1)}
			}
			for _, p := range t {
				if p.LogProb > mostLogProb {
					return errSilent
				}
				probs = append(probs, p.LogProb)
			}
		}
		return nil
	})
	reply.LogProbs = probs
	return probs, nil, reply, silent(err, "prompt_logprobs", "extra", "continue_final_message")
}

// silent makes errSilent of an endpoint's complaint about one of the words.
func silent(err error, words ...string) error {
	var own *requestError
	if errors.Is(err, ErrNotOffered) || errors.As(err, &own) && mentions(own, words...) {
		return errSilent
	}
	return err
}
