package ontology

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/stages"
)

// vectorsFile holds the vectors of a collecting task's documents, of float32, one behind the other. A row says where its own begins and how
// many numbers it has.
const vectorsFile = "vectors"

// A candidate is a document as a collecting task writes it into its rows.
type candidate struct {
	id     string
	hash   uint64 // of its words and fields: orders documents of one id
	tags   []int32
	values []int32 // of the quota's fields other than tags; -1 without
	score  float64 // NaN without
	place  int64   // of its vector in the file, in numbers
	width  int     // of its vector; 0 without
}

// A selectCollector notes what documents are chosen by.
type selectCollector struct {
	s       *Select
	names   table
	fields  []string // of the quota, tags not among them
	rows    *bufio.Writer
	vectors *bufio.Writer
	place   int64
	buf     []byte
	vec     []float32
}

// A table numbers names in the order in which they come.
type table struct {
	number map[string]int32
	names  []string
}

func (t *table) of(name string) int32 {
	k, ok := t.number[name]
	if !ok {
		k = int32(len(t.names))
		t.number[name] = k
		t.names = append(t.names, name)
	}
	return k
}

// collect is the first pass. What is wrong with a document shows in the last one.
func (s *Select) collect(t *stages.Task) (stages.Stage, error) {
	rows, vectors := t.Create(rowsFile), t.Create(vectorsFile)
	c := &selectCollector{
		s: s, names: table{number: map[string]int32{}}, fields: s.quotaFields(),
		rows: bufio.NewWriterSize(rows, 64<<10), vectors: bufio.NewWriterSize(vectors, 64<<10),
	}
	t.AtEnd(func() error {
		err := errors.Join(c.rows.Flush(), rows.Close(), c.vectors.Flush(), vectors.Close())
		return errors.Join(err, writeNames(t, c.names.names))
	})
	return c, nil
}

// quotaFields lists the quota's fields but for the tags.
func (s *Select) quotaFields() (fields []string) {
	for _, f := range s.Quota.fields() {
		if f != tagsField {
			fields = append(fields, f)
		}
	}
	return fields
}

// A name in the table is a tag, or a value of a quota's field, told apart by a first letter.
func tagName(tag string) string            { return "t" + tag }
func valueName(field, value string) string { return "v" + field + "\x00" + value }

// Apply implements [stages.Stage].
func (c *selectCollector) Apply(_ context.Context, b *stages.Batch) error {
	for _, d := range b.Live() {
		k := candidate{id: d.ID, hash: contentOf(d), score: math.NaN(), place: c.place}
		tags, _ := getTags(d)
		for _, tag := range tags {
			k.tags = append(k.tags, c.names.of(tagName(tag)))
		}
		for _, f := range c.fields {
			v := int32(-1)
			if s, ok := d.Field(f); ok {
				v = c.names.of(valueName(f, s))
			}
			k.values = append(k.values, v)
		}
		if c.s.By == "score" {
			if k.score = c.s.scoreOf(d); k.score == k.score {
				c.vec, _ = c.s.vectorOf(d, c.vec[:0])
				k.width = len(c.vec)
			}
		}
		if err := c.write(&k); err != nil {
			return err
		}
	}
	return nil
}

func (c *selectCollector) write(k *candidate) error {
	b := binary.AppendUvarint(c.buf[:0], uint64(len(k.id)))
	b = append(b, k.id...)
	b = binary.BigEndian.AppendUint64(b, k.hash)
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(k.score))
	b = binary.AppendUvarint(b, uint64(k.width))
	b = binary.AppendUvarint(b, uint64(len(k.tags)))
	for _, t := range k.tags {
		b = binary.AppendUvarint(b, uint64(t))
	}
	for _, v := range k.values {
		b = binary.AppendVarint(b, int64(v))
	}
	c.buf = b
	if _, err := c.rows.Write(b); err != nil {
		return err
	}
	if k.width == 0 {
		return nil
	}
	c.place += int64(k.width)
	return binary.Write(c.vectors, binary.LittleEndian, c.vec)
}

// readCandidate reads what write has written. Slices of k are used again.
func readCandidate(r *bufio.Reader, k *candidate, fields, names int) error {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return err
	}
	id := make([]byte, n)
	if _, err := io.ReadFull(r, id); err != nil {
		return err
	}
	var fixed [16]byte
	if _, err := io.ReadFull(r, fixed[:]); err != nil {
		return err
	}
	k.id, k.hash = string(id), binary.BigEndian.Uint64(fixed[:])
	k.score = math.Float64frombits(binary.BigEndian.Uint64(fixed[8:]))
	width, err := binary.ReadUvarint(r)
	if err != nil {
		return err
	}
	k.width = int(width)
	if n, err = binary.ReadUvarint(r); err != nil {
		return err
	}
	k.tags, k.values = k.tags[:0], k.values[:0]
	for range n {
		t, err := binary.ReadUvarint(r)
		if err != nil || t >= uint64(names) {
			return fmt.Errorf("tag %d of %d: %w", t, names, io.ErrUnexpectedEOF)
		}
		k.tags = append(k.tags, int32(t))
	}
	for range fields {
		v, err := binary.ReadVarint(r)
		if err != nil || v < -1 || v >= int64(names) {
			return fmt.Errorf("value %d of %d: %w", v, names, io.ErrUnexpectedEOF)
		}
		k.values = append(k.values, int32(v))
	}
	return nil
}

// contentOf hashes what a document says and has, to order documents of one id.
func contentOf(d *stages.Document) uint64 {
	h := xxhash.New()
	part := func(s string) {
		_, _ = h.WriteString(strconv.Itoa(len(s)))
		_, _ = h.WriteString(":" + s)
	}
	part(d.Source)
	part(d.Text)
	for _, t := range d.Turns {
		part(t.Role)
		part(t.Content)
	}
	for _, f := range d.Fields {
		part(f.Name)
		part(string(f.Raw))
	}
	return h.Sum64()
}

// scoreOf is the product of the score's fields; NaN where one is missing or no number.
func (s *Select) scoreOf(d *stages.Document) float64 {
	score := 1.0
	for _, f := range s.Score {
		x, ok := d.Fields.Number(f)
		if !ok {
			return math.NaN()
		}
		score *= x
	}
	if score-score != 0 {
		return math.NaN()
	}
	return score
}

// vectorOf appends a document's vector to v, or says what is wrong with it.
func (s *Select) vectorOf(d *stages.Document, v []float32) ([]float32, error) {
	if s.Vector == "" {
		return hashedWords(d.Body(), v), nil
	}
	raw, ok := d.Fields.Raw(s.Vector)
	if !ok {
		return v, fmt.Errorf("no vector: the document has no field %s", s.Vector)
	}
	if !bytes.HasPrefix(raw, []byte("[")) || json.Unmarshal(raw, &v) != nil || len(v) == 0 || len(v) > maxWidth {
		return v[:0], fmt.Errorf("no vector: the field %s is no list of 1 to %d numbers", s.Vector, maxWidth)
	}
	for _, x := range v {
		if x-x != 0 {
			return v[:0], fmt.Errorf("no vector: the field %s holds %v", s.Vector, x)
		}
	}
	return v, nil
}

// maxWidth bounds a vector.
const maxWidth = 1 << 16

// hashedWords makes a vector of the words of a text and their pairs.
func hashedWords(text string, v []float32) []float32 {
	for range gramDims {
		v = append(v, 0)
	}
	before := ""
	for w := range strings.FieldsSeq(spelling(text)) {
		bump(v, w, 1)
		bump(v, before+" "+w, 1)
		before = w
	}
	return v
}
