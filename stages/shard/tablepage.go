package shard

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// tableKinds are the physical types of Parquet.
var tableKinds = [...]format.Type{TableText: format.ByteArray, TableName: format.ByteArray, TableInt: format.Int64, TableFloat: format.Double}

// A tableChunk is one column of a row group: a page, and for names a dictionary.
type tableChunk struct {
	name        string
	kind        TableType
	rows, nulls int
	present     []byte            // a bit for each row, while there are rows with and without a value
	values      []byte            // in the plain encoding of Parquet; of names, those of the dictionary
	names       []string          // the dictionary
	dictionary  map[string]uint32 // its places by name
	index       []uint32          // place of each row's name
}

func (c *tableChunk) reset() {
	c.rows, c.nulls, c.present, c.values, c.index, c.names = 0, 0, c.present[:0], c.values[:0], c.index[:0], c.names[:0]
	clear(c.dictionary)
}

// null adds a row without a value.
func (c *tableChunk) null() {
	if c.nulls < c.rows {
		if c.nulls == 0 {
			c.mark(0xFF)
		}
		c.bit(0)
	}
	c.rows++
	c.nulls++
}

// some adds a row whose value the caller appends.
func (c *tableChunk) some() {
	if c.nulls > 0 {
		if c.nulls == c.rows {
			c.mark(0)
		}
		c.bit(1)
	}
	c.rows++
}

// mark begins the bits: those of the rows up to here are all the same.
func (c *tableChunk) mark(b byte) {
	c.present = c.present[:0]
	for range (c.rows + 7) / 8 {
		c.present = append(c.present, b)
	}
	if k := c.rows % 8; k > 0 {
		c.present[len(c.present)-1] &= 1<<k - 1
	}
}

func (c *tableChunk) bit(b byte) {
	if c.rows%8 == 0 {
		c.present = append(c.present, b)
		return
	}
	c.present[len(c.present)-1] |= b << (c.rows % 8)
}

// number adds the bits of a number.
func (c *tableChunk) number(x uint64) {
	c.some()
	c.values = binary.LittleEndian.AppendUint64(c.values, x)
}

// text adds a text or a name.
func (c *tableChunk) text(s string) {
	c.some()
	if c.kind == TableText {
		c.plain(s)
		return
	}
	if n := len(c.index); n > 0 && s == c.names[c.index[n-1]] {
		c.index = append(c.index, c.index[n-1])
		return
	}
	at, ok := c.dictionary[s]
	if !ok {
		if c.dictionary == nil {
			c.dictionary = map[string]uint32{}
		}
		s, at = strings.Clone(s), uint32(len(c.names))
		c.dictionary[s] = at
		c.names = append(c.names, s)
		c.plain(s)
	}
	c.index = append(c.index, at)
}

func (c *tableChunk) plain(s string) {
	c.values = append(binary.LittleEndian.AppendUint32(c.values, uint32(len(s))), s...)
}

// levels appends the definition levels of the page, with their length: a run where all rows are alike, else the bits. (Parquet, Encodings: RLE, 3.)
func (c *tableChunk) levels(dst []byte) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	if c.nulls == 0 || c.nulls == c.rows {
		dst = binary.AppendUvarint(dst, uint64(c.rows)<<1)
		if c.nulls == 0 {
			dst = append(dst, 1)
		} else {
			dst = append(dst, 0)
		}
	} else {
		dst = append(binary.AppendUvarint(dst, uint64(len(c.present))<<1|1), c.present...)
	}
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

// places appends the places of names in the dictionary: their width, and a run where all are alike, else their bits.
func (c *tableChunk) places(dst []byte) []byte {
	width := max(1, bits.Len(uint(max(1, len(c.names))-1)))
	dst = append(dst, byte(width))
	if len(c.names) <= 1 {
		if len(c.index) == 0 {
			return dst
		}
		return append(binary.AppendUvarint(dst, uint64(len(c.index))<<1), 0)
	}
	groups := (len(c.index) + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
	var acc uint64
	n := 0
	for i := range 8 * groups {
		if i < len(c.index) {
			acc |= uint64(c.index[i]) << n
		}
		for n += width; n >= 8; n -= 8 {
			dst = append(dst, byte(acc))
			acc >>= 8
		}
	}
	return dst
}

// tableZip compresses pages.
var tableZip = sync.OnceValues(func() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstdLevel(0)), zstd.WithEncoderCRC(false))
})

// chunk writes a column of a row group.
func (t *TableWriter) chunk(c *tableChunk) (format.ColumnChunk, error) {
	m := format.ColumnMetaData{
		Type: tableKinds[c.kind], PathInSchema: thrift.Slice[string]{c.name}, Codec: format.Zstd, NumValues: int64(c.rows),
		Encoding: thrift.Slice[format.Encoding]{format.Plain, format.RLE},
	}
	encoding := format.Plain
	if c.kind == TableName {
		encoding = format.RLEDictionary
		m.Encoding = append(m.Encoding, encoding)
		m.DictionaryPageOffset = t.at
		header := format.PageHeader{Type: format.DictionaryPage}
		header.DictionaryPageHeader = thrift.Null[format.DictionaryPageHeader]{V: format.DictionaryPageHeader{NumValues: int32(len(c.names)), Encoding: format.Plain}, Valid: true}
		if err := t.page(&m, &header, c.values); err != nil {
			return format.ColumnChunk{}, err
		}
	}
	m.DataPageOffset = t.at
	t.plain = c.levels(t.plain[:0])
	if c.kind == TableName {
		t.plain = c.places(t.plain)
	} else {
		t.plain = append(t.plain, c.values...)
	}
	header := format.PageHeader{Type: format.DataPage}
	header.DataPageHeader = thrift.Null[format.DataPageHeader]{Valid: true, V: format.DataPageHeader{
		NumValues: int32(c.rows), Encoding: encoding, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE,
	}}
	err := t.page(&m, &header, t.plain)
	return format.ColumnChunk{MetaData: m}, err
}

// page compresses and writes a page, and adds it to what the column has.
func (t *TableWriter) page(m *format.ColumnMetaData, h *format.PageHeader, plain []byte) error {
	zip, err := tableZip()
	if err != nil {
		return err
	}
	t.packed = zip.EncodeAll(plain, t.packed[:0])
	h.UncompressedPageSize, h.CompressedPageSize = int32(len(plain)), int32(len(t.packed))
	head, err := thrift.Marshal(new(thrift.CompactProtocol), h)
	if err != nil {
		return err
	}
	m.TotalUncompressedSize += int64(len(head) + len(plain))
	m.TotalCompressedSize += int64(len(head) + len(t.packed))
	if err := t.write(head); err != nil {
		return err
	}
	return t.write(t.packed)
}
