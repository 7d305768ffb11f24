package main

import (
	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference"
)

func newEmbed(a *app) *cobra.Command {
	var ask askFlags
	var special, truncate, mean bool
	c := &cobra.Command{
		Use:   "embed FILE | -",
		Short: "a vector for each row: the model's last hidden state",
		Example: `  winnow embed --model gte-qwen2/ rows.jsonl > vectors.jsonl
  winnow embed --model model.gguf --mean - < rows.jsonl`,
		Long: "FILE holds JSON lines (.gz and .zst too), - is standard input. Each row has text or ids and is written again with embedding: the hidden state behind the\n" +
			"last token after the final norm, or the mean over all tokens (--mean). Vectors are not brought to length 1.",
		Args: exactArgs(1, "a file of rows, or - for standard input"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.askRows(c.Context(), &ask, args[0], func(r *jsonRow) (inference.Request, error) {
				q := inference.Request{Task: inference.Embed, Special: special, Truncate: truncate}
				if mean {
					q.Pooling = inference.Mean
				}
				err := textOrIDs(r, &q)
				return q, err
			}, func(r *jsonRow, p *inference.Reply) error { return r.set("embedding", p.Vector) })
		},
	}
	ask.add(c)
	ask.addRecord(c)
	c.Flags().BoolVar(&mean, "mean", false, "the mean over all tokens instead of the last")
	c.Flags().BoolVar(&special, "special", false, "parse special tokens in text")
	c.Flags().BoolVar(&truncate, "truncate", false, "cut the middle out of texts that are longer than the context")
	return c
}
