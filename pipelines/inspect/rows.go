package inspect

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/shard"
)

// formatOf is the format of the output that a file belongs to; "" for none.
func formatOf(p *plan.Plan, name string) string {
	for _, o := range p.Outputs {
		if path.Dir(name) == path.Clean(o.Path) {
			return o.Format
		}
	}
	return ""
}

// rows looks for the id in what the run tells of rows beside their shards, and among the prompts that went.
func (s *Story) rows(ctx context.Context, out string) error {
	files, err := streams(ctx, out, "rows")
	if err != nil {
		return err
	}
	quoted, err := json.Marshal(s.ID)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := eachLine(ctx, f, func(line []byte) error {
			if !bytes.HasPrefix(line, append([]byte(`{"id":`), quoted...)) {
				return nil
			}
			d, err := document(ctx, line)
			if err != nil {
				return fmt.Errorf("read %s: %w", f.Name, err)
			}
			s.row(d)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// document reads one line in winnow's own form.
func document(ctx context.Context, line []byte) (*stages.Document, error) {
	store := blob.Memory()
	if err := blob.Put(ctx, store, "row.jsonl", append(bytes.Clone(line), '\n')); err != nil {
		return nil, err
	}
	f := File{Name: "row", in: "row.jsonl", store: store}
	for d, err := range f.Documents(ctx, func(shard.Damage) {}) {
		return d, err
	}
	return nil, fmt.Errorf("it is no row: %.80q", line)
}

// row adds what is told beside: to a prompt that went its answers, to a row what made it.
func (s *Story) row(d *stages.Document) {
	for i := range s.Fates {
		f := &s.Fates[i]
		switch {
		case d.Kind == "" && f.Removed != nil && f.Answers == nil:
			f.Answers = d.Answers
			return
		case d.Kind != "" && f.Kept != nil:
			f.Kept.Kind, f.Kept.Source, f.Kept.Fields = d.Kind, d.Source, d.Fields
			for k := range min(len(f.Answers), len(d.Answers)) {
				f.Answers[k].By, f.Answers[k].Checks = d.Answers[k].By, d.Answers[k].Checks
			}
			return
		}
	}
}
