package run

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// A source yields the documents of one task of a pass, in order.
type source interface {
	// next returns up to n documents, and the damaged records between them. The end is io.EOF, with the last documents or alone.
	next(n int) ([]stages.Document, []placed, error)
	close() error
}

// placed is a damaged record and the number of documents of the same call that stand before it.
type placed struct {
	before int
	source string // that the record would have counted under
	shard.Damage
}

// batchBytes ends a batch of long documents early.
const batchBytes = 2 << 20

// inputSource reads parts of input files.
type inputSource struct {
	run    *Runner
	ctx    context.Context
	parts  []plan.Part
	cur    *shard.Reader
	file   string
	as     string // source of damaged records
	damage []placed
	n      int   // documents of the present call
	read   int64 // of cur, told to the meter
	bytes  int64 // of all parts
}

func (r *Runner) inputSource(ctx context.Context, parts []plan.Part) *inputSource {
	return &inputSource{run: r, ctx: ctx, parts: parts}
}

func (s *inputSource) next(n int) ([]stages.Document, []placed, error) {
	docs := make([]stages.Document, n)
	s.n, s.damage = 0, nil
	size := 0
	for s.n < n && size < batchBytes {
		if s.cur == nil {
			if len(s.parts) == 0 {
				return docs[:s.n], s.damage, io.EOF
			}
			if err := s.open(); err != nil {
				return nil, nil, err
			}
		}
		k, err := s.cur.Read(docs[s.n : s.n+1])
		if limit := s.run.plan.Limit; k == 1 && limit > 0 && s.cur.Positions()[0].Record >= limit {
			k, err = 0, io.EOF
		}
		if k == 1 {
			d := &docs[s.n]
			d.At = stages.Place{File: s.file, Row: s.cur.Positions()[0].Record}
			size += len(d.Text)
			s.n++
			continue
		}
		if err != nil && err != io.EOF {
			return nil, nil, fmt.Errorf("read %s: %w", s.file, err)
		}
		if err := s.shut(); err != nil {
			return nil, nil, err
		}
	}
	s.progress()
	return docs[:s.n], s.damage, nil
}

// open starts the next part.
func (s *inputSource) open() error {
	part := s.parts[0]
	s.parts = s.parts[1:]
	in := s.run.plan.Inputs[part.File]
	o, err := s.run.sources.Open(in).Open(s.ctx, in.Name)
	if err != nil {
		return fmt.Errorf("open %s: %w", in.Name, err)
	}
	if o.Size() != in.Size {
		return errors.Join(stages.Final(fmt.Errorf(
			"%s has %d bytes, %d when the run was planned; the input changed", in.Name, o.Size(), in.Size)), o.Close())
	}
	if v, ok := o.(interface{ Version() string }); ok && v.Version() != in.Version {
		return errors.Join(stages.Final(fmt.Errorf("%s is not the version that the run was planned for; the input changed", in.Name)), o.Close())
	}
	as := s.run.recipe.Inputs[in.Entry]
	opt := plan.ShardOptions(as, in.Kind)
	s.file, s.as = in.Name, as.Source.Literal
	if s.as == "" {
		s.as = shard.Label(in.Name)
	}
	opt.Damaged = func(d shard.Damage) {
		s.damage = append(s.damage, placed{s.n, s.as, d})
	}
	s.cur, err = shard.Open(s.ctx, o, in.Name, part.Part, opt)
	if err != nil {
		return errors.Join(err, o.Close())
	}
	return nil
}

// shut ends the present part.
func (s *inputSource) shut() error {
	s.progress()
	err := s.cur.Close()
	s.cur, s.read = nil, 0
	return err
}

// progress tells the meter what has been read since it was told last.
func (s *inputSource) progress() {
	if s.cur == nil {
		return
	}
	n := s.cur.Bytes()
	s.run.meter.bytes.Add(n - s.read)
	s.bytes += n - s.read
	s.read = n
}

func (s *inputSource) close() error {
	if s.cur == nil {
		return nil
	}
	return s.shut()
}

// rowSource reads the documents that tasks of an earlier pass have written: all of one task, a run of them, or those of several tasks.
type rowSource struct {
	run   *Runner
	ctx   context.Context
	phase string
	tasks []int // still to be opened
	file  stages.File
	rows  *shard.RowReader
	skip  int64 // documents to pass over
	left  int64 // documents to read; -1: all
}

