package fasttext

import (
	"errors"
	"fmt"
)

// maxDecoded bounds, in numbers, the compressed matrices that are decoded when they are read: 128 MiB. lid.176.ftz has 0.9 million.
const maxDecoded = 32 << 20

// A matrix has rows of float32. Of a compressed one the rows are decoded when it is read, for adding, unless it is too large; then
// they are decoded as they are used.
type matrix struct {
	rows, cols int
	data       []float32  // [rows][cols], nil: packed only
	packed     *quantized // nil: data only
}

func (m *matrix) read(r *reader, quantizedForm bool) error {
	if quantizedForm {
		return m.readQuantized(r)
	}
	rows, cols := r.int64(), r.int64()
	if r.err != nil {
		return r.err
	}
	if rows < 0 || cols < 1 || cols > maxDim || rows > int64(len(r.b))/(4*cols) {
		return fmt.Errorf("%w: %d × %d numbers, %d bytes left", errShort, rows, cols, len(r.b))
	}
	m.rows, m.cols = int(rows), int(cols)
	m.data = r.floats(m.rows * m.cols)
	return r.err
}

// add adds row i to x.
func (m *matrix) add(x []float32, i int) {
	if m.data == nil {
		m.packed.add(x, i)
		return
	}
	row := m.data[i*m.cols:][:len(x)]
	for k, v := range row {
		x[k] += v
	}
}

// dot returns the product of row i and x, added from the first number to the last. The conversions keep each product rounded to
// float32 on machines that could fuse it with the addition.
func (m *matrix) dot(x []float32, i int) float32 {
	if m.packed != nil { // the norm is multiplied last, so the decoded row would give other bits
		return m.packed.dot(x, i)
	}
	var d float32
	for k, v := range m.data[i*m.cols:][:len(x)] {
		d += float32(v * x[k])
	}
	return d
}

// A quantized matrix is product-quantised: a row is a sequence of codes, each standing for a few numbers (a centroid), times a
// norm that is quantised too.
type quantized struct {
	pq    quantizer
	codes []byte    // [rows][pq.parts]
	norms []float32 // of each row; nil: 1
}

// A quantizer holds 256 centroids for each part of a vector.
type quantizer struct {
	dim, parts, width, last int // numbers of a vector, parts of it, width of a part, of the last part
	centroids               []float32
}

func (m *matrix) readQuantized(r *reader) error {
	withNorms := r.bool()
	rows, cols := r.int64(), r.int64()
	codes := r.int32()
	if r.err != nil {
		return r.err
	}
	if rows < 0 || cols < 1 || cols > maxDim || rows > int64(len(r.b)) {
		return fmt.Errorf("%w: %d × %d numbers, %d bytes left", errShort, rows, cols, len(r.b))
	}
	m.rows, m.cols = int(rows), int(cols)
	q := &quantized{codes: r.bytes(codes)}
	if err := q.pq.read(r); err != nil {
		return err
	}
	if q.pq.dim != m.cols || len(q.codes) != m.rows*q.pq.parts {
		return fmt.Errorf("%d codes of %d parts for %d × %d numbers", codes, q.pq.parts, rows, cols)
	}
	if withNorms {
		normCodes := r.bytes(m.rows)
		var npq quantizer
		if err := npq.read(r); err != nil {
			return fmt.Errorf("norms: %w", err)
		}
		if npq.dim != 1 {
			return fmt.Errorf("norms of %d numbers, must be 1", npq.dim)
		}
		q.norms = make([]float32, m.rows)
		for i, c := range normCodes {
			q.norms[i] = npq.centroid(0, c)[0]
		}
	}
	m.packed = q
	if m.rows <= maxDecoded/m.cols {
		m.data = make([]float32, m.rows*m.cols)
		for i := range m.rows {
			q.add(m.data[i*m.cols:][:m.cols], i)
		}
	}
	return r.err
}

func (q *quantizer) read(r *reader) error {
	q.dim, q.parts, q.width, q.last = r.int32(), r.int32(), r.int32(), r.int32()
	if r.err != nil {
		return r.err
	}
	if q.dim < 1 || q.dim > maxDim || q.parts < 1 || q.parts > q.dim || q.width < 1 || q.width > q.dim || q.last < 1 || q.last > q.width ||
		(q.parts-1)*q.width+q.last != q.dim {
		return fmt.Errorf("a vector of %d numbers in %d parts of %d, the last of %d", q.dim, q.parts, q.width, q.last)
	}
	q.centroids = r.floats(q.dim * 256)
	if r.err != nil {
		return errors.Join(errors.New("centroids"), r.err)
	}
	return nil
}

// centroid returns the numbers that a code stands for in one part.
func (q *quantizer) centroid(part int, code byte) []float32 {
	if part == q.parts-1 {
		return q.centroids[part*256*q.width+int(code)*q.last:][:q.last]
	}
	return q.centroids[(part*256+int(code))*q.width:][:q.width]
}

func (q *quantized) norm(i int) float32 {
	if q.norms == nil {
		return 1
	}
	return q.norms[i]
}

func (q *quantized) add(x []float32, i int) {
	norm := q.norm(i)
	for part, code := range q.codes[i*q.pq.parts:][:q.pq.parts] {
		at := x[part*q.pq.width:]
		for k, c := range q.pq.centroid(part, code) {
			at[k] += float32(norm * c)
		}
	}
}

func (q *quantized) dot(x []float32, i int) float32 {
	var d float32
	for part, code := range q.codes[i*q.pq.parts:][:q.pq.parts] {
		at := x[part*q.pq.width:]
		for k, c := range q.pq.centroid(part, code) {
			d += float32(at[k] * c)
		}
	}
	return float32(d * q.norm(i))
}
