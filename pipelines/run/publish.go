package run

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/winnow-data/winnow/stages/blob"
)

// publish writes what a finished run says about itself.
func (r *Runner) publish(ctx context.Context, res *Result) error {
	sum := r.summarize(res)
	data, err := json.MarshalIndent(sum, "", " ")
	if err != nil {
		return err
	}
	if err := blob.Put(ctx, r.own, summaryName, data); err != nil {
		return fmt.Errorf("write the run's summary: %w", err)
	}
	return nil
}
