package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference/qwen2/golden"
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
		Long: "PATH is a model, or a folder of golden values with models in it. Without golden values the model is checked against itself: finite numbers, the same\n" +
			"bits for a text in pieces, in a fork, beside other texts, on any number of threads and with every instruction set of this CPU, and a tokenizer that gives\n" +
			"its text back. With them (--golden), every case is run and the largest deviation of each kind printed beside its limit. Exit code 1 when one is out of tolerance.",
		Args: exactArgs(1, "a model folder or file, or a folder of golden values"),
		RunE: func(_ *cobra.Command, args []string) error {
			o := golden.Options{Threads: threads, Short: short, Each: func(r *golden.Report) { fmt.Fprint(a.out, showReport(r)) }}
			reports, err := verify(args[0], folder, weights, tokens, o)
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

// verify runs golden values if there are any, else the checks that need none.
func verify(path, folder, weights string, tokens int, o golden.Options) ([]*golden.Report, error) {
	if folder != "" {
		return golden.Verify(folder, path, o)
	}
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if st.IsDir() {
		if _, err := os.Stat(filepath.Join(path, "config.json")); errors.Is(err, os.ErrNotExist) {
			return golden.Verify(path, "", o)
		}
	}
	if tokens < 2 {
		return nil, usage("--tokens is %d, want at least 2", tokens)
	}
	r, err := golden.Self(path, weights, tokens, o)
	if err != nil {
		return nil, err
	}
	return []*golden.Report{r}, nil
}

// showReport writes a report for people.
func showReport(r *golden.Report) string {
	weights := r.Weights
	if weights == "" {
		weights = "as stored"
	}
	s := fmt.Sprintf("%s, weights %s\n", oneLine(r.Model, 100), weights)
	for _, c := range r.Checks {
		s += "  " + oneLine(c.String(), 240) + "\n"
	}
	return s
}
