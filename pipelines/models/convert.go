package models

import (
	"context"
	"slices"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/stages"
)

var tasks = map[stages.Ask]inference.Task{
	stages.AskText: inference.Generate, stages.AskChoice: inference.Choose, stages.AskScore: inference.Score,
	stages.AskVector: inference.Embed, stages.AskClassify: inference.Classify,
}

// requests puts a room's questions into the engine's words.
func requests(rs []stages.Request) []inference.Request {
	var q wording
	return q.of(rs)
}

// wording is memory for requests.
type wording struct {
	messages []inference.Message
	out      []inference.Request
}

// of puts a room's questions into the engine's words. They are valid until it is called again.
func (q *wording) of(rs []stages.Request) []inference.Request {
	turns := 0
	for i := range rs {
		turns += len(rs[i].Turns)
	}
	messages := slices.Grow(q.messages[:0], turns)
	out := slices.Grow(q.out[:0], len(rs))[:len(rs)]
	q.messages, q.out = messages, out
	for i := range rs {
		r := &rs[i]
		from := len(messages)
		for _, t := range r.Turns {
			messages = append(messages, inference.Message{Role: t.Role, Content: t.Content})
		}
		out[i] = inference.Request{
			Key: r.Key, Task: tasks[r.Ask], Prompt: r.Text, Shared: r.Shared, Choices: r.Choices, MaxTokens: r.MaxTokens, Temperature: r.Temperature,
			Seed: r.Seed, Stop: r.Stop, Labels: r.Labels, Schema: r.Schema, Loose: r.Loose, Truncate: r.Truncate,
		}
		if r.Mean {
			out[i].Pooling = inference.Mean
		}
		if len(r.Turns) > 0 {
			out[i].Messages = messages[from:len(messages):len(messages)]
		}
	}
	return out
}

// portion is how many requests are put to a record at a time: nothing waits for it, and they share memory.
const portion = 32

// looked puts requests to a record, which keeps nothing of them.
func looked(ctx context.Context, record inference.Each, rs []stages.Request) ([]stages.Reply, error) {
	out := make([]stages.Reply, len(rs))
	var q wording
	for rest := out; len(rest) > 0; {
		n := min(portion, len(rest))
		err := record.CompleteEach(ctx, q.of(rs[:n]), func(i int, r inference.Reply) { rest[i] = reply(&r) })
		if err != nil {
			return nil, err
		}
		rs, rest = rs[n:], rest[n:]
	}
	return out, nil
}

// ask asks, and puts the replies into the room's words.
func (m *model) ask(ctx context.Context, rs []stages.Request) ([]stages.Reply, error) {
	if record, ok := m.asked.(inference.Each); ok && m.counted == nil {
		return looked(ctx, record, rs)
	}
	replies, err := m.asked.Complete(ctx, requests(rs))
	if err != nil {
		return nil, err
	}
	out := make([]stages.Reply, len(replies))
	for i := range replies {
		out[i] = reply(&replies[i])
	}
	return out, nil
}

func reply(r *inference.Reply) stages.Reply {
	return stages.Reply{Text: r.Text, LogProbs: r.LogProbs, Vector: r.Vector, Finish: r.Finish, In: r.In, Out: r.Out, By: r.By, Err: r.Err}
}

// sum puts the sum of the log-probabilities in their place.
func sum(r *inference.Reply) {
	if len(r.LogProbs) == 0 {
		return
	}
	s := 0.0
	for _, l := range r.LogProbs {
		s += l
	}
	r.LogProbs = []float64{s}
}
