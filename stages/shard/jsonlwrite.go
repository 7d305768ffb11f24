package shard

import (
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/stages"
)

// jsonlEncoder writes one JSON object per line.
type jsonlEncoder struct {
	out io.Writer
	zip io.WriteCloser // nil for plain files
	buf []byte
	row func(dst []byte, d *stages.Document) ([]byte, error) // nil: AppendJSON
}

func newJSONLEncoder(out io.Writer, opt WriteOptions) (*jsonlEncoder, error) {
	e := &jsonlEncoder{out: out, row: opt.Encode}
	switch opt.Compression {
	case Plain:
	case Gzip:
		level := opt.Level
		if level == 0 {
			level = 6
		}
		z, err := gzip.NewWriterLevel(out, level)
		if err != nil {
			return nil, err
		}
		e.zip, e.out = z, z
	case Zstd:
		z, err := zstd.NewWriter(out, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstdLevel(opt.Level)))
		if err != nil {
			return nil, err
		}
		e.zip, e.out = z, z
	default:
		return nil, fmt.Errorf("unknown compression %q; allowed: gzip, zstd, none", opt.Compression)
	}
	return e, nil
}

func zstdLevel(n int) zstd.EncoderLevel {
	if n <= 0 {
		return zstd.SpeedFastest
	}
	return zstd.EncoderLevel(min(n, int(zstd.SpeedBestCompression)))
}

func (e *jsonlEncoder) write(d *stages.Document) (int64, error) {
	before := len(e.buf)
	if e.row == nil {
		e.buf = AppendJSON(e.buf, d)
	} else {
		buf, err := e.row(e.buf, d)
		if err != nil {
			return 0, err
		}
		e.buf = buf
	}
	e.buf = append(e.buf, '\n')
	n := int64(len(e.buf) - before)
	if len(e.buf) >= blockSize {
		return n, e.flush()
	}
	return n, nil
}

func (e *jsonlEncoder) flush() error {
	_, err := e.out.Write(e.buf)
	e.buf = e.buf[:0]
	if cap(e.buf) > 16*blockSize {
		e.buf = nil
	}
	return err
}

func (e *jsonlEncoder) finish() error {
	if err := e.flush(); err != nil || e.zip == nil {
		return err
	}
	return e.zip.Close()
}
