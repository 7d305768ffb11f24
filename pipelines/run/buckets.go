package run

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/s2"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// A bucket file holds the documents of one task, dealt to buckets by sort key: chunks of one bucket each, then an index. One
// file, however many buckets there are, so that 10,000 tasks and 4,096 buckets make 10,000 files.
//
//	chunk  = s2 block of { key u64 | number u64 | length u32 | row }…
//	index  = { bucket u32 | offset u64 | length u32 }… | count u32 | magic u32

const (
	bucketMagic  = 0x57_42_4b_31
	bucketBuffer = 32 << 20 // bytes of rows that wait in memory
	indexEntry   = 16
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
	b.index = binary.LittleEndian.AppendUint32(b.index, b.chunks)
	b.index = binary.LittleEndian.AppendUint32(b.index, bucketMagic)
	if _, err := b.w.Write(b.index); err != nil {
		return err
	}
	return b.w.Close()
}

// A sortedRow is a document on its way into order.
type sortedRow struct {
	key    uint64
	task   int
	number uint64
	row    []byte
}

// sortBucket collects one bucket from the files of all tasks and returns its rows in the order of (key, position).
func sortBucket(files []stages.File, bucket int) ([]sortedRow, error) {
	var rows []sortedRow
	for task, f := range files {
		var err error
		if rows, err = bucketRows(rows, f, task, bucket); err != nil {
			return nil, fmt.Errorf("bucket file of task %d: %w", task, err)
		}
	}
	slices.SortFunc(rows, func(a, b sortedRow) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.task, b.task), cmp.Compare(a.number, b.number))
	})
	return rows, nil
}

// bucketRows appends the rows of one bucket in one file.
func bucketRows(rows []sortedRow, f stages.File, task, bucket int) ([]sortedRow, error) {
	var tail [8]byte
	if f.Size() < 8 {
		return nil, io.ErrUnexpectedEOF
	}
	if _, err := f.ReadAt(tail[:], f.Size()-8); err != nil && err != io.EOF {
		return nil, err
	}
	count := int64(binary.LittleEndian.Uint32(tail[:]))
	if binary.LittleEndian.Uint32(tail[4:]) != bucketMagic || count*indexEntry+8 > f.Size() {
		return nil, fmt.Errorf("its index is damaged")
	}
	index := make([]byte, count*indexEntry)
	if _, err := f.ReadAt(index, f.Size()-8-int64(len(index))); err != nil && err != io.EOF {
		return nil, err
	}
	for ; len(index) > 0; index = index[indexEntry:] {
		if int(binary.LittleEndian.Uint32(index)) != bucket {
			continue
		}
		chunk := make([]byte, binary.LittleEndian.Uint32(index[12:]))
		if _, err := f.ReadAt(chunk, int64(binary.LittleEndian.Uint64(index[4:]))); err != nil && err != io.EOF {
			return nil, err
		}
		data, err := s2.Decode(nil, chunk)
		if err != nil {
			return nil, err
		}
		for len(data) > 0 {
			if len(data) < 20 {
				return nil, io.ErrUnexpectedEOF
			}
			n := int(binary.LittleEndian.Uint32(data[16:]))
			if len(data) < 20+n {
				return nil, io.ErrUnexpectedEOF
			}
			rows = append(rows, sortedRow{
				key: binary.LittleEndian.Uint64(data), task: task,
				number: binary.LittleEndian.Uint64(data[8:]), row: data[20 : 20+n],
			})
			data = data[20+n:]
		}
	}
	return rows, nil
}
