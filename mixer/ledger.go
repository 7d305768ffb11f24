package mixer

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"

	"github.com/winnow-data/winnow/stages"
)

var byteOrder = binary.LittleEndian

// A ledger is what all tasks of a census have noted. It holds the samples in memory, 16 bytes for each 256 documents, and reads entries
// where a threshold lies.
type ledger struct {
	files  []stages.File // "entries" by task
	groups map[string]*group
	names  []string // of the groups, sorted
}

// A group is all documents with one value.
type group struct {
	name     string
	entries  int64
	amount   uint64
	segments []span
}

// A span is a segment and its samples.
type span struct {
	segment
	task    int
	samples []entry // the last entry of each block
}

// openLedger reads what the tasks of the phase "count" have left. The caller closes it.
func openLedger(t *stages.Task) (l *ledger, err error) {
	l = &ledger{groups: map[string]*group{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.close())
		}
	}()
	for task := range t.Files.Tasks("count") {
		if err := l.read(t, task); err != nil {
			return l, fmt.Errorf("reading the counts of task %d: %w", task, err)
		}
	}
	if len(l.groups) > maxGroups {
		return l, stages.Final(fmt.Errorf("counting documents: %d groups, at most %d are allowed", len(l.groups), maxGroups))
	}
	l.names = sortedKeys(l.groups)
	return l, nil
}

func (l *ledger) read(t *stages.Task, task int) error {
	var x index
	raw, err := readFile(t, task, "index")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &x); err != nil {
		return err
	}
	if raw, err = readFile(t, task, "samples"); err != nil {
		return err
	}
	samples := decode(raw)
	f, err := t.Open("count", task, "entries")
	if err != nil {
		return err
	}
	l.files = append(l.files, f)
	for _, s := range x.Segments {
		n := s.blocks()
		if s.Group < 0 || s.Group >= len(x.Groups) || n > int64(len(samples)) {
			return fmt.Errorf("index and samples do not belong together")
		}
		g := l.groups[x.Groups[s.Group]]
		if g == nil {
			g = &group{name: x.Groups[s.Group]}
			l.groups[g.name] = g
		}
		g.entries += s.Entries
		g.amount += s.Amount
		g.segments = append(g.segments, span{s, task, samples[:n:n]})
		samples = samples[n:]
	}
	return nil
}

func (l *ledger) close() error {
	var errs []error
	for _, f := range l.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// union returns the named groups as one.
func (l *ledger) union(names []string) *group {
	u := &group{}
	for _, n := range names {
		g := l.groups[n]
		u.name = n
		u.entries += g.entries
		u.amount += g.amount
		u.segments = append(u.segments, g.segments...)
	}
	if len(names) != 1 {
		u.name = rest
	}
	return u
}

// blocks reads entries of s from block lo up to block hi, both inside, and returns with them the place and the amount before the first.
func (l *ledger) blocks(s *span, lo, hi int) (es []entry, place int64, before uint64, err error) {
	if hi = min(hi, len(s.samples)-1); lo > hi {
		return nil, s.Entries, s.Amount, nil
	}
	from, to := int64(lo)*blockLength, min(int64(hi+1)*blockLength, s.Entries)
	raw := make([]byte, (to-from)*entrySize)
	if _, err := l.files[s.task].ReadAt(raw, (s.First+from)*entrySize); err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, 0, fmt.Errorf("reading the counts of task %d: %w", s.task, err)
	}
	if lo > 0 {
		before = s.samples[lo-1].sum
	}
	return decode(raw), from, before, nil
}

// after returns the number of blocks of s whose entries all have keys up to key.
func (s *span) after(key uint64) int {
	return sort.Search(len(s.samples), func(i int) bool { return s.samples[i].key > key })
}

func decode(raw []byte) []entry {
	es := make([]entry, len(raw)/entrySize)
	for i := range es {
		b := raw[i*entrySize:]
		es[i] = entry{byteOrder.Uint64(b), byteOrder.Uint64(b[8:])}
	}
	return es
}

// readFile returns a whole file of a task of the phase "count".
func readFile(t *stages.Task, task int, name string) (raw []byte, err error) {
	return readAll(t, "count", task, name)
}

func readAll(t *stages.Task, phase string, task int, name string) (raw []byte, err error) {
	f, err := t.Open(phase, task, name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
}
