package inference

import (
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// Segment returns a segment file that holds the replies of a model to requests, as a [Store] would have written it in one call: a record of what was said elsewhere.
// Replies with an error are left out.
func Segment(model string, rs []Request, replies []Reply) ([]byte, error) {
	if len(rs) != len(replies) {
		return nil, fmt.Errorf("segment of %s: %d replies to %d requests", model, len(replies), len(rs))
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer enc.Close()
	var out, text []byte
	for i := range rs {
		if replies[i].Err != nil {
			continue
		}
		raw, err := json.Marshal(lineOf(model, rs[i].Hash(), &rs[i], &replies[i]))
		if err != nil {
			return nil, fmt.Errorf("segment of %s: reply to %q: %w", model, rs[i].Key, err)
		}
		if len(text)+len(raw) >= frameMost {
			out, text = appendFrame(out, text, enc), text[:0]
		}
		text = append(append(text, raw...), '\n')
	}
	return appendFrame(out, text, enc), nil
}

// lineOf is a reply as the store keeps it.
func lineOf(model, hash string, r *Request, p *Reply) *line {
	return &line{
		Model: model, Request: hash, Key: r.Key, Task: r.Task.String(), Text: p.Text, IDs: p.IDs, LogProbs: p.LogProbs, Vector: p.Vector,
		Finish: p.Finish, In: p.In, Out: p.Out, By: p.By,
	}
}
