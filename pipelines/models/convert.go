package models

import (
	"context"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/stages"
)

var tasks = map[stages.Ask]inference.Task{
	stages.AskText: inference.Generate, stages.AskChoice: inference.Choose, stages.AskScore: inference.Score,
	stages.AskVector: inference.Embed, stages.AskClassify: inference.Classify,
}

// request puts a room's question into the engine's words.
func request(r *stages.Request) inference.Request {
	q := inference.Request{
		Key: r.Key, Task: tasks[r.Ask], Prompt: r.Text, Shared: r.Shared, Choices: r.Choices, MaxTokens: r.MaxTokens, Temperature: r.Temperature,
		Seed: r.Seed, Stop: r.Stop, Labels: r.Labels, Schema: r.Schema, Truncate: r.Truncate,
	}
	if r.Mean {
		q.Pooling = inference.Mean
	}
	for _, t := range r.Turns {
		q.Messages = append(q.Messages, inference.Message{Role: t.Role, Content: t.Content})
	}
	return q
}

func reply(r *inference.Reply) stages.Reply {
	return stages.Reply{Text: r.Text, LogProbs: r.LogProbs, Vector: r.Vector, Finish: r.Finish, In: r.In, Out: r.Out, Err: r.Err}
}

// summed gives of a scored text the sum of the log-probabilities alone: one number for each token would make the record larger than the corpus. Its
// name says so, since the record of one is no record of the other.
type summed struct{ inference.Model }

// Name implements [inference.Model].
func (m summed) Name() string { return m.Model.Name() + " summed" }

// Complete implements [inference.Model].
func (m summed) Complete(ctx context.Context, rs []inference.Request) ([]inference.Reply, error) {
	replies, err := m.Model.Complete(ctx, rs)
	for i := range replies {
		if r := &replies[i]; rs[i].Task == inference.Score && len(r.LogProbs) > 0 {
			sum := 0.0
			for _, l := range r.LogProbs {
				sum += l
			}
			r.LogProbs = []float64{sum}
		}
	}
	return replies, err
}
