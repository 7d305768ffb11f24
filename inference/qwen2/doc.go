// Package qwen2 computes models of the Qwen2 family and its relatives on the CPU: Qwen1.5, Qwen2 and Qwen2.5, dense or with experts, Qwen3
// dense, and the Llama layout; with a language-model head, a classification or reward head, or none.
//
//	m, err := qwen2.Open("Qwen2-0.5B-Instruct", qwen2.Options{}) // a Hugging Face folder or a GGUF file
//	defer m.Close()
//	cache, err := m.NewCache(1 << 30)                            // memory for keys and values
//	s := m.NewSession(pool)                                      // scratch memory of one goroutine
//
//	seq := cache.New()
//	ids := m.Tokenizer.Encode(nil, "The capital of France is", false)
//	h, err := s.Forward([]qwen2.Slot{{Seq: seq, IDs: ids, Want: []int{len(ids) - 1}}})
//	s.Top(top, h, 1)                                             // the likeliest next token
//
// A [Model] never changes after [Open] and is shared. A [Cache] holds keys and values in pages of 64 positions; a [Sequence] is a list of pages,
// and [Sequence.Fork] shares them, so that what many texts begin with is computed once. [Session.Forward] appends the tokens of any number of
// sequences in one step, prompts and single tokens mixed: their activations are multiplied together. What the head makes of the hidden
// states it returns is asked for separately: [Session.Logits], or, without storing any, [Session.LogProbs] and [Session.Top].
//
// # One result
//
// A hidden state, a logit or a score depends on the model, its form of weights, and the tokens of its text: never on how the text was cut into
// steps, on other sequences of the step, on forks, on the number of threads. In all forms but bf16 it does not depend on the instruction set of
// the CPU either. The reasons: every sum has a fixed order (lanes and chains in the kernels; pages and blocks of the vocabulary ascending; experts by
// number), and sines, exponentials and logarithms are our own.
//
// # Numbers
//
// Weights f32 (or files in F32 and F16) compute in float32 throughout, within 4 times of what transformers in float32 differs from a float64
// reference. The other forms round activations as they do weights (see [Options]), and hold keys and values in 16 bits. Package verify
// measures all of them.
//
// # Files
//
// config.go is the blueprint, config_hf.go and config_gguf.go where it comes from, names.go and weights.go bind tensors to it, pack.go puts them
// into the order that kernels read. session.go plans a step, layer.go is the transformer block, product.go, attention.go, chunk.go, moe.go its
// parts, head.go what follows. cache.go owns the pages.
package qwen2
