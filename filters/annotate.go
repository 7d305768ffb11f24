package filters

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/winnow-data/winnow/filters/internal/schema"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/ask"
)

// Annotate asks a model your own question about each document and writes the answer into fields, for later stages and the output.
//
//	annotate: {model: small, prompt: topic, labels: [science, history, sports, other], into: topic}
//
// The prompt is a built-in one (topic) or a file. {text} stands for the document's beginning, {id}, {source} and {FIELD} for what else it has; each place
// is filled once and what comes in is never looked at again. Without {text} the document follows behind the prompt. What stands before the first place
// goes to the model as its instruction and is computed once for all documents.
//
// With `labels` the answer is one of these words, in the field that `into` names. With `schema`, a file with a JSON schema of an object, the answer is such
// an object, and each property becomes a field of its name; with `into` the object goes into that one field. With neither, the model's words go
// into the field. Where the engine can, it is bound to labels or schema and cannot answer anything else.
//
//	annotate: {model: large, prompt: ./facts.txt, schema: ./facts.json}
//
// An answer that is none is asked for again, up to `tries` times, each with another seed and a temperature of at least 0.7. After that the document is
// quarantined, as is one that the model cannot answer at all.
type Annotate struct {
	Model       string      // name in models; may be left out where there is only one
	Prompt      string      // a built-in name (topic), or a file
	Schema      stages.Path // a file with the JSON schema of the answer
	Labels      []string    // the answers allowed
	Into        string      // the field that takes the answer
	Tries       int         `allowed:"1..20"` // how often a question is put
	Chars       int         `allowed:"0.."`   // characters of the document that {text} shows, from its beginning; 0: all
	MaxTokens   int         `allowed:"1.."`   // of an answer
	Temperature float64     `allowed:"0..2"`  // of the first try

	dir    string
	before string
	rest   ask.Prompt
	schema *schema.Schema
	raw    json.RawMessage // of the schema
	model  stages.Model
	seed   uint64
}

var annotateDefaults = Annotate{Tries: 3, Chars: 4000, MaxTokens: 512}

// Placed implements [stages.Placed].
func (a *Annotate) Placed(_, dir string) { a.dir = dir }

// Files implements [stages.Filer].
func (a *Annotate) Files() []stages.Path { return fileOf(a.Prompt) }

// own are the names of a document's own parts, which no answer may overwrite.
var own = []string{"id", "text", "messages", "answers", "source", "kind", "parents", "extra"}

// Validate implements [stages.Validator].
func (a *Annotate) Validate() error {
	if a.Prompt == "" {
		return fmt.Errorf("prompt: none given; name a built-in one (topic) or a file")
	}
	text, err := builtIn("prompts", a.Prompt, a.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // lint says so of every file, and Provision
		return fmt.Errorf("prompt: %w", err)
	}
	a.before, a.rest = ask.NewPrompt(strings.TrimSpace(text)).Split()
	if err := a.readSchema(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("schema: %w", err)
	}
	switch {
	case a.Schema != "" && len(a.Labels) > 0:
		return fmt.Errorf("labels: beside schema: the answer is one or the other")
	case a.Schema == "" && a.Into == "":
		return fmt.Errorf("into: none given; name the field that takes the answer")
	}
	for i, l := range a.Labels {
		if strings.TrimSpace(l) == "" || slices.Contains(a.Labels[:i], l) {
			return fmt.Errorf("labels: %q is empty or stands twice", l)
		}
	}
	for _, name := range a.Writes() {
		if slices.Contains(own, name) || name == "" {
			return fmt.Errorf("the answer would overwrite %q, a part of every document; use into or another property", name)
		}
	}
	return nil
}

func (a *Annotate) readSchema() error {
	if a.Schema == "" {
		return nil
	}
	text, err := ask.ReadFile(a.dir, string(a.Schema))
	if err != nil {
		return err
	}
	if a.schema, err = schema.Parse([]byte(text)); err != nil {
		return fmt.Errorf("%s: %w", a.Schema, err)
	}
	if a.Into == "" && (!a.schema.Object() || len(a.schema.Properties()) == 0) {
		return fmt.Errorf("%s is not of type object with properties, which would become fields; name a field for the answer with into", a.Schema)
	}
	var b bytes.Buffer
	err = json.Compact(&b, []byte(text))
	a.raw = b.Bytes()
	return err
}

// Writes implements [stages.Writer].
func (a *Annotate) Writes() []string {
	switch {
	case a.Into != "":
		return []string{a.Into}
	case a.schema != nil:
		return a.schema.Properties()
	}
	return nil
}

// Types implements [stages.Typed].
func (a *Annotate) Types() map[string]string {
	switch {
	case a.Schema == "":
		return map[string]string{a.Into: "string"}
	case a.Into != "" || a.schema == nil:
		return nil
	}
	return a.schema.Types()
}

