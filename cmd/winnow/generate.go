package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/inference/schema"
)

// A generateCmd is the settings of winnow generate.
type generateCmd struct {
	ask            askFlags
	set            inference.Request // what all requests have
	prompt, schema string
	raw            bool
}

func newGenerate(a *app) *cobra.Command {
	var g generateCmd
	c := &cobra.Command{
		Use:   "generate [FILE | -]",
		Short: "let a model write: an answer on the terminal, or one for each row",
		Example: `  winnow generate --model model.gguf -p "Why is the sky blue?"
  winnow generate --model Qwen/Qwen2-0.5B-Instruct prompts.jsonl > answers.jsonl
  winnow generate --model model.gguf --schema answer.json --max-tokens 200 - < rows.jsonl
  winnow generate --model model.gguf --labels news,fiction,law rows.jsonl`,
		Long: "FILE holds JSON lines (.gz and .zst too), - is standard input. Each row has messages (a chat, through the model's template), prompt (raw text) or ids,\n" +
			"and is written again with the model's text, its ids, and finish: stop or length. An id field, or else the number of the row, seeds the sampling.\n" +
			"With -p the text is put as a user's message, or as it is with --raw and for models without a chat template.",
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if err := g.check(c, args); err != nil {
				return err
			}
			if c.Flags().Changed("prompt") {
				return g.answer(c.Context(), a)
			}
			n := 0
			return a.askRows(c.Context(), &g.ask, args[0], func(r *jsonRow) (inference.Request, error) { n++; return g.request(r, n) }, g.add)
		},
	}
	g.flags(c)
	return c
}

func (g *generateCmd) flags(c *cobra.Command) {
	g.ask.add(c)
	g.ask.addRecord(c)
	f := c.Flags()
	f.StringVarP(&g.prompt, "prompt", "p", "", "answer this text and stream the answer to the terminal")
	f.BoolVar(&g.raw, "raw", false, "with -p: the text is a raw prompt, not a user's message")
	f.IntVar(&g.set.MaxTokens, "max-tokens", 0, "most tokens to write; 0: as many as the context holds")
	f.Float64Var(&g.set.Temperature, "temperature", 0, "0 takes the likeliest token each time; 1 samples as the model says")
	f.IntVar(&g.set.TopK, "top-k", 0, "sample among so many likeliest tokens; 0: all")
	f.Float64Var(&g.set.TopP, "top-p", 1, "sample among the likeliest tokens that hold this share")
	f.Float64Var(&g.set.MinP, "min-p", 0, "drop tokens less likely than this times the likeliest")
	f.Float64Var(&g.set.Penalty, "penalty", 1, "make tokens already seen less likely, such as 1.1")
	f.Uint64Var(&g.set.Seed, "seed", 0, "seed of the sampling")
	f.StringArrayVar(&g.set.Stop, "stop", nil, "end before this text (may be given several times)")
	f.StringSliceVar(&g.set.Labels, "labels", nil, "the answer is one of these, separated by commas")
	f.StringVar(&g.schema, "schema", "", "file with a JSON schema; the answer is JSON that it allows")
	f.BoolVar(&g.set.Special, "special", false, "parse special tokens in prompt")
	f.BoolVar(&g.set.Truncate, "truncate", false, "cut the middle out of prompts that are longer than the context")
}

// check reads what the flags name and refuses what cannot be.
func (g *generateCmd) check(c *cobra.Command, args []string) error {
	switch chat := c.Flags().Changed("prompt"); {
	case chat && len(args) > 0:
		return usage("-p and a file: give one of them")
	case !chat && len(args) != 1:
		return usage(`winnow generate takes one file of rows, - for standard input, or -p "text"`)
	}
	if g.schema != "" {
		data, err := os.ReadFile(g.schema)
		if err != nil {
			return fmt.Errorf("--schema: %w", err)
		}
		g.set.Schema = data
	}
	probe := g.set
	probe.Prompt = "x"
	if err := probe.Check(); err != nil {
		return exitError{exitUsage, err}
	}
	return g.compile()
}

// compile refuses labels and schemas that no answer can be bound to, before a model is loaded for them.
func (g *generateCmd) compile() (err error) {
	switch {
	case g.set.Labels != nil:
		_, err = schema.Labels(g.set.Labels)
	case g.set.Schema != nil:
		if _, err = schema.Compile(g.set.Schema); err != nil {
			err = fmt.Errorf("--schema %s: %w", g.schema, err)
		}
	}
	if err != nil {
		return exitError{exitUsage, err}
	}
	return nil
}

// request is what a row asks. n is its number.
func (g *generateCmd) request(r *jsonRow, n int) (q inference.Request, err error) {
	q = g.set
	q.Key = fmt.Sprint(n)
	if r.has("id") {
		q.Key = string(r.vals["id"])
	}
	key, err := r.oneOf("messages", "prompt", "ids")
	if err != nil {
		return q, err
	}
	switch key {
	case "messages":
		if err := r.get(key, &q.Messages); err != nil {
			return q, err
		}
		if len(q.Messages) == 0 {
			return q, r.errorf("messages is empty")
		}
	case "prompt":
		q.Prompt, err = rowText(r, key)
	case "ids":
		q.IDs, err = rowIDs(r)
	}
	return q, err
}

func (g *generateCmd) add(r *jsonRow, p *inference.Reply) error {
	ids := p.IDs
	if ids == nil {
		ids = []int32{}
	}
	return errors.Join(r.set("text", p.Text), r.set("ids", ids), r.set("finish", p.Finish))
}

// answer streams one answer.
func (g *generateCmd) answer(ctx context.Context, a *app) (err error) {
	m, err := g.ask.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	ctx, cancel := a.stoppable(ctx) // the first interrupt ends the answer
	defer cancel()
	q := g.set
	if q.Prompt = g.prompt; !g.raw && m.HasChat() {
		q.Prompt, q.Messages = "", []inference.Message{{Role: "user", Content: g.prompt}}
	}
	terminal := isTerminal(a.out)
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	reply, err := m.Stream(ctx, q, func(piece string) {
		if terminal {
			piece = safe(piece)
		}
		if _, werr := io.WriteString(a.out, piece); werr != nil {
			fail(werr)
		}
	})
	if err != nil {
		return cmp.Or(context.Cause(ctx), err)
	}
	if reply.Err != nil {
		return reply.Err
	}
	fmt.Fprintln(a.out)
	if reply.Finish == inference.FinishLength && g.set.MaxTokens == 0 {
		fmt.Fprintln(a.err, "the context is full")
	}
	return nil
}

// jsonNumber is a float that JSON can hold: null for infinities and NaN.
type jsonNumber float64

func (x jsonNumber) MarshalJSON() ([]byte, error) {
	if x-x != 0 {
		return []byte("null"), nil
	}
	return json.Marshal(float64(x))
}
