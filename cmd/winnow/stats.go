package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	slash "path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/pipelines/inspect"
	"github.com/winnow-data/winnow/pipelines/report"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/place"
)

func newStats(a *app) *cobra.Command {
	var by, csv, out string
	var asJSON bool
	c := &cobra.Command{
		Use:   "stats PATH...",
		Short: "a page of plots about any data set",
		Example: `  winnow stats corpus/
  winnow stats 'shards/*.jsonl.zst' --by language --out shards.html
  winnow stats part.parquet --csv tables/`,
		Long: "Columns, lengths, languages, domains, repeated texts, lines and beginnings, with a few samples. Personal data in what is shown is masked.",
		Args: atLeastOne("a file, a folder or a glob"),
		RunE: func(c *cobra.Command, args []string) error {
			files, err := a.files(c, args)
			if err != nil {
				return err
			}
			d, err := inspect.Survey(c.Context(), strings.Join(args, " "), files, by)
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(a.out)
				e.SetEscapeHTML(false)
				return e.Encode(d)
			}
			var page bytes.Buffer
			if err := d.HTML(&page); err != nil {
				return err
			}
			store, err := place.Open(place.Dir(out), place.Options{})
			if err == nil {
				err = blob.Put(c.Context(), store, slash.Base(filepath.ToSlash(out)), page.Bytes())
			}
			if err != nil {
				return fmt.Errorf("write the page: %w", err)
			}
			if csv != "" {
				if err := writeCSV(d, csv); err != nil {
					return err
				}
			}
			a.statsText(d)
			fmt.Fprintf(a.out, "page    %s\n", out)
			if csv != "" {
				fmt.Fprintf(a.out, "tables  %s\n", csv)
			}
			return nil
		},
	}
	fl := c.Flags()
	fl.StringVar(&by, "by", "source", "field whose values are compared")
	fl.StringVar(&csv, "csv", "", "folder for the tables as CSV")
	fl.StringVar(&out, "out", "stats.html", "the page")
	fl.BoolVar(&asJSON, "json", false, "print everything as JSON and write no page")
	return c
}

func writeCSV(d *report.StatsData, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return d.CSV(func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(dir, name)) })
}

// statsText says the most in a few lines.
func (a *app) statsText(d *report.StatsData) {
	fmt.Fprintf(a.out, "%s, %s, %s words, %s of text", plural(len(d.Files), "file"),
		plural(int(d.Total.Documents), "document"), comma(d.Total.Words), size(d.Total.Bytes))
	if d.Damaged > 0 {
		fmt.Fprintf(a.out, ", %s damaged", comma(d.Damaged))
	}
	fmt.Fprintln(a.out)
	for i, g := range d.Groups {
		if i == 8 {
			fmt.Fprintf(a.out, "  … and %d more, on the page\n", len(d.Groups)-i)
			break
		}
		name := g.Name
		if name == "" {
			name = "(none)"
		}
		fmt.Fprintf(a.out, "  %-24s %10s documents  %12s words\n", oneLine(d.By+"="+name, 24), comma(g.Total.Documents), comma(g.Total.Words))
	}
}
