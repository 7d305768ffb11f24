package ontology

import (
	"context"
	"errors"
	"fmt"

	"github.com/winnow-data/winnow/stages"
)

// A Step is what the tags came to behind one step.
type Step struct {
	Step    string  `json:"step"`
	Tags    int     `json:"tags"`              // distinct ones that some document has
	Folded  int     `json:"folded,omitempty"`  // tags that became part of another
	Dropped int     `json:"dropped,omitempty"` // tags that went
	Tagged  int     `json:"tagged"`            // documents with a tag
	Mean    float64 `json:"mean"`              // tags of a document, of all documents
}

// resolve decides what becomes of every spelling.
func (n *NormalizeTags) resolve(ctx context.Context, t *stages.Task) error {
	g, err := readTagging(ctx, t)
	if err != nil {
		return err
	}
	if g.documents() > 0 && len(g.raw) == 0 {
		return stages.Final(fmt.Errorf("normalize tags: none of %d documents has any in the field %s: put tag before this stage", g.documents(), tagsField))
	}
	embed, how, usage := embedder(byGrams), "n-grams of characters (weaker than an embedding model)", new(stages.Usage)
	if n.Model != "" {
		m, err := stages.ModelOf[stages.Model](t.Env, n.Model)
		if err != nil {
			return err
		}
		embed, how = byModel(m, usage), "model "+n.Model
	}
	s, r, err := n.normalize(ctx, g, embed)
	if err != nil {
		return err
	}
	r.Vectors, r.Asked = how, *usage
	s.describe(r)
	t.Fact("ontology", r)
	return errors.Join(writeMap(t, s), writeReport(t, r))
}

// normalize goes through the steps.
func (n *NormalizeTags) normalize(ctx context.Context, g *tagging, embed embedder) (*groups, *Ontology, error) {
	s := &groups{g: g, of: make([]int32, len(g.raw)), by: make([]string, len(g.raw))}
	for raw := range s.of {
		s.of[raw] = s.add(group{name: g.raw[raw]})
	}
	r := &Ontology{Order: n.Order, Documents: g.documents(), MinCount: n.least(g.documents())}
	note := func(step string, folded, dropped int) {
		c := s.count()
		r.Steps = append(r.Steps, Step{step, len(s.alive()), folded, dropped, c.tagged, mean(c.uses, r.Documents)})
	}
	note("raw", 0, 0)
	rule := func() {
		before := r.Steps[len(r.Steps)-1].Tags
		s.list = nil // the groups of single spellings
		r.Unused, r.Conflicts = s.rule(n.overlay)
		dropped := s.goneBy(byRule, byOverlay)
		s.count()
		note(byRule, before-len(s.alive())-dropped, dropped)
	}
	if n.Order == "paper" {
		note(byFrequency, 0, s.filterRaw(n.overlay, r.MinCount))
		rule()
	} else {
		rule()
		note(byFrequency, 0, s.filter(r.MinCount))
	}
	folded, err := s.semantic(ctx, embed, n.Distance, n.Points)
	if err != nil {
		return nil, nil, fmt.Errorf("merge tags by meaning: %w", err)
	}
	note(bySemantic, folded, 0)
	if folded, err = s.associate(ctx, int(n.Support), n.confidence()); err != nil {
		return nil, nil, err
	}
	note(byAssociation, folded, 0)
	return s, r, nil
}

// goneBy counts spellings that the steps of these names dropped.
func (s *groups) goneBy(steps ...string) (n int) {
	for raw, i := range s.of {
		for _, step := range steps {
			if i == none && s.by[raw] == step || i != none && s.list[i].gone && s.list[i].by == step {
				n++
			}
		}
	}
	return n
}

func mean(sum, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(sum) / float64(n)
}
