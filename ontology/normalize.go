package ontology

import (
	"errors"
	"fmt"
	"io/fs"
	"math"

	"github.com/winnow-data/winnow/ontology/internal/itemsets"
	"github.com/winnow-data/winnow/stages"
)

// NormalizeTags makes one vocabulary of tags that were written in many ways.
//
// It goes through the four steps of InsTag (Lu et al. 2023, arXiv 2308.07074, section 3.2) and renames the field `tags` of every document by what comes out.
// Documents that are left without tags stay, with an empty list.
//
//	normalize_tags: {overlay: tags.yaml}
//
// The steps, in our order; a tag that is merged takes the name of the most frequent of its spellings:
//
// Rule: lower case, NFKC, special characters to spaces (c++ and c# keep theirs), and the stem of every English word by Porter's algorithm, as nltk has it. What has
// the same stems is one tag.
//
// Frequency: tags of fewer than `min_count` documents go. Without it the number is InsTag's 20 of 300,000 documents, scaled to the corpus, and at least 3.
//
// Semantic: tags whose vectors lie within `distance` (1-cosine) are joined by DBSCAN. The vectors are those of the embedding model that `model` names. Without
// one they are made of the characters' n-grams, which only finds near-identical spellings: the report calls them weaker.
//
// Association: where at least `confidence` of the documents with tag A also have B, and at least `support` have both, A is folded into B (FP-Growth), until no
// such pair is left; never both ways.
//
// With `order: paper` the frequency filter comes first and looks at raw spellings, as in the paper: then rare spellings of frequent tags are lost.
//
// The overlay is a file in which a person corrects the outcome. It is keyed by spellings as they come from the tagger (case and special characters do not
// count), so that edits hold for whatever later runs make of new data. An edited tag is never filtered for being rare and never folded into another; an edit that
// matches nothing, and edits that contradict each other once tags are joined, are told in the report.
//
//	merge: {python programming: [python, python coding]}   # one tag of this name
//	rename: {spell grammar check: proofreading}
//	split: [universities, java script]                     # stand alone, whatever the steps find
//	ban: [other, misc]                                     # goes
//
// The work folder holds tag_map.tsv (raw spelling, tag, documents, the step that decided) and ontology.json (counts after each step, tags by frequency,
// pairs that occur together, documents with tags before and after).
type NormalizeTags struct {
	Order      string       `allowed:"ours,paper"` // of the steps
	MinCount   stages.Count // documents that a tag must have; 0: scaled to the corpus
	Overlay    stages.Path  // a file with a person's corrections
	Model      string       // name in models of an embedding model; without it n-grams of characters
	Distance   float64      `allowed:"0..1"` // at which tags are one, as 1-cosine of their vectors
	Points     int          `allowed:"2.."`  // vectors that a cluster needs around a core one, itself included
	Support    stages.Count // documents that two tags must have in common to be associated
	Confidence stages.Share `allowed:"0.5..1"` // share of a tag's documents that must have the other tag

	dir     string
	overlay *overlay
}

var normalizeDefaults = NormalizeTags{Order: "ours", Distance: 0.05, Points: 2, Support: 40, Confidence: 0.99}

// Placed implements [stages.Placed].
func (n *NormalizeTags) Placed(_, dir string) { n.dir = dir }

// Validate implements [stages.Validator].
func (n *NormalizeTags) Validate() (err error) {
	switch {
	case n.MinCount < 0:
		return fmt.Errorf("min_count is %d: must be positive, or 0 for a number that is scaled to the corpus", n.MinCount)
	case n.Support < 1:
		return fmt.Errorf("support is %d: must be at least 1", n.Support)
	}
	if n.Overlay == "" {
		n.overlay = new(overlay)
		return nil
	}
	n.overlay, err = readOverlay(n.dir, string(n.Overlay))
	if errors.Is(err, fs.ErrNotExist) { // lint says so of every file, and Provision
		return nil
	}
	return err
}

// Provision implements [stages.Provisioner].
func (n *NormalizeTags) Provision(*stages.Env) error {
	if n.overlay == nil {
		return fmt.Errorf("overlay: %s: %w", n.Overlay, fs.ErrNotExist)
	}
	return nil
}

// Asks implements [stages.Asker]. How many tags there will be is not known before: a hundredth of the documents is a guess.
func (n *NormalizeTags) Asks() stages.Asks {
	if n.Model == "" {
		return stages.Asks{}
	}
	return stages.Asks{Model: n.Model, Ask: stages.AskVector, Calls: 0.01, Bytes: 32}
}

// Writes implements [stages.Writer].
func (*NormalizeTags) Writes() []string { return []string{tagsField} }

// Phases implements [stages.Barrier].
func (n *NormalizeTags) Phases() []stages.Phase {
	return []stages.Phase{
		{Name: "collect", Looks: true, Pass: collect},
		{Name: "resolve", Work: n.resolve},
		{Name: "rename", Pass: rename},
	}
}

// least is the number of documents that a tag must have in a corpus of so many.
func (n *NormalizeTags) least(documents int) int {
	if n.MinCount > 0 {
		return int(n.MinCount)
	}
	return max(3, int(math.Ceil(20*float64(documents)/300_000)))
}

// confidence is the share as a fraction of millionths.
func (n *NormalizeTags) confidence() itemsets.Ratio {
	return itemsets.Ratio{Num: int64(math.Round(float64(n.Confidence) * 1e6)), Den: 1e6}
}

var (
	_ stages.Barrier     = (*NormalizeTags)(nil)
	_ stages.Validator   = (*NormalizeTags)(nil)
	_ stages.Provisioner = (*NormalizeTags)(nil)
	_ stages.Asker       = (*NormalizeTags)(nil)
	_ stages.Placed      = (*NormalizeTags)(nil)
	_ stages.Writer      = (*NormalizeTags)(nil)
)
