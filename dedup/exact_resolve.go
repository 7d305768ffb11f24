package dedup

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/stages"
)

// resolve decides, group by group of identical documents, which one stays. It holds one row and the best so far, however large the
// group is.
func (e *Exact) resolve(ctx context.Context, t *stages.Task) (err error) {
	hashes, err := open(t, "scan", exactFile, exactWidth)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hashes.Close()) }()
	lo, hi := share(t.Index, t.Tasks)
	readers, err := hashes.readers(lo, hi, memory(t)/2)
	if err != nil {
		return err
	}
	r, err := e.newResolver(t, memory(t)/2)
	if err != nil {
		return err
	}
	n := 0
	return r.finish(t, rows.Merge(readers, func(source int, row []byte) error {
		if err := every(ctx, &n); err != nil {
			return err
		}
		return r.add(source, row)
	}))
}

func (e *Exact) newResolver(t *stages.Task, memory int64) (*exactResolver, error) {
	total, _, err := totalScanned(t)
	if err != nil {
		return nil, err
	}
	ids, err := open(t, "scan", namesFile, 1)
	if err != nil {
		return nil, err
	}
	r := &exactResolver{byID: e.Keep.Policy == "first", ids: ids, out: newRemovals(t, memory), sum: newSummary(), sources: map[uint64]string{}}
	for name := range total.Sources {
		r.sources[xxhash.Sum64String(name)] = name
	}
	return r, nil
}

// finish ends the last group and writes what was decided; err is what went wrong before.
func (r *exactResolver) finish(t *stages.Task, err error) error {
	if err == nil {
		err = r.flush()
	}
	if err == nil {
		err = writeJSON(t, summaryFile, r.sum)
	}
	if r.counts != nil {
		err = errors.Join(err, writeSorted(t, countsFile, r.counts), r.counts.Close())
	}
	return errors.Join(err, r.out.Close(t), r.ids.Close())
}

// exactResolver works on one group at a time. The best document so far is held back; each other one is removed in favour of
// the document that is named when the group is at its end.
type exactResolver struct {
	byID    bool // the id decides before all else
	ids     *shelf
	sources map[uint64]string // names by hash
	out     *removals
	sum     *Summary
	counts  *rows.Sorter // of the preset: duplicates of each document that stays

	group   []byte // row of the best
	best    exactRow
	bestID  []byte // natural key of its id, where ids decide
	members int
	removed int
	key     []byte
}

func (r *exactResolver) add(source int, raw []byte) error {
	if r.members > 0 && !sameGroup(r.group, raw) {
		if err := r.flush(); err != nil {
			return err
		}
	}
	r.members++
	row := parseExact(source, raw)
	if r.members == 1 {
		return r.hold(source, raw)
	}
	if r.best.removable != row.removable {
		return r.remove(row) // the best is a reference
	}
	better := false
	if r.byID {
		if r.bestID == nil {
			id, err := r.id(r.best)
			if err != nil {
				return err
			}
			r.bestID = naturalKey(nil, id)
		}
		id, err := r.id(row)
		if err != nil {
			return err
		}
		r.key = naturalKey(r.key[:0], id)
		better = bytes.Compare(r.key, r.bestID) < 0 // of equal ids the first row has the best rank
	}
	if !better {
		return r.remove(row)
	}
	if err := r.remove(r.best); err != nil {
		return err
	}
	r.bestID = slices.Clone(r.key)
	return r.hold(source, raw)
}

func (r *exactResolver) hold(source int, raw []byte) error {
	r.group = append(r.group[:0], raw...)
	r.best = parseExact(source, r.group)
	return nil
}

func (r *exactResolver) remove(row exactRow) error {
	if !row.removable {
		return nil
	}
	r.removed++
	name, ok := r.sources[row.source]
	if !ok {
		name = otherSources
	}
	r.sum.lost(name)
	return r.out.remove(row.ref, r.out.next(), row.check, identical, 1)
}

// flush ends a group: it names the document that stays.
func (r *exactResolver) flush() error {
	defer func() { r.members, r.removed, r.bestID = 0, 0, nil }()
	if r.members < 2 {
		return nil
	}
	id, err := r.id(r.best)
	if err != nil {
		return err
	}
	r.sum.cluster(id, r.members, r.removed)
	if r.counts != nil {
		if err := r.counts.Add(countRow(r.best.ref, r.removed)); err != nil {
			return err
		}
	}
	if r.removed == 0 {
		return nil
	}
	return r.out.name(id)
}

func (r *exactResolver) id(row exactRow) (string, error) {
	id := make([]byte, row.length)
	if err := readAt(r.ids.files[row.ref.task()], id, row.offset); err != nil {
		return "", err
	}
	return string(id), nil
}
