package tokenizer

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
)

// A resolved merge holds ids.
type resolved struct{ left, right, made int32 }

// setMerges fills the tables that merging needs.
func (t *Tokenizer) setMerges(p Parts, ids *index) error {
	if len(p.Merges) > MaxTokens {
		return fmt.Errorf("tokenizer: %d merges; at most %d are allowed", len(p.Merges), MaxTokens)
	}
	merges, err := resolve(p.Merges, ids)
	if err != nil {
		return err
	}
	t.pairs = newPairTable(len(merges))
	t.merged = make([]int32, len(merges))
	t.pre.cross = full(1 << 16)
	first := full(len(p.Tokens)) // the lowest rank of a merge across characters, by token
	for rank, m := range merges {
		if was := t.pairs.add(m.left, m.right, rank); was != noRank {
			return fmt.Errorf("tokenizer: merges %d and %d are both %.60q", was, rank, p.Merges[rank])
		}
		t.merged[rank] = m.made
		left, right := t.Bytes(m.left), t.Bytes(m.right)
		if across, partial := crossing(left, right); across {
			first[m.left], first[m.right] = min(first[m.left], uint32(rank)), min(first[m.right], uint32(rank))
			if at := int(left[len(left)-1])<<8 | int(right[0]); partial {
				t.pre.cross[at] = min(t.pre.cross[at], uint32(rank))
			}
		}
	}
	t.setPremerge(first)
	return nil
}

// full returns n ranks of no merge.
func full(n int) []uint32 {
	ranks := make([]uint32, n)
	for i := range ranks {
		ranks[i] = noRank
	}
	return ranks
}

// resolve finds the ids of all merges, in parallel. The error is that of the lowest rank.
func resolve(merges []string, ids *index) ([]resolved, error) {
	out := make([]resolved, len(merges))
	workers := min(runtime.GOMAXPROCS(0), len(merges)/4096+1)
	errs := make([]error, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			from, to := len(merges)*w/workers, len(merges)*(w+1)/workers
			guess := int32(0) // the next id after the last one made is mostly the next made
			for rank := from; rank < to; rank++ {
				m, err := ids.merge(merges[rank], guess)
				if err != nil {
					errs[w] = fmt.Errorf("tokenizer: merge %d, %.60q: %w", rank, merges[rank], err)
					return
				}
				out[rank], guess = m, m.made+1
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// merge finds the ids of a merge. guess is looked at first for what it makes.
func (x *index) merge(merge string, guess int32) (m resolved, err error) {
	left, right, ok := strings.Cut(merge, " ")
	if !ok || left == "" || right == "" || strings.Contains(right, " ") {
		return m, fmt.Errorf("want two tokens with a space between")
	}
	if m.left, ok = x.id(left); !ok {
		return m, fmt.Errorf("the vocabulary has no token %.40q", left)
	}
	if m.right, ok = x.id(right); !ok {
		return m, fmt.Errorf("the vocabulary has no token %.40q", right)
	}
	if int(guess) < len(x.tokens) {
		if s := x.tokens[guess]; len(s) == len(left)+len(right) && s[:len(left)] == left && s[len(left):] == right {
			if m.made, ok = x.id(s); ok {
				return m, nil
			}
		}
	}
	if m.made, ok = x.id(left + right); !ok {
		return m, fmt.Errorf("the vocabulary has no token %.40q", left+right)
	}
	return m, nil
}
