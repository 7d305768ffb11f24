package models

import (
	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/stages"
)

var tasks = map[stages.Ask]inference.Task{
	stages.AskText: inference.Generate, stages.AskChoice: inference.Choose, stages.AskScore: inference.Score,
	stages.AskVector: inference.Embed, stages.AskClassify: inference.Classify,
}

// requests puts a room's questions into the engine's words.
func requests(rs []stages.Request) []inference.Request {
	turns := 0
	for i := range rs {
		turns += len(rs[i].Turns)
	}
	messages := make([]inference.Message, 0, turns)
	out := make([]inference.Request, len(rs))
	for i := range rs {
		r := &rs[i]
		from := len(messages)
		for _, t := range r.Turns {
			messages = append(messages, inference.Message{Role: t.Role, Content: t.Content})
		}
		out[i] = inference.Request{
			Key: r.Key, Task: tasks[r.Ask], Prompt: r.Text, Shared: r.Shared, Choices: r.Choices, MaxTokens: r.MaxTokens, Temperature: r.Temperature,
			Seed: r.Seed, Stop: r.Stop, Labels: r.Labels, Schema: r.Schema, Truncate: r.Truncate,
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
