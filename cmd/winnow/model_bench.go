package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference/bench"
)

func newModelBench(a *app) *cobra.Command {
	var o bench.Options
	var asJSON bool
	c := &cobra.Command{
		Use:   "bench PATH",
		Short: "tokens a second here, and the share of what this machine could do at best",
		Example: `  winnow model bench Qwen/Qwen2-0.5B-Instruct
  winnow model bench model.gguf --threads 1 --json | jq '.jobs[].best'
  winnow model random --shape qwen2-0.5b --type q8_0 --out r.gguf && winnow model bench r.gguf`,
		Long: "Measured are a prompt of 512 tokens, and 1, 8 and 32 sequences that write together: the best and the median round by the clock, and the best by CPU time.\n" +
			"The limits are probed in the same process: multiplications in registers, and reading memory, which bounds a single sequence. Other load on the machine\n" +
			"shows in best and median; CPU time stands it better.",
		Args: exactArgs(1, "a model folder, a GGUF file, or the name of a pulled model"),
		RunE: func(c *cobra.Command, args []string) error {
			if o.Threads < 0 || o.Rounds < 1 {
				return usage("--threads %d, --rounds %d: want 0 or more, and 1 or more", o.Threads, o.Rounds)
			}
			path, err := findModel(args[0])
			if err != nil {
				return err
			}
			if terminal := isTerminal(a.err); terminal && !asJSON {
				o.Each = func(job string, n int) { fmt.Fprintf(a.err, "\r%s, round %d of %d \x1b[K", job, n, o.Rounds) }
				defer fmt.Fprint(a.err, "\r\x1b[K")
			}
			ctx, cancel := a.stoppable(c.Context())
			defer cancel()
			r, err := bench.Run(ctx, path, o)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(a.out).Encode(r)
			}
			showBench(a.out, r)
			return nil
		},
	}
	c.Flags().StringVar(&o.Weights, "weights", "", "form of the weights: f32, bf16, int8, int4; as stored if empty")
	c.Flags().IntVar(&o.Threads, "threads", 0, "threads; 0 means one per CPU")
	c.Flags().IntVar(&o.Rounds, "rounds", 5, "rounds of each job")
	c.Flags().BoolVar(&asJSON, "json", false, "print everything as JSON")
	return c
}

// showBench prints a result for people.
func showBench(w io.Writer, r *bench.Result) {
	form := r.Weights
	if form == "" {
		form = "as stored"
	}
	fmt.Fprintf(w, "model    %s, weights %s, %s in memory, open in %.2f s\n", oneLine(r.Path, 200), form, size(r.Bytes), r.Load)
	fmt.Fprintf(w, "machine  %s, %s: vnni %s, bf16 %s, fma %s Gop/s, read %.1f GB/s\n\n", r.Level, plural(r.Threads, "thread"),
		giga(r.Limits.VNNI), giga(r.Limits.BF16), giga(r.Limits.FMA), r.Limits.Read/1e9)
	fmt.Fprintf(w, "%-12s %10s %10s %10s   %s\n", "tokens/s", "best", "median", "by CPU", "share of limit")
	for _, j := range r.Jobs {
		share := "-"
		if j.Share > 0 {
			share = fmt.Sprintf("%.0f %% of %s", 100*j.Share, j.Of)
		}
		fmt.Fprintf(w, "%-12s %10s %10s %10s   %s\n", j.Name, rate(j.Best), rate(j.Median), rate(j.CPU), share)
	}
}

func giga(ops float64) string {
	if ops == 0 {
		return "-"
	}
	return comma(int64(ops / 1e9))
}

func rate(x float64) string {
	if x >= 100 {
		return comma(int64(x + 0.5))
	}
	return fmt.Sprintf("%.1f", x)
}
