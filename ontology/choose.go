package ontology

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/stages"
)

// choose decides about every document and writes for each task what became of its own.
func (s *Select) choose(ctx context.Context, t *stages.Task) (err error) {
	p, err := s.loadPool(ctx, t)
	if err != nil {
		return err
	}
	if err := s.found(p); err != nil {
		return err
	}
	var c *choice
	if s.By == "score" {
		v, err := openVectors(t, p)
		if err != nil {
			return err
		}
		c, err = novel(ctx, p, int(s.Rows), s.Similarity, v.read)
		if err = errors.Join(err, v.close()); err != nil {
			return err
		}
	} else if c, err = diverse(ctx, p, int(s.Rows)); err != nil {
		return err
	}
	t.Fact("selection", s.tell(p, c))
	from := int32(0)
	for task, to := range p.ends {
		if err := writeFates(t, task, p, c, from, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// found says whether any document has what it is chosen by.
func (s *Select) found(p *pool) error {
	switch {
	case p.len() == 0:
		return nil
	case s.By != "score" && len(p.names) == 0:
		return stages.Final(fmt.Errorf("choose by tags: none of %d documents has any in the field %s: put tag before this stage", p.len(), tagsField))
	case s.By == "score" && !slices.ContainsFunc(p.score, func(x float64) bool { return x == x }):
		return stages.Final(fmt.Errorf("choose by score: none of %d documents has a number in every field of %v", p.len(), s.Score))
	case s.By == "score" && p.commonWidth() == 0:
		return stages.Final(fmt.Errorf("choose by score: none of %d documents has a vector in the field %s: put embed before this stage, or set vector to \"\"", p.len(), s.Vector))
	}
	return nil
}

func fatesFile(task int) string { return fmt.Sprintf("fates-%05d", task) }

// writeFates writes for each document of a task: what became of it, a check of its id, and what was measured; of a too similar one also the id of the
// one that stands in its place.
func writeFates(t *stages.Task, task int, p *pool, c *choice, from, to int32) error {
	w := t.Create(fatesFile(task))
	b := bufio.NewWriterSize(w, 64<<10)
	var row []byte
	for i := from; i < to; i++ {
		value := float64(len(p.tagsOf(i)))
		if p.score != nil {
			value = p.score[i]
		}
		row = append(row[:0], c.fate[i])
		row = binary.BigEndian.AppendUint32(row, idCheck(p.id(i)))
		if c.fate[i] != tooSimilar {
			row = binary.BigEndian.AppendUint64(row, math.Float64bits(value))
		} else {
			m := c.nearest[i]
			row = binary.BigEndian.AppendUint64(row, math.Float64bits(m.cosine))
			id := p.id(m.kept)
			row = append(binary.AppendUvarint(row, uint64(len(id))), id...)
		}
		if _, err := b.Write(row); err != nil {
			return errors.Join(err, w.Close())
		}
	}
	return errors.Join(b.Flush(), w.Close())
}

func idCheck[T string | []byte](id T) uint32 { return uint32(xxhash.Sum64String(string(id))) }

// A selectCut is the last pass: it drops what was not chosen. It checks that the documents are those that were collected.
type selectCut struct {
	s *Select
	r *bufio.Reader
	n int
}

func (s *Select) cut(t *stages.Task) (stages.Stage, error) {
	f, err := t.Open("choose", 0, fatesFile(t.Index))
	if err != nil {
		return nil, err
	}
	c := &selectCut{s: s, r: bufio.NewReaderSize(io.NewSectionReader(f, 0, f.Size()), 64<<10)}
	t.AtEnd(func() error {
		_, err := c.r.ReadByte()
		switch {
		case err == nil:
			err = fmt.Errorf("only %d documents, where more were collected", c.n)
		case err == io.EOF:
			err = nil
		}
		return errors.Join(err, f.Close())
	})
	return c, nil
}

// Apply implements [stages.Stage].
func (c *selectCut) Apply(_ context.Context, b *stages.Batch) error {
	for i, d := range b.Live() {
		c.n++
		var row [13]byte
		if _, err := io.ReadFull(c.r, row[:]); err != nil {
			return fmt.Errorf("what became of document %d: %w", c.n, err)
		}
		if binary.BigEndian.Uint32(row[1:]) != idCheck(d.ID) {
			return stages.Final(fmt.Errorf("document %d is %q, not the one that was collected", c.n, d.ID))
		}
		v := stages.Verdict{Value: math.Float64frombits(binary.BigEndian.Uint64(row[5:]))}
		switch row[0] {
		case taken:
			continue
		case badVector:
			b.Fail(i, c.s.badVector(d))
			continue
		case tooSimilar:
			id, err := readID(c.r)
			if err != nil {
				return fmt.Errorf("what stands for document %d: %w", c.n, err)
			}
			v.Rule, v.Kept = ruleSimilar, id
		case untagged:
			if _, err := getTags(d); err != nil {
				b.Fail(i, err)
				continue
			}
			v.Rule = ruleUntagged
		case unscored:
			v.Rule, v.Value = ruleUnscored, 0
		case overQuota:
			v.Rule = ruleQuota
		case passedOver:
			v.Rule = rulePassedOver
		default:
			return stages.Final(fmt.Errorf("what became of document %d: unknown code %d", c.n, row[0]))
		}
		b.Drop(i, v)
	}
	return nil
}

func readID(r *bufio.Reader) (string, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return "", err
	}
	id := make([]byte, n)
	_, err = io.ReadFull(r, id)
	return string(id), err
}

// badVector says what is wrong with a document's vector.
func (s *Select) badVector(d *stages.Document) error {
	v, err := s.vectorOf(d, nil)
	if err == nil {
		err = fmt.Errorf("the vector in %s has %d numbers, unlike those of most documents", s.Vector, len(v))
	}
	return err
}

// A Selection is what select tells of its work: the fact `selection`.
type Selection struct {
	By         string      `json:"by"`
	Asked      int         `json:"asked"`
	Taken      int         `json:"taken"`
	Documents  int         `json:"documents"`
	PerPass    []int       `json:"per_pass,omitempty"` // the first ones
	Passes     int         `json:"passes,omitempty"`
	Tags       int         `json:"tags"`       // of all documents
	Covered    int         `json:"covered"`    // of them, those of the chosen documents
	MeanAll    float64     `json:"mean_all"`   // tags of a document that has some
	MeanTaken  float64     `json:"mean_taken"` // tags of a chosen document
	Quotas     []QuotaUsed `json:"quotas,omitempty"`
	QuotasLeft int         `json:"quotas_left,omitempty"` // that are not listed
}

// A QuotaUsed is a bound and how much of it is used.
type QuotaUsed struct {
	Field string `json:"field"`
	Value string `json:"value"`
	Most  int    `json:"most"`
	Taken int    `json:"taken"`
}

// tell sums a choice up.
func (s *Select) tell(p *pool, c *choice) Selection {
	const shown = 100
	out := Selection{
		By: s.By, Asked: int(s.Rows), Taken: len(c.order), Documents: p.len(), Passes: len(c.perPass), PerPass: c.perPass[:min(len(c.perPass), shown)], Tags: len(p.names),
	}
	tagged, covered, uses := 0, make([]bool, len(p.names)), 0
	for i := range p.len() {
		if len(p.tagsOf(int32(i))) > 0 {
			tagged++
		}
	}
	for _, i := range c.order {
		uses += len(p.tagsOf(i))
		for _, t := range p.tagsOf(i) {
			if !covered[t] {
				covered[t] = true
				out.Covered++
			}
		}
	}
	out.MeanAll, out.MeanTaken = mean(len(p.tags), tagged), mean(uses, len(c.order))
	for _, l := range p.limits {
		out.Quotas = append(out.Quotas, QuotaUsed{l.field, l.value, l.most, l.taken})
	}
	slices.SortFunc(out.Quotas, func(a, b QuotaUsed) int {
		return cmp.Or(cmp.Compare(b.Taken, a.Taken), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Value, b.Value))
	})
	if n := len(out.Quotas); n > shown {
		out.Quotas, out.QuotasLeft = out.Quotas[:shown], n-shown
	}
	return out
}
