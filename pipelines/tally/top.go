package tally

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

const (
	topNames = 4096   // in memory
	topBytes = 60_000 // of JSON in a marker, about
)

// A Top counts the most frequent names in bounded memory. Up to the cap it is exact. Beyond it the rarest names are forgotten and every count
// becomes a lower bound that lies at most Error below the truth (Misra and Gries 1982; mergeable by Agarwal et al., PODS 2012, section 3;
// pruned by halves as in Anderson et al., IMC 2017). It does not depend on map order.
type Top struct {
	Error int64 // documents by which a count may be too low; a name that is absent has at most so many
	names map[string]*Flow
	cap   int // names in memory; 0: topNames
}

// NewTop returns a Top that knows at most so many names. The zero Top knows 4,096.
func NewTop(most int) Top { return Top{cap: max(most, 2)} }

func (t *Top) most() int {
	if t.cap > 0 {
		return t.cap
	}
	return topNames
}

// A Ranked is a name with its amount, a lower bound.
type Ranked struct {
	Name string
	Flow
}

// Add counts a name.
func (t *Top) Add(name []byte, f Flow) {
	if e, ok := t.names[string(name)]; ok {
		e.Add(f)
		return
	}
	t.put(string(name), f)
	if len(t.names) > t.most() {
		t.prune(t.most() / 2)
	}
}

func (t *Top) put(name string, f Flow) {
	if t.names == nil {
		t.names = map[string]*Flow{}
	}
	t.names[name] = &f
}

// prune leaves at most n names: it takes the largest count that must go off all counts.
func (t *Top) prune(n int) {
	if len(t.names) <= n {
		return
	}
	counts := make([]int64, 0, len(t.names))
	for _, f := range t.names {
		counts = append(counts, f.Documents)
	}
	slices.SortFunc(counts, func(a, b int64) int { return cmp.Compare(b, a) })
	cut := counts[n]
	for name, f := range t.names {
		if f.Documents <= cut {
			delete(t.names, name)
			continue
		}
		// Words and bytes shrink in proportion, so that they stay lower bounds.
		f.Words -= (f.Words + f.Documents - 1) / f.Documents * cut
		f.Bytes -= (f.Bytes + f.Documents - 1) / f.Documents * cut
		f.Documents -= cut
	}
	t.Error += cut
}

// Merge adds o to t.
func (t *Top) Merge(o *Top) {
	for name, f := range o.names {
		if e, ok := t.names[name]; ok {
			e.Add(*f)
		} else {
			t.put(name, *f)
		}
	}
	t.Error += o.Error
	t.prune(t.most())
}

// Len returns the number of names known.
func (t *Top) Len() int { return len(t.names) }

// Get returns the amount of a name, a lower bound.
func (t *Top) Get(name string) Flow {
	if f, ok := t.names[name]; ok {
		return *f
	}
	return Flow{}
}

// List returns the n names with the most documents, ties by name.
func (t *Top) List(n int) []Ranked {
	all := make([]Ranked, 0, len(t.names))
	for name, f := range t.names {
		all = append(all, Ranked{name, *f})
	}
	slices.SortFunc(all, func(a, b Ranked) int {
		return cmp.Or(cmp.Compare(b.Documents, a.Documents), cmp.Compare(a.Name, b.Name))
	})
	return all[:min(n, len(all))]
}

// topJSON keeps columns, not rows: markers are many.
type topJSON struct {
	Error     int64    `json:"error"`
	Names     []string `json:"names"`
	Documents []int64  `json:"documents"`
	Bytes     []int64  `json:"bytes"`
	Words     []int64  `json:"words"`
}

// MarshalJSON writes the most frequent names, about 60 KB of them.
func (t Top) MarshalJSON() ([]byte, error) {
	c := Top{Error: t.Error, names: make(map[string]*Flow, len(t.names))}
	n, size := 0, 0
	for _, r := range t.List(len(t.names)) {
		if size += len(r.Name) + 16; size <= topBytes {
			n++
		}
		c.names[r.Name] = &r.Flow
	}
	c.prune(n)
	j := topJSON{Error: c.Error}
	for _, r := range c.List(len(c.names)) {
		j.Names = append(j.Names, r.Name)
		j.Documents = append(j.Documents, r.Documents)
		j.Bytes = append(j.Bytes, r.Bytes)
		j.Words = append(j.Words, r.Words)
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Top) UnmarshalJSON(raw []byte) error {
	var j topJSON
	if err := json.Unmarshal(raw, &j); err != nil {
		return err
	}
	if n := len(j.Names); len(j.Documents) != n || len(j.Bytes) != n || len(j.Words) != n {
		return fmt.Errorf("top names: columns of unequal length")
	}
	*t = Top{Error: j.Error}
	for i, name := range j.Names {
		t.put(name, Flow{j.Documents[i], j.Bytes[i], j.Words[i]})
	}
	return nil
}
