package run

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/s2"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// A bucket file holds the documents of one task, dealt to buckets by sort key: chunks of one bucket each, then an index. One
// file, however many buckets there are, so that 10,000 tasks and 4,096 buckets make 10,000 files.
//
//	chunk  = s2 block of { key u64 | number u64 | length u32 | row }…
//	index  = { bucket u32 | offset u64 | length u32 | xxhash64 of the chunk }…
//	tail   = xxhash64 of index and count | count u32 | magic u32

const (
	bucketMagic  = 0x57_42_4b_32
	bucketBuffer = 32 << 20 // bytes of rows that wait in memory
	indexEntry   = 24
	bucketTail   = 16
)

// bucketWriter deals documents to buckets. It implements documents.
type bucketWriter struct {
	w       io.WriteCloser
	key     func(*stages.Document) uint64
	buckets int
	wait    [][]byte // by bucket
	waiting int
	number  uint64
	offset  uint64
	index   []byte
	chunks  uint32
	row     []byte
}

func newBucketWriter(w io.WriteCloser, buckets int, key func(*stages.Document) uint64) *bucketWriter {
	return &bucketWriter{w: w, key: key, buckets: buckets, wait: make([][]byte, buckets)}
}

// bucketOf deals keys to buckets so that sorting each bucket sorts the whole.
func bucketOf(key uint64, buckets int) int {
	hi := key >> 32
	return int(hi * uint64(buckets) >> 32)
}

func (b *bucketWriter) put(d *stages.Document) error {
	key := b.key(d)
	k := bucketOf(key, b.buckets)
	b.row = shard.AppendRow(b.row[:0], d)
	n := len(b.wait[k])
	w := binary.LittleEndian.AppendUint64(b.wait[k], key)
	w = binary.LittleEndian.AppendUint64(w, b.number)
	w = binary.LittleEndian.AppendUint32(w, uint32(len(b.row)))
	b.wait[k] = append(w, b.row...)
	b.number++
	b.waiting += len(b.wait[k]) - n
	if b.waiting >= bucketBuffer {
		return b.flush()
	}
	return nil
}

// flush writes what waits, bucket by bucket.
func (b *bucketWriter) flush() error {
	for k, rows := range b.wait {
		if len(rows) == 0 {
			continue
		}
		chunk := s2.Encode(nil, rows)
		if _, err := b.w.Write(chunk); err != nil {
			return err
		}
		b.index = binary.LittleEndian.AppendUint32(b.index, uint32(k))
		b.index = binary.LittleEndian.AppendUint64(b.index, b.offset)
		b.index = binary.LittleEndian.AppendUint32(b.index, uint32(len(chunk)))
		b.index = binary.LittleEndian.AppendUint64(b.index, xxhash.Sum64(chunk))
		b.offset += uint64(len(chunk))
		b.chunks++
		b.wait[k] = nil
	}
	b.waiting = 0
	return nil
}

func (b *bucketWriter) close() error {
	if err := b.flush(); err != nil {
		return err
	}
	tail := binary.LittleEndian.AppendUint64(nil, indexSum(b.index, b.chunks))
	tail = binary.LittleEndian.AppendUint32(tail, b.chunks)
	tail = binary.LittleEndian.AppendUint32(tail, bucketMagic)
	if _, err := b.w.Write(append(b.index, tail...)); err != nil {
		return err
	}
	return b.w.Close()
}

// indexSum is the checksum of an index of n entries.
func indexSum(index []byte, n uint32) uint64 {
	var h xxhash.Digest
	h.Reset()
	h.Write(index)
	h.Write(binary.LittleEndian.AppendUint32(nil, n))
	return h.Sum64()
}

// A sortedRow is a document on its way into order.
type sortedRow struct {
	key    uint64
	task   int
	number uint64
	row    []byte
}

// sortRows brings the rows of one bucket in the order of (key, position).
func sortRows(rows []sortedRow) {
	slices.SortFunc(rows, func(a, b sortedRow) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.task, b.task), cmp.Compare(a.number, b.number))
	})
}

// readBucket appends the rows of one bucket in one file. Any flipped or missing byte that it needs is an error.
func readBucket(rows []sortedRow, f stages.File, task, bucket int) ([]sortedRow, error) {
	index, err := readIndex(f)
	if err != nil {
		return nil, err
	}
	for ; len(index) > 0; index = index[indexEntry:] {
		if int(binary.LittleEndian.Uint32(index)) != bucket {
			continue
		}
		chunk := make([]byte, binary.LittleEndian.Uint32(index[12:]))
		at := int64(binary.LittleEndian.Uint64(index[4:]))
		if n, err := f.ReadAt(chunk, at); n < len(chunk) {
			return nil, fmt.Errorf("read bucket %d at %d: %w", bucket, at, err)
		}
		if xxhash.Sum64(chunk) != binary.LittleEndian.Uint64(index[16:]) {
			return nil, fmt.Errorf("read bucket %d at %d: the checksum does not match", bucket, at)
		}
		data, err := s2.Decode(nil, chunk)
		if err != nil {
			return nil, fmt.Errorf("read bucket %d at %d: %w", bucket, at, err)
		}
		for len(data) > 0 {
			if len(data) < 20 || uint64(len(data)-20) < uint64(binary.LittleEndian.Uint32(data[16:])) {
				return nil, fmt.Errorf("read bucket %d at %d: a row is cut: %w", bucket, at, io.ErrUnexpectedEOF)
			}
			n := int(binary.LittleEndian.Uint32(data[16:]))
			rows = append(rows, sortedRow{
				key: binary.LittleEndian.Uint64(data), task: task,
				number: binary.LittleEndian.Uint64(data[8:]), row: data[20 : 20+n],
			})
			data = data[20+n:]
		}
	}
	return rows, nil
}

// readIndex reads the index at the end of a bucket file.
func readIndex(f stages.File) ([]byte, error) {
	var tail [bucketTail]byte
	end := f.Size() - bucketTail
	if end < 0 {
		return nil, fmt.Errorf("read the index of buckets: %w", io.ErrUnexpectedEOF)
	}
	if n, err := f.ReadAt(tail[:], end); n < bucketTail {
		return nil, fmt.Errorf("read the index of buckets: %w", err)
	}
	count := binary.LittleEndian.Uint32(tail[8:])
	size := int64(count) * indexEntry
	if binary.LittleEndian.Uint32(tail[12:]) != bucketMagic || size > end {
		return nil, errors.New("read the index of buckets: it is damaged")
	}
	index := make([]byte, size)
	if n, err := f.ReadAt(index, end-size); n < len(index) {
		return nil, fmt.Errorf("read the index of buckets: %w", err)
	}
	if indexSum(index, count) != binary.LittleEndian.Uint64(tail[:]) {
		return nil, errors.New("read the index of buckets: the checksum does not match")
	}
	return index, nil
}
