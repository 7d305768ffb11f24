package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

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
					Vector vector `json:"embedding"`
				} `json:"data"`
				Usage usage `json:"usage"`
			}
			if err := json.Unmarshal(answer, &e); err != nil {
				return 0, passing{error: fmt.Errorf("embeddings: the answer has another form: %w", err)}
			}
			if len(e.Data) != 1 {
				return 0, passing{error: fmt.Errorf("embeddings: the answer holds %d vectors, want 1", len(e.Data))}
			}
			pooled, err := e.Data[0].Vector.pool(r.Pooling)
			if err != nil {
				return 0, passing{error: fmt.Errorf("embeddings: %w", err)}
			}
			if e.Usage.in == 0 {
				e.Usage.in = guess(r)
			}
			reply = inference.Reply{Vector: pooled, In: e.Usage.in}
			m.count(reply.In, 0)
			return reply.In, nil
		},
	})
	return reply, err
}

// A vector is one embedding, or, where the endpoint does not pool (llama.cpp with pooling none), one for each token.
type vector [][]float32

func (v *vector) UnmarshalJSON(b []byte) error {
	var one []float32
	if json.Unmarshal(b, &one) == nil {
		*v = vector{one}
		return nil
	}
	return json.Unmarshal(b, (*[][]float32)(v))
}

// pool makes one of them.
func (v vector) pool(p inference.Pooling) ([]float32, error) {
	if len(v) == 0 || len(v[len(v)-1]) == 0 {
		return nil, errors.New("the vector is empty")
	}
	last := v[len(v)-1]
	if p == inference.Last || len(v) == 1 {
		return last, nil
	}
	sum := make([]float64, len(last))
	for _, t := range v {
		if len(t) != len(sum) {
			return nil, fmt.Errorf("vectors of %d and %d numbers", len(sum), len(t))
		}
		for i, x := range t {
			sum[i] += float64(x)
		}
	}
	mean := make([]float32, len(sum))
	for i, x := range sum {
		mean[i] = float32(x / float64(len(v)))
	}
	return mean, nil
}
