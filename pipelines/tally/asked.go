package tally

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// Asked is what one stage has asked of a model: how much, and how the scores that it gave are spread over sources and languages.
type Asked struct {
	stages.Usage
	All       Scores    `json:"all"`
	Sources   []*Scores `json:"sources"`   // sorted by name
	Languages []*Scores `json:"languages"` // the same
}

// Scores are the scores of documents of one source or language.
type Scores struct {
	Name   string  `json:"name"`
	None   int64   `json:"none,omitempty"` // documents without a score
	Sum    float64 `json:"sum"`
	Square float64 `json:"square"` // sum of squares
	Values Hist    `json:"values"`
}

// maxScored bounds the groups that are told apart; what comes later counts as the last.
const maxScored = 200

// others names the group of what is beyond maxScored.
const others = "(others)"

// Score counts a document's score; [stages.NA] is none.
func (a *Asked) Score(source, language string, x float64) {
	for _, s := range [...]*Scores{&a.All, scoresOf(&a.Sources, source), scoresOf(&a.Languages, language)} {
		if x != x {
			s.None++
			continue
		}
		s.Values.Add(x)
		s.Sum += x
		s.Square += x * x
	}
}

func scoresOf(list *[]*Scores, name string) *Scores {
	by := func(s *Scores, name string) int { return strings.Compare(s.Name, name) }
	k, ok := slices.BinarySearchFunc(*list, name, by)
	if !ok && len(*list) >= maxScored {
		name = others
		k, ok = slices.BinarySearchFunc(*list, name, by)
	}
	if !ok {
		*list = slices.Insert(*list, k, &Scores{Name: name})
	}
	return (*list)[k]
}

// Merge adds what another task has counted.
func (a *Asked) Merge(o *Asked) {
	a.Usage.Add(o.Usage)
	a.All.merge(&o.All)
	for _, s := range o.Sources {
		scoresOf(&a.Sources, s.Name).merge(s)
	}
	for _, s := range o.Languages {
		scoresOf(&a.Languages, s.Name).merge(s)
	}
}

func (s *Scores) merge(o *Scores) {
	s.None += o.None
	s.Sum += o.Sum
	s.Square += o.Square
	s.Values.Merge(&o.Values)
}

// Mean is the mean score.
func (s *Scores) Mean() float64 { return s.Sum / float64(max(1, s.Values.N)) }

// Explained is the share of the scores' variance that lies between the groups and not within them (eta squared), 0 to 1; 0 where there
// is no variance, or only one group.
func (a *Asked) Explained(groups []*Scores) float64 {
	n := float64(a.All.Values.N)
	if n == 0 || len(groups) < 2 {
		return 0
	}
	mean := a.All.Sum / n
	total := a.All.Square - n*mean*mean
	between := 0.0
	for _, g := range groups {
		d := g.Mean() - mean
		between += float64(g.Values.N) * d * d
	}
	if !(total > 1e-9*a.All.Square) {
		return 0
	}
	return min(1, between/total)
}

// LoadAsked reads what a marker holds.
func LoadAsked(v any) (*Asked, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	a := new(Asked)
	return a, json.Unmarshal(raw, a)
}
