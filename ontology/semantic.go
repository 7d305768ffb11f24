package ontology

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/ontology/internal/near"
	"github.com/winnow-data/winnow/stages"
)

// An embedder gives each name a vector; nil for one that it cannot give one.
type embedder func(ctx context.Context, names []string) ([][]float32, error)

// semantic folds tags whose vectors lie in one cluster into the most frequent of them. Tags that the overlay fixed take others in but stay.
func (s *groups) semantic(ctx context.Context, embed embedder, eps float64, points int) (folded int, err error) {
	var list []int32
	var names []string
	for _, i := range s.alive() {
		if !s.list[i].alone {
			list, names = append(list, i), append(names, s.list[i].name)
		}
	}
	vectors, err := embed(ctx, names)
	if err != nil {
		return 0, err
	}
	var space *near.Space
	var at []int32 // of each vector of the space, its group
	for k, v := range vectors {
		if v == nil {
			continue
		}
		if space == nil {
			space = near.NewSpace(len(v))
		}
		if _, err := space.Add(v); err != nil {
			return 0, stages.Final(fmt.Errorf("the vector of %q: %w", names[k], err))
		}
		at = append(at, list[k])
	}
	if space == nil {
		return 0, nil
	}
	c, err := near.DBSCAN(ctx, space, eps, points)
	if err != nil {
		return 0, err
	}
	heads := make([]int32, c.Clusters) // of each cluster, its name: the first fixed one, else the first
	for k := range heads {
		heads[k] = none
	}
	for _, fixed := range []bool{true, false} {
		for k, i := range at {
			if l := c.Labels[k]; l != near.Noise && heads[l] == none && s.list[i].fixed == fixed {
				heads[l] = i
			}
		}
	}
	for k, i := range at {
		if l := c.Labels[k]; l != near.Noise && heads[l] != i && !s.list[i].fixed {
			s.fold(i, heads[l], bySemantic)
			folded++
		}
	}
	return folded, nil
}

// block is how many names go to a model at once.
const block = 512

// byModel asks an embedding model.
func byModel(m stages.Model, usage *stages.Usage) embedder {
	return func(ctx context.Context, names []string) ([][]float32, error) {
		vectors := make([][]float32, 0, len(names))
		var failed error
		for from := 0; from < len(names); from += block {
			part := names[from:min(from+block, len(names))]
			rs := make([]stages.Request, len(part))
			for k, name := range part {
				rs[k] = stages.Request{Key: "tag/" + name, Ask: stages.AskVector, Text: name, Mean: true, Truncate: true}
			}
			replies, err := m.Complete(ctx, rs)
			if err == nil && len(replies) != len(rs) {
				err = stages.Final(fmt.Errorf("the model gave %d replies to %d requests", len(replies), len(rs)))
			}
			if err != nil {
				return nil, err
			}
			for k, r := range replies {
				u := stages.Usage{Calls: 1, In: int64(r.In)}
				if r.Err == nil && len(r.Vector) == 0 {
					r.Err = errors.New("it gave no vector")
				}
				if r.Err != nil {
					u.Failed, failed, r.Vector = 1, fmt.Errorf("embed %q: %w", part[k], r.Err), nil
				}
				usage.Add(u)
				vectors = append(vectors, r.Vector)
			}
		}
		if len(names) > 0 && usage.Failed == usage.Calls {
			return nil, failed
		}
		return vectors, ctx.Err()
	}
}

// gramDims is the width of a vector of n-grams.
const gramDims = 512

// byGrams makes vectors of the n-grams of two to four characters of a name, hashed. A number counts as much as several of them, so that names which differ
// in a number stay apart.
func byGrams(_ context.Context, names []string) ([][]float32, error) {
	out := make([][]float32, len(names))
	for k, name := range names {
		v := make([]float32, gramDims)
		runes := []rune(" " + name + " ")
		for n := 2; n <= 4; n++ {
			for i := 0; i+n <= len(runes); i++ {
				bump(v, string(runes[i:i+n]), 1)
			}
		}
		for number := range strings.FieldsFuncSeq(name, func(r rune) bool { return r < '0' || r > '9' }) {
			bump(v, "number\x00"+number, 6)
		}
		out[k] = v
	}
	return out, nil
}

func bump(v []float32, gram string, by float32) {
	h := xxhash.Sum64String(gram)
	if h&1 != 0 {
		by = -by
	}
	v[h>>1%gramDims] += by
}
