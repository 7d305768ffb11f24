package shard

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/winnow-data/winnow/stages/blob"
)

const (
	// memberSearch is how far behind a border the next member is looked for. Crawlers write a member for each record, of some KiB, bgzip one for each
	// 64 KiB, tools that cut zstd frames one for each few MiB.
	memberSearch = 4 << 20
	// memberChain is how far the members behind a border are followed, and memberDecoded how many bytes of theirs are looked at.
	memberChain   = 1 << 20
	memberDecoded = 16 << 20
)

// memberParts cuts a file of compressed lines between its gzip members or zstd frames. Where a member starts in the middle of a line, that line belongs
// to the part before. A file whose records have no ids of their own is decoded once, to count them.
func memberParts(ctx context.Context, obj blob.Object, name string, whole Part, target int64, opt Options) ([]Part, error) {
	starts, err := borders(obj, whole, target, func(from int64) (int64, error) {
		return nextMember(ctx, obj, name, whole.Kind.Compression, from, opt)
	})
	if err != nil {
		return nil, err
	}
	parts := between(obj, whole, starts)
	for k := range parts[1:] {
		parts[k+1].Base = -1
	}
	if len(parts) == 1 {
		return parts, nil
	}
	if ids, err := hasIDs(ctx, obj, name, whole.Kind, opt); ids || err != nil {
		return parts, err
	}
	end := whole
	for k := range parts {
		parts[k].First, parts[k].Base = end.First, end.Base
		if k == len(parts)-1 {
			break
		}
		end, err = through(newInput(ctx, obj, name), parts[k], opt)
		var no *straddled
		if errors.As(err, &no) {
			return []Part{whole}, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// borders returns where the parts of a file behind the first start: find returns the first start at an offset or behind it, -1 where none is
// near. Where two of them find nothing and none has before, the file has no such starts or rare ones: it is not looked through.
func borders(obj blob.Object, whole Part, target int64, find func(from int64) (int64, error)) (starts []int64, err error) {
	n := (whole.Bytes + target - 1) / target
	for i := int64(1); i < n; i++ {
		at, err := find(obj.Size() * i / n)
		switch {
		case err != nil:
			return nil, err
		case at < 0 && i >= 2 && len(starts) == 0:
			return nil, nil
		case at >= obj.Size():
			return starts, nil
		case at >= 0 && (len(starts) == 0 || at > starts[len(starts)-1]):
			starts = append(starts, at)
		}
	}
	return starts, nil
}

// between returns the parts of a file that start at its beginning and at starts.
func between(obj blob.Object, whole Part, starts []int64) []Part {
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
	return parts
}

// nextMember returns where the first member or frame of lines at an offset or behind it starts; -1 where none is near. A frame without a checksum
// is none: one that lost bytes may decode on past its end, and only who reads the whole file knows.
func nextMember(ctx context.Context, obj blob.Object, name string, c Compression, from int64, opt Options) (int64, error) {
	near := newInput(ctx, beginning{obj, min(obj.Size(), from+memberSearch)}, name)
	magic, sound := gzipMagic, soundMember
	if c == Zstd {
		z, err := newZstdStream(near, opt.Window)
		if err != nil {
			return 0, err
		}
		defer z.Close()
		magic, sound = zstdMagic, z.summed
	}
	for {
		if err := resync(near, from, magic, sound); err != nil {
			return 0, err
		}
		at := near.pos()
		if at >= near.obj.Size() {
			return -1, nil
		}
		ok, err := chained(ctx, obj, name, c, at, opt)
		if err != nil {
			return 0, err
		}
		if ok {
			return at, nil
		}
		from = at + 1
	}
}

// chained says whether what starts at an offset is one of the file's own members: not one that stands within another, packed once more. What it
// decodes to is text, a line ends in its first MiB, so that no reader has reason to take it for a bomb before, and the members
// behind it follow one another.
func chained(ctx context.Context, obj blob.Object, name string, c Compression, at int64, opt Options) (bool, error) {
	in := newInput(ctx, beginning{obj, min(obj.Size(), at+memberChain)}, name)
	in.seek(at)
	r := &Reader{in: in, opt: Options{Window: opt.Window}}
	src, err := r.decompress(c)
	if err != nil {
		return false, err
	}
	defer src.Close()
	buf := make([]byte, blockSize)
	line := false
	for n := 0; n < memberDecoded; {
		k, err := src.Read(buf)
		if n == 0 && !looksLikeText(buf[:min(k, 4096)]) {
			return false, nil
		}
		n += k
		line = line || n <= 1<<20 && bytes.IndexByte(buf[:k], '\n') >= 0
		var g *gap
		switch {
		case err == io.EOF || errors.As(err, &g) && strings.HasSuffix(g.reason, " cut short") && in.obj.Size() < obj.Size():
			return line, nil
		case g != nil:
			return false, nil
		case err != nil:
			return false, err
		case n >= 1<<20 && !line:
			return false, nil
		}
	}
	return line, nil
}

// beginning is the beginning of an object.
type beginning struct {
	blob.Object
	end int64
}

func (b beginning) Size() int64 { return b.end }
