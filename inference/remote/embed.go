package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/winnow-data/winnow/inference"
)

// embed asks for the vector of a text.
func (m *Model) embed(ctx context.Context, r inference.Request) (inference.Reply, error) {
	var input any = r.Prompt
	switch {
	case len(r.Messages) > 0:
		return inference.Reply{}, ownf("an endpoint embeds texts, not chats")
	case len(r.IDs) > 0:
		input = r.IDs
	}
	var reply inference.Reply
	err := m.send(ctx, post{
		call: "embeddings",
		cost: float64(guess(r)),
		body: func() map[string]any {
			return map[string]any{"model": m.o.Model, "input": input, "encoding_format": "float"}
		},
		parse: func(answer []byte) (int, error) {
			var e struct {
				Data []struct {
					Vector []float32 `json:"embedding"`
				} `json:"data"`
				Usage struct {
					In int `json:"prompt_tokens"`
				} `json:"usage"`
			}
			if err := json.Unmarshal(answer, &e); err != nil {
				return 0, passing{error: fmt.Errorf("embeddings: the answer has another form: %w", err)}
			}
			if len(e.Data) != 1 || len(e.Data[0].Vector) == 0 {
				return 0, passing{error: fmt.Errorf("embeddings: the answer holds %d vectors, want 1", len(e.Data))}
			}
			if e.Usage.In == 0 {
				e.Usage.In = guess(r)
			}
			reply = inference.Reply{Vector: e.Data[0].Vector, In: e.Usage.In}
			m.count(reply.In, 0)
			return reply.In, nil
		},
	})
	return reply, err
}

// found writes down whether the endpoint knows a way to log-probabilities, and turns its refusal into errSilent.
func (m *Model) found(way *atomic.Int32, there bool, err error, words ...string) error {
	var own *requestError
	switch {
	case err == nil && there:
		way.Store(works)
		return nil
	case err == nil, errors.Is(err, ErrNotOffered), errors.As(err, &own) && way.Load() != works && mentions(own, words...):
		if way.CompareAndSwap(untried, fails) || way.Load() == fails {
			return errSilent
		}
		return passing{error: errors.New("this answer holds no log-probabilities, others did")}
	}
	return err
}

// mentions says whether an error is about one of the words.
func mentions(err error, words ...string) bool {
	if errors.Is(err, ErrContext) || errors.Is(err, ErrRefused) {
		return false
	}
	text := strings.ToLower(err.Error())
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
