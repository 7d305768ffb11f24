package ontology

import (
	"context"
	"fmt"
	"slices"

	"github.com/winnow-data/winnow/stages"
)

// A renamer is the last pass: it gives every document the tags of the map.
type renamer struct {
	tags map[string]string
}

func rename(t *stages.Task) (stages.Stage, error) {
	m, err := readMap(t)
	return &renamer{m}, err
}

// Apply implements [stages.Stage].
func (r *renamer) Apply(_ context.Context, b *stages.Batch) error {
	for i, d := range b.Live() {
		tags, err := getTags(d)
		if err != nil {
			b.Fail(i, err)
			continue
		}
		var out []string
		for _, raw := range tags {
			tag, ok := r.tags[raw]
			if !ok {
				return stages.Final(fmt.Errorf("document %s has the tag %q: the documents are not those whose tags were collected", d.ID, raw))
			}
			if tag != "" && !slices.Contains(out, tag) {
				out = append(out, tag)
			}
		}
		if len(tags) > 0 {
			setTags(d, out)
		}
	}
	return nil
}
