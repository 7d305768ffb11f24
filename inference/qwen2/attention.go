package qwen2

import (
	"math"

	"github.com/winnow-data/winnow/inference/internal/kernel"
)

// tileRows is how many rows a tile of queries has at most, and tileScores, of attention in float32, how many scores at once (256 KiB).
const (
	tileScores = 1 << 16
	tileRows   = 128
)

// A tile is the unit of attention: some tokens of one sequence with the query heads that share one key/value head. Keys and
// values are read once for all of its rows.
type tile struct {
	run  int32 // of the pass
	a, b int32 // tokens sel[a:b]
	head int32 // key/value head
}

// tile cuts the selected tokens into tiles. Late tokens see more keys than early ones: late and early tiles alternate, so that equal runs of
// tiles cost about the same.
func (s *Session) tile() {
	s.tiles = s.tiles[:0]
	group := s.c.Heads / s.c.KVHeads
	a := 0
	for r, run := range s.run {
		b := a
		for b < len(s.sel) && int(s.sel[b]) < run.at+run.n {
			b++
		}
		if a == b {
			continue
		}
		rows := tileRows
		if !s.m.kv16 {
			rows = min(rows, tileScores/(int(s.pos[s.sel[b-1]])+1))
		}
		n := max(1, rows/group)
		count := (b - a + n - 1) / n
		for i := range count {
			j := i / 2
			if i%2 == 1 {
				j = count - 1 - i/2
			}
			from := a + j*n
			for head := range s.c.KVHeads {
				s.tiles = append(s.tiles, tile{run: int32(r), a: int32(from), b: int32(min(from+n, b)), head: int32(head)})
			}
		}
		a = b
	}
}

// scoreScale is what the scores of a text of n tokens are multiplied by.
func (m *Model) scoreScale(n int) float32 {
	scale := 1 / math.Sqrt(float64(m.Config.HeadDim))
	if c := m.Config.Chunk; c != nil && c.Original > 0 {
		grow := max(1, float64(0.1*log(float64(n)/float64(c.Original)))+1)
		scale *= grow * grow
	}
	return float32(scale)
}

// taskPlace finishes q, k and v of some tokens: biases, norms (Qwen3), rotation. Keys and values go to their pages.
func (s *Session) taskPlace(worker, i int) {
	c, l := s.c, &s.w.layers[s.layerAt]
	from, to := s.span(i)
	q, kv := c.Heads*c.HeadDim, c.KVHeads*c.HeadDim
	half := c.HeadDim / 2
	for t := from; t < to; t++ {
		row := s.qkv[t*(q+2*kv) : (t+1)*(q+2*kv)]
		if l.qkvBias != nil {
			kernel.Add(row, l.qkvBias)
		}
		if l.qNorm != nil {
			for h := 0; h < q; h += c.HeadDim {
				kernel.RMSNorm(row[h:h+c.HeadDim], row[h:h+c.HeadDim], l.qNorm, c.Eps)
			}
			for h := q; h < q+kv; h += c.HeadDim {
				kernel.RMSNorm(row[h:h+c.HeadDim], row[h:h+c.HeadDim], l.kNorm, c.Eps)
			}
		}
		cos, sin := s.cos[t*half:(t+1)*half], s.sin[t*half:(t+1)*half]
		if c.Chunk == nil {
			kernel.Rotate(row, c.Heads+c.KVHeads, c.HeadDim, cos, sin)
		} else { // queries are turned in three ways later
			kernel.Rotate(row[q:], c.KVHeads, c.HeadDim, cos, sin)
		}
		s.store(&s.workers[worker], t, row[q:q+kv], row[q+kv:])
	}
}

// store puts the key and value heads of token t into its page.
func (s *Session) store(w *worker, t int, k, v []float32) {
	d := s.c.HeadDim
	seq := s.runOf(t).seq
	page, at := seq.pages[s.pos[t]/kernel.Page], int(s.pos[t]%kernel.Page)
	dim := seq.c.dim
	for h := range s.c.KVHeads {
		key, value := k[h*d:(h+1)*d], v[h*d:(h+1)*d]
		if dim != d {
			pad := w.vector(2 * dim)
			clear(pad)
			copy(pad, key)
			copy(pad[dim:], value)
			key, value = pad[:dim], pad[dim:]
		}
		if s.m.kv16 {
			kernel.PutKV(seq.c.head(page, s.layerAt, h), at, dim, key, value)
			continue
		}
		keys, values := seq.c.floats(page, s.layerAt, h)
		kernel.PutK(keys, at, dim, key)
		copy(values[at*dim:(at+1)*dim], value)
	}
}

// runOf finds the stretch of a token.
func (s *Session) runOf(t int) *stretch {
	lo, hi := 0, len(s.run)
	for hi-lo > 1 {
		if m := (lo + hi) / 2; s.run[m].at <= t {
			lo = m
		} else {
			hi = m
		}
	}
	return &s.run[lo]
}

// taskAttend computes one tile. A row's bits depend on its query and its keys only.
func (s *Session) taskAttend(worker, i int) {
	w, t := &s.workers[worker], &s.tiles[i]
	if s.m.kv16 {
		s.attend16(w, t)
	} else {
		s.attend(w, t)
	}
	s.scatter(w, t, s.run[t.run].seq.c.dim)
}

