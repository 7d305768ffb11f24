package shard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// WriteOptions say how shards are written. The same options and documents give the same bytes.
type WriteOptions struct {
	Name        func(i int) string // of file i, counted from 0
	Format      Format             // JSONL or Parquet
	Compression Compression        // of JSONL
	Level       int                // of zstd: 1 fastest, 2 default, 3 better, 4 best; of gzip: 1 to 9; 0: zstd 1, gzip 6
	Shard       int64              // bytes of documents, as JSON (for Parquet without its escapes), after which a file ends; 0: one file
	RowGroup    int64              // the same bytes in a Parquet row group; 0: 64 MiB
	Schema      *Schema            // of Parquet; nil: the document's own columns and "extra"
	// Encode appends a document to a line of JSONL, without its end; nil: [AppendJSON].
	Encode func(dst []byte, d *stages.Document) ([]byte, error)
}

// A File is what was written under one name.
type File struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"` // of the file
	SHA256 string `json:"sha256"`
}

// A Writer writes documents into one file after the other. Nothing is visible before Commit. It belongs to one goroutine.
type Writer struct {
	ctx   context.Context
	store blob.Store
	opt   WriteOptions
	cur   *sink // nil between files
	done  []*sink
	ended bool
}

// An encoder turns documents into the bytes of one file.
type encoder interface {
	// write adds a document and returns its size, about that as JSON.
	write(d *stages.Document) (int64, error)
	// finish writes what is left. It does not close what it writes to.
	finish() error
}

// sink is one file: encoder, checksum, blob.
type sink struct {
	File
	blob  blob.Writer
	sum   hash.Hash
	enc   encoder
	bytes int64 // of documents, as JSON
}

// Write implements [io.Writer] for the encoder.
func (s *sink) Write(p []byte) (int, error) {
	n, err := s.blob.Write(p)
	s.sum.Write(p[:n])
	s.Bytes += int64(n)
	return n, err
}

// NewWriter returns a writer of shards in store.
func NewWriter(ctx context.Context, store blob.Store, opt WriteOptions) (*Writer, error) {
	if opt.Format != JSONL && opt.Format != Parquet {
		return nil, fmt.Errorf("write shards: format %q cannot be written; jsonl and parquet can", opt.Format)
	}
	if opt.Format == Parquet && opt.Compression != Plain {
		return nil, fmt.Errorf("write shards: Parquet compresses its own pages; %s around it is not allowed", opt.Compression)
	}
	return &Writer{ctx: ctx, store: store, opt: opt}, nil
}

// Write adds a document. A document is never cut: the file it starts in holds it.
func (w *Writer) Write(d *stages.Document) error {
	if w.cur == nil {
		if err := w.start(); err != nil {
			return err
		}
	}
	n, err := w.cur.enc.write(d)
	if err != nil {
		return fmt.Errorf("write %s: %w", w.cur.Name, err)
	}
	w.cur.Rows++
	w.cur.bytes += n
	if w.opt.Shard > 0 && w.cur.bytes >= w.opt.Shard {
		return w.end()
	}
	return nil
}

func (w *Writer) start() error {
	name := w.opt.Name(len(w.done))
	b, err := w.store.Create(w.ctx, name)
	if err != nil {
		return err
	}
	s := &sink{File: File{Name: name}, blob: b, sum: sha256.New()}
	w.cur = s
	if w.opt.Format == Parquet {
		s.enc, err = newParquetEncoder(s, w.opt)
	} else {
		s.enc, err = newJSONLEncoder(s, w.opt)
	}
	return err
}

// end finishes the current file.
func (w *Writer) end() error {
	s := w.cur
	if err := s.enc.finish(); err != nil {
		return fmt.Errorf("write %s: %w", s.Name, err)
	}
	s.SHA256 = hex.EncodeToString(s.sum.Sum(nil))
	s.enc = nil
	w.done, w.cur = append(w.done, s), nil
	return nil
}

// Commit makes all files visible, in order, and describes them. Without documents there are none.
func (w *Writer) Commit() ([]File, error) {
	if w.ended {
		return nil, errors.New("commit shards: the writer is closed")
	}
	if w.cur != nil {
		if err := w.end(); err != nil {
			return nil, err
		}
	}
	w.ended = true
	files := make([]File, len(w.done))
	for i, s := range w.done {
		if err := s.blob.Commit(); err != nil {
			return nil, errors.Join(fmt.Errorf("write %s: %w", s.Name, err), w.Close())
		}
		files[i] = s.File
	}
	return files, w.Close()
}

// Close discards what was not committed. After Commit it does nothing.
func (w *Writer) Close() error {
	w.ended = true
	var errs []error
	if w.cur != nil {
		errs = append(errs, w.cur.blob.Close())
	}
	for _, s := range w.done {
		errs = append(errs, s.blob.Close())
	}
	w.cur, w.done = nil, nil
	return errors.Join(errs...)
}
