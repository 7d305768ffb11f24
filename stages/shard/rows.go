package shard

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/s2"

	"github.com/winnow-data/winnow/stages"
)

// The form of rows between phases: "WNR1", then blocks, then a block without rows that tells how many rows there are. A block is
//
//	packed uint32 | unpacked uint32 | rows uint32 | xxhash64 of these three and the packed bytes | packed bytes (s2)
//
// little endian. Within, a row is its fields one after the other, each with its length as a varint. A block holds whole rows: a cut
// between two blocks shows by the missing end, any other by length or checksum.
const (
	rowMagic    = "WNR1"
	rowHeader   = 20
	rowBlock    = 512 << 10 // unpacked bytes after which a block ends
	maxRowBlock = 1<<31 - 1
)

// A RowWriter writes whole documents, all parts of them, for a later phase to read: fast, deterministic, checksummed.
type RowWriter struct {
	w     io.Writer
	buf   []byte // rows not yet written
	pack  []byte
	n     uint32 // rows in buf
	total uint64
	begun bool
}

// NewRowWriter returns a writer to w, which it does not close.
func NewRowWriter(w io.Writer) *RowWriter { return &RowWriter{w: w} }

// Write adds a document.
func (w *RowWriter) Write(d *stages.Document) error {
	w.buf = AppendRow(w.buf, d)
	w.n++
	w.total++
	if len(w.buf) >= rowBlock {
		return w.block()
	}
	return nil
}

// block writes the rows that wait.
func (w *RowWriter) block() error {
	if len(w.buf) > maxRowBlock {
		return fmt.Errorf("write rows: a block of %d bytes; at most %d are allowed", len(w.buf), maxRowBlock)
	}
	if !w.begun {
		w.begun = true
		if _, err := io.WriteString(w.w, rowMagic); err != nil {
			return err
		}
	}
	if need := rowHeader + s2.MaxEncodedLen(len(w.buf)); cap(w.pack) < need {
		w.pack = make([]byte, need)
	}
	w.pack = w.pack[:cap(w.pack)]
	packed := s2.Encode(w.pack[rowHeader:], w.buf)
	out := w.pack[:rowHeader+len(packed)]
	binary.LittleEndian.PutUint32(out, uint32(len(packed)))
	binary.LittleEndian.PutUint32(out[4:], uint32(len(w.buf)))
	binary.LittleEndian.PutUint32(out[8:], w.n)
	binary.LittleEndian.PutUint64(out[12:], rowSum(out[:12], packed))
	w.n, w.buf = 0, w.buf[:0]
	if cap(w.buf) > 16*rowBlock {
		w.buf, w.pack = nil, nil
	}
	_, err := w.w.Write(out)
	return err
}

func rowSum(head, packed []byte) uint64 {
	var h xxhash.Digest
	h.Reset()
	h.Write(head)
	h.Write(packed)
	return h.Sum64()
}

// Close writes what waits and the end. It does not close the writer below.
func (w *RowWriter) Close() error {
	if w.n > 0 {
		if err := w.block(); err != nil {
			return err
		}
	}
	w.buf = binary.LittleEndian.AppendUint64(w.buf[:0], w.total)
	return w.block()
}

// A RowReader reads what a [RowWriter] has written.
type RowReader struct {
	r     *bufio.Reader
	block []byte // unpacked, never used again: documents point into it
	pos   int
	left  uint32 // rows of block
	total uint64
	begun bool
	ended bool
	arena rowArena
	head  [rowHeader]byte
	pack  []byte
}

// NewRowReader returns a reader of r.
func NewRowReader(r io.Reader) *RowReader { return &RowReader{r: bufio.NewReaderSize(r, 256<<10)} }

// Read fills docs from the front and returns how many it has filled; at the end 0 and io.EOF. Any flipped or missing byte is an error. The
// documents' memory is never used again, so that they may be kept; a kept string holds its block of 512 KiB or more.
func (r *RowReader) Read(docs []stages.Document) (int, error) {
	for n := range docs {
		for r.left == 0 {
			if r.ended {
				return n, eofIf(n == 0)
			}
			if err := r.next(); err != nil {
				return n, fmt.Errorf("read rows: %w", err)
			}
		}
		if err := r.row(&docs[n]); err != nil {
			return n, fmt.Errorf("read rows: %w", err)
		}
		r.left--
		r.total++
	}
	return len(docs), nil
}

func eofIf(end bool) error {
	if end {
		return io.EOF
	}
	return nil
}

var errRowsCut = errors.New("the file is cut short")

