package ontology

import (
	"cmp"
	"context"
	"slices"

	"github.com/winnow-data/winnow/ontology/internal/itemsets"
)

// associate folds a tag into another that nearly all of its documents have as well, until there is no such pair.
func (s *groups) associate(ctx context.Context, support int, least itemsets.Ratio) (folded int, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return folded, err
		}
		n := s.associateOnce(support, least)
		if n == 0 {
			return folded, nil
		}
		folded += n
		s.count()
	}
}

// An implication says that documents with a mostly have b.
type implication struct {
	a, b int32
	both int
}

func (s *groups) associateOnce(support int, least itemsets.Ratio) (folded int) {
	best := map[int32]implication{}
	for _, p := range s.pairs(support) {
		forth := s.implies(p.a, p.b, p.both, least)
		back := s.implies(p.b, p.a, p.both, least)
		if forth && back && s.order(p.a, p.b) < 0 || !forth && back { // of two that imply each other the rarer goes
			p.a, p.b = p.b, p.a
		} else if !forth {
			continue
		}
		if old, ok := best[p.a]; !ok || s.stronger(p, old) {
			best[p.a] = p
		}
	}
	list := make([]implication, 0, len(best))
	for _, p := range best {
		list = append(list, p)
	}
	slices.SortFunc(list, func(x, y implication) int { return s.order(y.a, x.a) }) // the rarest first
	for _, p := range list {
		if to := s.find(p.b); to != p.a {
			s.fold(p.a, to, byAssociation)
			folded++
		}
	}
	return folded
}

// implies says whether a may be folded into b.
func (s *groups) implies(a, b int32, both int, least itemsets.Ratio) bool {
	return !s.list[a].fixed && !s.list[b].alone && least.Of(both, s.list[a].count)
}

// stronger says whether x is a better rule for the same tag than y: of higher confidence, then of the more frequent tag.
func (s *groups) stronger(x, y implication) bool {
	return cmp.Or(cmp.Compare(x.both, y.both), -s.order(x.b, y.b)) > 0
}

// pairs lists the pairs of tags that at least least documents have both.
func (s *groups) pairs(least int) []implication {
	alive := s.alive()
	number := make([]int32, len(s.list))
	for k, i := range alive {
		number[i] = int32(k)
	}
	flat, ends := make([]int32, 0, len(s.g.flat)), make([]int, 0, s.g.documents())
	s.rows(func(_ int, row []int32) {
		for _, i := range row {
			flat = append(flat, number[i])
		}
		ends = append(ends, len(flat))
	})
	transactions, from := make([][]int32, len(ends)), 0
	for k, to := range ends {
		transactions[k], from = flat[from:to], to
	}
	var out []implication
	for _, set := range itemsets.Mine(transactions, len(alive), least, 2) {
		if len(set.Items) == 2 {
			out = append(out, implication{alive[set.Items[0]], alive[set.Items[1]], set.Count})
		}
	}
	return out
}
