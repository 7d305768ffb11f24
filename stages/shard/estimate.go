package shard

import (
	"context"
	"io"

	"github.com/winnow-data/winnow/stages/blob"
)

// sample decodes the first bytes of a file, at most n, and says how many bytes of the file they took.
func sample(ctx context.Context, obj blob.Object, c Compression, n int64) ([]byte, int64) {
	r := &Reader{in: newInput(ctx, obj, "")}
	src, err := r.decompress(c)
	if err != nil {
		return nil, 0
	}
	defer src.Close()
	b, _ := io.ReadAll(io.LimitReader(src, n))
	return b, r.in.pos()
}

// estimate returns how many bytes a file decodes to, from the ratio of its first MiB.
func estimate(ctx context.Context, obj blob.Object, k Kind) int64 {
	if k.Compression == Plain {
		return obj.Size()
	}
	b, used := sample(ctx, obj, k.Compression, 1<<20)
	if used == 0 || len(b) == 0 {
		return obj.Size()
	}
	return int64(float64(obj.Size()) * float64(len(b)) / float64(used))
}
