package main

import (
	"bufio"
	"errors"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/stages/shard"
)

func newCat(a *app) *cobra.Command {
	var n int
	c := &cobra.Command{
		Use:   "cat PATH...",
		Short: "documents of any format as JSON lines",
		Example: `  winnow cat crawl-00000.warc.gz | head -1
  winnow cat corpus/ -n 3
  winnow cat 'shards/*.parquet' > all.jsonl`,
		Long: "Reads JSON lines (.gz, .zst), Parquet, WARC and WET, plain text; files, folders and globs. Damaged records are told on\n" +
			"standard error and skipped.",
		Args: atLeastOne("a file, a folder or a glob"),
		RunE: func(c *cobra.Command, args []string) error {
			files, err := a.files(c, args)
			if err != nil {
				return err
			}
			out := bufio.NewWriterSize(a.out, 1<<16)
			cat := func() error {
				var line []byte
				left := n
				for _, f := range files {
					for d, err := range f.Documents(c.Context(), a.damaged) {
						if err != nil {
							return err
						}
						line = append(shard.AppendJSON(line[:0], d), '\n')
						if _, err := out.Write(line); err != nil {
							return err
						}
						if left--; left == 0 {
							return nil
						}
					}
				}
				return nil
			}
			return errors.Join(cat(), out.Flush())
		},
	}
	c.Flags().IntVarP(&n, "n", "n", 0, "stop after N documents (default: all)")
	return c
}

// atLeastOne asks for arguments and says what they are.
func atLeastOne(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage("%s takes at least one argument, %s", c.CommandPath(), what)
		}
		return nil
	}
}
