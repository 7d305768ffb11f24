package ontology

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/winnow-data/winnow/ontology/internal/near"
	"github.com/winnow-data/winnow/stages"
)

// novel takes up to rows documents in the order of their scores, none too near to one taken before. vector reads the vector of a document.
func novel(ctx context.Context, p *pool, rows int, most float64, vector func(i int32, into []float32) error) (*choice, error) {
	c := &choice{fate: make([]byte, p.len()), nearest: map[int32]match{}, width: p.commonWidth()}
	var list []int32
	for i := range c.fate {
		switch {
		case p.score[i] != p.score[i]:
			c.fate[i] = unscored
		case p.width[i] == 0 || int(p.width[i]) != c.width:
			c.fate[i] = badVector
		default:
			list = append(list, int32(i))
		}
	}
	slices.SortFunc(list, func(a, b int32) int { return cmp.Or(cmp.Compare(p.score[b], p.score[a]), p.byID(a, b)) })
	chosen := near.NewChosen(c.width, most)
	v := make([]float32, c.width)
	for n, i := range list {
		if n&0xFF == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if len(c.order) >= rows {
			break
		}
		if !p.room(i) {
			c.fate[i] = overQuota
			continue
		}
		if err := vector(i, v); err != nil {
			return nil, err
		}
		ok, at, cosine, err := chosen.Offer(v)
		if err != nil {
			return nil, fmt.Errorf("the vector of document %q: %w", p.id(i), err)
		}
		if !ok {
			c.fate[i] = tooSimilar
			c.nearest[i] = match{c.order[at], cosine}
			continue
		}
		c.fate[i] = taken
		c.order = append(c.order, i)
		p.take(i)
	}
	return c, nil
}

// commonWidth is the width that most vectors have, the larger one of two.
func (p *pool) commonWidth() (width int) {
	counts := map[int32]int{}
	for _, w := range p.width {
		if w > 0 {
			counts[w]++
		}
	}
	most := 0
	for w, n := range counts {
		if n > most || n == most && int(w) > width {
			width, most = int(w), n
		}
	}
	return width
}

// vectorReader reads vectors where the collecting tasks have written them.
type vectorReader struct {
	p     *pool
	files []stages.File
	buf   []byte
}

func openVectors(t *stages.Task, p *pool) (*vectorReader, error) {
	r := &vectorReader{p: p}
	for i := range t.Files.Tasks("collect") {
		f, err := t.Open("collect", i, vectorsFile)
		if err != nil {
			return nil, errors.Join(err, r.close())
		}
		r.files = append(r.files, f)
	}
	return r, nil
}

func (r *vectorReader) read(i int32, into []float32) error {
	if cap(r.buf) < 4*len(into) {
		r.buf = make([]byte, 4*len(into))
	}
	b := r.buf[:4*len(into)]
	task := r.p.task(i)
	if n, err := r.files[task].ReadAt(b, 4*r.p.vector[i]); n < len(b) {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("read the vector of document %q from collect/%s of task %d: %w", r.p.id(i), vectorsFile, task, err)
	}
	for k := range into {
		into[k] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*k:]))
	}
	return nil
}

func (r *vectorReader) close() error {
	var errs []error
	for _, f := range r.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
