package ontology

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// Tag lets a model name the intentions of every user turn.
//
// Tags are open, of one to four words, each with a reason, in the way of InsTag (Lu et al. 2023, arXiv 2308.07074). The field `tags` takes those of all turns, each once, in the order in which they came.
//
//	tag: {model: tagger}
//
// An instruction is shown between marker lines whose name is a hash of seed, document and turn and does not occur in it, so that no instruction can end its own
// fence; and the model is told that what stands between them is data. An answer is asked for as JSON and read with patience: code fences, words around
// it, single quotes, commas too many, an end cut off. One without any usable tag, such as an empty list that an instruction begged for, is none. It is
// asked for again, up to `tries` times, each with another seed, another marker and a temperature of at least 0.7; then the document is quarantined.
//
// A document that is no conversation is one instruction: its text. One without any words of a user is quarantined.
type Tag struct {
	Model       string  // name in models; may be left out where there is only one
	Tries       int     `allowed:"1..20"` // how often a question is put
	Chars       int     `allowed:"0.."`   // characters of a turn that are shown: of a longer one its beginning and its end; 0: all
	MaxTokens   int     `allowed:"1.."`   // of an answer
	Temperature float64 `allowed:"0..2"`  // of the first try

	model stages.Model
	seed  uint64
}

var tagDefaults = Tag{Tries: 3, Chars: 4000, MaxTokens: 512}

// tagsField is where tags lie.
const tagsField = "tags"

//go:embed prompts/tag.txt
var tagPrompt string

// tagSchema binds an engine that can be bound. Endpoints want an object at the top.
var tagSchema = json.RawMessage(`{"type":"object","properties":{"tags":{"type":"array","minItems":1,"maxItems":24,"items":{"type":"object",` +
	`"properties":{"tag":{"type":"string","minLength":1,"maxLength":80},"explanation":{"type":"string","maxLength":200}},"required":["tag","explanation"],` +
	`"additionalProperties":false}}},"required":["tags"],"additionalProperties":false}`)

// Writes implements [stages.Writer].
func (*Tag) Writes() []string { return []string{tagsField} }

// Asks implements [stages.Asker].
func (g *Tag) Asks() stages.Asks {
	return stages.Asks{Model: g.Model, Ask: stages.AskText, Calls: 1, Prefix: len(tagPrompt), Bytes: g.Chars, Out: min(g.MaxTokens, 100)}
}

// Provision implements [stages.Provisioner].
func (g *Tag) Provision(env *stages.Env) (err error) {
	g.model, err = stages.ModelOf[stages.Model](env, g.Model)
	g.seed = env.Seed
	return err
}

// A question is one user turn on its way to being tagged.
type question struct {
	doc  int // in the batch
	turn int // among the document's user turns, from 0
	text string
}

// Apply implements [stages.Stage].
func (g *Tag) Apply(ctx context.Context, b *stages.Batch) error {
	tags := map[int][][]string{} // of each document, by turn
	var open []question
	for i, d := range b.Live() {
		turns := instructions(d)
		if len(turns) == 0 {
			b.Fail(i, errors.New("no words of a user to tag"))
			continue
		}
		tags[i] = make([][]string, len(turns))
		for k, text := range turns {
			open = append(open, question{i, k, text})
		}
	}
	for try := 1; len(open) > 0; try++ {
		left, err := g.ask(ctx, b, open, try, tags)
		if err != nil {
			return err
		}
		open = left
	}
	for i, d := range b.Live() {
		var all []string
		for _, t := range tags[i] {
			for _, tag := range t {
				if !slices.Contains(all, tag) {
					all = append(all, tag)
				}
			}
		}
		setTags(d, all)
	}
	return ctx.Err()
}

