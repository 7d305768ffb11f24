package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/winnow-data/winnow/inference"
)

// choose finds the log-probability of each choice. Where all are single tokens among the likeliest 20 (5 at some endpoints), one call is enough. A choice that is not among
// them, at an endpoint that cannot say more, gets the most that it can have: the smallest of those, or what they leave over.
func (m *Model) choose(ctx context.Context, r inference.Request) (inference.Reply, error) {
	raw := len(r.Messages) == 0
	if raw && m.dialect.echo.Load() == works {
		return m.continuations(ctx, r, m.echoed)
	}
	reply, found, err := m.next(ctx, r)
	if err != nil && !errors.Is(err, errSilent) {
		return inference.Reply{}, err
	}
	if found == len(r.Choices) {
		return reply, nil
	}
	full, fullErr := inference.Reply{}, error(errSilent)
	switch {
	case raw && m.dialect.echo.Load() != fails:
		full, fullErr = m.continuations(ctx, r, m.echoed)
	case !raw && m.dialect.prompts.Load() != fails:
		full, fullErr = m.continuations(ctx, r, m.promptProbs)
	}
	switch {
	case fullErr == nil:
		full.In, full.Out = full.In+reply.In, full.Out+reply.Out
		return full, nil
	case !cannot(fullErr):
		return inference.Reply{}, fullErr
	case err != nil:
		return inference.Reply{}, fmt.Errorf("endpoint %s: %w: it gives no log-probabilities, so it cannot choose", m.base, ErrNotOffered)
	case found == 0:
		return inference.Reply{}, ownf("none of the choices %q is among the %d likeliest next tokens, and the endpoint says no more", r.Choices, m.dialect.tops())
	}
	return reply, nil
}

// errSilent says that the endpoint answered without the log-probabilities that were asked for.
var errSilent = errors.New("no log-probabilities in the answer")

// cannot says whether an error means that the endpoint does not know what it was asked.
func cannot(err error) bool {
	return errors.Is(err, errSilent) || errors.Is(err, ErrNotOffered)
}

// next looks for the choices among the likeliest next tokens. found is how many are there.
func (m *Model) next(ctx context.Context, r inference.Request) (reply inference.Reply, found int, err error) {
	raw := len(r.Messages) == 0
	var probs map[string]float64
	err = m.complete(ctx, r, func(body map[string]any) {
		body["temperature"] = 0
		m.dialect.limit(body, 1)
		if raw {
			body["logprobs"] = m.dialect.tops()
			return
		}
		body["logprobs"] = true
		body["top_logprobs"] = m.dialect.tops()
	}, func(c completion) error {
		reply.In, reply.Out = c.tokens(r, "")
		probs = topTokens(c.Choices[0].LogProbs)
		return nil
	})
	var own *requestError
	switch {
	case errors.As(err, &own) && mentions(own, "logprob"):
		return reply, 0, errSilent
	case err != nil:
		return reply, 0, err
	case len(probs) == 0:
		return reply, 0, errSilent
	}
	reply.LogProbs, found = pick(probs, r.Choices)
	return reply, found, nil
}

// pick looks choices up among the likeliest tokens; a missing one gets its upper bound.
func pick(probs map[string]float64, choices []string) (lps []float64, found int) {
	least, sum := 0.0, 0.0
	for _, lp := range probs {
		least = min(least, lp)
		sum += math.Exp(lp)
	}
	bound := least
	if rest := 1 - sum; rest > 0 {
		bound = min(bound, math.Log(rest))
	}
	lps = make([]float64, len(choices))
	for i, c := range choices {
		lp, ok := probs[c]
		if !ok {
			lp = bound
		} else {
			found++
		}
		lps[i] = lp
	}
	return lps, found
}

// topTokens reads the likeliest first tokens, in the form of chats or of completions.
func topTokens(raw json.RawMessage) map[string]float64 {
	var l struct {
		Content []struct {
			Top []struct {
				Token string  `json:"token"`
				LogP  float64 `json:"logprob"`
			} `json:"top_logprobs"`
		} `json:"content"`
		Top []map[string]float64 `json:"top_logprobs"`
	}
	if json.Unmarshal(raw, &l) != nil {
		return nil
	}
	probs := map[string]float64{}
	switch {
	case len(l.Content) > 0:
		for _, t := range l.Content[0].Top {
			if lp, ok := probs[t.Token]; !ok || t.LogP > lp {
				probs[t.Token] = t.LogP
			}
		}
	case len(l.Top) > 0:
		return l.Top[0]
	}
	return probs
}

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
		return inference.Reply{}, fmt.Errorf("endpoint %s: %w: it gives no log-probabilities of a prompt, so it cannot score", m.base, ErrNotOffered)
	case err != nil:
		return inference.Reply{}, err
	}
	reply.LogProbs = probs
	return reply, nil
}

// echoed measures a raw text by completions with echo. One token is generated, since not all endpoints take none, and left out.
func (m *Model) echoed(ctx context.Context, r inference.Request) (probs []float64, starts []int, reply inference.Reply, err error) {
	if len(r.IDs) > 0 && r.Task == inference.Choose {
		return nil, nil, reply, ownf("an endpoint chooses behind a text or a chat, not behind ids")
	}
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
			return nil
		}
		n := len(l.LogProbs) - 1
		if c.Usage != nil {
			n = len(l.LogProbs) - c.Usage.Out
		}
		if n < 1 {
			return nil
		}
		probs = make([]float64, 0, n)
		for i := 1; i < n; i++ {
			if l.LogProbs[i] == nil {
				return passing{error: fmt.Errorf("the log-probability of token %d is missing", i)}
			}
			probs = append(probs, *l.LogProbs[i])
		}
		if len(l.Starts) == len(l.LogProbs) {
			starts = l.Starts[1:n]
		}
		return nil
	})
	err = m.found(&m.dialect.echo, probs != nil, err, "echo", "logprob")
	reply.LogProbs = probs
	return probs, starts, reply, err
}

// promptProbs measures a chat by vLLM's prompt_logprobs.
func (m *Model) promptProbs(ctx context.Context, r inference.Request) (probs []float64, _ []int, reply inference.Reply, err error) {
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
			return nil
		}
		probs = make([]float64, 0, len(all))
		for i, t := range all[1:] {
			if len(t) != 1 {
				return passing{error: fmt.Errorf("prompt_logprobs: %d entries for token %d, want 1", len(t), i+1)}
			}
			for _, p := range t {
				probs = append(probs, p.LogProb)
			}
		}
		return nil
	})
	err = m.found(&m.dialect.prompts, probs != nil, err, "prompt_logprobs", "extra")
	reply.LogProbs = probs
	return probs, nil, reply, err
}
