package verify

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/inference/internal/kernel"
	"github.com/winnow-data/winnow/inference/qwen2"
)

// selfText has what tokenizers trip over: digits, contractions, runs of spaces, line ends, other scripts, an emoji of several
// code points, code. It is in NFC, so that decoding gives it back.
const selfText = "The 3 cats' tails aren't 12.50 cm long;  they've grown\n\n\tfor i := range 10 { fmt.Println(i) }\r\n" +
	"Größe und Übung — naïve façade. Привет, мир! 你好，世界。日本語のテキスト。 한국어 مرحبا 👩‍👩‍👧 ∑x² ≤ ½\n"

// Self checks what must hold for any model, without expected values: finite numbers, the same bits for a text in pieces, in a fork, beside
// others, on any number of threads and at every instruction set of this CPU (weights of bfloat16 aside), and a tokenizer that gives its text back.
// Tokens is about how many the text shall have.
func Self(path, weights string, tokens int, o Options) (*Report, error) {
	m, err := qwen2.Open(path, qwen2.Options{Weights: weights, Threads: o.Threads})
	if err != nil {
		return nil, err
	}
	defer m.Close()
	r, err := newRunner(m, o)
	if err != nil {
		return nil, err
	}
	defer r.close()
	rep := &Report{Model: filepath.Base(path), Weights: weights}
	ids := r.selfIDs(rep, min(tokens, m.Config.Context))
	if err := r.invariance(rep, ids); err != nil {
		return nil, err
	}
	if err := r.levels(rep, ids); err != nil {
		return nil, err
	}
	if m.Config.Head == qwen2.LM {
		h, err := r.states(ids)
		if err != nil {
			return nil, err
		}
		infinite := 0.0
		for _, x := range r.logits(h[len(h)-m.Config.Hidden:]) {
			if x-x != 0 {
				infinite++
			}
		}
		rep.add("finite", "logits", infinite, 0)
	}
	if o.Each != nil {
		o.Each(rep)
	}
	return rep, nil
}

// selfIDs are the tokens of selfText, over and over; without a tokenizer, ids spread over the vocabulary.
func (r *runner) selfIDs(rep *Report, n int) []int32 {
	var ids []int32
	t := r.m.Tokenizer
	if t == nil {
		for i := range n {
			ids = append(ids, int32(i*7919%r.m.Config.Vocab))
		}
		return ids
	}
	for line := range strings.Lines(selfText) {
		got := t.Encode(nil, line, false)
		wrong := 0.0
		if t.Decode(got) != line {
			wrong = 1
		}
		rep.add("tokenizer round trip", line, wrong, 0)
		ids = append(ids, got...)
	}
	for len(ids) < n {
		ids = append(ids, ids[:min(len(ids), n-len(ids))]...)
	}
	return ids[:n]
}

// levels computes the first tokens with each set of instructions that this CPU has.
func (r *runner) levels(rep *Report, ids []int32) error {
	if r.m.HasBF16() {
		return nil // rounded sums of pairs: the one form whose bits depend on the instructions
	}
	ids = ids[:min(len(ids), 24)]
	want, err := r.states(ids)
	if err != nil {
		return err
	}
	want = slices.Clone(want)
	level := kernel.Level()
	defer kernel.SetLevel(level)
	for _, l := range kernel.Levels() {
		if err := kernel.SetLevel(l); err != nil {
			return err
		}
		got, err := r.states(ids)
		if err != nil {
			return err
		}
		rep.add("instruction sets", l, unequalBits(got, want), 0)
	}
	return nil
}
