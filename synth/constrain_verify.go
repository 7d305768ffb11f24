package synth

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/dialogue"
	"github.com/winnow-data/winnow/synth/verifier"
)

// Bounds of AutoIF.
const (
	leastFunctions = 3 // that load and vote, to begin with
	leastCases     = 10
	mostFunctions  = 4 // that are kept of an instruction
	functionTokens = 1024
)

// verified are the functions of instructions, shared by all workers; none for one that did not hold. What it says of an instruction depends on the model's replies
// alone, which are the same whoever asks.
type verified struct {
	mu   sync.Mutex
	made map[string][]string
}

func (v *verified) of(instruction string) (functions []string, ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	functions, ok = v.made[instruction]
	return functions, ok
}

func (v *verified) put(instruction string, functions []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.made[instruction] = functions
}

// constrainTexts are what the model is asked.
type constrainTexts struct{ verifier, back, same string }

func readConstrainTexts() (t constrainTexts, err error) {
	for name, to := range map[string]*string{"verifier": &t.verifier, "back": &t.back, "same": &t.same} {
		raw, err := constrainPrompts.ReadFile("prompts/" + name + ".txt")
		if err != nil {
			return t, err
		}
		*to = strings.TrimSpace(string(raw))
	}
	return t, nil
}

// request asks for words. The key does not name a document: what is asked of an instruction is asked once.
func (c *Constrain) request(instruction, what string, k int, text string) stages.Request {
	return stages.Request{
		Key: fmt.Sprintf("%s/%016x/%s-%d", c.label, xxhash.Sum64String(instruction), what, k), Ask: stages.AskText, Seed: c.seed,
		Turns: []stages.Turn{{Role: dialogue.User, Content: text}}, MaxTokens: functionTokens, Temperature: c.Temperature,
	}
}

// ask asks, and counts what was asked.
func (c *Constrain) ask(ctx context.Context, b *stages.Batch, rs []stages.Request) ([]stages.Reply, error) {
	replies, err := complete(ctx, c.model, rs)
	for _, r := range replies {
		u := stages.Usage{Calls: 1, In: int64(r.In), Out: int64(r.Out)}
		if r.Err != nil {
			u.Failed = 1
		}
		b.Used(u)
	}
	return replies, err
}

// verify lets the model write functions for instructions and keeps those that hold.
func (c *Constrain) verify(ctx context.Context, b *stages.Batch, instructions []string) error {
	var rs []stages.Request
	for _, s := range instructions {
		for k := range c.Samples {
			rs = append(rs, c.request(s, "function", k+1, strings.ReplaceAll(c.prompts.verifier, "{instruction}", s)))
		}
	}
	replies, err := c.ask(ctx, b, rs)
	if err != nil {
		return err
	}
	held := make([][]string, len(instructions))
	for i := range instructions {
		if held[i], err = c.cross(ctx, replies[i*c.Samples:(i+1)*c.Samples]); err != nil {
			return err
		}
	}
	if held, err = c.backTranslated(ctx, b, instructions, held); err != nil {
		return err
	}
	for i, s := range instructions {
		c.known.put(s, held[i])
	}
	return nil
}

// cross holds the functions of one instruction against each other and returns those that hold, at most mostFunctions.
func (c *Constrain) cross(ctx context.Context, replies []stages.Reply) ([]string, error) {
	var set verifier.Set
	for _, r := range replies {
		if r.Err != nil {
			continue
		}
		text := r.Text
		if !strings.Contains(text, "```") {
			text = "```json\n" + text + "\n```"
		}
		if o, err := verifier.Read(text); err == nil {
			set.Add(o)
		}
	}
	if len(set.Functions) < leastFunctions || len(set.Cases) < leastCases {
		return nil, nil
	}
	results, err := set.Run(ctx, c.box, c.CPU)
	if err != nil {
		return nil, err
	}
	var held []string
	for _, f := range results.Cross(verifier.Strict).Functions {
		if len(held) < mostFunctions {
			held = append(held, set.Functions[f])
		}
	}
	return held, nil
}

// relations are what one instruction may be to another.
var relations = []string{"entails", "neutral", "contradicts"}

// backTranslated keeps the functions from which the model says the instruction back without contradicting it.
func (c *Constrain) backTranslated(ctx context.Context, b *stages.Batch, instructions []string, held [][]string) ([][]string, error) {
	type question struct {
		instruction string
		number      int // of the function
		function    string
	}
	var qs []question
	for i, functions := range held {
		for k, f := range functions {
			qs = append(qs, question{instructions[i], k + 1, f})
		}
	}
	rs := make([]stages.Request, len(qs))
	for k, q := range qs {
		rs[k] = c.request(q.instruction, "back", q.number, strings.ReplaceAll(c.prompts.back, "{function}", q.function))
		rs[k].Temperature = 0
	}
	said, err := c.ask(ctx, b, rs)
	if err != nil {
		return nil, err
	}
	for k, q := range qs {
		text := strings.NewReplacer("{first}", q.instruction, "{second}", strings.TrimSpace(said[k].Text)).Replace(c.prompts.same)
		rs[k] = c.request(q.instruction, "same", q.number, text)
		rs[k].Temperature, rs[k].Labels = 0, relations
	}
	same, err := c.ask(ctx, b, rs)
	if err != nil {
		return nil, err
	}
	kept := make([][]string, len(held))
	k := 0
	for i, functions := range held {
		for _, f := range functions {
			if word := strings.TrimSpace(same[k].Text); said[k].Err == nil && same[k].Err == nil && (word == "entails" || word == "neutral") {
				kept[i] = append(kept[i], f)
			}
			k++
		}
	}
	return kept, nil
}