// ask puts the open questions once more and returns those that are still open. A document with a question that stays without answer fails.
func (g *Tag) ask(ctx context.Context, b *stages.Batch, open []question, try int, tags map[int][][]string) (left []question, err error) {
	rs := make([]stages.Request, len(open))
	fences := make([]string, len(open))
	for k, q := range open {
		rs[k], fences[k] = g.request(b.Docs[q.doc].ID, q, try)
	}
	replies, err := g.model.Complete(ctx, rs)
	if err == nil && len(replies) != len(rs) {
		err = stages.Final(fmt.Errorf("the model gave %d replies to %d requests", len(replies), len(rs)))
	}
	if err != nil {
		return nil, err
	}
	for k, r := range replies {
		q := open[k]
		used := stages.Usage{Calls: 1, In: int64(r.In), Out: int64(r.Out)}
		if r.Err != nil {
			used.Failed = 1
			b.Used(used)
			b.Fail(q.doc, fmt.Errorf("user turn %d: the model: %w", q.turn+1, r.Err))
			continue
		}
		list, err := readTags(r.Text, fences[k])
		if err == nil {
			b.Used(used)
			tags[q.doc][q.turn] = list
			continue
		}
		used.Unparsed = 1
		b.Used(used)
		if try >= g.Tries {
			b.Fail(q.doc, fmt.Errorf("user turn %d: no tags in %d tries: %w; the last answer was %s", q.turn+1, g.Tries, err, excerpt(r.Text)))
			continue
		}
		left = append(left, q)
	}
	return slices.DeleteFunc(left, func(q question) bool { return !b.Alive(q.doc) }), nil
}

// request is the try-th request about a turn, and the name of its marker lines.
func (g *Tag) request(id string, q question, try int) (stages.Request, string) {
	shown := middleCut(q.text, g.Chars)
	name := fence(g.seed, id, q.turn, try, shown)
	r := stages.Request{
		Key: id + "/turn-" + strconv.Itoa(q.turn+1), Ask: stages.AskText, MaxTokens: g.MaxTokens, Temperature: g.Temperature, Seed: g.seed, Schema: tagSchema, Loose: true,
		Turns: []stages.Turn{{Role: "system", Content: strings.TrimSpace(tagPrompt)}, {Role: "user", Content: fenced(name, shown)}}, Shared: 1,
	}
	if try > 1 {
		r.Key += "#" + strconv.Itoa(try)
		r.Seed = g.seed + uint64(try-1)
		r.Temperature = max(g.Temperature, 0.7)
	}
	return r, name
}

// instructions lists what users say in a document.
func instructions(d *stages.Document) (turns []string) {
	if d.Turns == nil {
		if strings.TrimSpace(d.Text) != "" {
			turns = append(turns, d.Text)
		}
		return turns
	}
	for _, t := range d.Turns {
		if t.Role == "user" && strings.TrimSpace(t.Content) != "" {
			turns = append(turns, t.Content)
		}
	}
	return turns
}

// setTags writes the field.
func setTags(d *stages.Document, tags []string) {
	raw := []byte{'['}
	for i, t := range tags {
		if i > 0 {
			raw = append(raw, ',')
		}
		s, _ := json.Marshal(t) // a string always marshals
		raw = append(raw, s...)
	}
	d.Fields.SetRaw(tagsField, append(raw, ']'))
}

// getTags reads the field: none of a document without it. A repeated tag counts once.
func getTags(d *stages.Document) ([]string, error) {
	raw, ok := d.Fields.Raw(tagsField)
	if !ok || string(raw) == "null" {
		return nil, nil
	}
	var tags []string
	if err := json.Unmarshal(raw, &tags); err != nil {
		return nil, fmt.Errorf("the field %s is no list of strings", tagsField)
	}
	once := tags[:0]
	for _, t := range tags {
		if t != "" && !slices.Contains(once, t) {
			once = append(once, t)
		}
	}
	return once, nil
}

var (
	_ stages.Stage       = (*Tag)(nil)
	_ stages.Asker       = (*Tag)(nil)
	_ stages.Provisioner = (*Tag)(nil)
	_ stages.Writer      = (*Tag)(nil)
)
