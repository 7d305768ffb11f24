// Package remote asks a model behind any endpoint that speaks the OpenAI protocol: hosted services, vLLM, SGLang, llama.cpp's server and their like.
//
//	m, err := remote.New(remote.Options{URL: "http://127.0.0.1:8000/v1", Model: "Qwen/Qwen2.5-7B-Instruct"})
//	replies, err := m.Complete(ctx, requests)
//
// What a request becomes:
//
//	Generate   chat/completions, or completions for raw text; labels and schemas through response_format, see [Options.JSON]
//	Choose     the next token's top_logprobs, prompt_logprobs (vLLM) or echo with logprobs, whichever the endpoint has
//	Score      echo with logprobs for raw text, prompt_logprobs for a chat
//	Embed      embeddings; how states are pooled is the endpoint's affair
//
// Endpoints fail in many ways, and each has its answer. 429, 5xx, timeouts, broken connections, garbage and half a reply are tried again, with
// waits that are random up to a bound that doubles, or as long as Retry-After says; a 429 holds back all requests of the model, not one. What the endpoint
// says about a single request (too long, refused, invalid) is that Reply's Err. A key that is not accepted, a model or a path that does not
// exist, an empty account and an endpoint that is gone end Complete with an error: asking for the next document would be in vain. When tries are
// used up, the endpoint is asked for its models: if it answers, the request was at fault, else the endpoint.
//
// A key stands in an environment variable; neither errors nor Name show it. IDs and LogProbs of generated text stay empty, since endpoints do not agree about them.
// A raw prompt's special tokens are parsed or not as the endpoint sees fit.
package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/winnow-data/winnow/inference"
)

// A Price is money for a million tokens.
type Price struct{ In, Out float64 }

// The values of Options.JSON: how labels and schemas reach the model. Whichever it is, the reply is checked, and one that does not fit is an error.
const (
	Auto   = ""       // Schema; where the endpoint does not take it, Object, then Ask
	Schema = "schema" // response_format json_schema
	Object = "object" // response_format json_object, and the schema in words at the end of the prompt
	Ask    = "ask"    // in words alone
)

// Options say where the endpoint is and how it may be used. All but URL and Model may be zero.
type Options struct {
	URL    string // up to /v1; what stands behind it in the endpoint's own documentation (chat/completions) is taken off
	Model  string // as the endpoint lists it
	KeyEnv string // the environment variable that holds the key; "": none is sent

	Concurrency int           // requests on their way at once; 0: 8
	RPM         int           // requests a minute; 0: no limit
	TPM         int           // tokens a minute, read and written; 0: no limit
	Timeout     time.Duration // of one try; 0: 2 minutes
	Tries       int           // of one request; 0: 6
	Patience    time.Duration // of one request with all its tries; 0: 15 minutes
	Wait        time.Duration // the bound of the first wait between tries; 0: 1 s
	Price       Price
	JSON        string
	MaxReply    int64 // bytes of one answer; 0: 32 MiB

	Getenv    func(string) string // nil: os.Getenv
	Transport http.RoundTripper   // nil: one of its own
}

// A Model is a model behind an endpoint. It implements inference.Model; its limits hold for all goroutines together.
type Model struct {
	o    Options
	base address
	key  func() string // never a field that a careless print would show
	http *http.Client

	slots    chan struct{}
	gate     gate
	requests *bucket // nil: no limit
	tokens   *bucket
	dialect  dialect
	answered atomic.Int64 // when the endpoint last answered well, in nanoseconds since 1970

	mu   sync.Mutex
	used Usage
}

var (
	_ inference.Model = (*Model)(nil)
	_ inference.Each  = (*Model)(nil)
)

