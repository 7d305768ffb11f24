package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/winnow-data/winnow/inference"
)

// The states of a Check.
const (
	OK      = "ok"
	Not     = "not offered"
	Failed  = "failed"
	Skipped = "skipped"
)

// A Check is one call that Probe has made.
type Check struct {
	Name   string  `json:"name"`
	State  string  `json:"state"`
	Detail string  `json:"detail,omitempty"` // what came, or what was wrong
	Fix    string  `json:"fix,omitempty"`    // what to do about it
	Millis float64 `json:"milliseconds"`
}

// A Report is what Probe found out.
type Report struct {
	URL    string   `json:"url"` // as it works: perhaps not as it was given
	Model  string   `json:"model"`
	Models []string `json:"models"`
	Checks []Check  `json:"checks"`
	Notes  []string `json:"notes,omitempty"`
	Works  bool     `json:"works"` // plain chat does
}

// Probe makes one call of each kind: the list of models, chat without and with the key, raw completion, log-probabilities, JSON, embeddings. Without
// Options.Model it takes the first that the endpoint lists. Nothing is tried twice. Its error is about the options, never about the endpoint.
func Probe(ctx context.Context, o Options) (Report, error) {
	o.Tries, o.JSON = 1, Auto
	if o.Timeout <= 0 {
		o.Timeout = time.Minute
	}
	p := &probe{o: o}
	named := o.Model
	p.o.Model = first(named, "unknown")
	m, err := New(p.o)
	if err != nil {
		return Report{}, err
	}
	p.rep.URL = m.base.String()
	if u := m.base.u; u.Scheme == "http" && o.KeyEnv != "" && !local(u.Hostname()) {
		p.rep.Notes = append(p.rep.Notes, "the key travels to "+u.Host+" unencrypted: write https:// if it can")
	}
	if err := p.models(ctx, m); err != nil {
		return p.rep, err
	}
	switch {
	case named == "" && len(p.rep.Models) == 0:
		why := "no model is known: name one with --model"
		if p.rep.Checks[0].State == Failed {
			why = "the endpoint does not answer"
		}
		p.skip(why, "chat", "raw completion", "log-probabilities", "prompt log-probabilities", "JSON object", "JSON schema", "embeddings")
		return p.rep, ctx.Err()
	case named == "":
		p.o.Model = p.rep.Models[0]
	case len(p.rep.Models) > 0 && !slices.Contains(p.rep.Models, named):
		p.rep.Notes = append(p.rep.Notes, "the endpoint does not list the model "+named)
	}
	p.rep.Model = p.o.Model
	return p.rep, p.calls(ctx)
}

type probe struct {
	o   Options
	rep Report
}

// models asks for the list; where the path is wrong and the usual one works, it goes on with that.
func (p *probe) models(ctx context.Context, m *Model) error {
	begun := time.Now()
	names, err := m.list(ctx)
	c := Check{Name: "models", State: OK}
	for _, path := range []string{m.base.u.Path + "/v1", "/v1"} {
		if !errors.Is(err, ErrNotOffered) || path == m.base.u.Path {
			break
		}
		o := p.o
		u := m.base.u
		u.Path = path
		o.URL = u.String()
		other, otherErr := New(o)
		if otherErr != nil {
			return otherErr
		}
		if got, otherErr := other.list(ctx); otherErr == nil {
			p.rep.Notes = append(p.rep.Notes, "the path is wrong: write "+o.URL)
			names, err, p.o.URL, p.rep.URL = got, nil, o.URL, o.URL
		}
	}
	c.Millis = millis(begun)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, ErrNotOffered):
		c.State, c.Detail, c.Fix = Not, said(err), "name the model yourself with --model; if nothing else works, the path is wrong: it mostly ends in /v1"
	case err != nil:
		c.State, c.Detail = Failed, said(err)
		c.Fix = p.advice(err)
	default:
		c.Detail = listed3(names)
	}
	p.rep.Models = names
	p.rep.Checks = append(p.rep.Checks, c)
	return nil
}