// next reads a block.
func (r *RowReader) next() error {
	if !r.begun {
		var magic [len(rowMagic)]byte
		if _, err := io.ReadFull(r.r, magic[:]); err != nil {
			return cutShort(err)
		}
		if string(magic[:]) != rowMagic {
			return fmt.Errorf("the file starts with %q; %q was expected", magic, rowMagic)
		}
		r.begun = true
	}
	if _, err := io.ReadFull(r.r, r.head[:]); err != nil {
		return cutShort(err)
	}
	packed, unpacked := binary.LittleEndian.Uint32(r.head[:]), binary.LittleEndian.Uint32(r.head[4:])
	r.left = binary.LittleEndian.Uint32(r.head[8:])
	if err := r.packed(int64(packed)); err != nil {
		return err
	}
	if rowSum(r.head[:12], r.pack) != binary.LittleEndian.Uint64(r.head[12:]) {
		return errors.New("a block's checksum does not match: the file is damaged")
	}
	if n, err := s2.DecodedLen(r.pack); err != nil || n != int(unpacked) {
		return fmt.Errorf("a block says %d bytes and holds %d", unpacked, n)
	}
	var err error
	if r.block, err = s2.Decode(make([]byte, unpacked), r.pack); err != nil {
		return err
	}
	if r.pos = 0; r.left == 0 {
		r.ended = true
		if len(r.block) != 8 || binary.LittleEndian.Uint64(r.block) != r.total {
			return fmt.Errorf("%d rows were read; the end says otherwise", r.total)
		}
	}
	return nil
}

// packed reads n bytes. A length that lies is not believed further than the file goes.
func (r *RowReader) packed(n int64) error {
	r.pack = r.pack[:0]
	for int64(len(r.pack)) < n {
		k := min(n-int64(len(r.pack)), 4<<20)
		start := len(r.pack)
		if need := start + int(k); need > cap(r.pack) {
			r.pack = append(make([]byte, 0, need), r.pack...)
		}
		r.pack = r.pack[:start+int(k)]
		if _, err := io.ReadFull(r.r, r.pack[start:]); err != nil {
			return cutShort(err)
		}
	}
	return nil
}

func cutShort(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errRowsCut
	}
	return err
}

// Flags of a row say which parts follow.
const (
	rowTurns = 1 << iota
	rowAnswers
	rowParents
	rowFields
	rowKind
	rowEmptyTurns
	rowSignals
)

// AppendRow appends one document in the form of rows, all parts of it.
func AppendRow(dst []byte, d *stages.Document) []byte {
	flags := byte(0)
	set := func(bit byte, on bool) {
		if on {
			flags |= bit
		}
	}
	set(rowTurns, len(d.Turns) > 0)
	set(rowEmptyTurns, d.Turns != nil && len(d.Turns) == 0)
	set(rowAnswers, len(d.Answers) > 0)
	set(rowParents, len(d.Parents) > 0)
	set(rowFields, len(d.Fields) > 0)
	set(rowKind, d.Kind != "")
	set(rowSignals, d.Signals != nil)
	dst = append(dst, flags)
	dst = appendText(appendText(appendText(dst, d.ID), d.Source), d.Text)
	dst = binary.AppendUvarint(appendText(dst, d.At.File), uint64(d.At.Row+1))
	if flags&rowKind != 0 {
		dst = appendText(dst, d.Kind)
	}
	if flags&rowTurns != 0 {
		dst = binary.AppendUvarint(dst, uint64(len(d.Turns)))
		for i := range d.Turns {
			dst = appendText(appendText(dst, d.Turns[i].Role), d.Turns[i].Content)
		}
	}
	if flags&rowAnswers != 0 {
		dst = binary.AppendUvarint(dst, uint64(len(d.Answers)))
		for i := range d.Answers {
			a := &d.Answers[i]
			dst = appendText(appendText(dst, a.Text), a.By)
			dst = binary.AppendUvarint(dst, uint64(len(a.Checks)))
			for _, c := range a.Checks {
				dst = append(appendText(dst, c.Name), byte(c.Result))
				dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(c.Score))
				dst = appendText(dst, c.Why)
			}
		}
	}
	if flags&rowParents != 0 {
		dst = binary.AppendUvarint(dst, uint64(len(d.Parents)))
		for _, p := range d.Parents {
			dst = appendText(dst, p)
		}
	}
	if flags&rowFields != 0 {
		dst = binary.AppendUvarint(dst, uint64(len(d.Fields)))
		for i := range d.Fields {
			dst = appendText(dst, d.Fields[i].Name)
			dst = appendText(dst, view(d.Fields[i].Raw))
		}
	}
	if flags&rowSignals != 0 {
		dst = appendNumbers(dst, d.Signals)
	}
	return dst
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}
