package models

import (
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
