package itemsets

import "slices"

// A Rule says that transactions with If mostly hold Then too.
type Rule struct {
	If, Then           []int32 // ascending
	Count              int     // transactions that hold both
	IfCount, ThenCount int
}

// A Ratio is a share as a fraction, so that thresholds are exact: 99/100.
type Ratio struct{ Num, Den int64 }

// Of says whether part is at least r of whole.
func (r Ratio) Of(part, whole int) bool { return int64(part)*r.Den >= int64(whole)*r.Num }

// Rules returns every rule between parts of the sets whose confidence is at least r: Count ≥ r · IfCount. The sets must hold
// all parts of each set, as those of [Mine] do.
func Rules(sets []Set, r Ratio) []Rule {
	counts := make(map[string]int, len(sets))
	for _, s := range sets {
		counts[key(s.Items)] = s.Count
	}
	var rules []Rule
	for _, s := range sets {
		n := len(s.Items)
		for part := 1; part < 1<<n-1; part++ {
			var left, right []int32
			for i, x := range s.Items {
				if part&(1<<i) != 0 {
					left = append(left, x)
				} else {
					right = append(right, x)
				}
			}
			if have := counts[key(left)]; r.Of(s.Count, have) {
				rules = append(rules, Rule{left, right, s.Count, have, counts[key(right)]})
			}
		}
	}
	return rules
}

func key(items []int32) string {
	b := make([]byte, 0, 4*len(items))
	for _, x := range items {
		b = append(b, byte(x), byte(x>>8), byte(x>>16), byte(x>>24))
	}
	return string(b)
}

// Sort puts sets into an order of their own: by size, then items.
func Sort(sets []Set) {
	slices.SortFunc(sets, func(a, b Set) int {
		if d := len(a.Items) - len(b.Items); d != 0 {
			return d
		}
		return slices.Compare(a.Items, b.Items)
	})
}
