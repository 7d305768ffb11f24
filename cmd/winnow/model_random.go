package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference/random"
	"github.com/winnow-data/winnow/inference/tensor"
	"github.com/winnow-data/winnow/inference/tokenizer"
)

func newModelRandom(a *app) *cobra.Command {
	var shape, typ, out, vocabulary string
	var layers int
	o := random.Options{}
	c := &cobra.Command{
		Use:   "random",
		Short: "a model with random weights, the same everywhere, to compare engines without a download",
		Example: `  winnow model random --shape qwen2-0.5b --type q8_0 --out random.gguf
  winnow model random --shape tiny --type f32 --out tiny.gguf
  winnow model random --shape qwen2-1.5b --type q4_0 --tokenizer Qwen2-1.5B-Instruct --out random.gguf`,
		Long: "Writes a GGUF file that engines for Qwen2 load. Every weight follows from its tensor's name, its place and the seed, bit for bit\n" +
			"on every machine: the same command gives the same file. Shapes: " + strings.Join(random.Names(), ", ") + ".",
		Args: exactArgs(0, "nothing"),
		RunE: func(c *cobra.Command, _ []string) error {
			if out == "" {
				return usage("winnow model random needs --out, the file to write")
			}
			s, err := random.Named(shape)
			if err != nil {
				return usage("%w", err)
			}
			if layers > 0 {
				s.Layers = layers
			}
			var ok bool
			if o.Type, ok = tensor.ParseType(typ); !ok || !o.Type.Encodes() {
				return usage("type %q cannot be written; can: f32, f16, bf16, q8_0, q4_0", typ)
			}
			if vocabulary != "" {
				p, err := tokenizer.ReadParts(os.DirFS(vocabulary))
				if err != nil {
					return fmt.Errorf("tokenizer of %s: %w", vocabulary, err)
				}
				o.Tokenizer = &p
			}
			ctx, cancel := a.stoppable(c.Context())
			defer cancel()
			if err := s.Write(ctx, out, o); err != nil {
				return err
			}
			st, err := os.Stat(out)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.out, "%s  %s, seed %d, %s\n", out, o.Type, o.Seed, size(st.Size()))
			return nil
		},
	}
	fl := c.Flags()
	fl.StringVar(&shape, "shape", "qwen2-0.5b", "which model's shape: "+strings.Join(random.Names(), ", "))
	fl.StringVar(&typ, "type", "q8_0", "type of the matrices: f32, f16, bf16, q8_0, q4_0")
	fl.StringVar(&out, "out", "", "the file to write")
	fl.Uint64Var(&o.Seed, "seed", 42, "the weights' seed; 42 is what published measurements use")
	fl.StringVar(&vocabulary, "tokenizer", "", "folder with tokenizer.json, or vocab.json and merges.txt (default: bytes only)")
	fl.IntVar(&layers, "layers", 0, "number of layers, where it is not to be the shape's")
	fl.Float32Var(&o.Embedding, "embedding-std", 0.02, "deviation of the embedding; 0.1 spreads the logits")
	fl.IntVar(&o.Threads, "threads", 0, "threads that make weights (default: one per CPU)")
	return c
}
