package stagetest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/winnow-data/winnow/stages"
)

type key struct {
	phase string
	task  int
}

// files are the files that one task sees. What it creates stays with it until the task is done.
type files struct {
	done  map[key]map[string][]byte // of finished tasks
	tasks map[string]int            // of finished phases
	made  map[string][]byte         // by this task, closed
	begun map[string]bool
	open  int // handles not closed yet
	fault func(op string) error
}

// Create implements stages.Files.
func (f *files) Create(name string) io.WriteCloser {
	w := &writer{files: f, name: name, err: f.fault("create")}
	if f.begun[name] {
		w.err = fmt.Errorf("create %s: the task has made it already", name)
	}
	if name == "" {
		w.err = errors.New("create: no name")
	}
	f.begun[name] = true
	f.open++
	return w
}

// Open implements stages.Files.
func (f *files) Open(phase string, task int, name string) (stages.File, error) {
	if err := f.fault("open"); err != nil {
		return nil, err
	}
	if _, ok := f.tasks[phase]; !ok {
		return nil, fmt.Errorf("open %s/%d/%s: no earlier phase has this name", phase, task, name)
	}
	b, ok := f.done[key{phase, task}][name]
	if !ok {
		return nil, fmt.Errorf("open %s/%d/%s: %w", phase, task, name, fs.ErrNotExist)
	}
	f.open++
	return &reader{files: f, data: b}, nil
}

// Tasks implements stages.Files.
func (f *files) Tasks(phase string) int { return f.tasks[phase] }

// Temp implements stages.Files.
func (f *files) Temp() (stages.TempFile, error) {
	if err := f.fault("temp"); err != nil {
		return nil, err
	}
	f.open++
	return &temp{files: f}, nil
}

type writer struct {
	files  *files
	name   string
	data   []byte
	err    error
	closed bool
}

func (w *writer) Write(p []byte) (int, error) {
	if w.closed {
		return 0, fmt.Errorf("write %s: %w", w.name, fs.ErrClosed)
	}
	if w.err == nil {
		w.err = w.files.fault("write")
	}
	if w.err != nil {
		return 0, w.err
	}
	w.data = append(w.data, p...)
	return len(p), nil
}

func (w *writer) Close() error {
	if w.closed {
		return fmt.Errorf("close %s: %w", w.name, fs.ErrClosed)
	}
	w.closed = true
	w.files.open--
	if w.err == nil {
		w.err = w.files.fault("close")
	}
	if w.err == nil {
		w.files.made[w.name] = w.data
	}
	return w.err
}

type reader struct {
	files  *files
	data   []byte
	closed bool
}

func (r *reader) Size() int64 { return int64(len(r.data)) }

func (r *reader) ReadAt(p []byte, off int64) (int, error) {
	if r.closed {
		return 0, fs.ErrClosed
	}
	if err := r.files.fault("read"); err != nil {
		return 0, err
	}
	return bytes.NewReader(r.data).ReadAt(p, off)
}

func (r *reader) Close() error {
	if r.closed {
		return fs.ErrClosed
	}
	r.closed = true
	r.files.open--
	return nil
}

// temp is a spill file in memory: one position for reading and writing, as a file of the system has.
type temp struct {
	files  *files
	data   []byte
	at     int64
	closed bool
}

func (t *temp) Write(p []byte) (int, error) {
	if t.closed {
		return 0, fs.ErrClosed
	}
	if err := t.files.fault("write"); err != nil {
		return 0, err
	}
	if grow := int(t.at) + len(p) - len(t.data); grow > 0 {
		t.data = slices.Grow(t.data, grow)
		t.data = t.data[:int(t.at)+len(p)]
	}
	n := copy(t.data[t.at:], p)
	t.at += int64(n)
	return n, nil
}

func (t *temp) Read(p []byte) (int, error) {
	n, err := t.ReadAt(p, t.at)
	t.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

func (t *temp) ReadAt(p []byte, off int64) (int, error) {
	if t.closed {
		return 0, fs.ErrClosed
	}
	if err := t.files.fault("read"); err != nil {
		return 0, err
	}
	return bytes.NewReader(t.data).ReadAt(p, off)
}

func (t *temp) Seek(off int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		off += t.at
	case io.SeekEnd:
		off += int64(len(t.data))
	}
	if off < 0 {
		return 0, errors.New("seek: before the beginning")
	}
	t.at = off
	return off, nil
}

func (t *temp) Close() error {
	if t.closed {
		return fs.ErrClosed
	}
	t.closed = true
	t.files.open--
	return nil
}
