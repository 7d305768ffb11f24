package shard

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/stages/blob"
)

// defaultWindow is the largest window that zstd itself asks for without being told to: --ultra -22 and --long=27.
const defaultWindow = 128 << 20

// zstdStream decodes concatenated zstd frames, one by one, so that the decoder sees the end of each and damage stays within one.
type zstdStream struct {
	in     *input
	window int64
	dec    *zstd.Decoder
	frame  frame
	open   bool
	start  int64
	out    int64
	gap    *gap
	border
}

func newZstdStream(in *input, window int64) (*zstdStream, error) {
	if window <= 0 {
		window = defaultWindow
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(uint64(max(window, zstd.MinWindowSize))), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, err
	}
	return &zstdStream{in: in, window: window, dec: dec}, nil
}

// member returns where in the file the frame starts that the last bytes came from.
func (z *zstdStream) member() int64 { return z.start }

// Close implements [io.Closer].
func (z *zstdStream) Close() error {
	z.dec.Close()
	return nil
}

// Read returns decoded bytes of one frame, never of two.
func (z *zstdStream) Read(p []byte) (int, error) {
	for {
		if gap := z.gap; gap != nil {
			z.gap = nil
			return 0, gap
		}
		if !z.open {
			if err := z.next(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := z.dec.Read(p)
		z.out += int64(n)
		switch {
		case err == io.EOF:
			z.open = false
		case err != nil && z.in.err != nil:
			return n, z.in.err
		case err != nil:
			if err := z.damaged(what(err)); err != nil {
				return n, err
			}
		}
		if n > 0 {
			return n, nil
		}
	}
}

// next opens the next frame.
func (z *zstdStream) next() error {
	z.start, z.out = z.in.pos(), 0
	if err := z.at(z.in, z.start); err != nil {
		return err
	}
	head, _ := z.in.buffered().Peek(zstd.HeaderMaxSize) // an error shows in what is missing
	var h zstd.Header
	switch {
	case z.in.err != nil:
		return z.in.err
	case len(head) == 0:
		return io.EOF
	case isSkippable(head) && len(head) >= 8:
		if err := h.Decode(head); err != nil {
			return z.damaged(what(err))
		}
		if z.start+8+int64(h.SkippableSize) > z.in.obj.Size() {
			return z.damaged("a skippable frame is cut short")
		}
		z.in.seek(z.start + 8 + int64(h.SkippableSize))
		return nil
	case !bytes.HasPrefix(head, zstdMagic):
		if zeros(z.in) {
			return io.EOF
		}
		if z.in.err != nil {
			return z.in.err
		}
		return z.damaged("no zstd frame starts here")
	}
	if err := h.Decode(head); err != nil {
		return z.damaged(what(err))
	}
	if h.WindowSize > uint64(z.window) {
		return z.damaged(fmt.Sprintf("the frame asks for a window of %d bytes, at most %d are allowed", h.WindowSize, z.window))
	}
	z.frame = frame{in: z.in, left: h.HeaderSize, sum: h.HasCheckSum}
	if err := z.dec.Reset(&z.frame); err != nil {
		if z.in.err != nil {
			return z.in.err
		}
		return z.damaged(what(err))
	}
	z.open = true
	return nil
}

// damaged notes a gap and goes to the next sound frame.
func (z *zstdStream) damaged(reason string) error {
	z.gap = &gap{z.start, fmt.Sprintf("zstd frame at byte %d: %s", z.start, reason)}
	z.open = false
	return resync(z.in, z.start+1, zstdMagic, z.sound)
}

// sound says whether b is the beginning of a frame: its first block lies within the file or another block follows it.
func (z *zstdStream) sound(b []byte) bool {
	var h zstd.Header
	if h.Decode(b) != nil || h.WindowSize > uint64(z.window) {
		return false
	}
	f := frame{in: newInput(z.in.ctx, blob.Bytes(b), z.in.name), left: h.HeaderSize, sum: h.HasCheckSum}
	_, err := io.Copy(io.Discard, &f)
	return err == nil || err == io.ErrUnexpectedEOF && len(b) == probe
}

// summed says whether b is the beginning of a frame that ends in a checksum: damage within does not reach over its end.
func (z *zstdStream) summed(b []byte) bool {
	var h zstd.Header
	return h.Decode(b) == nil && h.HasCheckSum && z.sound(b)
}

func (z *zstdStream) bomb() bool {
	if !z.open || !isBomb(z.in.pos()-z.start, z.out) {
		return false
	}
	// An error of the world is kept by the input and told by the next Read.
	_ = z.damaged(fmt.Sprintf("%d bytes decode to more than %d: taken for a zip bomb", z.in.pos()-z.start, z.out))
	return true
}

// frame reads the bytes of one frame by its block headers (RFC 8878, section 3.1.1).
type frame struct {
	in   *input
	left int  // bytes of the header, block or checksum being read
	sum  bool // a checksum follows the last block
	last bool
	done bool
}

const maxBlock = 128 << 10

// Read implements [io.Reader].
func (f *frame) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if f.left == 0 {
		switch {
		case f.done || f.last && !f.sum:
			return 0, io.EOF
		case f.last:
			f.left, f.done = 4, true
		default:
			b, err := f.in.buffered().Peek(3)
			if f.in.err != nil {
				return 0, f.in.err
			}
			if err != nil {
				return 0, io.ErrUnexpectedEOF
			}
			v := int(b[0]) | int(b[1])<<8 | int(b[2])<<16
			f.last = v&1 != 0
			size := v >> 3
			if v>>1&3 == 3 || size > maxBlock {
				return 0, fmt.Errorf("a block header of reserved type or of %d bytes", size)
			}
			if v>>1&3 == 1 {
				size = 1 // one byte, repeated
			}
			f.left = 3 + size
		}
	}
	n, err := f.in.buffered().Read(p[:min(len(p), f.left)])
	f.left -= n
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
