package main

import (
	"errors"
	"math"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference"
)

func newScore(a *app) *cobra.Command {
	var ask askFlags
	var special, truncate bool
	c := &cobra.Command{
		Use:   "score FILE | -",
		Short: "the log-probability of each token of each row, and its perplexity",
		Example: `  winnow score --model model.gguf rows.jsonl > scored.jsonl
  winnow cat corpus/ | winnow score --model model.gguf - | jq .perplexity`,
		Long: "FILE holds JSON lines (.gz and .zst too), - is standard input. Each row has text or ids and is written again with logprobs, the natural logarithms of the\n" +
			"probabilities of all tokens but the first, and perplexity, the exponential of minus their mean.",
		Args: exactArgs(1, "a file of rows, or - for standard input"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.askRows(c.Context(), &ask, args[0], func(r *jsonRow) (inference.Request, error) {
				q := inference.Request{Task: inference.Score, Special: special, Truncate: truncate}
				err := textOrIDs(r, &q)
				return q, err
			}, addScore)
		},
	}
	ask.add(c)
	ask.addRecord(c)
	c.Flags().BoolVar(&special, "special", false, "parse special tokens in text")
	c.Flags().BoolVar(&truncate, "truncate", false, "score the beginning of texts that are longer than the context")
	return c
}

func addScore(r *jsonRow, p *inference.Reply) error {
	sum := 0.0
	for _, l := range p.LogProbs {
		sum += l
	}
	perplexity := math.Exp(-sum / float64(len(p.LogProbs)))
	return errors.Join(r.set("logprobs", p.LogProbs), r.set("perplexity", jsonNumber(perplexity)))
}
