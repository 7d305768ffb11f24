package inspect

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/rows"
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

// rows looks for the id among the rows that an output holds without what made them, and among the prompts that went.
func (s *Story) rows(ctx context.Context, out string, p *plan.Plan) error {
	names, err := filepath.Glob(filepath.Join(out, run.Folder, "rows", "*.jsonl.zst"))
	if err != nil {
		return err
	}
	quoted, err := json.Marshal(s.ID)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := eachLine(name, func(line []byte) error {
			if !bytes.HasPrefix(line, append([]byte(`{"id":`), quoted...)) {
				return nil
			}
			d, err := document(ctx, line)
			if err != nil {
				return fmt.Errorf("read %s: %w", name, err)
			}
			s.row(p, d)
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

// row adds what a whole row tells: to the removal of a prompt its answers, else where the row stands.
func (s *Story) row(p *plan.Plan, d *stages.Document) {
	if d.Kind == "" {
		for i := range s.Fates {
			if f := &s.Fates[i]; f.Removed != nil && f.Answers == nil {
				f.Answers = d.Answers
				return
			}
		}
		return
	}
	where := ""
	for _, o := range p.Outputs {
		if rows.Is(o.Format) && (o.Rows == "" || o.Rows == d.Kind) {
			where = o.Path
		}
	}
	if where == "" {
		return
	}
	s.Fates = append(s.Fates, Fate{Text: d.Body(), Answers: d.Answers, Kept: &Kept{
		File: where, Row: -1, Source: d.Source, Kind: d.Kind, Parents: d.Parents, Fields: d.Fields,
	}})
}
