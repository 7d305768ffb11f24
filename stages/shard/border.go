package shard

import (
	"errors"
	"fmt"
	"io"

	"github.com/winnow-data/winnow/stages"
)

// A border is the end of a part of a compressed file, where the next part's first member or frame starts.
type border struct {
	end  int64 // 0: none
	stop bool  // nothing is read behind it
	met  bool  // a member has ended where it is
}

// at notes that a member starts, or damage, or the end.
func (b *border) at(in *input, start int64) error {
	switch {
	case b.end == 0 || start < b.end:
		return nil
	case start == b.end:
		b.met = true
	case b.stop:
		return stages.Final(&straddled{in.name, b.end})
	}
	if b.stop {
		return io.EOF
	}
	return nil
}

func (b *border) borderAt(end int64) { b.end = end }
func (b *border) isMet() bool        { return b.met }

// A straddled border lies within a member or record: what stands there only looks like the start of one. The parts on both sides of it cannot be
// read apart.
type straddled struct {
	name string
	at   int64
}

func (s *straddled) Error() string {
	return fmt.Sprintf("read %s: it was cut at byte %d, where a member or record seems to start, but one that starts before it ends behind it; "+
		"packed again as one member, or unpacked, it can be read", s.name, s.at)
}

// memberStream is a decompressor that tells its members apart. Each Read gives bytes of one member.
type memberStream interface {
	io.Reader
	bomber
	member() int64
	borderAt(end int64)
	isMet() bool
}

// A memberReader reads the members of a part and those behind it, and knows where in the file each stands.
type memberReader struct {
	src   memberStream
	name  string
	end   int64  // where the next part starts; 0: nowhere
	total int64  // offset of what comes next, in decoded bytes
	marks []mark // of members, ascending, from the one of the line last asked for
	cross int64  // decoded offset of the next part's first byte; -1: not yet known
}

func newMemberReader(src io.Reader, in *input, p Part) *memberReader {
	m := &memberReader{src: src.(memberStream), name: in.name, total: max(0, p.Base), cross: -1}
	m.marks = []mark{{m.total, p.Start}}
	if p.End > 0 && p.End < in.obj.Size() {
		m.end = p.End
		m.src.borderAt(p.End)
	}
	return m
}

// Read implements [io.Reader].
func (m *memberReader) Read(p []byte) (int, error) {
	n, err := m.src.Read(p)
	var g *gap
	isGap := errors.As(err, &g)
	if m.end > 0 && m.cross < 0 && (n > 0 && m.src.member() >= m.end || isGap && g.offset >= m.end || err == io.EOF) {
		if !m.src.isMet() {
			return 0, stages.Final(&straddled{m.name, m.end})
		}
		m.cross = m.total
	}
	if n > 0 && m.marks[len(m.marks)-1].file != m.src.member() {
		m.marks = append(m.marks, mark{m.total, m.src.member()})
	}
	m.total += int64(n)
	return n, err
}

// bomb implements [bomber].
func (m *memberReader) bomb() bool { return m.src.bomb() }

// over says whether a line that starts at a decoded offset belongs to the next part.
func (m *memberReader) over(offset int64) bool { return m.cross >= 0 && offset > m.cross }

// place returns where in the file the member starts that holds a decoded offset. The offsets asked for ascend.
func (m *memberReader) place(offset int64) int64 {
	for len(m.marks) > 1 && m.marks[1].decoded <= offset {
		m.marks = m.marks[1:]
	}
	return m.marks[0].file
}

// through reads the lines of a part of a compressed file and returns what the next part starts with: its number of the first record and its offset in
// decoded bytes.
func through(in *input, p Part, opt Options) (Part, error) {
	next := p
	r := &Reader{in: newInput(in.ctx, in.obj, in.name), name: in.name, opt: Options{MaxRecord: opt.MaxRecord, Window: opt.Window, once: true}}
	l, err := r.openLines(p)
	if err != nil {
		return next, err
	}
	defer l.close()
	for {
		_, _, err := l.line()
		var b *bad
		switch {
		case err == nil || errors.As(err, &b):
			continue
		case err != io.EOF:
			return next, fmt.Errorf("count the records of %s before byte %d: %w", in.name, p.End, err)
		}
		next.First, next.Base = l.record, 0
		if l.members != nil {
			next.Base = l.members.cross
		}
		return next, nil
	}
}
