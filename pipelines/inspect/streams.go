package inspect

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages/blob/place"
)

// streams are the files of one kind that a run keeps beside its corpus: excluded, quarantine, rows. They are in the order of their names.
func streams(ctx context.Context, out, kind string) ([]File, error) {
	dir := place.Join(out, run.Folder, kind)
	store, err := place.Open(dir, place.Options{})
	if err != nil {
		return nil, err
	}
	var files []File
	for e, err := range store.List(ctx, "") {
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(e.Name, ".jsonl.zst") && !strings.Contains(e.Name, "/") {
			files = append(files, File{Name: place.Join(dir, e.Name), in: e.Name, store: store})
		}
	}
	return files, nil
}

// maxLine bounds one line of a run's stream: a quarantined record of 64 KiB, escaped.
const maxLine = 64 << 20

// eachLine visits the lines of a stream.
func eachLine(ctx context.Context, f File, visit func([]byte) error) error {
	o, err := f.store.Open(ctx, f.in)
	if err != nil {
		return err
	}
	defer o.Close()
	z, err := zstd.NewReader(io.NewSectionReader(o, 0, o.Size()), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("read %s: %w", f.Name, err)
	}
	defer z.Close()
	in := bufio.NewScanner(z)
	in.Buffer(nil, maxLine)
	for in.Scan() {
		if err := visit(in.Bytes()); err != nil {
			return err
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("read %s: %w", f.Name, err)
	}
	return nil
}
