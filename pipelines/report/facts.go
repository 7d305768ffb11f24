package report

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// Duplicates is what a stage that removes duplicates has found. It is put together from the facts of its tasks:
//
//	clusters  {"SIZE": NUMBER, …}                         how many clusters have how many documents
//	largest   [{"kept": ID, "size": N}, …]                the largest clusters
//	accepted  [N, …]                                      confirmed pairs by similarity, in equal steps from 0 to 1
//	rejected  [N, …]                                      candidates that were not confirmed, the same
//	degree    X                                           expected number of unrelated documents a document collides with
type Duplicates struct {
	Stage    string      `json:"stage"`
	Clusters []SizeCount `json:"clusters"` // ascending in size
	Largest  []Cluster   `json:"largest"`
	Accepted []int64     `json:"accepted"`
	Rejected []int64     `json:"rejected"`
	Degree   *float64    `json:"degree,omitempty"`
}

// SizeCount is the number of clusters of a size.
type SizeCount struct {
	Size     int64 `json:"size"`
	Clusters int64 `json:"clusters"`
}

// A Cluster is a set of documents of which one was kept.
type Cluster struct {
	Kept string `json:"kept"` // id
	Size int64  `json:"size"`
}

// A Mixture is what was asked of a stage that mixes, and what came of it. It is the fact
//
//	mixture   {"by": FIELD, "unit": "words", "budget": N, "groups": [{"name": …, "asked": .6, "achieved": .59, "epochs": 1.7, "unique": N, "total": N, "capped": true}, …]}
type Mixture struct {
	Stage  string     `json:"stage"`
	By     string     `json:"by"`
	Unit   string     `json:"unit"`
	Budget int64      `json:"budget"` // 0 for none
	Groups []MixGroup `json:"groups"`
}

// A MixGroup is one part of a mixture.
type MixGroup struct {
	Name     string  `json:"name"`
	Asked    float64 `json:"asked"`    // share
	Achieved float64 `json:"achieved"` // share
	Epochs   float64 `json:"epochs"`
	Unique   int64   `json:"unique"` // in units, without repetitions
	Total    int64   `json:"total"`  // in units
	Capped   bool    `json:"capped"` // more was asked for than the largest number of epochs gives
}

const maxLargest = 20

// readFacts puts facts where they belong and keeps the others.
func (d *Data) readFacts(facts []Fact) {
	dups := map[string]*Duplicates{}
	for _, f := range facts {
		switch f.Name {
		case "clusters", "largest", "accepted", "rejected", "degree":
			x := dups[f.Stage]
			if x == nil {
				x = &Duplicates{Stage: f.Stage}
			}
			if x.read(f) {
				dups[f.Stage] = x
				continue
			}
		case "mixture":
			m := Mixture{}
			if as(f.Value, &m) {
				m.Stage = f.Stage
				d.Mixtures = append(d.Mixtures, m)
				continue
			}
		}
		d.Facts = append(d.Facts, f)
	}
	for _, label := range slices.Sorted(maps.Keys(dups)) {
		x := dups[label]
		slices.SortFunc(x.Clusters, func(a, b SizeCount) int { return cmp.Compare(a.Size, b.Size) })
		slices.SortFunc(x.Largest, func(a, b Cluster) int {
			return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Kept, b.Kept))
		})
		x.Largest = x.Largest[:min(len(x.Largest), maxLargest)]
		d.Duplicates = append(d.Duplicates, *x)
	}
}

// read adds one fact and says whether it had the form that is expected.
func (x *Duplicates) read(f Fact) bool {
	switch f.Name {
	case "clusters":
		sizes := map[string]int64{}
		if !as(f.Value, &sizes) {
			return false
		}
		return x.sizes(sizes)
	case "largest":
		var list []Cluster
		if !as(f.Value, &list) {
			return false
		}
		x.Largest = append(x.Largest, list...)
	case "accepted":
		return addTo(&x.Accepted, f.Value)
	case "rejected":
		return addTo(&x.Rejected, f.Value)
	case "degree":
		var degree float64
		if !as(f.Value, &degree) {
			return false
		}
		if x.Degree == nil || degree > *x.Degree {
			x.Degree = &degree
		}
	}
	return true
}

func (x *Duplicates) sizes(sizes map[string]int64) bool {
	for s, n := range sizes {
		size, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return false
		}
		k := slices.IndexFunc(x.Clusters, func(c SizeCount) bool { return c.Size == size })
		if k < 0 {
			x.Clusters = append(x.Clusters, SizeCount{Size: size})
			k = len(x.Clusters) - 1
		}
		x.Clusters[k].Clusters += n
	}
	return true
}

// addTo adds a histogram to another one of the same steps.
func addTo(sum *[]int64, v any) bool {
	var list []int64
	if !as(v, &list) || *sum != nil && len(*sum) != len(list) {
		return false
	}
	if *sum == nil {
		*sum = make([]int64, len(list))
	}
	for i, n := range list {
		(*sum)[i] += n
	}
	return true
}

// as reads a fact, which may have been through JSON, into a type.
func as(v, into any) bool {
	raw, err := json.Marshal(v)
	return err == nil && json.Unmarshal(raw, into) == nil
}
