package shard

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/winnow-data/winnow/stages/blob"
)

// memberSearch is how far behind a border the next member is looked for. Crawlers write a member for each record, of some KiB.
const memberSearch = 4 << 20

// memberParts cuts a WARC file whose records lie in gzip members of their own, as crawlers write them, at members that start a record. A file whose records
// have no ids of their own is not cut: they are numbered from its start. It returns nil for a file that is not to be cut.
func memberParts(ctx context.Context, obj blob.Object, name string, whole Part, target int64) ([]Part, error) {
	if target <= 0 || whole.Bytes <= target {
		return nil, nil
	}
	head, err := firstHeader(ctx, obj)
	if err != nil || !strings.Contains(strings.ToLower(head), "\nwarc-record-id:") {
		return nil, err
	}
	n := (whole.Bytes + target - 1) / target
	var starts []int64
	for i := int64(1); i < n; i++ {
		at, err := nextRecord(ctx, obj, name, obj.Size()*i/n)
		if err != nil {
			return nil, err
		}
		if at < 0 && i == 1 {
			return nil, nil // one member, or large ones
		}
		if at >= 0 && (len(starts) == 0 || at > starts[len(starts)-1]) {
			starts = append(starts, at)
		}
	}
	parts := make([]Part, 0, len(starts)+1)
	from := int64(0)
	for k, to := range append(starts, obj.Size()) {
		p := whole
		p.Start, p.End = from, to
		p.Bytes = int64(float64(whole.Bytes) * float64(to-from) / float64(obj.Size()))
		if k > 0 {
			p.First = -1
		}
		parts = append(parts, p)
		from = to
	}
	return parts, nil
}

// firstHeader returns the beginning of the first record.
func firstHeader(ctx context.Context, obj blob.Object) (string, error) {
	b, _ := sample(ctx, obj, Gzip, 4<<10)
	head, _, _ := bytes.Cut(b, []byte("\r\n\r\n"))
	return string(head), ctx.Err()
}

// nextRecord returns where the first member at an offset or behind it starts that holds a record from its start; -1 where none is near.
func nextRecord(ctx context.Context, obj blob.Object, name string, from int64) (int64, error) {
	near := newInput(ctx, beginning{obj, min(obj.Size(), from+memberSearch)}, name)
	err := resync(near, from, gzipMagic, func(b []byte) bool {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return false
		}
		z.Multistream(false)
		magic := make([]byte, len(warcMagic))
		if _, err := io.ReadFull(z, magic); err != nil || string(magic) != warcMagic {
			return false
		}
		return decodes(z, len(b) == probe)
	})
	if err != nil {
		return 0, err
	}
	if near.off >= near.obj.Size() {
		return -1, nil
	}
	return near.pos(), nil
}

// beginning is the beginning of an object.
type beginning struct {
	blob.Object
	end int64
}

func (b beginning) Size() int64 { return b.end }
