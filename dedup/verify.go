package dedup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/stages"
)

// verify judges the clusters of its share, one after the other, each in the order of who survives: whatever comes is compared with those
// that stay already. It holds those, as far as memory allows, and one other at a time, however large the cluster is.
func (m *MinHash) verify(ctx context.Context, t *stages.Task) (err error) {
	candidates, err := open(t, "spread", candidatesFile, m.candidateWidth())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, candidates.Close()) }()
	words, err := open(t, "spread", wordsFile, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, words.Close()) }()
	lo, hi := share(t.Index, t.Tasks)
	readers, err := candidates.readers(lo, hi, memory(t)/8)
	if err != nil {
		return err
	}
	v := &verifier{m: m, words: words, out: newRemovals(t, memory(t)/4), sum: newSummary(), evidence: newEvidence(t)}
	v.stay = newSurvivors(m, memory(t)/2, v.load)
	n := 0
	err = rows.Merge(readers, func(source int, row []byte) error {
		if err := every(ctx, &n); err != nil {
			return err
		}
		return v.add(m.parseCandidate(source, row))
	})
	if err == nil {
		err = v.flush()
	}
	if err == nil {
		err = writeJSON(t, summaryFile, v.sum)
	}
	return errors.Join(err, v.out.Close(t), v.evidence.Close())
}

// A verifier judges one cluster at a time.
type verifier struct {
	m        *MinHash
	words    *shelf
	out      *removals
	sum      *Summary
	evidence *evidence
	buf      []byte

	stay    *survivors
	cluster uint64
	members int
	removed int
	fixed   int // references, never removed
	last    outcome
	sig     []byte // without verification: of the survivor
}

// outcome is what was decided on the member before: one with the same text gets the same.
type outcome struct {
	known   bool
	content [16]byte
	keeper  *survivor // the survivor that stands for it: itself, if it stayed
	value   float64
	why     reason
}

func (v *verifier) add(c candidate) error {
	if v.members > 0 && c.cluster != v.cluster {
		if err := v.flush(); err != nil {
			return err
		}
	}
	v.cluster = c.cluster
	v.members++
	r, err := v.read(c)
	if err != nil {
		return err
	}
	if !c.removable {
		v.fixed++
	}
	if !v.m.Verify {
		return v.close(c, r)
	}
	if c.removable && v.last.known && v.last.content == c.content {
		return v.remove(c, r, v.last)
	}
	if err := v.judge(c, r); err != nil {
		return err
	}
	v.last.known, v.last.content = true, c.content
	return nil
}

// judge compares a member with those that stay. It leaves the outcome in v.last.
func (v *verifier) judge(c candidate, r record) error {
	b, err := v.stay.body(r)
	if err != nil {
		return err
	}
	if c.removable {
		found, err := v.stay.find(b)
		if err != nil {
			return err
		}
		if found.accepted {
			v.stay.release(b)
			v.last = outcome{keeper: found.by, value: found.similarity, why: found.why}
			return v.remove(c, r, v.last)
		}
		if found.by != nil {
			v.sum.judged(found.similarity, false, 0)
			if err := v.evidence.add(r.id, found.by.id, found.similarity, "", false); err != nil {
				return err
			}
		}
		if found.missed {
			v.sum.Uncompared++
		}
	}
	s, err := v.stay.keep(c, r.id, b)
	v.last = outcome{keeper: s, value: 1, why: jaccard}
	return err
}

// close is judge without verification: the first stays, all others go.
func (v *verifier) close(c candidate, r record) error {
	if want := v.m.family.Bands * v.m.family.Rows * v.m.signatureWidth(); len(r.rest) != want {
		return fmt.Errorf("candidate %q: signature of %d bytes, not %d", r.id, len(r.rest), want)
	}
	if len(v.stay.all) == 0 {
		v.sig = append(v.sig[:0], r.rest...)
		v.stay.all = append(v.stay.all, &survivor{id: r.id, named: unnamed})
		return nil
	}
	if !c.removable {
		return nil
	}
	return v.remove(c, r, outcome{keeper: v.stay.all[0], value: agreement(v.sig, r.rest, v.m.signatureWidth()), why: band})
}

// agreement returns the share of values, each of so many bytes, in which two signatures agree.
func agreement(a, b []byte, width int) float64 {
	same := 0
	for i := 0; i < len(a); i += width {
		if bytes.Equal(a[i:i+width], b[i:i+width]) {
			same++
		}
	}
	return float64(same*width) / float64(len(a))
}

func (v *verifier) remove(c candidate, r record, o outcome) error {
	v.removed++
	v.sum.judged(o.value, true, o.why)
	v.sum.lost(r.source)
	if o.keeper.named == unnamed {
		o.keeper.named = v.out.next()
		if err := v.out.name(o.keeper.id); err != nil {
			return err
		}
	}
	if err := v.evidence.add(r.id, o.keeper.id, o.value, reasons[o.why], true); err != nil {
		return err
	}
	return v.out.remove(c.ref, o.keeper.named, c.check, o.why, o.value)
}

// flush ends a cluster and asserts that it has its survivors: none may vanish as a whole.
func (v *verifier) flush() error {
	if v.members == 0 {
		return nil
	}
	stayed, want := v.members-v.removed, len(v.stay.all)
	if !v.m.Verify {
		want = max(v.fixed, 1)
	}
	if stayed < 1 || stayed != want {
		return fmt.Errorf("cluster of %d documents: %d survive, not %d", v.members, stayed, want)
	}
	v.sum.cluster(v.stay.all[0].id, v.members, v.removed)
	v.stay.reset()
	v.members, v.removed, v.fixed, v.last = 0, 0, 0, outcome{}
	return nil
}

// read reads what the spread stored of a candidate. It is valid until the next call.
func (v *verifier) read(c candidate) (record, error) {
	v.buf = slices.Grow(v.buf[:0], c.length)[:c.length]
	if err := readAt(v.words.files[c.ref.task()], v.buf, c.offset); err != nil {
		return record{}, fmt.Errorf("read candidate %d of task %d: %w", c.ref.ordinal(), c.ref.task(), err)
	}
	r, err := parseRecord(v.buf)
	if err != nil {
		return r, err
	}
	if idCheck(r.id) != c.check {
		return r, fmt.Errorf("candidate %d of task %d: id %q is not the one in the table", c.ref.ordinal(), c.ref.task(), r.id)
	}
	return r, nil
}

// load reads the words of a survivor again.
func (v *verifier) load(c candidate) (record, error) {
	held := v.buf // the member at hand lies there
	v.buf = nil
	r, err := v.read(c)
	v.buf = held
	return r, err
}

// unnamed marks a survivor for which nothing was removed yet.
const unnamed = math.MaxUint64
