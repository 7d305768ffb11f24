package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/winnow-data/winnow/inference"
)

var allWays = []string{Schema, Object, Ask}

// ways lists how an endpoint may be told of a schema, the best first.
func (m *Model) ways(r inference.Request) []string {
	if m.o.JSON != Auto {
		return []string{m.o.JSON}
	}
	all := allWays
	if len(r.Messages) == 0 {
		all = all[:1] // words added to a raw prompt would be another prompt
	}
	return all[min(int(m.dialect.json.Load()), len(all)-1):]
}

// constrained asks for one of the labels or for JSON of a schema: in the ways of Options.JSON, until a reply fits. To a loose request any JSON will do, and
// the last way's reply in any form.
func (m *Model) constrained(ctx context.Context, r inference.Request) (inference.Reply, error) {
	want, err := newConstraint(r)
	if err != nil {
		return inference.Reply{}, err
	}
	var in, out int
	ways := m.ways(r)
	for i, way := range ways {
		var reply inference.Reply
		reply, err = m.plain(ctx, want.ask(r, way), func(body map[string]any) { want.dress(body, way) })
		in, out = in+reply.In, out+reply.Out
		if err == nil {
			reply.In, reply.Out = in, out
			var body string
			if body, err = want.read(reply.Text, reply.Finish); err == nil {
				reply.Text = body
				return reply, nil
			}
			if r.Loose && (i+1 == len(ways) || json.Valid([]byte(strings.TrimSpace(unfenced(reply.Text))))) {
				return reply, nil
			}
		}
		var own *requestError
		switch {
		case !errors.As(err, &own), errors.Is(err, ErrContext), errors.Is(err, ErrRefused):
			return inference.Reply{}, err
		case unsupported(err) && i+1 < len(ways) && m.o.JSON == Auto:
			m.dialect.json.CompareAndSwap(int32(slices.Index(allWays, way)), int32(slices.Index(allWays, way)+1))
		}
	}
	return inference.Reply{}, err
}

// unsupported says whether an endpoint rejects the way and not the schema.
func unsupported(err error) bool {
	text := strings.ToLower(err.Error())
	return strings.Contains(text, "response_format") || strings.Contains(text, "json_schema") && strings.Contains(text, "support")
}

// A constraint is what a reply must be.
type constraint struct {
	labels []string
	schema json.RawMessage
	fits   *jsonschema.Schema
}

func newConstraint(r inference.Request) (*constraint, error) {
	c := &constraint{labels: r.Labels, schema: r.Schema}
	if len(r.Labels) > 0 {
		var err error
		c.schema, err = json.Marshal(map[string]any{
			"type": "object", "properties": map[string]any{"label": map[string]any{"type": "string", "enum": r.Labels}},
			"required": []string{"label"}, "additionalProperties": false,
		})
		return c, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.Schema))
	if err != nil {
		return nil, ownf("the schema is no JSON: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(noLoader{})
	if err := compiler.AddResource("mem:schema", doc); err != nil {
		return nil, ownf("the schema: %w", err)
	}
	if c.fits, err = compiler.Compile("mem:schema"); err != nil {
		return nil, ownf("the schema: %w", err)
	}
	return c, nil
}

// A noLoader fetches nothing: a schema stands on its own.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("it refers to %s, and schemas outside of it are not read", url)
}

// dress adds the response format.
func (c *constraint) dress(body map[string]any, way string) {
	switch way {
	case Schema:
		body["response_format"] = map[string]any{
			"type":        "json_schema",
			"json_schema": map[string]any{"name": "reply", "strict": true, "schema": c.schema},
		}
	case Object:
		body["response_format"] = map[string]any{"type": "json_object"}
	}
}

// ask adds to the last message, in words, what the response format does not say.
func (c *constraint) ask(r inference.Request, way string) inference.Request {
	if way == Schema || len(r.Messages) == 0 {
		return r
	}
	words := "Answer with one JSON object and nothing else. It must fit this JSON schema: " + string(c.schema)
	if len(c.labels) > 0 && way == Ask {
		quoted, err := json.Marshal(c.labels)
		if err != nil {
			panic(err) // strings always marshal
		}
		words = "Answer with exactly one of these labels and nothing else: " + strings.Trim(string(quoted), "[]")
	}
	r.Messages = slices.Clone(r.Messages)
	last := &r.Messages[len(r.Messages)-1]
	last.Content += "\n\n" + words
	return r
}

// read takes what was asked for out of a reply.
func (c *constraint) read(text, finish string) (string, error) {
	body := strings.TrimSpace(unfenced(text))
	if len(c.labels) > 0 {
		return c.label(body, text)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	switch {
	case err != nil && finish == inference.FinishLength:
		return "", ownf("the reply was cut by its length before its JSON was complete; allow more tokens: %q", oneLine(text, 80))
	case err != nil:
		return "", ownf("the reply is no JSON: %q", oneLine(text, 80))
	}
	if err := c.fits.Validate(doc); err != nil {
		return "", ownf("the reply does not fit the schema: %s: %q", oneLine(strings.TrimPrefix(err.Error(), "jsonschema validation failed with 'mem:schema#'"), 200), oneLine(body, 80))
	}
	return body, nil
}

func (c *constraint) label(body, text string) (string, error) {
	var o struct {
		Label string `json:"label"`
	}
	if json.Unmarshal([]byte(body), &o) == nil && slices.Contains(c.labels, o.Label) {
		return o.Label, nil
	}
	bare := strings.Trim(body, " \t\r\n\"'`*.")
	for _, l := range c.labels {
		if l == body || l == bare {
			return l, nil
		}
	}
	for _, l := range c.labels {
		if strings.EqualFold(l, bare) {
			return l, nil
		}
	}
	return "", ownf("the reply is none of the labels: %q", oneLine(text, 80))
}

// unfenced is what stands in the only code block of a text, else the text.
func unfenced(text string) string {
	_, rest, ok := strings.Cut(text, "```")
	if !ok {
		return text
	}
	in, after, ok := strings.Cut(rest, "```")
	if !ok || strings.Contains(after, "```") {
		return text
	}
	if line, more, ok := strings.Cut(in, "\n"); ok && !strings.ContainsAny(line, "{[\" ") {
		return more
	}
	return in
}
