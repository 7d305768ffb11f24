package synth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/ask"
	"github.com/winnow-data/winnow/stages/dialogue"
)

// Answer lets a model answer prompts, once or many times.
//
//	answer: {model: student, n: 16, temperature: 0.7}
//
// Answers join those that the prompt has. Several stages, each under a label of its own, ask several models, or one under several settings:
//
//   - answer: {model: student, n: 8, label: plain}
//   - answer: {model: student, n: 8, temperature: 1.0, system: "Think step by step.", label: careful}
//
// The prompt is the conversation up to the user's last turn, or the text. `system` takes the place of its system message; in it, and in the file that `prompt` names,
// {field} stands for a field of the prompt, {text} for the last turn. `examples` are shown as turns before it: lines of JSON with prompt and answer.
//
// What is sampled depends on the prompt's id, the number of the sample and the recipe's seed alone: a run with n: 16 begins with the answers of a run with n: 8, and what is in
// the run's record is never asked again. An answer that was cut off, is empty, longer than 1 MiB or holds a control token gets an unknown check with the reason, so that no row is
// made of it. A prompt to which the model gave no answer at all is quarantined.
//
// With `until` the model is asked no more than it needs: as many answers as are missing, or `step`, again and again, until enough different ones have passed, and failed if that is
// wanted too, or there are n.
//
//   - answer: {model: student, n: 16, until: {passed: 2, failed: 1}}
//
// What counts is what the checks and dedup_answers right behind this stage find, which are made for that as often as it takes; answers that are the same but for white space count
// once, and those that a prompt has already count too, so that a second model is asked where the first fell short. How many are asked depends on a prompt's own answers alone. The rates
// of prompts that stopped early are too high: do not cut on pass_rate behind it.
type Answer struct {
	Model       string      // name in models; may be left out where there is only one
	N           int         `allowed:"1..10000"` // answers to each prompt
	Temperature float64     `allowed:"0..2"`     // 0 takes the likeliest token each time
	MaxTokens   int         `allowed:"1.."`      // of an answer
	System      string      // the system message, in place of the prompt's own
	Prompt      string      // a file whose text is asked, with {text} for the prompt's last turn
	Examples    stages.Path // a file of answered prompts that are shown first
	Stop        []string    // an answer ends before the first of these
	Until       Until       // when to ask no more; nothing given: n answers are asked for at once

	label, dir string
	model      stages.Model
	seed       uint64
	system     ask.Prompt
	template   ask.Prompt
	how        string // what is said of every answer, once one was given
	shots      []stages.Turn
	coming     []stages.Coming // the checks that until goes by
}

var answerDefaults = Answer{N: 1, Temperature: 0.7, MaxTokens: 1024, label: "answer"}

// Placed implements [stages.Placed].
func (a *Answer) Placed(label, dir string) { a.label, a.dir = label, dir }

// Files implements [stages.Filer].
func (a *Answer) Files() []stages.Path {
	if a.Prompt != "" {
		return []stages.Path{stages.Path(a.Prompt)}
	}
	return nil
}

// Validate implements [stages.Validator].
func (a *Answer) Validate() error {
	if a.N > 1 && a.Temperature == 0 {
		return fmt.Errorf("n: %d answers at temperature 0 are one and the same; want a temperature above 0, or n: 1", a.N)
	}
	a.system = ask.NewPrompt(a.System)
	return a.Until.validate(a.N)
}

// Reads implements [stages.Reader].
func (a *Answer) Reads() []string { return fieldsOf(ask.NewPrompt(a.System).Places()) }

// fieldsOf lists the fields among the places of a prompt, without what every document has.
func fieldsOf(places []string) []string {
	var names []string
	for _, p := range places {
		if p != "text" && p != "id" && p != "source" && p != "kind" {
			names = append(names, p)
		}
	}
	return names
}

// Asks implements [stages.Asker].
func (a *Answer) Asks() stages.Asks {
	return stages.Asks{Model: a.Model, Ask: stages.AskText, Calls: float64(a.N), Prefix: len(a.System), Out: min(a.MaxTokens, typicalTokens)}
}

