package shard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// blockSize is small enough that a block is still in the second-level cache when its lines are parsed.
const blockSize = 256 << 10

// lines cuts a stream into lines. The lines share memory with blocks that are never used again, so that documents may point
// into them.
type lines struct {
	src   io.Reader
	max   int64
	block []byte // block[pos:end] is unread
	pos   int
	end   int
	seen  int   // block[pos:seen] holds no line end
	base  int64 // decoded offset of block[0]
	err   error // of src, to be told once the block is used up
	once  bool  // nobody keeps a line: a block may be used again
}

// A longLine is a line over the limit, whose end was found or not.
type longLine struct {
	head []byte
	size int64
	max  int64
	gap  string // why the member that holds it was given up, if it was
	at   int64  // where that member starts in the file
}

func (l *longLine) Error() string {
	if l.gap != "" {
		return fmt.Sprintf("the record has over %d bytes, at most %d are allowed; what follows in the same member or frame is given up: %s", l.size, l.max, l.gap)
	}
	return fmt.Sprintf("the record has %d bytes, at most %d are allowed", l.size, l.max)
}

// offset returns where the next line starts.
func (l *lines) offset() int64 { return l.base + int64(l.pos) }

// next returns the next line without its end. With a *longLine the line has been skipped. With a *gap the line is what stood before the
// gap. io.EOF comes alone.
func (l *lines) next() ([]byte, error) {
	for {
		if k := bytes.IndexByte(l.block[l.seen:l.end], '\n'); k >= 0 {
			line := l.block[l.pos : l.seen+k : l.seen+k]
			l.pos = l.seen + k + 1
			l.seen = l.pos
			if int64(len(line)) > l.max {
				return nil, &longLine{head: line[:min(len(line), maxRaw)], size: int64(len(line)), max: l.max}
			}
			return line, nil
		}
		l.seen = l.end
		if l.err != nil {
			return l.last()
		}
		if int64(l.end-l.pos) > l.max {
			return nil, l.skip()
		}
		l.fill()
	}
}

// last hands out what stands before the end, a gap, or an error of the world.
func (l *lines) last() ([]byte, error) {
	line, err := l.block[l.pos:l.end:l.end], l.err
	l.pos, l.seen = l.end, l.end
	var g *gap
	switch {
	case errors.As(err, &g):
		l.err = nil
		return line, err
	case err == io.EOF && int64(len(line)) > l.max:
		return nil, &longLine{head: line[:min(len(line), maxRaw)], size: int64(len(line)), max: l.max}
	case err == io.EOF && len(line) > 0:
		return line, nil
	}
	return nil, err
}

// fill reads into what is left of the block, or into a fresh one that starts with the unread bytes.
func (l *lines) fill() {
	if l.end == len(l.block) {
		tail := l.end - l.pos
		size := blockSize
		for size < 2*tail {
			size *= 2
		}
		block := l.block
		if !l.once || len(block) != size {
			block = make([]byte, size)
		}
		copy(block, l.block[l.pos:l.end])
		l.base += int64(l.pos)
		l.block, l.pos, l.end, l.seen = block, 0, tail, tail
	}
	var n int
	for n == 0 && l.err == nil {
		n, l.err = l.src.Read(l.block[l.end:])
	}
	l.end += n
}

// skip goes to the end of a line that is too long, keeping its first bytes only. A gap or the end within it ends it too.
func (l *lines) skip() error {
	long := &longLine{head: bytes.Clone(l.block[l.pos:min(l.end, l.pos+maxRaw)]), max: l.max}
	start := l.offset()
	l.block = l.block[l.pos:l.end] // lines before this one keep their memory
	l.base, l.pos, l.end, l.seen = start, 0, len(l.block), len(l.block)
	for {
		k := bytes.IndexByte(l.block[l.pos:l.end], '\n')
		if k >= 0 {
			l.pos += k + 1
			l.seen = l.pos
			long.size = l.offset() - 1 - start
			return long
		}
		l.base += int64(l.end)
		l.pos, l.end, l.seen = 0, 0, 0
		long.size = l.base - start
		if l.err != nil {
			var g *gap
			if errors.As(l.err, &g) {
				l.err, long.gap, long.at = nil, g.reason, g.offset
			}
			return long
		}
		if b, ok := l.src.(bomber); ok && b.bomb() {
			continue // src ends its member with a gap
		}
		if len(l.block) != blockSize {
			l.block = make([]byte, blockSize)
		}
		for n := 0; n == 0 && l.err == nil; {
			n, l.err = l.src.Read(l.block)
			l.end = n
		}
	}
}

// A bomber is a decompressor that knows how much it has made of how little.
type bomber interface {
	// bomb gives up the member being decoded if its ratio is that of a zip bomb: the next Read returns a gap.
	bomb() bool
}
