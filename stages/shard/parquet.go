package shard

import (
	"context"
	"errors"
	"io"

	"github.com/winnow-data/winnow/stages/blob"
)

var errNoParquet = errors.New("parquet is not read by this build")

func parquetParts(context.Context, blob.Object, string, int64, Options) ([]Part, error) {
	return nil, errNoParquet
}

func newParquetEncoder(io.Writer, WriteOptions) (encoder, error) { return nil, errNoParquet }