// New prepares a model; it touches no network.
func New(o Options) (*Model, error) {
	base, err := parseAddress(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Model == "" {
		return nil, fmt.Errorf("endpoint %s: no model named; winnow doctor endpoint %s lists those it has", base, base)
	}
	switch o.JSON {
	case Auto, Schema, Object, Ask:
	default:
		return nil, fmt.Errorf("endpoint %s: json %q is unknown; it is %s, %s, %s or left out", base, o.JSON, Schema, Object, Ask)
	}
	key, err := readKey(o, base)
	if err != nil {
		return nil, err
	}
	o.fill()
	transport := o.Transport
	if transport == nil {
		transport = newTransport(o.Concurrency)
	}
	m := &Model{o: o, base: base, key: func() string { return key }, slots: make(chan struct{}, o.Concurrency)}
	m.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if o.RPM > 0 {
		m.requests = newBucket(float64(o.RPM)/60, 1)
	}
	if o.TPM > 0 {
		m.tokens = newBucket(float64(o.TPM)/60, float64(o.TPM)/60)
	}
	return m, nil
}

func readKey(o Options, base address) (string, error) {
	if o.KeyEnv == "" {
		return "", nil
	}
	getenv := o.Getenv
	if getenv == nil {
		getenv = os.Getenv
	}
	key := strings.TrimSpace(getenv(o.KeyEnv))
	if key == "" {
		return "", fmt.Errorf("endpoint %s: its key should be in the environment variable %s, which is not set", base, o.KeyEnv)
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fmt.Errorf("endpoint %s: the key in %s holds a space or a character that no key has", base, o.KeyEnv)
	}
	return key, nil
}

func (o *Options) fill() {
	set := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	set(&o.Timeout, 2*time.Minute)
	set(&o.Patience, 15*time.Minute)
	set(&o.Wait, time.Second)
	if o.Concurrency <= 0 {
		o.Concurrency = 8
	}
	if o.Tries <= 0 {
		o.Tries = 6
	}
	if o.MaxReply <= 0 {
		o.MaxReply = 32 << 20
	}
}

func newTransport(connections int) *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: connections,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 15 * time.Second,
	}
}

// Name implements inference.Model: the endpoint's host and path, the model, and the settings that change replies.
func (m *Model) Name() string {
	name := "remote " + m.base.identity() + " model=" + m.o.Model
	if m.o.JSON != Auto {
		name += " json=" + m.o.JSON
	}
	return name
}

// Count implements inference.Model: an endpoint does not say how it counts.
func (m *Model) Count(string) int { return -1 }

// Close implements inference.Model.
func (m *Model) Close() error {
	m.http.CloseIdleConnections()
	return nil
}

// Complete implements inference.Model. Besides an error it returns the replies that came before it; those that did not come carry the error.
func (m *Model) Complete(ctx context.Context, rs []inference.Request) ([]inference.Reply, error) {
	out := make([]inference.Reply, len(rs))
	came := make([]bool, len(rs))
	err := m.CompleteEach(ctx, rs, func(i int, r inference.Reply) { out[i], came[i] = r, true })
	for i := range out {
		if !came[i] {
			out[i].Err = err
		}
	}
	return out, err
}

// CompleteEach implements inference.Each: replies are given out as they come, so that whoever records them never pays twice.
func (m *Model) CompleteEach(ctx context.Context, rs []inference.Request, done func(i int, r inference.Reply)) error {
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(m.o.Concurrency)
	for i := range rs {
		g.Go(func() error {
			if err := gctx.Err(); err != nil {
				return err
			}
			r, err := m.one(gctx, rs[i])
			var own *requestError
			if errors.As(err, &own) {
				r, err = inference.Reply{Err: own}, nil
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done(i, r)
			return nil
		})
	}
	err := g.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// one answers one request.
func (m *Model) one(ctx context.Context, r inference.Request) (inference.Reply, error) {
	if err := check(r); err != nil {
		return inference.Reply{}, err
	}
	ask := m.generate
	switch r.Task {
	case inference.Generate:
	case inference.Choose:
		ask = m.choose
	case inference.Score:
		ask = m.score
	case inference.Embed:
		ask = m.embed
	default:
		return inference.Reply{}, fmt.Errorf("endpoint %s: %w: %s", m.base, ErrNotOffered, r.Task)
	}
	reply, err := ask(ctx, r)
	for cuts := 0; r.Truncate && cuts < maxCuts && errors.Is(err, ErrContext); cuts++ {
		if r, err = cut(r, err); err == nil {
			reply, err = ask(ctx, r)
		}
	}
	return reply, err
}

// check refuses what no endpoint could answer.
func check(r inference.Request) error {
	forms := 0
	for _, there := range []bool{len(r.Messages) > 0, r.Prompt != "", len(r.IDs) > 0} {
		if there {
			forms++
		}
	}
	switch {
	case forms != 1:
		return ownf("request %s: exactly one of messages, prompt and ids is asked about; it has %d", r.Key, forms)
	case r.Task == inference.Choose && len(r.Choices) == 0:
		return ownf("request %s: no choices", r.Key)
	case len(r.Labels) > 0 && len(r.Schema) > 0:
		return ownf("request %s: labels and a schema exclude each other", r.Key)
	}
	return nil
}

// Usage is what a model was asked for so far.
type Usage struct {
	Calls   int64   // answers that came
	Tries   int64   // requests sent
	In, Out int64   // tokens; where the endpoint does not count them, a quarter of the bytes
	Cost    float64 // by Options.Price
}

// Usage returns what all calls came to.
func (m *Model) Usage() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.used
	u.Cost = (float64(u.In)*m.o.Price.In + float64(u.Out)*m.o.Price.Out) / 1e6
	return u
}
