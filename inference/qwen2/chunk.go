package qwen2

import "github.com/winnow-data/winnow/inference/internal/kernel"

// The three ways a query is turned under dual chunk attention, by how many chunks back the key lies.
const (
	intra = iota
	successive
	inter
)

// length is L, the real length of a chunk.
func (d *DualChunk) length() int { return d.Size - d.Local }

// position is what a query at p is turned by; without dual chunks its own position. Keys are turned by the intra position.
func (d *DualChunk) position(p, kind int) int {
	if d == nil {
		return p
	}
	l := d.length()
	switch kind {
	case intra:
		return p % l
	case successive:
		return min(p%l+l, d.Size)
	}
	return min(2*l-1, d.Size)
}

// kind is how a query at p is turned for a key at j, and the first key position after j for which that may differ.
func (d *DualChunk) kind(p, j int) (kind, next int) {
	l := d.length()
	return min(p/l-j/l, inter), (j/l + 1) * l
}

// chunkScores computes the scores of a tile page by page, once for each way to turn the queries that the page needs, and puts together
// each row from its own.
func (s *Session) chunkScores(w *worker, t *tile, dim, stride, keys int) {
	c, run := s.c, &s.run[t.run]
	group := c.Heads / c.KVHeads
	rows := int(t.b-t.a) * group
	plain := s.queries(w, t, dim)
	w.tile = grown(w.tile, rows*(3*dim+3*kernel.Page))
	q, scores := w.tile[:3*rows*dim], w.tile[3*rows*dim:]
	half := c.HeadDim / 2
	for kind := range 3 {
		to := q[kind*rows*dim:]
		copy(to[:rows*dim], plain)
		for r := range rows {
			at := (kind*len(s.pos) + int(s.sel[int(t.a)+r/group])) * half
			kernel.Rotate(to[r*dim:], 1, c.HeadDim, s.cos[at:at+half], s.sin[at:at+half])
		}
	}
	for p := 0; p*kernel.Page < keys; p++ {
		at, n := p*kernel.Page, min(kernel.Page, keys-p*kernel.Page)
		page, _ := run.seq.c.floats(run.seq.pages[p], s.layerAt, int(t.head))
		for kind := range 3 {
			kernel.Scores(scores[kind*rows*kernel.Page:], kernel.Page, q[kind*rows*dim:], dim, rows, page, n, dim)
		}
		for r := range rows {
			pos := int(s.pos[s.sel[int(t.a)+r/group]])
			for j := at; j < min(at+n, pos+1); {
				kind, next := c.Chunk.kind(pos, j)
				next = min(next, at+n)
				copy(w.s[r*stride+j:r*stride+next], scores[(kind*rows+r)*kernel.Page+j-at:])
				j = next
			}
		}
	}
}
