package ontology

import (
	"errors"
	"fmt"
	"slices"

	"github.com/winnow-data/winnow/stages"
)

// Select keeps a number of documents that are rich and differ from each other, and drops all others.
//
//	select: {rows: 10k}
//
// By complexity it is the complexity-first diverse sampling of InsTag (Lu et al. 2023, arXiv 2308.07074, algorithm 1). The documents stand in the order of their
// number of distinct `tags`, most first. Each pass goes through those that are left and takes one if it has a tag that no document taken in
// this pass has. Passes follow each other until there are enough, or no document with tags is left.
//
//	select: {rows: 6k, by: score, score: [complexity, quality], vector: embedding}
//
// By score it is the walk of DEITA (Liu et al. 2023, arXiv 2312.15685): in the order of the product of the fields that `score` names, largest first; a document whose
// vector has a cosine above `similarity` with one that was taken is dropped, naming the nearest. Without `vector` the words and pairs of words of the text are
// compared, hashed, which finds near-copies but no paraphrases.
//
// A quota says how many rows may have a tag, or a value of a field: a number, or a share of `rows`; "*" stands for each value without one of its own. A
// document for which one of its quotas is used up is passed over.
//
//	select: {rows: 10k, quota: {tags: {coding: 2k, "*": 500}, language: {zh: 30%}}}
//
// Ties go by id, then by content, never by place: other shards, tasks or workers leave the same rows. The rows that stay keep their order.
type Select struct {
	Rows       stages.Count // how many documents stay
	By         string       `allowed:"complexity,score"` // what decides
	Quota      Quota        // at most so many rows of a tag or a value of a field
	Score      []string     // fields whose product is the score; by score only
	Vector     string       // the field with a document's vector; empty: hashed words; by score only
	Similarity float64      `allowed:"-1..1"` // the largest cosine with a chosen document; by score only
}

var selectDefaults = Select{By: "complexity", Score: []string{"judge_score"}, Vector: "embedding", Similarity: 0.9}

// The rules of Select.
const (
	ruleUntagged   = "untagged"
	ruleUnscored   = "unscored"
	ruleSimilar    = "similar"
	ruleQuota      = "quota"
	rulePassedOver = "passed_over"
)

// Rules implements [stages.Ruler].
func (s *Select) Rules() []stages.Rule {
	return []stages.Rule{
		{Name: ruleUntagged, Keep: stages.Any, Doc: "the document has no tags to choose it by"},
		{Name: ruleUnscored, Keep: stages.Any, Doc: "a field of the score is missing or no number"},
		{Name: ruleSimilar, Keep: stages.Any, Doc: "cosine with the nearest document that was taken before it"},
		{Name: ruleQuota, Keep: stages.Any, Doc: "number of tags, or score; a quota of the document was used up"},
		{Name: rulePassedOver, Keep: stages.Any, Doc: "number of tags, or score; enough others were taken before it"},
	}
}

// Validate implements [stages.Validator].
func (s *Select) Validate() error {
	switch {
	case s.Rows < 1:
		return errors.New("rows: none given: say how many documents stay")
	case int64(s.Rows) > maxPlace:
		return fmt.Errorf("rows: %d: at most %d", s.Rows, maxPlace)
	case s.By == "score" && len(s.Score) == 0:
		return errors.New("score: no field named")
	}
	for i, f := range s.Score {
		if f == "" || slices.Contains(s.Score[:i], f) {
			return fmt.Errorf("score: %q is empty or stands twice", f)
		}
	}
	return nil
}

// Reads implements [stages.Reader].
func (s *Select) Reads() (fields []string) {
	names := s.Quota.fields()
	if s.By == "score" {
		names = append(names, append(slices.Clone(s.Score), s.Vector)...)
	} else {
		names = append(names, tagsField)
	}
	for _, f := range names {
		switch f {
		case "", "id", "source", "kind", "text":
			continue
		}
		if !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	return fields
}

// Phases implements [stages.Barrier].
func (s *Select) Phases() []stages.Phase {
	return []stages.Phase{
		{Name: "collect", Looks: true, Pass: s.collect},
		{Name: "choose", Work: s.choose},
		{Name: "cut", Pass: s.cut},
	}
}

var (
	_ stages.Barrier   = (*Select)(nil)
	_ stages.Validator = (*Select)(nil)
	_ stages.Ruler     = (*Select)(nil)
	_ stages.Reader    = (*Select)(nil)
)
