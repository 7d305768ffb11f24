package inspect

import (
	"context"
	"fmt"
	"strings"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// Origin reads a document of a run again from where the input held it, and passes it through the stages that need no other document. The
// input must still be there, as it was.
func Origin(ctx context.Context, dir string, at stages.Place) (text string, steps []Step, err error) {
	job, p, err := pipelines.Open(ctx, dir)
	if err != nil {
		return "", nil, err
	}
	for i, f := range Inputs(job, p) {
		if p.Inputs[i].Name != at.File {
			continue
		}
		for d, err := range f.Documents(ctx, func(shard.Damage) {}) {
			if err != nil {
				return "", nil, err
			}
			if d.At.Row != at.Row {
				continue
			}
			chain, err := NewChain(job.Recipe, Options{Provide: job.Look().Provide})
			if err != nil {
				return "", nil, err
			}
			text = strings.Clone(d.Body())
			steps, err = chain.Document(ctx, d)
			return text, steps, err
		}
	}
	return "", nil, fmt.Errorf("%s holds no record %d any more", at.File, at.Row)
}