func (r *Runner) rowSource(ctx context.Context, from *plan.Pass, index int) (*rowSource, error) {
	s := &rowSource{run: r, ctx: ctx, phase: from.From, tasks: []int{index}, left: -1}
	switch {
	case from.Join > 1:
		s.tasks = nil
		for k := range from.Join {
			s.tasks = append(s.tasks, index*from.Join+k)
		}
	case from.Split > 1:
		s.tasks[0] = index / from.Split
		before, _, err := r.plan.Find(from.From)
		if err != nil {
			return nil, err
		}
		m, err := r.marker(ctx, before, s.tasks[0])
		if err != nil {
			return nil, err
		}
		if m == nil {
			return nil, fmt.Errorf("task %d of phase %s has no marker", s.tasks[0], from.From)
		}
		k, n := int64(index%from.Split), int64(from.Split)
		s.skip = m.Rows * k / n
		s.left = m.Rows*(k+1)/n - s.skip
	}
	return s, s.open()
}

// open opens the next task's documents and passes over those of others.
func (s *rowSource) open() error {
	o, err := s.run.work.Open(s.ctx, rowsName(s.phase, s.tasks[0]))
	if err != nil {
		return fmt.Errorf("read the documents of phase %s: %w", s.phase, err)
	}
	s.tasks, s.file, s.rows = s.tasks[1:], o, shard.NewRowReader(io.NewSectionReader(o, 0, o.Size()))
	var docs [16]stages.Document
	for s.skip > 0 {
		n, err := s.rows.Read(docs[:min(16, s.skip)])
		s.skip -= int64(n)
		if err != nil && (err != io.EOF || s.skip > 0) {
			return fmt.Errorf("read the documents of phase %s: %w", s.phase, err)
		}
	}
	return nil
}

// rowsName is where a task's documents lie in the work folder.
func rowsName(phase string, task int) string { return fmt.Sprintf("%s/%05d/documents", phase, task) }

func (s *rowSource) next(n int) ([]stages.Document, []placed, error) {
	docs := make([]stages.Document, n)
	for have, size := 0, 0; ; {
		upTo := min(n, have+16)
		if s.left >= 0 {
			upTo = int(min(int64(upTo), int64(have)+s.left))
		}
		k, err := s.rows.Read(docs[have:upTo])
		for i := range k {
			size += len(docs[have+i].Text)
		}
		have += k
		if s.left >= 0 {
			if s.left -= int64(k); s.left == 0 && err == nil {
				err = io.EOF
			}
		}
		if err != nil && err != io.EOF {
			return nil, nil, err
		}
		if err == io.EOF && len(s.tasks) > 0 {
			if err = errors.Join(s.close(), s.open()); err != nil {
				return nil, nil, err
			}
		}
		if err == io.EOF || have == n || size >= batchBytes {
			return docs[:have], nil, err
		}
	}
}

func (s *rowSource) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

// bucketSource reads one bucket of all tasks of a scattering pass, in the order of its key.
type bucketSource struct {
	rows []sortedRow
}

func (r *Runner) bucketSource(ctx context.Context, ph *plan.Phase, bucket int) (*bucketSource, error) {
	from, _, err := r.plan.Find(ph.Pass.From)
	if err != nil {
		return nil, err
	}
	var rows []sortedRow
	for t := range from.Tasks {
		if rows, err = r.bucketRows(ctx, rows, from.Name, t, bucket); err != nil {
			return nil, fmt.Errorf("read the documents of phase %s, task %d: %w", from.Name, t, err)
		}
	}
	sortRows(rows)
	return &bucketSource{rows}, nil
}

// bucketRows appends the rows of one bucket in one task's file. No more than one file is open at a time, however many tasks there are.
func (r *Runner) bucketRows(ctx context.Context, rows []sortedRow, phase string, task, bucket int) ([]sortedRow, error) {
	o, err := r.work.Open(ctx, rowsName(phase, task))
	if err != nil {
		return nil, err
	}
	defer o.Close()
	return readBucket(rows, o, task, bucket)
}

func (s *bucketSource) next(n int) ([]stages.Document, []placed, error) {
	n = min(n, len(s.rows))
	docs := make([]stages.Document, n)
	for i := range docs {
		if err := shard.ParseRow(s.rows[i].row, &docs[i]); err != nil {
			return nil, nil, err
		}
		s.rows[i].row = nil
	}
	if s.rows = s.rows[n:]; len(s.rows) == 0 {
		return docs, nil, io.EOF
	}
	return docs, nil, nil
}

func (s *bucketSource) close() error { return nil }
