package dedup

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// A Summary is what a run's report shows of a dedup stage: the fact "duplicates" or "near_duplicates" of task 0 of its cut.
type Summary struct {
	Documents  int               `json:"documents"` // that the stage saw
	Clusters   int               `json:"clusters"`  // groups of two or more that were proposed
	Members    int               `json:"members"`   // documents in them
	Removed    int               `json:"removed"`
	Sizes      []int             `json:"sizes"`                // clusters of 2, 3-4, 5-8, 9-16 … members
	Largest    []Cluster         `json:"largest"`              // by removed documents, at most 20
	Why        map[string]int    `json:"why,omitempty"`        // removed documents by reason
	Accepted   []int             `json:"accepted,omitempty"`   // removed documents by similarity to the kept one, 20 bins from 0 to 1
	Rejected   []int             `json:"rejected,omitempty"`   // proposed but kept ones, by similarity to the closest
	Uncompared int               `json:"uncompared,omitempty"` // documents kept without comparing all candidates: beyond the bounds of giant clusters
	Sources    map[string]Source `json:"sources"`              // the 100 that lost most
	Alarms     []string          `json:"alarms,omitempty"`     // sources that lost more than half, at most 100
	Unranked   int               `json:"unranked,omitempty"`   // documents without a readable field of `newest` or `best`
	Without    int               `json:"without,omitempty"`    // documents without the field that is compared
	Unsigned   int               `json:"unsigned,omitempty"`   // documents with fewer words than a shingle, where those have no signature and stay
	Bands      int               `json:"bands,omitempty"`
	Rows       int               `json:"rows,omitempty"`
	Random     *Random           `json:"random,omitempty"` // what unrelated documents have in common
}

// A Cluster is one group of documents proposed as near-duplicates of each other.
type Cluster struct {
	Kept    string `json:"kept"` // id of the first survivor
	Size    int    `json:"size"`
	Removed int    `json:"removed"`
}

// Source is what became of the documents of one source.
type Source struct {
	Documents int `json:"documents"`
	Removed   int `json:"removed"`
}

const (
	mostClusters = 20
	mostSources  = 100
	bins         = 20
)

func newSummary() *Summary {
	return &Summary{Why: map[string]int{}, Sources: map[string]Source{}, Sizes: []int{}, Largest: []Cluster{}}
}

// cluster counts one group.
func (s *Summary) cluster(kept string, size, removed int) {
	s.Clusters++
	s.Members += size
	s.Removed += removed
	class := bits.Len(uint(size-1)) - 1
	for len(s.Sizes) <= class {
		s.Sizes = append(s.Sizes, 0)
	}
	s.Sizes[class]++
	s.Largest = append(s.Largest, Cluster{kept, size, removed})
	if len(s.Largest) > 4*mostClusters {
		s.trim()
	}
}

// trim keeps the largest clusters.
func (s *Summary) trim() {
	slices.SortFunc(s.Largest, func(a, b Cluster) int {
		return cmp.Or(cmp.Compare(b.Removed, a.Removed), cmp.Compare(b.Size, a.Size), cmp.Compare(a.Kept, b.Kept))
	})
	s.Largest = s.Largest[:min(len(s.Largest), mostClusters)]
}

// judged counts one comparison that decided about a document.
func (s *Summary) judged(similarity float64, accepted bool, why reason) {
	hist := &s.Rejected
	if accepted {
		hist = &s.Accepted
		s.Why[reasons[why]]++
	}
	if *hist == nil {
		*hist = make([]int, bins)
	}
	(*hist)[bin(similarity)]++
}

// bin returns the place of a similarity in a histogram; 1 falls into the last bin.
func bin(similarity float64) int {
	return min(int(math.Floor(similarity*bins)), bins-1)
}

// add adds what another task counted.
func (s *Summary) add(o *Summary) {
	s.Clusters += o.Clusters
	s.Members += o.Members
	s.Removed += o.Removed
	s.Uncompared += o.Uncompared
	s.Sizes = sum(s.Sizes, o.Sizes)
	s.Accepted = sum(s.Accepted, o.Accepted)
	s.Rejected = sum(s.Rejected, o.Rejected)
	s.Largest = append(s.Largest, o.Largest...)
	s.trim()
	for why, n := range o.Why {
		s.Why[why] += n
	}
	for name, src := range o.Sources {
		have := s.Sources[name]
		s.Sources[name] = Source{have.Documents + src.Documents, have.Removed + src.Removed}
	}
}

func sum(a, b []int) []int {
	for len(a) < len(b) {
		a = append(a, 0)
	}
	for i, n := range b {
		a[i] += n
	}
	return a
}

// lost counts a removed document of a source.
func (s *Summary) lost(source string) {
	if _, ok := s.Sources[source]; !ok && len(s.Sources) >= maxSources {
		source = otherSources
	}
	have := s.Sources[source]
	s.Sources[source] = Source{have.Documents, have.Removed + 1}
}

// finish sets the removals against what was scanned, raises the alarms and keeps the sources that lost most.
func (s *Summary) finish(total scanned) {
	s.Unranked, s.Without, s.Unsigned = total.Unranked, total.Without, total.Unsigned
	var names []string
	for name, n := range total.Sources {
		s.Documents += n
		s.Sources[name] = Source{n, s.Sources[name].Removed}
	}
	for name, src := range s.Sources {
		names = append(names, name)
		if src.Removed*2 > src.Documents && src.Documents > 0 {
			s.Alarms = append(s.Alarms, name)
		}
	}
	order := func(a, b string) int {
		return cmp.Or(cmp.Compare(s.Sources[b].Removed, s.Sources[a].Removed), cmp.Compare(a, b))
	}
	slices.SortFunc(names, order)
	slices.SortFunc(s.Alarms, order)
	s.Alarms = s.Alarms[:min(len(s.Alarms), mostSources)]
	for _, name := range names[min(len(names), mostSources):] {
		delete(s.Sources, name)
	}
}
