package run

import (
	"context"
	"fmt"
	"path"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/rows"
)

// datasetInfo writes dataset_info.json into the folder of each output that LLaMA-Factory is to read.
func (r *Runner) datasetInfo(ctx context.Context, res *Result) error {
	for _, o := range r.plan.Outputs {
		if o.Format != "llama-factory" {
			continue
		}
		var files []string
		for _, f := range res.Shards {
			if path.Dir(f.Name) == path.Clean(o.Path) {
				files = append(files, path.Base(f.Name))
			}
		}
		kind := o.Rows
		if kind == "" {
			kind = "sft"
		}
		data, err := rows.DatasetInfo(files, kind)
		if err != nil {
			return err
		}
		name := path.Join(o.Path, "dataset_info.json")
		if err := blob.Put(ctx, r.out, name, data); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}
