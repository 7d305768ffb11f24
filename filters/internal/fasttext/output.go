package fasttext

import (
	"errors"
	"fmt"
	"slices"
)

// A node of the Huffman tree of hierarchical softmax. Leaves, which are the labels, come first.
type node struct{ left, right int32 } // -1, -1: a leaf

// huffman builds the tree as the reference does from the label counts, which are sorted by falling count.
func huffman(counts []int64) ([]node, error) {
	const never = int64(1e15)
	n := len(counts)
	sum := int64(0)
	for i, c := range counts {
		if c < 0 || c > never || sum+c >= never {
			return nil, fmt.Errorf("label %d was seen %d times; the sum must stay below %d", i, c, never)
		}
		sum += c
	}
	tree, count := make([]node, 2*n-1), make([]int64, 2*n-1)
	for i := range tree {
		tree[i], count[i] = node{-1, -1}, never
	}
	copy(count, counts)
	leaf, inner := n-1, n
	smallest := func() int32 {
		if leaf >= 0 && count[leaf] < count[inner] {
			leaf--
			return int32(leaf + 1)
		}
		inner++
		return int32(inner - 1)
	}
	for i := n; i < len(tree); i++ {
		tree[i].left = smallest()
		tree[i].right = smallest()
		count[i] = count[tree[i].left] + count[tree[i].right]
	}
	return tree, nil
}

// errNaN says that the model's numbers make no sense for this text.
var errNaN = errors.New("fastText model: a score is not a number")

// outputs fills b with the best labels for a hidden vector.
func (p *Predictor) outputs(b *best) error {
	m := p.model
	switch m.args.loss {
	case lossHS:
		return p.descend(b, int32(len(m.tree)-1), 0)
	case lossSoftmax:
		if err := p.products(); err != nil {
			return err
		}
		softmax(p.out)
	default:
		if err := p.products(); err != nil {
			return err
		}
		for i, x := range p.out {
			p.out[i] = sigmoid(x)
		}
	}
	for i, x := range p.out {
		if s := logf(x); !b.full(s) {
			b.offer(scored{s, int32(i)})
		}
	}
	return nil
}

// products sets out to the product of each label's row and the hidden vector.
func (p *Predictor) products() error {
	for i := range p.out {
		p.out[i] = p.model.output.dot(p.hidden, i)
		if p.out[i] != p.out[i] {
			return errNaN
		}
	}
	return nil
}

func softmax(x []float32) {
	top, sum := slices.Max(x), float32(0)
	for i := range x {
		x[i] = expd(x[i] - top)
		sum += x[i]
	}
	for i := range x {
		x[i] /= sum
	}
}

// floor is ln(1e-5): branches of the tree below it are not followed.
var floor = logf(0)

// descend walks the tree depth first, left before right, without the branches that can no longer be among the best.
func (p *Predictor) descend(b *best, at int32, score float32) error {
	if score < floor || b.full(score) {
		return nil
	}
	n := p.model.tree[at]
	if n.left < 0 {
		b.offer(scored{score, at})
		return nil
	}
	f := p.model.output.dot(p.hidden, int(at)-p.model.dict.labels())
	if f != f {
		return errNaN
	}
	f = float32(1 / float64(1+expf(-f)))
	if err := p.descend(b, n.left, score+logf(float32(1-float64(f)))); err != nil {
		return err
	}
	return p.descend(b, n.right, score+logf(f))
}
