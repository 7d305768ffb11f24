package run

import (
	"context"
	"fmt"
	"path"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/rows"
	"github.com/winnow-data/winnow/stages/shard"
)

// nowhere takes the documents of a pass that only looks.
type nowhere struct{}

func (nowhere) put(*stages.Document) error { return nil }
func (nowhere) close() error               { return nil }

// rowsOut writes documents for a later pass.
type rowsOut struct {
	rows *shard.RowWriter
	file *commitFile
}

func (o *rowsOut) put(d *stages.Document) error { return o.rows.Write(d) }

func (o *rowsOut) close() error {
	if err := o.rows.Close(); err != nil {
		return err
	}
	return o.file.Close()
}

// shardsOut writes the documents of one task to every output of the plan: NAME-TASK.ext, and NAME-TASK-K.ext where one
// task fills more than one shard. A document goes to the outputs that take its kind.
type shardsOut struct {
	outputs []plan.Output
	writers []*shard.Writer
}

// shardsOut starts the shards of a task.
func (r *Runner) shardsOut(ctx context.Context, task int) (*shardsOut, error) {
	o := &shardsOut{outputs: r.plan.Outputs}
	for _, out := range r.plan.Outputs {
		w, err := shard.NewWriter(ctx, r.out, r.writeOptions(out, task))
		if err != nil {
			o.discard()
			return nil, err
		}
		o.writers = append(o.writers, w)
	}
	return o, nil
}

// rowGroup is how many bytes of documents a Parquet row group holds, the same on every machine: large enough to compress well, small
// enough that 64 writers at once stay within 2 GiB.
const rowGroup = 32 << 20

// writeOptions says how the shards of an output are written.
func (r *Runner) writeOptions(out plan.Output, task int) shard.WriteOptions {
	opt := shard.WriteOptions{Format: shard.JSONL, Shard: out.Shard}
	ending := "." + out.Format
	switch {
	case rows.Is(out.Format):
		ending, opt.Encode = ".jsonl", rows.Encoder(out.Format)
	case out.Format == "parquet":
		opt.Format, opt.Schema = shard.Parquet, r.plan.Schemas[out.Path]
		opt.RowGroup = rowGroup
	case out.Format == "jsonl.gz":
		opt.Compression = shard.Gzip
	case out.Format == "jsonl.zst":
		opt.Compression = shard.Zstd
	}
	base := path.Join(out.Path, fmt.Sprintf("%s-%05d", r.plan.Name, task))
	opt.Name = func(i int) string {
		if i == 0 {
			return base + ending
		}
		return fmt.Sprintf("%s-%d%s", base, i, ending)
	}
	return opt
}

func (o *shardsOut) put(d *stages.Document) error {
	for k, w := range o.writers {
		if kind := o.outputs[k].Rows; kind != "" && kind != rows.Kind(d) {
			continue
		}
		if err := w.Write(d); err != nil {
			return err
		}
	}
	return nil
}

func (o *shardsOut) close() error { return nil }

// commit makes the shards visible.
func (o *shardsOut) commit() ([]shard.File, error) {
	var files []shard.File
	for _, w := range o.writers {
		f, err := w.Commit()
		if err != nil {
			return nil, err
		}
		files = append(files, f...)
	}
	return files, nil
}

func (o *shardsOut) discard() {
	for _, w := range o.writers {
		w.Close()
	}
}
