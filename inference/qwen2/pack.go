package qwen2

import (
	"errors"
	"fmt"

	"github.com/winnow-data/winnow/inference/internal/kernel"
	"github.com/winnow-data/winnow/inference/internal/mapped"
	"github.com/winnow-data/winnow/inference/internal/pool"
	"github.com/winnow-data/winnow/inference/tensor"
)

// The forms of weights that [Options] can ask for.
var forms = []string{"", "f32", "bf16", "int8", "int4"}

// A packing collects what is to be packed while the tensors are bound, so that a wrong file is refused before memory is taken, and all
// work is split evenly afterwards.
type packing struct {
	want  string // one of forms
	anew  bool   // Options.Anew
	path  string
	table bool           // the matrices being added are embeddings and heads
	turns map[string]int // tensors whose rows llama.cpp permuted for rope, with their heads
	made  []*kernel.Matrix
	jobs  []job
}

// A job is rows [from, to) of a tensor, which go to rows at+from and on of a matrix.
type job struct {
	to *kernel.Matrix
	t  tensor.Tensor

	at, first, last int
}

// jobRows is about how many rows a job has.
const jobRows = 256

// matrix makes one matrix of some tensors below each other, in the form that was asked for.
func (p *packing) matrix(ts ...tensor.Tensor) *kernel.Matrix { return p.stack(p.form(ts), ts) }

// exact is matrix in the form that holds the tensor as it is stored.
func (p *packing) exact(ts ...tensor.Tensor) *kernel.Matrix {
	if p.want == "f32" {
		return p.floats(ts...)
	}
	return p.stack(stored(ts), ts)
}

// floats is matrix in float32.
func (p *packing) floats(ts ...tensor.Tensor) *kernel.Matrix { return p.stack(form{kernel.F32, 0}, ts) }

// A form is how a matrix holds its weights.
type form struct {
	format kernel.Format
	group  int
}

// form chooses the form of a matrix made of ts. What a file holds in integers of no more bits than were asked for stays as it is.
//
// Of int8 all scales are for 32 columns, which is what Q8_0 is as well. Mean divergence from float32 and perplexity on SmolLM2, whose 4-bit
// integers were rounded anew for this (10 texts, 4,980 positions, float32 12.441; llama.cpp with the same weights in Q8_0 0.0042, 12.470), and prefill
// of 512 tokens at the Qwen2-0.5B shape on a Zen 5, three runs, OpenVINO's 8-bit weights 834 to 915 between them:
//
//	columns per scale                   divergence  perplexity  tokens/CPU-s
//	32                                  0.0043      12.493        962-981
//	64 for gate and up, else 32         0.0048      12.506        994-1,015
//	128 for gate and up, else 32        0.0056      12.485      1,048-1,096
//	32 and minima: the integers kept    0.0032      12.466        890-901
//
// Of the 0.0043, 0.0032 come from the activations and 0.0011 from the weights. What chance does to one such number is in package verify.
func (p *packing) form(ts []tensor.Tensor) form {
	own := stored(ts)
	switch p.want {
	case "f32":
		return form{kernel.F32, 0}
	case "bf16":
		return form{kernel.BF16, 0}
	case "int8":
		if own.group > 0 && !p.anew {
			return own
		}
		return form{kernel.Int8, 32}
	case "int4":
		if (own.format == kernel.Int4 || own.format == kernel.Int4Min) && !p.anew {
			return own
		}
		if p.table { // as all quantisers do: a head of 4 bits costs more than it saves
			return form{kernel.Int8, 32}
		}
		return form{kernel.Int4Min, 32}
	}
	return own
}

// stored is the form that holds tensors as they are stored, all of them: of unlike ones, float32 if one is float.
func stored(ts []tensor.Tensor) form {
	f, g := kernel.Stored(ts[0].Type)
	for _, t := range ts[1:] {
		f2, g2 := kernel.Stored(t.Type)
		f, g = kernel.Joined(f, g, f2, g2)
	}
	return form{f, g}
}

func (p *packing) stack(f form, ts []tensor.Tensor) *kernel.Matrix {
	rows := 0
	for _, t := range ts {
		rows += t.Rows()
	}
	m := p.add(f, rows, ts[0].Cols())
	at := 0
	for _, t := range ts {
		p.rows(m, t, at, 0, t.Rows())
		at += t.Rows()
	}
	return m
}

// mlp adds the matrices of a feed-forward part.
func (p *packing) mlp(gate, up, down tensor.Tensor) *mlp {
	m := &mlp{inter: gate.Rows(), down: p.matrix(down)}
	m.gateUp = p.add(p.form([]tensor.Tensor{gate, up}), 2*m.inter, gate.Cols())
	for i := 0; i < m.inter; i += interleave {
		n := min(interleave, m.inter-i)
		p.rows(m.gateUp, gate, i, i, i+n)
		p.rows(m.gateUp, up, i+n, i, i+n)
	}
	return m
}

// add makes an empty matrix. Its memory is not touched before packing.
func (p *packing) add(f form, rows, cols int) *kernel.Matrix {
	m := kernel.New(f.format, f.group, rows, cols)
	p.made = append(p.made, m)
	return m
}

// free returns the memory of all matrices.
func (p *packing) free() {
	for _, m := range p.made {
		m.Free()
	}
}

// rows adds rows [from, to) of t, in runs.
func (p *packing) rows(m *kernel.Matrix, t tensor.Tensor, at, from, to int) {
	for from < to {
		n := min(jobRows, to-from)
		p.jobs = append(p.jobs, job{to: m, t: t, at: at, first: from, last: from + n})
		from += n
	}
}

// pack does the job. Of a tensor with turned heads, row h·d + 2i + r of the file is row h·d + r·d/2 + i of the checkpoint (llama.cpp,
// convert_hf_to_gguf.py, permute).
func (j *job) pack(heads int) {
	if heads == 0 {
		j.to.PackTensor(j.t, j.at, j.first, j.last)
		return
	}
	d := j.t.Rows() / heads
	for r := j.first; r < j.last; r++ {
		from := turned(r, d)
		j.to.PackTensor(j.t, j.at+r-from, from, from+1)
	}
}

// turned is where a llama GGUF file keeps row r of a q or k matrix with heads of d rows.
func turned(r, d int) int {
	h, i := r/d, r%d
	return h*d + 2*(i%(d/2)) + i/(d/2)
}

// run packs everything. Pages of the source leave memory as soon as they were read.
func (p *packing) run(workers *pool.Pool) error {
	faults := make([]error, workers.Threads())
	workers.Run(len(p.jobs), func(w, i int) {
		j := &p.jobs[i]
		err := mapped.Guard(func() { j.pack(p.turns[j.t.Name]) })
		faults[w] = errors.Join(faults[w], err)
		if p.turns[j.t.Name] == 0 {
			size := len(j.t.Raw(0))
			mapped.DontNeed(j.t.Data[j.first*size : j.last*size])
		}
	})
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("%s: %w", p.path, err)
	}
	for _, j := range p.jobs {
		if row, bad := j.to.Bad(); bad && row >= j.at+j.first && row < j.at+j.last {
			return fmt.Errorf("%s: tensor %s: row %d holds a NaN, an infinity or a scale too large for %s", p.path, j.t.Name, row-j.at, j.to.Format)
		}
	}
	return nil
}
