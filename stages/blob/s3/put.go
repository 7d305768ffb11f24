package s3

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/minio/minio-go/v7"

	"github.com/winnow-data/winnow/stages/blob"
)

// PutIfAbsent implements [blob.Store]. The first success of a store is put again, to see that the store keeps the condition: one that
// ignores it would let two tasks believe that each was first.
func (s *Store) PutIfAbsent(ctx context.Context, name string, data []byte) error {
	if err := errors.Join(blob.CheckName("put", name), ctx.Err()); err != nil {
		return err
	}
	tries := 0
	put := func(ctx context.Context) error {
		tries++
		var opt minio.PutObjectOptions
		opt.SetMatchETagExcept("*")
		return s.put(ctx, name, data, opt)
	}
	err := s.do(ctx, "put", name, put)
	switch {
	case errors.Is(err, blob.ErrExists) && tries > 1:
		// An answer was lost, and it may have been that our own bytes are there.
		if have, gerr := blob.Get(ctx, s, name, int64(len(data))); gerr == nil && string(have) == string(data) {
			return nil
		}
		return err
	case err != nil || s.absent.Load():
		return err
	}
	if again := s.do(ctx, "put", name, put); !errors.Is(again, blob.ErrExists) {
		return errors.Join(fmt.Errorf("put %s: the store at %s ignores If-None-Match, so two tasks could both be first; a store with conditional writes is needed",
			s.where(name), s.c.address), again)
	}
	s.absent.Store(true)
	return nil
}

// put writes an object with one request.
func (s *Store) put(ctx context.Context, name string, data []byte, opt minio.PutObjectOptions) error {
	opt.UserMetadata = map[string]string{crcHeader: crc(data)}
	_, err := s.c.core.PutObject(ctx, s.bucket, s.prefix+name, s.c.reader(data), int64(len(data)), "", "", opt)
	return err
}

const crcHeader = "x-amz-checksum-crc32c"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// crc is the checksum of a part as S3 spells it.
func crc(p []byte) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.Checksum(p, castagnoli)))
}
