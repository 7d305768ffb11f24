// Package bench measures how fast a model runs here, beside what the machine could do at best, probed in the same process.
//
//	r, err := bench.Run(ctx, "model.gguf", bench.Options{Threads: 2})
//	for _, j := range r.Jobs {
//		fmt.Println(j.Name, j.Best, j.Median, j.Share)
//	}
//
// The jobs are those of spec/measured.md part C2: a prompt of 512 tokens in one step, the head for the last token only; and sequences of 16 tokens that
// write one token in each step, arg-max included, alone, with 8 and with 32 together.
package bench

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/winnow-data/winnow/inference/internal/kernel"
	"github.com/winnow-data/winnow/inference/internal/pool"
	"github.com/winnow-data/winnow/inference/qwen2"
)

// Options of Run.
type Options struct {
	Weights string                  // as for qwen2.Open
	Threads int                     // 0: one per CPU that Go may use
	Rounds  int                     // of each job; 0: 5
	Each    func(job string, n int) // called before round n of a job; may be nil
}

// A Result is what was measured.
type Result struct {
	Path    string  `json:"path"`
	Weights string  `json:"weights"` // as asked for; "" as stored
	Level   string  `json:"level"`   // instructions in use
	Threads int     `json:"threads"`
	Load    float64 `json:"load_seconds"`
	Bytes   int64   `json:"weight_bytes"`
	Limits  Limits  `json:"limits"`
	Jobs    []Job   `json:"jobs"`
}

// Limits are the machine's, with the same number of threads.
type Limits struct {
	VNNI float64 `json:"vnni_ops"` // operations a second; 0 where the CPU lacks the instruction
	BF16 float64 `json:"bf16_ops"`
	FMA  float64 `json:"fma_ops"`
	Read float64 `json:"read_bytes"` // bytes a second
}

// A Job is one line of the result. Rates are tokens a second, of all sequences together.
type Job struct {
	Name   string  `json:"name"`
	Best   float64 `json:"best"`
	Median float64 `json:"median"`
	CPU    float64 `json:"cpu"`   // best, by the CPU time of all threads over their number; 0 where the system does not say
	Share  float64 `json:"share"` // of the limit, by Best
	Of     string  `json:"of"`    // which limit: vnni, bf16, fma or read
}

// Sizes of the jobs.
const (
	promptTokens = 512
	shortPrompt  = 16
	writeSteps   = 48
)

// A bench is a model at work.
type bench struct {
	m *qwen2.Model
	s *qwen2.Session
	c *qwen2.Cache

	want  []int
	slots []qwen2.Slot
	top   []qwen2.Top
}

// Run measures a model. It takes about ten seconds for half a billion parameters.
func Run(ctx context.Context, path string, o Options) (*Result, error) {
	if o.Threads < 1 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.Rounds < 1 {
		o.Rounds = 5
	}
	begin := time.Now()
	m, err := qwen2.Open(path, qwen2.Options{Weights: o.Weights, Threads: o.Threads})
	if err != nil {
		return nil, err
	}
	defer m.Close()
	if m.Config.Head != qwen2.LM {
		return nil, fmt.Errorf("%s: it has no language head, and prompts and tokens are what is measured", path)
	}
	if m.Config.Context < promptTokens {
		return nil, fmt.Errorf("%s: its context of %d tokens is shorter than the %d measured", path, m.Config.Context, promptTokens)
	}
	r := &Result{Path: path, Weights: o.Weights, Level: kernel.Level(), Threads: o.Threads, Load: time.Since(begin).Seconds(), Bytes: m.Bytes()}
	p := kernel.Peaks(o.Threads)
	r.Limits = Limits(p)
	workers := pool.New(o.Threads)
	defer workers.Close()
	b, err := newBench(m, workers)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer b.c.Close()
	for _, job := range []struct {
		name string
		run  func() (tokens int, took, cpu time.Duration, err error)
	}{
		{"prefill 512", b.prefill},
		{"decode 1", func() (int, time.Duration, time.Duration, error) { return b.decode(1) }},
		{"decode 8", func() (int, time.Duration, time.Duration, error) { return b.decode(8) }},
		{"decode 32", func() (int, time.Duration, time.Duration, error) { return b.decode(32) }},
	} {
		j := Job{Name: job.name}
		var rates []float64
		for n := range o.Rounds + 1 { // the first warms up
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if o.Each != nil {
				o.Each(job.name, n)
			}
			tokens, took, cpu, err := job.run()
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", path, job.name, err)
			}
			if n == 0 {
				continue
			}
			rates = append(rates, float64(tokens)/took.Seconds())
			if cpu > 0 {
				j.CPU = max(j.CPU, float64(tokens)*float64(o.Threads)/cpu.Seconds())
			}
		}
		slices.Sort(rates)
		j.Best, j.Median = rates[len(rates)-1], rates[len(rates)/2]
		j.Share, j.Of = r.share(&m.Config, m.HasBF16(), job.name, j.Best)
		r.Jobs = append(r.Jobs, j)
	}
	return r, nil
}

