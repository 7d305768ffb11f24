package rows

import (
	"errors"
	"fmt"

	"github.com/winnow-data/winnow/stages"
)

// A Sorter sorts rows of one width, in memory up to a bound and beyond it in runs on disk.
type Sorter struct {
	width  int
	memory int // bytes of the buffer at most
	temp   func() (stages.TempFile, error)

	buf  []byte
	runs []run
	file stages.TempFile
	size int64 // bytes in file
}

// run is a sorted part of the file, in rows.
type run struct{ from, to int64 }

// NewSorter returns a sorter that holds up to memory bytes and spills to one file from temp.
func NewSorter(width int, memory int64, temp func() (stages.TempFile, error)) *Sorter {
	rows := max(memory/int64(width), 16)
	return &Sorter{width: width, memory: int(min(rows*int64(width), 1<<40)), temp: temp}
}

// Add takes a row, which is copied.
func (s *Sorter) Add(row []byte) error {
	if len(row) != s.width {
		return fmt.Errorf("sort rows: row of %d bytes, not %d", len(row), s.width)
	}
	if len(s.buf)+s.width > s.memory {
		if err := s.spill(); err != nil {
			return err
		}
	}
	if len(s.buf)+s.width > cap(s.buf) {
		grown := make([]byte, len(s.buf), min(max(2*cap(s.buf), 64*s.width), s.memory))
		copy(grown, s.buf)
		s.buf = grown
	}
	s.buf = append(s.buf, row...)
	return nil
}

// spill writes the buffer as a run.
func (s *Sorter) spill() error {
	if len(s.buf) == 0 {
		return nil
	}
	if s.file == nil {
		f, err := s.temp()
		if err != nil {
			return fmt.Errorf("sort rows: %w", err)
		}
		s.file = f
	}
	sortRows(s.buf, s.width, 0)
	if _, err := s.file.Write(s.buf); err != nil {
		return fmt.Errorf("sort rows: spill %d bytes: %w", len(s.buf), err)
	}
	from := s.size / int64(s.width)
	s.size += int64(len(s.buf))
	s.runs = append(s.runs, run{from, s.size / int64(s.width)})
	s.buf = s.buf[:0]
	return nil
}

// Each calls yield with all rows in order, equal ones as often as they were added, and empties the sorter.
func (s *Sorter) Each(yield func(row []byte) error) error {
	if s.file == nil {
		sortRows(s.buf, s.width, 0)
		for i := 0; i < len(s.buf); i += s.width {
			if err := yield(s.buf[i : i+s.width : i+s.width]); err != nil {
				return err
			}
		}
		s.buf = s.buf[:0]
		return nil
	}
	if err := s.spill(); err != nil {
		return err
	}
	s.buf = nil
	sources := make([]*Reader, len(s.runs))
	for i, r := range s.runs {
		sources[i] = NewReader(s.file, s.width, r.from, r.to, s.memory/len(s.runs))
	}
	err := Merge(sources, func(_ int, row []byte) error { return yield(row) })
	return errors.Join(err, s.Close())
}

// Close gives the spill file back. It may be called at any time and more than once.
func (s *Sorter) Close() error {
	s.buf, s.runs, s.size = nil, nil, 0
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}
