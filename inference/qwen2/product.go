package qwen2

import "github.com/winnow-data/winnow/inference/internal/kernel"

// blockTokens is how many tokens a tile of rows meets at a time, a multiple of the 6 that the kernels take together: their activations stay in the
// second-level cache. (512 tokens of a 0.5B shape on a Zen 5: 870-900 tokens/s at 128, 905-925 at 192.)
const blockTokens = 192

// A product is a multiplication that is split over the workers: tasks are a run of rows and a block of tokens, the blocks of one run next
// to each other, so that a worker reads its weights from memory once.
type product struct {
	y   []float32
	w   *kernel.Matrix
	m   *mlp // of gateUp
	in  *kernel.Input
	n   int
	run int // rows of a task
}

// split chooses the rows of a task, a multiple of unit: some tasks per worker, so that one who is held up can be helped, and
// all workers end together.
func (p *product) split(unit, threads int) {
	units := (p.w.Rows + unit - 1) / unit
	best := units
	p.run = units
	for per := 2; per <= 6; per++ {
		k := max(1, units/(threads*per))
		if last := (units + k - 1) / k; (last+threads-1)/threads*k < best || per == 2 {
			best, p.run = (last+threads-1)/threads*k, k
		}
	}
	p.run *= unit
}

func (p *product) runs() int   { return (p.w.Rows + p.run - 1) / p.run }
func (p *product) blocks() int { return (p.n + blockTokens - 1) / blockTokens }
func (p *product) tasks() int  { return p.runs() * p.blocks() }

// part is the rows and tokens of task i.
func (p *product) part(i int) (from, to, t0, t1 int) {
	b := p.blocks()
	from, t0 = i/b*p.run, i%b*blockTokens
	return from, min(from+p.run, p.w.Rows), t0, min(t0+blockTokens, p.n)
}

// multiply computes y = w·in for the tokens of in: y is [n][w.Rows].
func (s *Session) multiply(y []float32, w *kernel.Matrix, in *kernel.Input) {
	s.job = product{y: y, w: w, in: in, n: in.N}
	s.job.split(32, s.threads())
	s.do(s.job.tasks(), s.tasks.product)
}

func (s *Session) taskProduct(_, i int) {
	p := &s.job
	from, to, t0, t1 := p.part(i)
	p.w.MatMul(p.y[from:], p.w.Rows, p.in, t0, t1, from, to)
}

// taskGateUp multiplies a run of gate and up, puts the products through SwiGLU while they are in the cache, and makes them the input of down.
func (s *Session) taskGateUp(worker, i int) {
	p := &s.job
	from, to, t0, t1 := p.part(i)
	p.m.activate(&s.inAct, &s.workers[worker], p.in, t0, t1, from, to)
}

// activate sets out, the input of down, to silu(gate·x) ∘ (up·x), computed by rows [from, to) of gateUp.
func (m *mlp) activate(out *kernel.Input, w *worker, in *kernel.Input, t0, t1, from, to int) {
	const rows = 2 * interleave
	w.tile = grown(w.tile, t1*rows)
	for ; from < to; from += rows {
		end := min(from+rows, to)
		m.gateUp.MatMul(w.tile, rows, in, t0, t1, from, end)
		half := (end - from) / 2
		for t := t0; t < t1; t++ {
			y := w.tile[t*rows : t*rows+2*half]
			if m.gateBias != nil {
				kernel.Add(y, m.gateBias[from:end])
			}
			kernel.SwiGLU(y[:half], y[:half], y[half:])
			out.SetPart(t, from/2, y[:half])
		}
	}
}