func newBench(m *qwen2.Model, workers *pool.Pool) (*bench, error) {
	b := &bench{m: m, s: m.NewSession(workers), want: []int{0}, slots: make([]qwen2.Slot, 0, 32), top: make([]qwen2.Top, 32)}
	const pages = 32 * ((shortPrompt + writeSteps + 1 + kernel.Page - 1) / kernel.Page)
	for bytes := int64(1 << 24); ; bytes *= 2 { // the size of a page is the model's
		c, err := m.NewCache(bytes)
		if err == nil && c.Pages() >= max(pages, promptTokens/kernel.Page) {
			b.c = c
			return b, nil
		}
		if err == nil {
			c.Close()
		}
		if bytes > 1<<36 {
			return nil, fmt.Errorf("keys and values of 32 sequences take over %d GB", bytes>>30)
		}
	}
}

// prompt is n tokens, other ones for each sequence.
func (b *bench) prompt(n, seed int) []int32 {
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32((i*7919 + seed*104729 + 1) % b.m.Config.Vocab)
	}
	return ids
}

// prefill reads a prompt and finds the token behind it.
func (b *bench) prefill() (int, time.Duration, time.Duration, error) {
	seq := b.c.New()
	defer seq.Free()
	ids := b.prompt(promptTokens, 0)
	begin, cpu := time.Now(), cpuTime()
	h, err := b.s.Forward([]qwen2.Slot{{Seq: seq, IDs: ids, Want: []int{len(ids) - 1}}})
	if err != nil {
		return 0, 0, 0, err
	}
	b.s.Top(b.top[:1], h, 1)
	return promptTokens, time.Since(begin), cpuTime() - cpu, nil
}

// decode lets n sequences write.
func (b *bench) decode(n int) (int, time.Duration, time.Duration, error) {
	last := make([][]int32, n)
	b.slots = b.slots[:0]
	for i := range n {
		seq := b.c.New()
		defer seq.Free()
		b.slots = append(b.slots, qwen2.Slot{Seq: seq, IDs: b.prompt(shortPrompt, i), Want: []int{shortPrompt - 1}})
	}
	step := func() error {
		h, err := b.s.Forward(b.slots)
		if err != nil {
			return err
		}
		b.s.Top(b.top[:n], h, 1)
		for i := range n {
			last[i] = append(last[i][:0], b.top[i].Best[0].ID)
			b.slots[i].IDs, b.slots[i].Want = last[i], b.want
		}
		return nil
	}
	if err := step(); err != nil {
		return 0, 0, 0, err
	}
	begin, cpu := time.Now(), cpuTime()
	for range writeSteps {
		if err := step(); err != nil {
			return 0, 0, 0, err
		}
	}
	return n * writeSteps, time.Since(begin), cpuTime() - cpu, nil
}

// share is what a rate means of the limit: reading the weights for one sequence, multiplying for many. Only the linear layers count.
func (r *Result) share(c *qwen2.Config, bf16 bool, job string, rate float64) (float64, string) {
	layers, head := parameters(c)
	if job == "decode 1" {
		return rate * float64(r.Bytes) / r.Limits.Read, "read"
	}
	ops := 2 * float64(layers)
	if job != "prefill 512" {
		ops += 2 * float64(head)
	}
	limit, of := r.Limits.VNNI, "vnni"
	switch perWeight := float64(r.Bytes) / float64(all(c)); {
	case bf16:
		limit, of = r.Limits.BF16, "bf16"
	case perWeight > 3:
		limit, of = r.Limits.FMA, "fma"
	}
	if limit == 0 {
		return 0, of
	}
	return ops * rate / limit, of
}

// parameters counts the weights of the linear layers that a token meets, and of the head.
func parameters(c *qwen2.Config) (layers, head int64) {
	heads, kv := c.Heads*c.HeadDim, c.KVHeads*c.HeadDim
	for l := range c.Layers {
		n := c.Hidden*(heads+2*kv) + heads*c.Hidden
		if c.MoE != nil && c.MoE.SparseAt(l) {
			n += c.MoE.Experts*c.Hidden + 3*c.Hidden*(c.MoE.Top*c.MoE.Inter+c.MoE.Shared)
		} else {
			n += 3 * c.Hidden * c.Inter
		}
		layers += int64(n)
	}
	return layers, int64(c.Vocab) * int64(c.Hidden)
}

// all counts the weights of all matrices.
func all(c *qwen2.Config) int64 {
	layers, head := parameters(c)
	for l := range c.Layers {
		if c.MoE != nil && c.MoE.SparseAt(l) {
			layers += int64(3 * c.Hidden * c.MoE.Inter * (c.MoE.Experts - c.MoE.Top))
		}
	}
	if !c.Tied {
		head *= 2
	}
	return layers + head
}