// calls makes the calls that need a model.
func (p *probe) calls(ctx context.Context) error {
	hello := inference.Request{Key: "probe", Messages: []inference.Message{{Role: "user", Content: "Answer with the word yes."}}, MaxTokens: 64}
	raw := inference.Request{Key: "probe", Prompt: "One, two, three,", MaxTokens: 4}
	schema := hello
	schema.Messages = []inference.Message{{Role: "user", Content: "Lisbon is the capital of Portugal. Which city is the capital? Answer as JSON: {\"city\": \"...\"}."}}
	schema.Schema = []byte(`{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}`)
	object := schema
	object.Schema = []byte(`{"type":"object"}`)
	choose := hello
	choose.Task, choose.Choices = inference.Choose, []string{"yes", "Yes", "no", "No"}
	score := raw
	score.Task = inference.Score
	embed := raw
	embed.Task = inference.Embed

	if p.o.KeyEnv != "" {
		bare := p.o
		bare.KeyEnv = ""
		c := p.call(ctx, bare, "chat without a key", hello)
		if c.State == Failed && strings.Contains(c.Detail, "status 40") {
			c.State, c.Fix = Not, ""
		}
		p.rep.Checks = append(p.rep.Checks, c)
	}
	c := p.call(ctx, p.o, "chat", hello)
	p.rep.Works = c.State == OK
	p.rep.Checks = append(p.rep.Checks, c)
	if !p.rep.Works && !p.perhaps(c) {
		p.skip("chat does not work", "raw completion", "log-probabilities", "prompt log-probabilities", "JSON object", "JSON schema", "embeddings")
		return ctx.Err()
	}
	for _, k := range []struct {
		name, json string
		r          inference.Request
	}{
		{"raw completion", Auto, raw},
		{"log-probabilities", Auto, choose},
		{"prompt log-probabilities", Auto, score},
		{"JSON object", Object, object},
		{"JSON schema", Schema, schema},
		{"embeddings", Auto, embed},
	} {
		o := p.o
		o.JSON = k.json
		p.rep.Checks = append(p.rep.Checks, p.call(ctx, o, k.name, k.r))
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// perhaps says whether other calls may work where chat does not: base models have no chat, and models of embeddings neither.
func (p *probe) perhaps(c Check) bool {
	return c.State == Not || strings.Contains(c.Detail, "status 400") || strings.Contains(c.Detail, "status 422")
}

// call makes one call.
func (p *probe) call(ctx context.Context, o Options, name string, r inference.Request) Check {
	c := Check{Name: name, State: OK}
	m, err := New(o)
	if err != nil {
		c.State, c.Detail = Failed, err.Error()
		return c
	}
	defer m.Close()
	begun := time.Now()
	replies, err := m.Complete(ctx, []inference.Request{r})
	c.Millis = millis(begun)
	if err == nil {
		err = replies[0].Err
	}
	if err != nil {
		c.Detail = said(err)
		c.State, c.Fix = p.state(err, r)
		return c
	}
	c.Detail = shown(r, replies[0])
	return c
}

// state tells what an endpoint does not have from what is wrong with it.
func (p *probe) state(err error, r inference.Request) (state, fix string) {
	text := strings.ToLower(err.Error())
	switch {
	case strings.Contains(text, "no model "+strings.ToLower(p.o.Model)) || strings.Contains(text, "model") && strings.Contains(text, "not exist"):
		return Failed, "name one that it has: --model " + first(strings.Join(p.rep.Models, " or "), "…")
	case errors.Is(err, ErrAuth):
		return Failed, p.advice(err)
	case errors.Is(err, ErrNotOffered):
		return Not, ""
	case len(r.Schema) > 0 && (unsupported(err) || strings.Contains(text, "the reply")):
		return Not, "recipes need not care: labels and schemas are then asked for in words, and replies are checked"
	case r.Task == inference.Embed && strings.Contains(text, "status 4"), r.Task == inference.Score && strings.Contains(text, "status 4"), r.Task == inference.Choose && strings.Contains(text, "none of the choices"):
		return Not, ""
	}
	return Failed, p.advice(err)
}

// skip notes calls that were not made.
func (p *probe) skip(why string, names ...string) {
	for _, n := range names {
		p.rep.Checks = append(p.rep.Checks, Check{Name: n, State: Skipped, Detail: why})
	}
}

// said is an error for a table: without what the table says anyway.
func said(err error) string {
	text := err.Error()
	if _, rest, ok := strings.Cut(text, ErrNotOffered.Error()+": "); ok {
		text = rest
	}
	if rest, ok := strings.CutPrefix(text, "endpoint "); ok {
		if _, after, ok := strings.Cut(rest, ": "); ok {
			text = after
		}
	}
	text, _, _ = strings.Cut(text, "; winnow doctor endpoint")
	text, _, _ = strings.Cut(text, " (tried 1 times")
	for _, call := range []string{"models: ", "chat/completions: ", "completions: ", "embeddings: "} {
		text = strings.TrimPrefix(text, call)
	}
	return oneLine(text, 160)
}

// shown is what came, for a table.
func shown(r inference.Request, reply inference.Reply) string {
	switch r.Task {
	case inference.Choose:
		var parts []string
		for i, c := range r.Choices {
			parts = append(parts, fmt.Sprintf("%s %.2f", c, reply.LogProbs[i]))
		}
		return strings.Join(parts, ", ")
	case inference.Score:
		return fmt.Sprintf("%d of %d tokens", len(reply.LogProbs), len(reply.LogProbs)+1)
	case inference.Embed:
		return fmt.Sprintf("%d numbers", len(reply.Vector))
	}
	s := fmt.Sprintf("%q", oneLine(reply.Text, 60))
	if reply.Finish == inference.FinishLength {
		s += ", cut by its length"
	}
	return s
}

// listed3 names at most three models.
func listed3(names []string) string {
	if len(names) == 0 {
		return "an empty list"
	}
	s := oneLine(strings.Join(names[:min(3, len(names))], ", "), 120)
	if len(names) > 3 {
		s += fmt.Sprintf(" and %d more", len(names)-3)
	}
	return s
}

func local(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

func millis(begun time.Time) float64 {
	return float64(time.Since(begun).Microseconds()) / 1e3
}

func first(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
