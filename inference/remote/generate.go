package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"strings"

	"github.com/winnow-data/winnow/inference"
)

// A completion is what completions and chat/completions answer.
type completion struct {
	Choices []choice `json:"choices"`
	Usage   usage    `json:"usage"`

	PromptLogProbs []map[string]tokenProb `json:"prompt_logprobs"`
}

// usage is what the endpoint counted. An answer is paid for, so one with strange counts is used all the same, as if it had none.
type usage struct {
	in, out int
	known   bool
}

func (u *usage) UnmarshalJSON(raw []byte) error {
	var said struct {
		In  float64 `json:"prompt_tokens"`
		Out float64 `json:"completion_tokens"`
	}
	can := func(n float64) bool { return n >= 0 && n < 1<<31 && n == math.Trunc(n) }
	if json.Unmarshal(raw, &said) == nil && string(raw) != "null" && can(said.In) && can(said.Out) {
		*u = usage{in: int(said.In), out: int(said.Out), known: true}
	}
	return nil
}

type choice struct {
	Text    string `json:"text"`
	Message struct {
		Content   content `json:"content"`
		Refusal   string  `json:"refusal"`
		Reasoning string  `json:"reasoning_content"`
	} `json:"message"`
	Finish         string                 `json:"finish_reason"`
	LogProbs       json.RawMessage        `json:"logprobs"`
	PromptLogProbs []map[string]tokenProb `json:"prompt_logprobs"`
}

type tokenProb struct {
	LogProb float64 `json:"logprob"`
}

// A content is text, null, or a list of parts with text.
type content string

func (c *content) UnmarshalJSON(b []byte) error {
	var s *string
	if json.Unmarshal(b, &s) == nil {
		if s != nil {
			*c = content(*s)
		}
		return nil
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal(b, &parts); err != nil {
		return err
	}
	for _, p := range parts {
		*c += content(p.Text)
	}
	return nil
}

// body is the call for a request, and what asks about its text.
func (m *Model) body(r inference.Request) (call string, body map[string]any) {
	body = map[string]any{"model": m.o.Model}
	switch {
	case len(r.Messages) > 0:
		body["messages"] = r.Messages
		return "chat/completions", body
	case r.Prompt != "":
		body["prompt"] = r.Prompt
	default:
		body["prompt"] = r.IDs
	}
	return "completions", body
}

// sampled adds how tokens are picked.
func (m *Model) sampled(body map[string]any, r inference.Request) {
	m.dialect.limit(body, r.MaxTokens)
	if r.Temperature != 1 {
		body["temperature"] = r.Temperature
	}
	if len(r.Stop) > 0 {
		body["stop"] = r.Stop
	}
	if r.Temperature > 0 {
		for name, v := range map[string]float64{"top_p": r.TopP, "min_p": r.MinP} {
			if v > 0 && v < 1 {
				body[name] = v
			}
		}
		if r.TopK > 0 {
			body["top_k"] = r.TopK
		}
		if !m.dialect.noSeed.Load() {
			body["seed"] = seed(r)
		}
	}
	if r.Penalty > 0 && r.Penalty != 1 {
		body["repetition_penalty"] = r.Penalty
	}
}

// seed mixes Seed and Key into 31 bits, which every endpoint takes.
func seed(r inference.Request) int64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d\x00%s", r.Seed, r.Key)
	s := h.Sum64()
	return int64((s ^ s>>32) & (1<<31 - 1))
}

// generate asks for text.
func (m *Model) generate(ctx context.Context, r inference.Request) (inference.Reply, error) {
	if len(r.Labels) > 0 || len(r.Schema) > 0 {
		return m.constrained(ctx, r)
	}
	return m.plain(ctx, r, nil)
}

// plain asks for text; extra changes the body of the request.
func (m *Model) plain(ctx context.Context, r inference.Request, extra func(map[string]any)) (inference.Reply, error) {
	var reply inference.Reply
	call, _ := m.body(r)
	err := m.complete(ctx, r, func(body map[string]any) {
		m.sampled(body, r)
		if extra != nil {
			extra(body)
		}
	}, func(c completion) error {
		ch := c.Choices[0]
		reply = inference.Reply{Text: ch.Text, Finish: inference.FinishStop}
		if call == "chat/completions" {
			reply.Text = string(ch.Message.Content)
		}
		reply.In, reply.Out = c.tokens(r, reply.Text)
		return ch.judge(&reply, r)
	})
	if err != nil {
		return inference.Reply{}, err
	}
	return reply, nil
}

// judge looks at how a reply ended.
func (ch choice) judge(reply *inference.Reply, r inference.Request) error {
	switch {
	case ch.Finish == "content_filter":
		return ownf("%w: its answer was cut", ErrRefused)
	case ch.Message.Refusal != "":
		return ownf("%w: %s", ErrRefused, oneLine(ch.Message.Refusal, 200))
	case ch.Finish == "error":
		return passing{error: errors.New("the endpoint broke off in the middle of the reply")}
	case ch.Finish == "length":
		reply.Finish = inference.FinishLength
	}
	for _, s := range r.Stop {
		if at := strings.Index(reply.Text, s); s != "" && at >= 0 {
			reply.Text, reply.Finish = reply.Text[:at], inference.FinishStop
		}
	}
	if reply.Text == "" && reply.Finish == inference.FinishLength && ch.Message.Reasoning != "" {
		return ownf("all %d tokens went into the model's reasoning and none into the answer; allow more", reply.Out)
	}
	return nil
}

// complete posts a request that a completion answers.
func (m *Model) complete(ctx context.Context, r inference.Request, extra func(map[string]any), use func(completion) error) error {
	call, _ := m.body(r)
	return m.send(ctx, post{
		call: call,
		cost: float64(guess(r) + r.MaxTokens),
		body: func() map[string]any {
			_, b := m.body(r)
			extra(b)
			return b
		},
		parse: func(answer []byte) (int, error) {
			var c completion
			if err := json.Unmarshal(answer, &c); err != nil {
				return 0, passing{error: fmt.Errorf("%s: the answer has another form: %w", call, err)}
			}
			if len(c.Choices) == 0 {
				return 0, passing{error: fmt.Errorf("%s: the answer holds no choices: %q", call, oneLine(string(answer), 80))}
			}
			err := use(c)
			in, out := c.tokens(r, c.Choices[0].Text+string(c.Choices[0].Message.Content))
			m.count(in, out)
			return in + out, err
		},
	})
}

// tokens is what the endpoint counted, else a guess.
func (c completion) tokens(r inference.Request, text string) (in, out int) {
	if c.Usage.in+c.Usage.out > 0 {
		return c.Usage.in, c.Usage.out
	}
	return guess(r), (len(text) + 3) / 4
}

// guess is the number of tokens of a request by its bytes, four to a token.
func guess(r inference.Request) int {
	n := len(r.Prompt) + 4*len(r.IDs)
	for _, msg := range r.Messages {
		n += len(msg.Role) + len(msg.Content) + 16
	}
	return (n + 3) / 4
}
