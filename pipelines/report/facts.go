package report

import (
	"encoding/json"
	"math"
)

// Duplicates is what a stage that removes duplicates has found: the fact `duplicates` or `near_duplicates`.
type Duplicates struct {
	Stage      string             `json:"stage"`
	Documents  int64              `json:"documents"` // that the stage saw
	Clusters   int64              `json:"clusters"`  // groups of two or more that were proposed
	Members    int64              `json:"members"`   // documents in them
	Removed    int64              `json:"removed"`
	Sizes      []int64            `json:"sizes"`      // clusters of 2, 3-4, 5-8, 9-16 … members
	Largest    []Cluster          `json:"largest"`    // by removed documents
	Why        map[string]int64   `json:"why"`        // removed documents by reason
	Accepted   []int64            `json:"accepted"`   // removed documents by similarity to the kept one, in equal steps from 0 to 1
	Rejected   []int64            `json:"rejected"`   // proposed but kept ones, by similarity to the closest
	Uncompared int64              `json:"uncompared"` // documents kept without comparing all candidates
	Sources    map[string]Removal `json:"sources"`    // those that lost most
	Alarms     []string           `json:"alarms"`     // sources that lost more than half
	Unranked   int64              `json:"unranked"`   // documents without a readable field to rank them by
	Without    int64              `json:"without"`    // documents without the field that is compared
	Bands      int                `json:"bands,omitempty"`
	Rows       int                `json:"rows,omitempty"`
	Random     *Random            `json:"random,omitempty"`
}

// A Cluster is a set of documents taken for copies of each other.
type Cluster struct {
	Kept    string `json:"kept"` // id of the first that was kept
	Size    int64  `json:"size"`
	Removed int64  `json:"removed"`
}

// A Removal is what a source lost.
type Removal struct {
	Documents int64 `json:"documents"`
	Removed   int64 `json:"removed"`
}

// Random is what unrelated documents have in common.
type Random struct {
	Pairs      int64   `json:"pairs"`      // compared
	Background float64 `json:"background"` // similarity that one pair in a thousand exceeds
	Degree     float64 `json:"degree"`     // unrelated documents that a document meets by chance, of the worst source
	Source     string  `json:"source"`     // the worst; "" for the whole corpus
}

// A Mixture is what was asked of a stage that mixes, and what came of it: the fact `mix`.
type Mixture struct {
	Stage  string     `json:"stage"`
	By     string     `json:"by"`
	Unit   string     `json:"unit"`
	Budget int64      `json:"budget"`
	Taken  int64      `json:"taken"`
	Groups []MixGroup `json:"groups"` // the largest first
	Others int        `json:"others"` // groups that are not named
}

// A MixGroup is one part of a mixture. Amounts are in the unit of the budget.
type MixGroup struct {
	Group     string  `json:"group"`
	Asked     float64 `json:"asked"`    // share of the corpus
	Achieved  float64 `json:"achieved"` // share of the corpus
	Epochs    float64 `json:"epochs"`
	Available int64   `json:"available"`
	Taken     int64   `json:"taken"` // with repeats
	Unique    int64   `json:"unique"`
	Repeated  int64   `json:"repeated"`
	Documents int64   `json:"documents"` // with repeats
}

// Short says whether a group gave less than its share of the budget: it was repeated as often as it may be.
func (m *Mixture) Short(g MixGroup) bool {
	want := g.Asked * float64(m.Budget)
	return m.Budget > 0 && float64(g.Taken) < want-max(1, want*1e-6) && !math.IsNaN(want)
}

// readFacts puts facts where they belong and keeps the others.
func (d *Data) readFacts(facts []Fact) {
	summed := map[string]bool{} // stages whose summary holds what single facts say
	for _, f := range facts {
		if f.Name == "near_duplicates" {
			summed[f.Stage] = true
		}
	}
	for _, f := range facts {
		switch f.Name {
		case "duplicates", "near_duplicates":
			var x Duplicates
			if as(f.Value, &x) {
				x.Stage = f.Stage
				d.Duplicates = append(d.Duplicates, x)
				continue
			}
		case "mix":
			var m Mixture
			if as(f.Value, &m) {
				m.Stage = f.Stage
				d.Mixtures = append(d.Mixtures, m)
				continue
			}
		case "ontology":
			var o Ontology
			if as(f.Value, &o) {
				o.Stage = f.Stage
				d.Ontologies = append(d.Ontologies, o)
				continue
			}
		case "selection":
			var s Selection
			if as(f.Value, &s) {
				s.Stage = f.Stage
				d.Selections = append(d.Selections, s)
				continue
			}
		case askedFact, countsFact:
			continue
		case "random":
			if summed[f.Stage] {
				continue
			}
		}
		d.Facts = append(d.Facts, f)
	}
}

// as reads a fact, which may have been through JSON, into a type.
func as(v, into any) bool {
	raw, err := json.Marshal(v)
	return err == nil && json.Unmarshal(raw, into) == nil
}
