package mixer

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// A draw is which documents of a group go into one more, partial epoch: those whose keys are smaller than Key, and of the documents with
// just this key, which are the same in id and words, so many of each task.
type draw struct {
	Key  uint64 `json:"key"`
	Ties []tie  `json:"ties,omitempty"`

	entries int64  // documents drawn
	amount  uint64 // what they hold
}

type tie struct {
	Task int   `json:"task"`
	N    int64 `json:"n"`
}

// none draws nothing.
func (d draw) none() bool { return d.entries == 0 }

// drawn is an entry near the threshold.
type drawn struct {
	key, amount uint64
	task        int
}

// draw finds the documents of g with the smallest keys that hold want between them: all up to the one with which it is met. want is at
// most what g holds; 0 draws nothing.
//
// The samples tell that the threshold lies between two keys; only what lies there is read: about two blocks of each segment.
func (l *ledger) draw(g *group, want uint64) (draw, error) {
	if want == 0 {
		return draw{}, nil
	}
	from, to := g.bounds(want)
	var d draw
	var near []drawn
	for i := range g.segments {
		s := &g.segments[i]
		lo := 0
		if from > 0 {
			lo = s.after(from - 1)
		}
		es, place, sum, err := l.blocks(s, lo, s.after(to))
		if err != nil {
			return draw{}, err
		}
		d.entries += place
		d.amount += sum
		for _, e := range es {
			amount := e.sum - sum
			sum = e.sum
			switch {
			case e.key < from:
				d.entries++
				d.amount += amount
			case e.key <= to:
				near = append(near, drawn{e.key, amount, s.task})
			}
		}
	}
	slices.SortFunc(near, func(a, b drawn) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.task, b.task), cmp.Compare(a.amount, b.amount))
	})
	for _, e := range near {
		if d.amount >= want {
			break
		}
		d.take(e)
	}
	return d, nil
}

// take draws e, which comes after all that is drawn.
func (d *draw) take(e drawn) {
	if len(d.Ties) == 0 || e.key != d.Key {
		d.Key, d.Ties = e.key, nil
	}
	if n := len(d.Ties); n == 0 || d.Ties[n-1].Task != e.task {
		d.Ties = append(d.Ties, tie{e.task, 0})
	}
	d.Ties[len(d.Ties)-1].N++
	d.entries++
	d.amount += e.amount
}

// bounds returns keys between which the threshold for want lies, both inside.
func (g *group) bounds(want uint64) (from, to uint64) {
	var keys []uint64
	for i := range g.segments {
		for _, s := range g.segments[i].samples {
			keys = append(keys, s.key)
		}
	}
	slices.Sort(keys)
	to = math.MaxUint64
	if i := sort.Search(len(keys), func(i int) bool { least, _ := g.amountUpTo(keys[i]); return least >= want }); i < len(keys) {
		to = keys[i]
	}
	if i := sort.Search(len(keys), func(i int) bool { _, most := g.amountUpTo(keys[i]); return most >= want }); i > 0 {
		from = keys[i-1] + 1
	}
	return from, to
}

// amountUpTo returns bounds, from the samples, of what the documents with keys up to key hold.
func (g *group) amountUpTo(key uint64) (least, most uint64) {
	for i := range g.segments {
		s := &g.segments[i]
		n := s.after(key)
		if n > 0 {
			least += s.samples[n-1].sum
		}
		if n < len(s.samples) {
			most += s.samples[n].sum
		} else {
			most += s.Amount
		}
	}
	return least, most
}

// part returns how many documents of g a draw from a union that holds g has taken, and their amount.
func (l *ledger) part(g *group, d draw) (entries int64, amount uint64, err error) {
	if d.none() {
		return 0, 0, nil
	}
	left := map[int]int64{}
	for _, t := range d.Ties {
		left[t.Task] = t.N
	}
	for i := range g.segments {
		s := &g.segments[i]
		lo := 0
		if d.Key > 0 {
			lo = s.after(d.Key - 1)
		}
		es, place, sum, err := l.blocks(s, lo, s.after(d.Key))
		if err != nil {
			return 0, 0, err
		}
		entries += place
		amount += sum
		for _, e := range es {
			if e.key < d.Key || e.key == d.Key && left[s.task] > 0 {
				if e.key == d.Key {
					left[s.task]--
				}
				entries++
				amount += e.sum - sum
			}
			sum = e.sum
		}
	}
	return entries, amount, nil
}