// sees is the keys that token j of the selected sees: from up to, not including, to.
func (s *Session) sees(j int32) (from, to int) {
	pos := int(s.pos[s.sel[j]])
	return max(0, pos+1-s.w.layers[s.layerAt].window), pos + 1
}

// attend16 leaves the work to the kernel that holds keys and values in 16 bits.
func (s *Session) attend16(w *worker, t *tile) {
	run := &s.run[t.run]
	group, dim := s.c.Heads/s.c.KVHeads, run.seq.c.dim
	w.spans = w.spans[:0]
	for j := t.a; j < t.b; j++ {
		from, to := s.sees(j)
		w.spans = append(w.spans, kernel.Span{From: int32(from), To: int32(to)})
	}
	w.o = grown(w.o, len(w.spans)*group*dim)
	w.seq, w.layer, w.head = run.seq, s.layerAt, int(t.head)
	w.attention.Attend(w.o, s.queries(w, t, dim), dim, group, w.spans, run.scale, w.pageAt)
}

// attend computes scores page by page, softmax, and the weighted sum of values page by page, in ascending order, in float32.
func (s *Session) attend(w *worker, t *tile) {
	run := &s.run[t.run]
	dim, group := run.seq.c.dim, s.c.Heads/s.c.KVHeads
	rows := int(t.b-t.a) * group
	first, _ := s.sees(t.a)
	_, keys := s.sees(t.b - 1)
	page0 := first / kernel.Page
	base := page0 * kernel.Page
	stride := (keys - base + 15) &^ 15
	w.s = grown(w.s, rows*stride)
	w.o = grown(w.o, rows*dim)

	if s.c.Chunk == nil {
		q := s.queries(w, t, dim)
		for p := page0; p*kernel.Page < keys; p++ {
			at := p * kernel.Page
			k, _ := run.seq.c.floats(run.seq.pages[p], s.layerAt, int(t.head))
			kernel.Scores(w.s[at-base:], stride, q, dim, rows, k, min(kernel.Page, keys-at), dim)
		}
	} else {
		s.chunkScores(w, t, dim, stride, keys)
	}
	sums := w.vector(rows)
	for r := range rows {
		from, to := s.sees(t.a + int32(r/group))
		sums[r] = kernel.SoftExp(w.s[r*stride+from-base:r*stride+to-base], run.scale)
	}
	clear(w.o)
	for p := page0; p*kernel.Page < keys; p++ {
		_, v := run.seq.c.floats(run.seq.pages[p], s.layerAt, int(t.head))
		s.weigh(w, t, v, dim, stride, base, p*kernel.Page, min((p+1)*kernel.Page, keys))
	}
	for r, sum := range sums {
		by := 1 / sum
		o := w.o[r*dim : (r+1)*dim]
		for d, x := range o {
			o[d] = x * by
		}
	}
}

// weigh adds the values of positions [at, end), one page, to the rows that see them: in the middle those that all see, before and behind it
// token by token. What a row does not see must not be multiplied by 0 either: of a NaN it would make one, of -0 +0.
func (s *Session) weigh(w *worker, t *tile, v []float32, dim, stride, base, at, end int) {
	group := s.c.Heads / s.c.KVHeads
	from, _ := s.sees(t.b - 1)
	_, to := s.sees(t.a)
	from = min(max(from, at), end)
	to = min(max(to, from), end)
	part := func(first, tokens, from, to int) {
		if from < to {
			r := first * group
			kernel.Weigh(w.o[r*dim:], dim, w.s[r*stride+from-base:], stride, tokens*group, v[(from-at)*dim:], to-from, dim)
		}
	}
	tokens := int(t.b - t.a)
	for j := range tokens {
		first, last := s.sees(t.a + int32(j))
		part(j, 1, max(first, at), min(last, from))
	}
	part(0, tokens, from, to)
	for j := range tokens {
		first, last := s.sees(t.a + int32(j))
		part(j, 1, max(first, to), min(last, end))
	}
}

// queries gathers the rows of a tile, token by token, head by head, each padded to dim.
func (s *Session) queries(w *worker, t *tile, dim int) []float32 {
	c := s.c
	group := c.Heads / c.KVHeads
	width := (c.Heads + 2*c.KVHeads) * c.HeadDim
	w.q = grown(w.q, int(t.b-t.a)*group*dim)
	r := 0
	for _, tok := range s.sel[t.a:t.b] {
		q := s.qkv[int(tok)*width+int(t.head)*group*c.HeadDim:]
		for g := range group {
			to := w.q[r*dim : (r+1)*dim]
			copy(to, q[g*c.HeadDim:(g+1)*c.HeadDim])
			clear(to[c.HeadDim:])
			r++
		}
	}
	return w.q
}

// scatter writes the rows of a tile to where the output matrix reads them.
func (s *Session) scatter(w *worker, t *tile, dim int) {
	c := s.c
	group := c.Heads / c.KVHeads
	r := 0
	for j := int(t.a); j < int(t.b); j++ {
		to := s.att[(j*c.Heads+int(t.head)*group)*c.HeadDim:]
		for g := range group {
			copy(to[g*c.HeadDim:(g+1)*c.HeadDim], w.o[r*dim:])
			r++
		}
	}
}
