// Package inference asks language models: the engine in this binary, an endpoint, or the record of an earlier run.
//
// A [Model] takes a batch of [Request] values and gives back a [Reply] for each, in order. What a request asks for is its [Task]:
//
//	Generate   text, sampled or greedy, free or bound to labels or a JSON schema
//	Choose     the log-probability of each of its Choices as the continuation, without decoding
//	Score      the log-probability of each of its own tokens but the first
//	Embed      one vector: the last hidden state, or the mean
//	Classify   the outputs of a classification or reward head
//
// What it asks about is one of Messages (a chat, put through the model's template), Prompt (raw text), or IDs (tokens).
//
// Two kinds of things go wrong. [Reply.Err] is about one request: too long for the context, a schema the engine does not know, nothing
// that the other requests of the batch would notice. The error of Complete is the world's fault, such as an endpoint that is gone or a context
// that ended: the batch is asked again.
//
// A reply depends on the model and the request alone: never on what else was in the batch, on the number of threads, or on time. Randomness comes from
// Request.Seed and Request.Key. [Model.Name] names everything on the model's side that a reply depends on; two models of one name give the same
// replies, so Name and [Request.Hash] are the key under which replies are recorded and found again.
//
//	m, err := inference.Open("Qwen2-0.5B-Instruct/", inference.Options{Weights: "int8"})
//	store, err := inference.OpenStore("answers", "task-7")
//	replies, err := inference.Record(m, store).Complete(ctx, requests)
//
// [Open] loads a model file and serves it: requests of all goroutines share one [Batcher], in which sequences join and leave between steps, and what
// several requests begin with is computed once. [Record] keeps the replies of any model in a [Store], so that nothing is asked twice, and [Replay] is
// a model that answers from such a store alone. Package remote asks an endpoint.
package inference

import (
	"context"
	"encoding/json"
	"fmt"
)

// A Model answers requests. Its methods may be called from many goroutines at once.
type Model interface {
	// Complete answers rs: replies[i] belongs to rs[i]. An error means that no reply is to be used; it is ctx's error where ctx ended.
	Complete(ctx context.Context, rs []Request) ([]Reply, error)
	// Count is the number of tokens of text, special tokens not parsed; -1 where the model cannot say.
	Count(text string) int
	// Name is the identity of the model: checksum, form of the weights and of the numbers, tokenizer and template.
	Name() string
	Close() error
}

// A Message is one turn of a chat.
type Message struct {
	Role    string `json:"role"` // system, user, assistant, or what the template knows
	Content string `json:"content"`
}

// A Task is what a request asks for.
type Task uint8

// The tasks.
const (
	Generate Task = iota
	Choose
	Score
	Embed
	Classify
)

var taskNames = [...]string{"generate", "choose", "score", "embed", "classify"}

func (t Task) String() string {
	if int(t) < len(taskNames) {
		return taskNames[t]
	}
	return fmt.Sprintf("task %d", uint8(t))
}

// A Pooling says which hidden states become the vector of an Embed request.
type Pooling uint8

// The poolings.
const (
	Last Pooling = iota // the state of the last token
	Mean                // the mean over all tokens
)

// A Request is one question. The zero values of its settings mean: greedy, no penalty, no stop but the model's own.
type Request struct {
	// Key names the request in the record, such as a document id and sample number, and goes into its seed.
	Key string

	// Exactly one of these three is set.
	Messages []Message // a chat, through the model's template with the generation prompt added
	Prompt   string    // raw text
	IDs      []int32   // tokens

	Special bool // parse special tokens in Prompt and Choices; else `<|im_end|>` is ordinary text
	// Shared is a hint: so many leading Messages (or leading bytes of Prompt, or leading IDs) are those of many requests. They are computed once and
	// kept. Replies never depend on it.
	Shared int

	Task    Task
	Choices []string // Choose: the continuations
	Pooling Pooling  // Embed

	MaxTokens   int      // Generate: at most so many tokens; 0: as many as the context holds
	Temperature float64  // 0: the likeliest token each time
	TopK        int      // sample among so many likeliest tokens; 0: all
	TopP        float64  // sample among the likeliest tokens that hold this share; 0 or 1: all
	MinP        float64  // drop tokens less likely than this times the likeliest; 0: none
	Penalty     float64  // divide positive logits of tokens already seen by it, multiply negative ones; 0 or 1: none (CTRL, arXiv 1909.05858)
	Seed        uint64   // of the sampling, together with Key
	Stop        []string // end before the first of these texts

	Labels []string        // Generate: the text is one of these
	Schema json.RawMessage // Generate: the text is JSON that this schema allows; see package schema for what is understood
	// Loose takes a reply that its model would not bring into the form of Schema as it came, for a reader with patience of its own. It is no part of
	// [Request.Hash]: an endpoint may be asked in fewer ways for it, and no other reply depends on it.
	Loose bool

	Truncate bool // a prompt longer than the context loses its middle, a scored text its end, instead of failing
}

// A Reply answers one request.
type Reply struct {
	Text     string
	IDs      []int32   // Generate: the tokens of Text, without the end token
	LogProbs []float64 // natural logarithms. Choose: one per choice. Score: one per token but the first. Generate: one per token of IDs
	Vector   []float32 // Embed, Classify
	Finish   string    // Generate: FinishStop or FinishLength
	In, Out  int       // tokens read and written
	By       string    // who gave it, where a record tells of somebody else than the model it is kept under
	Err      error     // of this request alone; the other fields are then empty
}

// The values of Reply.Finish.
const (
	FinishStop   = "stop"   // the model ended, a stop text came, or the constraint was complete
	FinishLength = "length" // MaxTokens or the context was full
)
