package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/winnow-data/winnow/inference"
)

// choose finds the log-probability of each choice. Where all are single tokens among the likeliest 20 (5 at some endpoints), one call is enough. A choice that is not among
// them, at an endpoint that cannot say more, gets the most that it can have: the smallest of those, or what they leave over.
func (m *Model) choose(ctx context.Context, r inference.Request) (inference.Reply, error) {
	raw := len(r.Messages) == 0
	if raw && m.dialect.echo.works() {
		return m.continuations(ctx, r, m.echoed)
	}
	reply, found, err := m.next(ctx, r)
	if err != nil && !errors.Is(err, errSilent) {
		return inference.Reply{}, err
	}
	if found == len(r.Choices) {
		return reply, nil
	}
	measured := m.echoed
	if !raw {
		measured = m.promptProbs
	}
	full, fullErr := m.continuations(ctx, r, measured)
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

// errSilent says that the endpoint answered without the log-probabilities that were asked for, or with wrong ones.
var errSilent = errors.New("no log-probabilities that can be believed in the answer")

// mostLogProb is the most that a log-probability can be, with room for endpoints that round.
const mostLogProb = 0.01

// cannot says whether an error means that the endpoint does not know what it was asked.
func cannot(err error) bool {
	return errors.Is(err, errSilent) || errors.Is(err, ErrNotOffered)
}

// next looks for the choices among the likeliest next tokens. found is how many are there.
func (m *Model) next(ctx context.Context, r inference.Request) (reply inference.Reply, found int, err error) {
	probs, reply, err := m.likeliest(ctx, r)
	if err == nil {
		reply.LogProbs, found = pick(probs, r.Choices)
	}
	return reply, found, err
}

// likeliest asks for the likeliest next tokens with their log-probabilities.
func (m *Model) likeliest(ctx context.Context, r inference.Request) (probs map[string]float64, reply inference.Reply, err error) {
	raw := len(r.Messages) == 0
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
		for _, lp := range probs {
			if lp > mostLogProb {
				probs = nil
				break
			}
		}
		return nil
	})
	var own *requestError
	switch {
	case errors.As(err, &own) && mentions(own, "logprob"), err == nil && len(probs) == 0:
		return nil, reply, errSilent
	}
	return probs, reply, err
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