// typicalTokens is what an estimate takes for the length of an answer.
const typicalTokens = 200

// Provision implements [stages.Provisioner].
func (a *Answer) Provision(env *stages.Env) (err error) {
	if a.model, err = stages.ModelOf[stages.Model](env, a.Model); err != nil {
		return err
	}
	a.seed = env.Seed
	if a.Prompt != "" {
		text, err := ask.ReadFile(a.dir, a.Prompt)
		if err != nil {
			return stages.Final(fmt.Errorf("prompt: %w", err))
		}
		a.template = ask.NewPrompt(text)
	}
	if a.Examples != "" {
		if a.shots, err = readShots(a.dir, string(a.Examples)); err != nil {
			return stages.Final(fmt.Errorf("examples: %w", err))
		}
	}
	return a.provisionComing(env)
}

// A prompting is a prompt on its way to its answers.
type prompting struct {
	at     int // of the document
	turns  []stages.Turn
	shared int
	asked  int
	next   int // how many answers are asked for next
	given  int // answers among the replies
	fault  error
}

// Apply implements [stages.Stage].
func (a *Answer) Apply(ctx context.Context, b *stages.Batch) error {
	open := make([]prompting, 0, len(b.Docs))
	for i, d := range b.Live() {
		if d.Kind != "" {
			continue
		}
		turns, shared, err := a.question(d)
		if err != nil {
			b.Fail(i, err)
			continue
		}
		d.Answers = slices.Clip(d.Answers)
		open = append(open, prompting{at: i, turns: turns, shared: shared})
	}
	if len(open) > 0 {
		b.Count("prompts", int64(len(open)))
	}
	for len(open) > 0 {
		if err := a.missing(ctx, b, open); err != nil {
			return err
		}
		if err := a.round(ctx, b, open); err != nil {
			return err
		}
		open = slices.DeleteFunc(open, func(p prompting) bool { return p.asked == a.N || p.next == 0 })
	}
	return nil
}

// round asks for the next answers to each prompt and puts them among those it has. A prompt that needs none is done.
func (a *Answer) round(ctx context.Context, b *stages.Batch, open []prompting) error {
	asked := 0
	for i := range open {
		asked += open[i].next
	}
	rs := make([]stages.Request, 0, asked)
	for i := range open {
		p := &open[i]
		d := &b.Docs[p.at]
		for k := range p.next {
			rs = append(rs, stages.Request{
				Key: d.ID + "/" + a.label + "-" + strconv.Itoa(p.asked+k+1), Ask: stages.AskText, Turns: p.turns, Shared: p.shared,
				MaxTokens: a.MaxTokens, Temperature: a.Temperature, Seed: a.seed, Stop: a.Stop,
			})
		}
	}
	replies, err := complete(ctx, a.model, rs)
	if err != nil {
		return err
	}
	var n tally
	for i := range open {
		p := &open[i]
		a.take(b, p, replies[:p.next], &n)
		replies = replies[p.next:]
		if p.asked == a.N && p.given == 0 {
			b.Fail(p.at, fmt.Errorf("the model: %w", p.fault))
		}
	}
	n.tell(b)
	return nil
}

// tally is what a round has brought.
type tally struct {
	usage           stages.Usage
	answered, unfit int64
}

// tell adds it to the numbers of the stage.
func (n *tally) tell(b *stages.Batch) {
	b.Used(n.usage)
	for name, k := range map[string]int64{"asked": n.usage.Calls, "failed": n.usage.Failed, "answered": n.answered, "unfit": n.unfit} {
		if k > 0 {
			b.Count(name, k)
		}
	}
}

