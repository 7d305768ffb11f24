package shard

import (
	"context"
	"io"

	"github.com/winnow-data/winnow/stages/blob"
)

// sample decodes the first bytes of a file, at most n, up to damage, and says how many bytes of the file they took. Its error is the world's.
func sample(ctx context.Context, obj blob.Object, name string, c Compression, n int64) ([]byte, int64, error) {
	r := &Reader{in: newInput(ctx, obj, name)}
	src, err := r.decompress(c)
	if err != nil {
		return nil, 0, err
	}
	defer src.Close()
	b, _ := io.ReadAll(io.LimitReader(src, n)) // what the world has to say is kept by the input
	return b, r.in.pos(), r.in.err
}

// estimate returns how many bytes a file decodes to, from the ratio of its first MiB.
func estimate(ctx context.Context, obj blob.Object, name string, k Kind) (int64, error) {
	if k.Compression == Plain {
		return obj.Size(), nil
	}
	b, used, err := sample(ctx, obj, name, k.Compression, 1<<20)
	if err != nil || used == 0 || len(b) == 0 {
		return obj.Size(), err
	}
	return int64(float64(obj.Size()) * float64(len(b)) / float64(used)), nil
}
