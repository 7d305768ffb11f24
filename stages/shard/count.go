package shard

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// Count returns how many documents a file holds: it reads all records, or all pages of the id column of Parquet. A damaged one
// is an error: Count is for files that we have written. It does not close obj.
func Count(ctx context.Context, obj blob.Object, name string) (int64, error) {
	return CountForm(ctx, obj, name, "")
}

// CountForm is [Count] for a file of conversations in one of [Forms].
func CountForm(ctx context.Context, obj blob.Object, name, form string) (int64, error) {
	if kind, err := Detect(ctx, obj, name); err != nil {
		return 0, err
	} else if kind.Format == Parquet {
		return countParquet(newInput(ctx, obj, name))
	}
	var damage error
	r, err := Open(ctx, open{obj}, name, Part{}, Options{Form: form, once: true, Damaged: func(d Damage) {
		damage = errors.Join(damage, fmt.Errorf("%s: record %d: %s", d.File, d.Record, d.Reason))
	}})
	if err != nil {
		return 0, err
	}
	defer r.Close()
	var n int64
	var docs [1]stages.Document
	for {
		k, err := r.Read(docs[:])
		n += int64(k)
		if err == io.EOF {
			return n, damage
		}
		if err != nil {
			return n, err
		}
	}
}

// countParquet counts the values of the first column, whose every page is read, and holds the footer against them.
func countParquet(in *input) (n int64, err error) {
	f, err := openParquet(in)
	if err != nil {
		return 0, err
	}
	defer recovered(&err)
	for _, g := range f.RowGroups() {
		pages := g.ColumnChunks()[0].Pages()
		for err == nil {
			var p parquet.Page
			if p, err = pages.ReadPage(); err == nil {
				n += p.NumValues()
				parquet.Release(p)
			}
		}
		if err == io.EOF {
			err = nil
		}
		if err = errors.Join(err, pages.Close()); err != nil {
			return n, fmt.Errorf("count the rows of %s: %w", in.name, err)
		}
	}
	if n != f.NumRows() {
		return n, fmt.Errorf("count the rows of %s: its pages hold %d, its footer says %d", in.name, n, f.NumRows())
	}
	return n, nil
}

// open is an object that somebody else closes.
type open struct{ blob.Object }

func (open) Close() error { return nil }
