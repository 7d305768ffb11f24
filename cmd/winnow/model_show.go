package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference/card"
)

func newModelShow(a *app) *cobra.Command {
	var asJSON, tensors bool
	c := &cobra.Command{
		Use:   "show MODEL",
		Short: "what is in a model: shape, types, tokenizer, chat template, warnings",
		Example: `  winnow model show Qwen2-0.5B-Instruct/
  winnow model show model.gguf --tensors
  winnow model show Qwen/Qwen2.5-0.5B-Instruct
  winnow model show model.gguf --json | jq .parameters`,
		Long: "MODEL is a Hugging Face folder, a GGUF file (of a split one the first part), a safetensors file, or a pulled model by its name. Nothing is loaded: the answer takes milliseconds.",
		Args: exactArgs(1, "a model: a folder, a file or a name"),
		RunE: func(_ *cobra.Command, args []string) error {
			path, err := findModel(args[0])
			if err != nil {
				return err
			}
			m, err := card.Read(path)
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(a.out)
				e.SetEscapeHTML(false)
				return e.Encode(m)
			}
			fmt.Fprint(a.out, showCard(m, tensors))
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print everything as JSON")
	c.Flags().BoolVar(&tensors, "tensors", false, "list every tensor as well")
	return c
}

// showCard writes a card for people. What comes from the file is made safe.
func showCard(m *card.Card, tensors bool) string {
	var b strings.Builder
	line := func(label, format string, args ...any) {
		fmt.Fprintf(&b, "%-13s %s\n", label, oneLine(fmt.Sprintf(format, args...), 200))
	}
	name := m.Name
	if name == "" {
		name = m.Path
	}
	s := m.Shape
	line("model", "%s", name)
	line("file", "%s, %s, %s", m.Format, plural(m.Files, "file"), size(m.Bytes))
	line("architecture", "%s, %s parameters", m.Architecture, comma(int64(m.Parameters)))
	line("layers", "%s of width %s, feed-forward %s", comma(int64(s.Layers)), comma(int64(s.Hidden)), comma(int64(s.Inter)))
	line("attention", "%d heads of %d, %d for keys and values, rope base %.6g, norm eps %.6g", s.Heads, s.HeadDim, s.KVHeads, s.RopeBase, s.Eps)
	if s.Experts > 0 {
		line("experts", "%d, %d per token", s.Experts, s.ExpertsUsed)
	}
	head := "a head of its own"
	if s.Tied {
		head = "head tied to the embedding"
	}
	line("vocabulary", "%s, %s", comma(int64(s.Vocab)), head)
	line("context", "%s tokens", comma(int64(s.Context)))
	line("tokenizer", "%s", tokenizerLine(m))
	template := m.ChatTemplate
	if template == "" {
		template = "none"
	}
	line("chat template", "%s", template)

	b.WriteString("\ntype       tensors            values       size\n")
	for _, t := range m.Types {
		fmt.Fprintf(&b, "%-9s %8s %17s %10s\n", t.Type, comma(int64(t.Tensors)), comma(int64(t.Values)), size(t.Bytes))
	}
	b.WriteString("\nweights: auto      values  in memory\n")
	for _, f := range m.Auto {
		form := f.Format
		if f.Group > 0 {
			form = fmt.Sprintf("%s/%d", f.Format, f.Group)
		}
		fmt.Fprintf(&b, "%-9s %15s %10s\n", form, comma(int64(f.Values)), size(f.Bytes))
	}
	if tensors {
		b.WriteString("\n")
		for _, t := range m.Tensors {
			fmt.Fprintf(&b, "%-8s %-20s %s\n", t.Type, strings.Trim(fmt.Sprint(t.Shape), "[]"), oneLine(t.Name, 120))
		}
	}
	for i, w := range m.Warnings {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "warning: %s\n", oneLine(w, 400))
	}
	return b.String()
}

// tokenizerLine sums up the tokenizer.
func tokenizerLine(m *card.Card) string {
	t := m.Tokenizer
	if t == nil {
		return "none"
	}
	parts := []string{t.Kind, comma(int64(t.Tokens)) + " tokens", comma(int64(t.Merges)) + " merges"}
	for _, x := range []struct {
		name string
		id   int32
	}{{"bos", t.BOS}, {"eos", t.EOS}, {"pad", t.Pad}} {
		if x.id >= 0 {
			parts = append(parts, fmt.Sprintf("%s %d", x.name, x.id))
		}
	}
	return strings.Join(parts, ", ")
}
