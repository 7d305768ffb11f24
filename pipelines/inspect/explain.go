package inspect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob/place"
	"github.com/winnow-data/winnow/stages/rows"
	"github.com/winnow-data/winnow/stages/shard"
)

// A Fate is what became of one document of a run. Exactly one of the first three is set.
type Fate struct {
	Removed     *run.Exclusion   // it was removed
	Quarantined *run.Quarantined // something was wrong with it
	Kept        *Kept            // it stands in the corpus
	Text        string           // its words, where the run's files hold them: of a kept or quarantined document
	Answers     []stages.Answer  // with what their checks found: of a prompt, or the two sides of a pair
}

// Kept is where a document stands in the corpus.
type Kept struct {
	File    string
	Row     int64
	Source  string
	Kind    string // of a row: sft, dpo, kto
	Parents []string
	Fields  stages.Fields
}

// A Story is all that a run knows of an id.
type Story struct {
	ID      string
	Fates   []Fate           // ids need not be unique
	Instead []run.Exclusion  // documents that were removed because this one stands in their place, at most maxInstead
	More    int              // further ones
	Related map[string]Story // of the documents that stand in this one's place, and of its parents
}

const (
	maxInstead = 20
	maxDepth   = 8 // of parents and of documents that stand in another's place
)

// Explain finds what became of the documents of an id in the run of a folder. An id that the run has never seen is an error.
func Explain(ctx context.Context, dir, id string) (*Story, error) {
	if id == "" {
		return nil, errors.New("explain: the id is empty")
	}
	p, out, err := pipelines.ReadPlan(ctx, dir)
	if err != nil {
		return nil, err
	}
	s, err := explain(ctx, p, out, id, maxDepth, map[string]bool{})
	if err != nil {
		return nil, err
	}
	if len(s.Fates) == 0 && len(s.Instead) == 0 {
		return nil, fmt.Errorf("the run in %s has no document %q; ids are those of the input, or FILE#RECORD", out, id)
	}
	return &s, nil
}

func explain(ctx context.Context, p *plan.Plan, out, id string, depth int, seen map[string]bool) (Story, error) {
	s := Story{ID: id, Related: map[string]Story{}}
	seen[id] = true
	if err := s.removals(ctx, out); err != nil {
		return s, err
	}
	if err := s.quarantine(ctx, out); err != nil {
		return s, err
	}
	if err := s.corpus(ctx, out, p); err != nil {
		return s, err
	}
	if err := s.rows(ctx, out); err != nil {
		return s, err
	}
	if depth == 0 {
		return s, nil
	}
	for _, other := range s.others() {
		if seen[other] {
			continue
		}
		r, err := explain(ctx, p, out, other, depth-1, seen)
		if err != nil {
			return s, err
		}
		s.Related[other] = r
	}
	return s, nil
}

// others are the ids whose story belongs to this one.
func (s *Story) others() []string {
	var ids []string
	for _, f := range s.Fates {
		if f.Removed != nil && f.Removed.Kept != "" {
			ids = append(ids, f.Removed.Kept)
		}
		if f.Kept != nil {
			ids = append(ids, f.Kept.Parents...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (s *Story) removals(ctx context.Context, out string) error {
	return eachRecord(ctx, out, "excluded", s.ID, func(e *run.Exclusion) {
		switch {
		case e.ID == s.ID:
			s.Fates = append(s.Fates, Fate{Removed: e})
		case e.Kept != s.ID:
		case len(s.Instead) < maxInstead:
			s.Instead = append(s.Instead, *e)
		default:
			s.More++
		}
	})
}

func (s *Story) quarantine(ctx context.Context, out string) error {
	return eachRecord(ctx, out, "quarantine", s.ID, func(q *run.Quarantined) {
		at := fmt.Sprintf("#%d", q.Row)
		if q.ID == s.ID || q.ID == "" && (q.File+at == s.ID || shard.Label(q.File)+at == s.ID) {
			s.Fates = append(s.Fates, Fate{Quarantined: q, Text: q.Raw})
		}
	})
}

// eachRecord reads the lines of the run's streams that may tell of an id.
func eachRecord[T any](ctx context.Context, out, kind, id string, visit func(*T)) error {
	quoted, err := json.Marshal(id)
	if err != nil {
		return err
	}
	needle := bytes.Trim(quoted, `"`)
	if strings.Contains(id, "#") {
		needle = nil // FILE#RECORD: no line spells it
	}
	return everyRecord(ctx, out, kind, needle, visit)
}

// everyRecord reads the lines of the run's streams of a kind that hold some bytes; nil reads all.
func everyRecord[T any](ctx context.Context, out, kind string, needle []byte, visit func(*T)) error {
	files, err := streams(ctx, out, kind)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := eachLine(ctx, f, func(line []byte) error {
			if !bytes.Contains(line, needle) {
				return nil
			}
			v := new(T)
			if err := json.Unmarshal(line, v); err != nil {
				return fmt.Errorf("read %s: %w", f.Name, err)
			}
			visit(v)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// corpus looks for the id in the shards.
func (s *Story) corpus(ctx context.Context, out string, p *plan.Plan) error {
	found, err := place.Resolve(ctx, "", out, place.Options{})
	if errors.Is(err, fs.ErrNotExist) || found == nil {
		return nil // a run that was interrupted before its first shard
	}
	if err != nil {
		return err
	}
	for _, f := range found {
		if !isShard(f.Name) {
			continue
		}
		file := File{Name: f.Path, in: f.Name, store: f.Store, opt: shard.Options{Form: rows.Form(formatOf(p, f.Name))}}
		for d, err := range file.Documents(ctx, nil) {
			if err != nil {
				return err
			}
			if d.ID != s.ID {
				continue
			}
			s.Fates = append(s.Fates, Fate{Text: strings.Clone(d.Body()), Kept: &Kept{
				File: f.Name, Row: d.At.Row, Source: strings.Clone(d.Source), Kind: rows.Kind(d), Parents: slices.Clone(d.Parents), Fields: slices.Clone(d.Fields),
			}, Answers: slices.Clone(d.Answers)})
		}
	}
	return nil
}

func isShard(name string) bool {
	for _, end := range []string{".parquet", ".jsonl", ".jsonl.gz", ".jsonl.zst"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}
