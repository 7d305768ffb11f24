package card

import (
	"cmp"
	"slices"

	"github.com/winnow-data/winnow/inference/internal/kernel"
	"github.com/winnow-data/winnow/inference/tensor"
)

// A Form is what `weights: auto` makes of some matrices: the form that holds them as they are stored.
type Form struct {
	Format string `json:"format"` // f32, bf16, int8, int4, int4min
	Group  int    `json:"group"`  // columns per scale; 0: none
	Values int    `json:"values"`
	Bytes  int64  `json:"bytes"` // in memory
}

// count adds up the tensors.
func (c *Card) count(tensors []tensor.Tensor, embedding, head string) {
	c.Shape.Tied = true
	shares, forms := map[tensor.Type]*Share{}, map[Form]*Form{}
	for _, t := range tensors {
		n := t.Len()
		c.Parameters += n
		c.Bytes += int64(len(t.Data))
		c.Tensors = append(c.Tensors, Tensor{t.Name, t.Type.String(), t.Shape, len(t.Data)})
		if t.Name == embedding {
			c.Shape.Vocab = t.Rows()
		}
		if t.Name == head {
			c.Shape.Tied = false
		}
		s := shares[t.Type]
		if s == nil {
			s = &Share{Type: t.Type.String(), Readable: t.Type.Readable()}
			shares[t.Type] = s
		}
		s.Tensors, s.Values, s.Bytes = s.Tensors+1, s.Values+n, s.Bytes+int64(len(t.Data))
		if t.Type.Readable() {
			addForm(forms, t)
		}
	}
	if c.Shape.Vocab == 0 {
		c.warn("no tensor %s: the model has no embedding of that name", embedding)
	}
	for _, s := range shares {
		c.Types = append(c.Types, *s)
	}
	for _, f := range forms {
		c.Auto = append(c.Auto, *f)
	}
	slices.SortFunc(c.Types, func(a, b Share) int { return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Type, b.Type)) })
	slices.SortFunc(c.Auto, func(a, b Form) int { return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Format, b.Format)) })
}

// addForm adds a tensor to the form it gets. Vectors stay float32.
func addForm(forms map[Form]*Form, t tensor.Tensor) {
	format, group := kernel.F32, 0
	if len(t.Shape) > 1 {
		format, group = kernel.Stored(t.Type)
	}
	key := Form{Format: format.String(), Group: group}
	f := forms[key]
	if f == nil {
		f = &Form{Format: key.Format, Group: group}
		forms[key] = f
	}
	f.Values += t.Len()
	f.Bytes += memory(format, group, t.Len())
}

// memory returns the bytes of n values: the numbers, and a scale, or a scale and a minimum, of two bytes for each group.
func memory(f kernel.Format, group, n int) int64 {
	switch f {
	case kernel.F32:
		return 4 * int64(n)
	case kernel.BF16:
		return 2 * int64(n)
	case kernel.Int4:
		return int64(n/2 + 2*(n/group))
	case kernel.Int4Min:
		return int64(n/2 + 4*(n/group))
	case kernel.Int8Min:
		return int64(n + 4*(n/group))
	}
	return int64(n + 2*(n/group))
}