// Reads implements [stages.Reader].
func (a *Annotate) Reads() []string { return fieldsOf(a.rest.Places()) }

// Asks implements [stages.Asker].
func (a *Annotate) Asks() stages.Asks {
	out := min(a.MaxTokens, replyTokens)
	if len(a.Labels) > 0 {
		out = 3
	}
	return stages.Asks{Model: a.Model, Ask: stages.AskText, Calls: 1, Prefix: len(a.before), Bytes: a.Chars, Out: out}
}

// Provision implements [stages.Provisioner].
func (a *Annotate) Provision(env *stages.Env) (err error) {
	switch {
	case a.before == "" && len(a.rest.Places()) == 0:
		return missing("prompt", a.Prompt)
	case a.Schema != "" && a.schema == nil:
		return missing("schema", string(a.Schema))
	}
	a.model, err = stages.ModelOf[stages.Model](env, a.Model)
	a.seed = env.Seed
	return err
}

// Apply implements [stages.Stage].
func (a *Annotate) Apply(ctx context.Context, b *stages.Batch) error {
	var rs []stages.Request
	var at []int
	for i, d := range b.Live() {
		r, err := a.request(d)
		if err != nil {
			b.Fail(i, err)
			continue
		}
		rs, at = append(rs, r), append(at, i)
	}
	for try := 1; len(rs) > 0; try++ {
		replies, err := complete(ctx, a.model, rs)
		if err != nil {
			return err
		}
		n := 0
		for k, r := range replies {
			if !used(b, at[k], r) {
				continue
			}
			err := a.take(&b.Docs[at[k]], r)
			if err == nil {
				continue
			}
			b.Used(stages.Usage{Unparsed: 1})
			if try >= a.Tries {
				b.Fail(at[k], fmt.Errorf("no valid answer in %d tries: %w; the last was %s", try, err, excerpt(r.Text)))
				continue
			}
			rs[n], at[n] = a.again(rs[k], b.Docs[at[k]].ID, try), at[k]
			n++
		}
		rs, at = rs[:n], at[:n]
	}
	return ctx.Err()
}

// request is the first question about a document.
func (a *Annotate) request(d *stages.Document) (stages.Request, error) {
	text := ask.Head(d.Body(), a.Chars)
	body, err := a.rest.Fill(d, text)
	if err != nil {
		return stages.Request{}, err
	}
	if !slices.Contains(a.rest.Places(), "text") {
		body = strings.TrimSpace(body + "\n\n" + ask.Fence("document", text))
	}
	r := stages.Request{
		Key: d.ID, Ask: stages.AskText, MaxTokens: a.MaxTokens, Temperature: a.Temperature, Seed: a.seed, Labels: a.Labels, Schema: a.raw,
		Turns: []stages.Turn{{Role: "system", Content: strings.TrimSpace(a.before)}, {Role: "user", Content: body}}, Shared: 1,
	}
	if r.Turns[0].Content == "" {
		r.Turns, r.Shared = r.Turns[1:], 0
	}
	return r, nil
}

// again is the next try.
func (a *Annotate) again(r stages.Request, id string, tried int) stages.Request {
	r.Key = id + "#" + strconv.Itoa(tried+1)
	r.Seed = a.seed + uint64(tried)
	r.Temperature = max(a.Temperature, 0.7)
	return r
}

// take writes an answer into fields, or says why it is none.
func (a *Annotate) take(d *stages.Document, r stages.Reply) error {
	switch {
	case len(a.Labels) > 0:
		label, ok := ask.Label(r.Text, a.Labels)
		if !ok {
			return fmt.Errorf("it is none of the labels")
		}
		d.Fields.SetText(a.Into, label)
		return nil
	case a.schema == nil:
		if strings.TrimSpace(r.Text) == "" {
			return fmt.Errorf("it is empty")
		}
		d.Fields.SetText(a.Into, strings.TrimSpace(r.Text))
		return nil
	}
	raw, err := ask.JSON(r.Text)
	if err == nil {
		err = a.schema.Check(raw)
	}
	if err != nil {
		return err
	}
	if a.Into != "" {
		d.Fields.SetRaw(a.Into, compact(raw))
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	for _, name := range a.schema.Properties() {
		if v, ok := members[name]; ok {
			d.Fields.SetRaw(name, compact(v))
		}
	}
	return nil
}

// compact takes the white space out of valid JSON.
func compact(raw json.RawMessage) []byte {
	var b bytes.Buffer
	_ = json.Compact(&b, raw) // raw is valid
	return b.Bytes()
}

// excerpt shows the beginning of a reply.
func excerpt(s string) string {
	const most = 120
	if head := ask.Head(s, most); len(head) < len(s) {
		return strconv.Quote(head) + " …"
	}
	return strconv.Quote(s)
}
