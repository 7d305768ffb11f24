package shard

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// Count reads a file from front to back and returns how many documents it holds. A damaged record is an error: Count is for
// files that we have written. It does not close obj.
func Count(ctx context.Context, obj blob.Object, name string) (int64, error) {
	var damage error
	r, err := Open(ctx, open{obj}, name, Part{}, Options{Damaged: func(d Damage) {
		damage = errors.Join(damage, fmt.Errorf("%s: record %d: %s", d.File, d.Record, d.Reason))
	}})
	if err != nil {
		return 0, err
	}
	defer r.Close()
	var n int64
	docs := make([]stages.Document, 256)
	for {
		k, err := r.Read(docs)
		n += int64(k)
		if err == io.EOF {
			return n, damage
		}
		if err != nil {
			return n, err
		}
	}
}

// open is an object that somebody else closes.
type open struct{ blob.Object }

func (open) Close() error { return nil }
