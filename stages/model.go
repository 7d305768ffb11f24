package stages

import (
	"context"
	"encoding/json"
)

// An Ask is what a [Request] asks for.
type Ask string

// What may be asked of a model.
const (
	AskText     Ask = "text"     // a reply in words, free or bound to labels or a schema
	AskChoice   Ask = "choice"   // the log-probability of each choice as the reply
	AskScore    Ask = "score"    // the log-probability of each token of a text
	AskVector   Ask = "vector"   // an embedding
	AskClassify Ask = "classify" // the outputs of a classification or reward head
	AskCount    Ask = "count"    // nothing but the number of tokens of a text
)

// A Request is one question to a model, about a conversation or a raw text. The room that asks declares what it needs:
//
//	type model interface{ Complete(context.Context, []stages.Request) ([]stages.Reply, error) }
//
// and gets it from the run with [ModelOf]. The error of Complete is the world's fault; what is wrong with one request is in its [Reply].
type Request struct {
	Key string // document and sample: it names the request in the run's record and seeds it
	Ask Ask

	Turns []Turn // a conversation, to which the model replies, or
	Text  string // raw text, which it continues, scores, embeds or classifies
	// Shared is a hint: so many leading turns are those of many requests, so that they are computed once. No reply depends on it.
	Shared int

	Choices     []string        // AskChoice: the replies to weigh
	Mean        bool            // AskVector: the mean over all tokens, not the state of the last one
	MaxTokens   int             // AskText: of the reply; 0: as many as the context holds
	Temperature float64         // AskText: 0 takes the likeliest token each time
	Seed        uint64          // AskText: of the sampling, together with Key
	Stop        []string        // AskText: the reply ends before the first of these
	Labels      []string        // AskText: the reply is one of these
	Schema      json.RawMessage // AskText: the reply is JSON that this schema allows
	Loose       bool            // AskText: a reply outside of Schema comes as it is, and is no error: who asks reads it with patience
	Truncate    bool            // a text that is longer than the context loses its middle, or its end where it is scored, instead of failing
}

// A Reply answers one request.
type Reply struct {
	Text     string
	LogProbs []float64 // natural logarithms: of Choices, in order; or of a scored text, as the sum over its tokens or one for each but the first
	Vector   []float32
	Finish   string // "length" where MaxTokens or the context ended a reply in words
	In, Out  int    // tokens read and written
	By       string // who gave it, where that is not the model that was asked: a record of others' replies tells
	Err      error  // of this request alone
}

// A Model answers requests and counts tokens.
type Model interface {
	Complete(ctx context.Context, rs []Request) ([]Reply, error)
	// Count returns the number of tokens of a text; -1 where the model cannot say.
	Count(text string) int
	// Can says whether the model answers what is asked.
	Can(Ask) bool
}

// A Counter counts tokens with a model's tokenizer. It is there without the model's weights.
type Counter interface {
	Count(text string) int
}

// ModelOf returns the recipe's model of a name; "" is the only model of the recipe.
func ModelOf[M any](e *Env, name string) (M, error) { return Resource[M](e, ModelResource(name)) }

// CounterOf returns the tokenizer of the recipe's model of a name; "" is the only model of the recipe.
func CounterOf(e *Env, name string) (Counter, error) {
	return Resource[Counter](e, CounterResource(name))
}

// ModelResource names a model of the recipe among the run's resources.
func ModelResource(name string) string { return "model " + name }

// CounterResource names a model's tokenizer among the run's resources.
func CounterResource(name string) string { return "tokenizer of " + name }

// An Asker is a component that asks a model. Lint checks that the recipe has the model, the plan estimates what it costs, and the run gives
// its documents to tasks of minutes. A Stage that is an Asker may act on several batches at once, each with a component of its own.
type Asker interface {
	// Asks says what the component asks; Ask is "" where, as it is set, it asks nothing.
	Asks() Asks
}

// Asks says what a component asks of a model for one document.
type Asks struct {
	Model  string  // the recipe's name of it; "": its only one
	Ask    Ask     // "" for nothing
	Calls  float64 // requests for each document
	Prefix int     // bytes that all requests begin with
	Bytes  int     // of the document at most; 0 for all of it
	Out    int     // tokens of a reply, about
}

// A Placed component is told its label and the folder that its paths are relative to, after its settings are decoded and before Validate.
type Placed interface {
	Placed(label, dir string)
}

// A Filer names files that its settings mean without being of the type [Path], such as a prompt that is a built-in name or a file.
type Filer interface {
	Files() []Path
}

// Usage is what requests to a model came to.
type Usage struct {
	Calls    int64 `json:"calls"`
	In       int64 `json:"in"`       // tokens read
	Out      int64 `json:"out"`      // tokens written
	Failed   int64 `json:"failed"`   // requests that the model could not answer
	Unparsed int64 `json:"unparsed"` // replies that did not say what was asked
}

// Add adds o to u.
func (u *Usage) Add(o Usage) {
	u.Calls += o.Calls
	u.In += o.In
	u.Out += o.Out
	u.Failed += o.Failed
	u.Unparsed += o.Unparsed
}
