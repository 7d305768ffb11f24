package dedup

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/stages"
)

// A shelf is one table of every task of an earlier phase, open.
type shelf struct {
	name  string
	width int
	files []stages.File
}

// open opens a table of all tasks of a phase.
func open(t *stages.Task, phase, name string, width int) (*shelf, error) {
	s := &shelf{name: phase + "/" + name, width: width}
	for i := range t.Files.Tasks(phase) {
		f, err := t.Open(phase, i, name)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open %s of task %d: %w", s.name, i, err), s.Close())
		}
		s.files = append(s.files, f)
	}
	return s, nil
}

// Close closes all files.
func (s *shelf) Close() error {
	var errs []error
	for _, f := range s.files {
		errs = append(errs, f.Close())
	}
	s.files = nil
	return errors.Join(errs...)
}

// readers returns a reader of each file's rows in [lo, hi), which share memory bytes.
func (s *shelf) readers(lo, hi []byte, memory int64) ([]*rows.Reader, error) {
	out := make([]*rows.Reader, len(s.files))
	for i, f := range s.files {
		from, to, err := rows.Range(f, s.width, lo, hi)
		if err != nil {
			return nil, fmt.Errorf("%s of task %d: %w", s.name, i, err)
		}
		out[i] = rows.NewReader(f, s.width, from, to, int(memory/int64(len(s.files))))
	}
	return out, nil
}

// share returns the bounds of part i of n of all keys, by their first two bytes; hi is nil for the last part.
func share(i, n int) (lo, hi []byte) {
	bound := func(i int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(i<<16/n)) }
	lo = bound(i)
	if i+1 < n {
		hi = bound(i + 1)
	}
	return lo, hi
}

// parts returns a function for Phase.Tasks: one task for so many bytes of documents, at most 1024.
func parts(bytesPerTask int64) func(stages.Input) int {
	return func(in stages.Input) int { return int(min(1+in.Bytes/bytesPerTask, 1024)) }
}

// memory returns the bytes that a task may hold for tables: three quarters of what the run grants, at least 1 MiB.
func memory(t *stages.Task) int64 { return max(t.Env.Memory/4*3, 1<<20) }

// A sheet writes a file of a task through a buffer and remembers its first error.
type sheet struct {
	w    io.WriteCloser
	buf  *bufio.Writer
	size int64
}

func create(t *stages.Task, name string) *sheet {
	w := t.Create(name)
	return &sheet{w: w, buf: bufio.NewWriterSize(w, 64<<10)}
}

// Write implements io.Writer.
func (s *sheet) Write(p []byte) (int, error) {
	n, err := s.buf.Write(p)
	s.size += int64(n)
	return n, err
}

// Close flushes and closes the file.
func (s *sheet) Close() error { return errors.Join(s.buf.Flush(), s.w.Close()) }

// writeSorted writes all rows of a sorter to a file.
func writeSorted(t *stages.Task, name string, sorter *rows.Sorter) error {
	w := create(t, name)
	err := sorter.Each(func(row []byte) error { _, err := w.Write(row); return err })
	return errors.Join(err, w.Close())
}

// writeJSON and readJSON keep a small value in a file.
func writeJSON(t *stages.Task, name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w := t.Create(name)
	_, err = w.Write(b)
	return errors.Join(err, w.Close())
}

func readJSON(t *stages.Task, phase string, task int, name string, v any) error {
	f, err := t.Open(phase, task, name)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("read %s/%s of task %d: %w", phase, name, task, err)
	}
	return nil
}
