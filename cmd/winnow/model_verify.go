package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference/qwen2/verify"
)

func newModelVerify(a *app) *cobra.Command {
	var folder, weights string
	var threads, tokens int
	var short bool
	c := &cobra.Command{
		Use:   "verify PATH",
		Short: "does the engine compute what the reference implementations do",
		Example: `  winnow model verify Qwen2-0.5B-Instruct/
  winnow model verify model.gguf --weights int8
  winnow model verify --golden golden/smollm2 smollm2-135m-instruct.q4_1.gguf
  winnow model verify golden/qwen2`,
		Long: "PATH is a model folder or file, a pulled model by its name, or a folder of golden values with models in it. Without golden values the model is checked against itself: finite numbers, the same\n" +
			"bits for a text in pieces, in a fork, beside other texts, on any number of threads and with every instruction set of this CPU, and a tokenizer that gives\n" +
			"its text back. With them (--golden), every case is run and the largest deviation of each kind printed beside its limit. Exit code 1 when one is out of tolerance.",
		Args: exactArgs(1, "a model folder or file, or a folder of golden values"),
		RunE: func(c *cobra.Command, args []string) error {
			ctx, cancel := a.stoppable(c.Context())
			defer cancel()
			o := verify.Options{Threads: threads, Short: short, Stop: ctx.Err, Each: func(r *verify.Report) { fmt.Fprint(a.out, showReport(r)) }}
			reports, err := verifyModel(args[0], folder, weights, tokens, o)
			if err != nil {
				return err
			}
			bad := 0
			for _, r := range reports {
				if r.Failed() {
					bad++
				}
			}
			if bad > 0 {
				return fmt.Errorf("%d of %s out of tolerance", bad, plural(len(reports), "verification"))
			}
			return nil
		},
	}
	c.Flags().StringVar(&folder, "golden", "", "folder of golden values for the model")
	c.Flags().StringVar(&weights, "weights", "", "form of the weights when there are no golden values: f32, bf16, int8, int4; as stored if empty")
	c.Flags().IntVar(&threads, "threads", 0, "threads; 0 means one per CPU")
	c.Flags().IntVar(&tokens, "tokens", 150, "length of the text when there are no golden values")
	c.Flags().BoolVar(&short, "short", false, "fewer cases of the large models")
	return c
}

// verifyModel runs golden values if there are any, else the checks that need none.
func verifyModel(path, folder, weights string, tokens int, o verify.Options) ([]*verify.Report, error) {
	path, err := findModel(path)
	if err != nil {
		return nil, err
	}
	if folder != "" {
		return verify.Golden(folder, path, o)
	}
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if st.IsDir() {
		if _, err := os.Stat(filepath.Join(path, "config.json")); errors.Is(err, os.ErrNotExist) {
			return verify.Golden(path, "", o)
		}
	}
	if tokens < 2 {
		return nil, usage("--tokens is %d, want at least 2", tokens)
	}
	r, err := verify.Self(path, weights, tokens, o)
	if err != nil {
		return nil, err
	}
	return []*verify.Report{r}, nil
}

// showReport writes a report for people.
func showReport(r *verify.Report) string {
	weights := r.Weights
	if weights == "" {
		weights = "as stored"
	}
	s := fmt.Sprintf("%s, weights %s\n", oneLine(r.Model, 100), weights)
	for _, c := range r.Checks {
		safe := *c
		safe.Where, safe.Note = oneLine(c.Where, 80), oneLine(c.Note, 120)
		s += "  " + safe.String() + "\n"
	}
	return s
}
