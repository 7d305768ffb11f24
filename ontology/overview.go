package ontology

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"

	"github.com/winnow-data/winnow/stages"
)

// reportFile holds the Ontology of a run.
const reportFile = "ontology.json"

// An Ontology is what normalize_tags tells of its work: the fact `ontology`, and the file ontology.json.
type Ontology struct {
	Order     string       `json:"order"`
	Documents int          `json:"documents"`
	MinCount  int          `json:"min_count"`
	Vectors   string       `json:"vectors"` // what the semantic step compared
	Asked     stages.Usage `json:"asked"`   // of the embedding model
	Steps     []Step       `json:"steps"`   // raw first: coverage before; the last: after
	Tags      []TagCount   `json:"tags"`    // the most frequent
	Others    int          `json:"others"`  // tags that are not listed
	Pairs     []TagPair    `json:"pairs"`   // of the most frequent tags, those that occur together most
	Unused    []string     `json:"unused"`  // edits of the overlay whose spelling no document has
	Conflicts []string     `json:"conflicts"`
}

// A TagCount is a tag and the documents that have it.
type TagCount struct {
	Tag       string `json:"tag"`
	Documents int    `json:"documents"`
	Spellings int    `json:"spellings"` // raw ones that became it
}

// A TagPair is two tags and the documents that have both. Lift is how much more often that is than if they were independent.
type TagPair struct {
	Tags      [2]string `json:"tags"`
	Documents int       `json:"documents"`
	Lift      float64   `json:"lift"`
}

// What the report lists.
const (
	shownTags  = 100
	shownPairs = 50
	shownEdits = 100
	pairedTags = 200 // the tags whose pairs are counted
)

// describe fills in the tags as they are in the end.
func (s *groups) describe(r *Ontology) {
	alive := s.alive()
	spellings := make([]int, len(s.list))
	for raw := range s.of {
		if k := s.standing(int32(raw)); k != none {
			spellings[k]++
		}
	}
	for _, i := range alive[:min(len(alive), shownTags)] {
		r.Tags = append(r.Tags, TagCount{s.list[i].name, s.list[i].count, spellings[i]})
	}
	r.Others = len(alive) - len(r.Tags)
	r.Pairs = s.together(alive[:min(len(alive), pairedTags)])
	r.Unused, r.Conflicts = r.Unused[:min(len(r.Unused), shownEdits)], r.Conflicts[:min(len(r.Conflicts), shownEdits)]
}

// together lists the pairs of some tags that occur together most.
func (s *groups) together(list []int32) []TagPair {
	n := len(list)
	place := map[int32]int{}
	for k, i := range list {
		place[i] = k
	}
	counts := make([]int, n*n)
	var here []int
	s.rows(func(_ int, row []int32) {
		here = here[:0]
		for _, i := range row {
			if k, ok := place[i]; ok {
				here = append(here, k)
			}
		}
		for x, a := range here {
			for _, b := range here[x+1:] {
				counts[min(a, b)*n+max(a, b)]++
			}
		}
	})
	var pairs []TagPair
	for a := range n {
		for b := a + 1; b < n; b++ {
			if c := counts[a*n+b]; c > 0 {
				x, y := &s.list[list[a]], &s.list[list[b]]
				lift := float64(c) * float64(s.g.documents()) / (float64(x.count) * float64(y.count))
				pairs = append(pairs, TagPair{[2]string{x.name, y.name}, c, lift})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b TagPair) int { return cmp.Compare(b.Documents, a.Documents) })
	return pairs[:min(len(pairs), shownPairs)]
}

func writeReport(t *stages.Task, r *Ontology) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(r)
	w := t.Create(reportFile)
	_, werr := w.Write(b.Bytes())
	return errors.Join(err, werr, w.Close())
}
