package shard

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/winnow-data/winnow/stages/shard/internal/inflate"
)

// decompress returns the decoded bytes of the file.
func (r *Reader) decompress(c Compression) (io.ReadCloser, error) {
	switch c {
	case Gzip:
		return &gzipStream{in: r.in}, nil
	case Zstd:
		return newZstdStream(r.in, r.opt.Window)
	case Plain:
		return io.NopCloser(r.in), nil
	}
	return nil, fmt.Errorf("unknown compression %q; allowed: gzip, zstd, none", c)
}

// Beyond both, a record that is over the limit anyway is taken for a bomb and its member is left. Text compresses 3 to 50 fold.
const (
	bombBytes = 64 << 20
	bombRatio = 200
)

func isBomb(in, out int64) bool { return out > bombBytes && out/max(in, 1) > bombRatio }

// gzipStream decodes concatenated gzip members.
type gzipStream struct {
	in    *input
	z     *inflate.Reader
	open  bool
	start int64 // of the member
	out   int64 // bytes decoded of it
	gap   *gap  // to be told by the next Read
	border
}

// member returns where in the file the member starts that the last bytes came from.
func (g *gzipStream) member() int64 { return g.start }

// Close implements [io.Closer].
func (g *gzipStream) Close() error { return nil }

// Read returns decoded bytes of one member, never of two.
func (g *gzipStream) Read(p []byte) (int, error) {
	for {
		if gap := g.gap; gap != nil {
			g.gap = nil
			return 0, gap
		}
		if !g.open {
			if err := g.next(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := g.z.Read(p)
		g.out += int64(n)
		switch {
		case err == io.EOF:
			g.open = false
		case err != nil && g.in.err != nil:
			return n, g.in.err
		case err != nil:
			if err := g.damaged(what(err)); err != nil {
				return n, err
			}
		}
		if n > 0 {
			return n, nil
		}
	}
}

// what says in words what a decompressor found.
func what(err error) string {
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		return "the file is cut short"
	}
	return err.Error()
}

// next opens the next member.
func (g *gzipStream) next() error {
	g.start, g.out = g.in.pos(), 0
	if err := g.at(g.in, g.start); err != nil {
		return err
	}
	head, _ := g.in.buffered().Peek(len(gzipMagic)) // an error shows in what is missing
	switch {
	case g.in.err != nil:
		return g.in.err
	case len(head) == 0:
		return io.EOF
	case !bytes.Equal(head, gzipMagic):
		if zeros(g.in) {
			return io.EOF // padding of tapes and block devices
		}
		if g.in.err != nil {
			return g.in.err
		}
		return g.damaged("no gzip member starts here")
	}
	if g.z == nil {
		g.z = new(inflate.Reader)
	}
	err := g.z.Reset(g.in.buffered())
	switch {
	case g.in.err != nil:
		return g.in.err
	case err != nil:
		return g.damaged(what(err))
	}
	g.open = true
	return nil
}

// zeros says whether nothing but zeros is left. If not, the input is where it was.
func zeros(in *input) bool {
	pos := in.pos()
	for {
		c, err := in.buffered().ReadByte()
		if err != nil {
			return err == io.EOF
		}
		if c != 0 {
			in.seek(pos)
			return false
		}
	}
}

// damaged notes a gap and goes to the next sound member.
func (g *gzipStream) damaged(reason string) error {
	g.gap = &gap{g.start, fmt.Sprintf("gzip member at byte %d: %s", g.start, reason)}
	g.open = false
	return resync(g.in, g.start+1, gzipMagic, soundMember)
}

// soundMember says whether b, the beginning of a member, decodes.
func soundMember(b []byte) bool {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return false
	}
	z.Multistream(false)
	return decodes(z, len(b) == probe)
}

func (g *gzipStream) bomb() bool {
	if !g.open || !isBomb(g.in.pos()-g.start, g.out) {
		return false
	}
	// An error of the world is kept by the input and told by the next Read.
	_ = g.damaged(fmt.Sprintf("%d bytes decode to more than %d: taken for a zip bomb", g.in.pos()-g.start, g.out))
	return true
}

// probe is how many bytes of a member are tried before it is believed.
const probe = 16 << 10

// decodes says whether a decompressor finds no fault in what it was given; cut says that it was not given all.
func decodes(r io.Reader, cut bool) bool {
	_, err := io.Copy(io.Discard, io.LimitReader(r, 1<<20))
	return err == nil || cut && err == io.ErrUnexpectedEOF
}

// resync seeks to the next place from offset on where magic stands and sound agrees with the bytes there, or to the end.
func resync(in *input, from int64, magic []byte, sound func([]byte) bool) error {
	buf := make([]byte, 256<<10)
	try := make([]byte, probe)
	in.seek(from)
	keep := 0
	for {
		n, err := in.Read(buf[keep:])
		base := in.off - int64(n+keep)
		b := buf[:keep+n]
		for k := 0; ; k++ {
			j := bytes.Index(b[k:], magic)
			if j < 0 {
				break
			}
			k += j
			m, err := in.obj.ReadAt(try, base+int64(k))
			if err != nil && err != io.EOF {
				in.err = fmt.Errorf("read %s at byte %d: %w", in.name, base+int64(k), err)
				return in.err
			}
			if sound(try[:m]) {
				in.seek(base + int64(k))
				return nil
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		keep = copy(buf, b[max(0, len(b)-len(magic)+1):])
	}
}
