package inflate

import (
	"hash/crc32"

	"github.com/klauspost/compress/gzip"
)

// Flags of the header.
const (
	hasCRC     = 1 << 1
	hasExtra   = 1 << 2
	hasName    = 1 << 3
	hasComment = 1 << 4
	reserved   = 7 << 5
)

// longName bounds a name and a comment, as package gzip does.
const longName = 512

// header reads a member's header.
func (z *Reader) header() error {
	digest := uint32(0)
	next := func(n int) ([]byte, error) {
		b, err := z.r.Peek(n)
		if err != nil {
			return nil, unexpected(err)
		}
		digest = crc32.Update(digest, crc32.IEEETable, b)
		_, err = z.r.Discard(n)
		return b, err
	}
	b, err := next(10)
	if err != nil {
		return err
	}
	if b[0] != 0x1f || b[1] != 0x8b || b[2] != 8 {
		return gzip.ErrHeader
	}
	flags := b[3]
	if flags&reserved != 0 {
		return gzip.ErrHeader
	}
	if flags&hasExtra != 0 {
		if b, err = next(2); err != nil {
			return err
		}
		for left := int(b[0]) | int(b[1])<<8; left > 0; left -= 16 {
			if _, err = next(min(left, 16)); err != nil {
				return err
			}
		}
	}
	for _, flag := range []byte{hasName, hasComment} {
		for i := 0; flags&flag != 0; i++ {
			if i == longName {
				return gzip.ErrHeader
			}
			if b, err = next(1); err != nil {
				return err
			}
			if b[0] == 0 {
				break
			}
		}
	}
	if flags&hasCRC != 0 {
		want := uint16(digest)
		if b, err = next(2); err != nil {
			return err
		}
		if uint16(b[0])|uint16(b[1])<<8 != want {
			return gzip.ErrHeader
		}
	}
	return nil
}