// question returns the conversation that the model is to go on with, and how many of its turns all prompts share.
func (a *Answer) question(d *stages.Document) (turns []stages.Turn, shared int, err error) {
	own := d.Turns
	if own == nil {
		own = []stages.Turn{{Role: dialogue.User, Content: d.Text}}
	}
	if err := dialogue.CheckPrompt(own); err != nil {
		return nil, 0, fmt.Errorf("the prompt: %w", err)
	}
	if a.System == "" && a.Prompt == "" && len(a.shots) == 0 {
		return own, 0, nil
	}
	last := own[len(own)-1]
	if a.System != "" {
		text, err := a.system.Fill(d, last.Content)
		if err != nil {
			return nil, 0, fmt.Errorf("system: %w", err)
		}
		turns = append(turns, stages.Turn{Role: dialogue.System, Content: text})
		if own[0].Role == dialogue.System {
			own = own[1:]
		}
	} else if own[0].Role == dialogue.System {
		turns, own = append(turns, own[0]), own[1:]
	}
	turns = append(turns, a.shots...)
	if len(a.system.Places()) == 0 && (a.System != "" || d.Turns == nil || d.Turns[0].Role != dialogue.System) {
		shared = len(turns)
	}
	turns = append(turns, own...)
	if a.Prompt != "" {
		text, err := a.template.Fill(d, last.Content)
		if err != nil {
			return nil, 0, err
		}
		turns[len(turns)-1].Content = text
	}
	return turns, shared, nil
}

// take puts replies to one prompt among its answers.
func (a *Answer) take(b *stages.Batch, p *prompting, replies []stages.Reply, n *tally) {
	d := &b.Docs[p.at]
	for i := range replies {
		r := &replies[i]
		p.asked++
		n.usage.Add(stages.Usage{Calls: 1, In: int64(r.In), Out: int64(r.Out)})
		if r.Err != nil {
			n.usage.Failed++
			p.fault = r.Err
			continue
		}
		n.answered++
		p.given++
		ans := stages.Answer{Text: r.Text, By: a.by(p.asked, r.By)}
		if why := a.unfit(r); why != "" {
			n.unfit++
			ans.Checks = []stages.Check{{Name: a.label, Result: stages.Unknown, Why: why}}
		}
		d.Answers = append(d.Answers, ans)
	}
}

// unfit says why an answer is none that can be judged; "" if it can.
func (a *Answer) unfit(r *stages.Reply) string {
	if r.Finish == "length" {
		return fmt.Sprintf("cut off at %d tokens", r.Out)
	}
	if err := dialogue.CheckAnswer(r.Text); err != nil {
		return err.Error()
	}
	return ""
}

// by says who gave sample k, and how: model, settings, seed and number. What others gave, as a record tells, was not made with these settings.
func (a *Answer) by(k int, others string) string {
	if others != "" {
		return others + ", recorded, as sample " + a.label + "-" + strconv.Itoa(k)
	}
	if a.how == "" {
		a.how = a.described()
	}
	if a.Temperature > 0 {
		return a.how + strconv.Itoa(k)
	}
	return a.how
}

// described is what is said of every sample: all but its number, which comes last where there is one.
func (a *Answer) described() string {
	var s strings.Builder
	switch name, ok := a.model.(fmt.Stringer); {
	case a.Model != "":
		s.WriteString(a.Model)
	case ok:
		s.WriteString(name.String())
	default:
		s.WriteString("the model")
	}
	fmt.Fprintf(&s, ", temperature %g, at most %d tokens", a.Temperature, a.MaxTokens)
	if a.System != "" || a.Prompt != "" || a.Examples != "" {
		fmt.Fprintf(&s, ", as stage %s says", a.label)
	}
	if a.Temperature > 0 {
		fmt.Fprintf(&s, ", seed %d, sample %s-", a.seed, a.label)
	}
	return s.String()
}

var errReplies = errors.New("the model gave another number of replies than there were requests")

// complete asks, unless there is nothing to ask.
func complete(ctx context.Context, m stages.Model, rs []stages.Request) ([]stages.Reply, error) {
	if len(rs) == 0 {
		return nil, nil
	}
	replies, err := m.Complete(ctx, rs)
	if err == nil && len(replies) != len(rs) {
		err = stages.Final(fmt.Errorf("%w: %d to %d", errReplies, len(replies), len(rs)))
	}
	return replies, err
}
