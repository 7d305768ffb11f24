package shard

import (
	"errors"
	"io"

	"github.com/winnow-data/winnow/stages"
)

// jsonl reads one JSON object per line. Blank lines are no records.
type jsonl struct {
	*lineReader
	m  *mapping
	ms []member
}

// lineReader reads the lines of a part and numbers them.
type lineReader struct {
	lines
	r       *Reader
	part    Part
	record  int64 // number of the next line, from part.First or 0
	charset string
	src     io.Closer
	begin   int64         // offset of the first line, if it stands behind a byte order mark and so is the first part's wherever that ends
	members *memberReader // of a part of a compressed file; nil for all else
	last    bool          // what has been read ends the part
}

func (r *Reader) openLines(p Part) (*lineReader, error) {
	l := &lineReader{r: r, part: p, charset: p.Charset}
	l.max, l.once = r.opt.maxRecord(), r.opt.once
	l.record = max(0, p.First)
	plain := p.Kind.Compression == Plain
	switch {
	case p.Start == 0:
	case plain:
		r.in.start(p.Start - 1)
		l.base = p.Start - 1
	default:
		r.in.start(p.Start)
		l.base = max(0, p.Base)
	}
	src, err := r.decompress(p.Kind.Compression)
	if err != nil {
		return nil, err
	}
	l.src = src
	l.lines.src = src
	if !plain && (p.Start > 0 || p.End > 0 && p.End < r.in.obj.Size()) {
		l.members = newMemberReader(src, r.in, p)
		l.lines.src = l.members
	}
	if p.Charset != "" {
		if l.lines.src, err = decodeReader(src, p.Charset); err != nil {
			return nil, err
		}
	}
	if p.Start > 0 {
		return l, l.skipLine()
	}
	l.skipBOM()
	return l, nil
}

// skipLine leaves out the line that another part has: it starts before this one.
func (l *lineReader) skipLine() error {
	limit := l.max
	l.max = 0 // keep nothing
	_, err := l.next()
	l.max = limit
	l.passed(err)
	var g *gap
	if isLong(err) || err == io.EOF || errors.As(err, &g) {
		return nil
	}
	return err
}

// passed notes that the line just read ended at damage behind the end of the part.
func (l *lineReader) passed(err error) {
	if l.members == nil || err == nil {
		return
	}
	var g *gap
	var long *longLine
	l.last = l.last || errors.As(err, &g) && g.offset >= l.part.End || errors.As(err, &long) && long.gap != "" && long.at >= l.part.End
}

// over says whether a line that starts at an offset belongs to another part. Of plain lines a part has those that start in it. Whether the
// last byte before a member ends a line is not known to who starts there: of members a part has the lines that start
// behind its own start, up to one that starts where the next part does.
func (l *lineReader) over(offset int64) bool {
	switch {
	case l.last:
		return true
	case offset == l.begin && l.part.Start == 0:
		return false
	case l.members != nil:
		return l.members.over(offset)
	}
	return l.part.Kind.Compression == Plain && l.part.Charset == "" && offset >= l.part.End
}

// place returns where a line stands as others see it.
func (l *lineReader) place(offset int64) int64 {
	if l.members != nil && l.part.Start > 0 && l.part.Base < 0 {
		return l.members.place(offset)
	}
	return offset
}

func (l *lineReader) skipBOM() {
	l.fill()
	if b := l.block[l.pos:l.end]; len(b) >= 3 && string(b[:3]) == string(utf8BOM) {
		l.pos += 3
		l.seen = l.pos
		l.begin = 3
	}
}

// line returns the next record with the place it stands at. Damage comes as a *bad error.
func (l *lineReader) line() ([]byte, Position, error) {
	for {
		at := Position{Offset: l.place(l.offset()), Record: -1}
		if l.over(l.offset()) {
			return nil, at, io.EOF
		}
		line, err := l.next()
		l.passed(err)
		if err == nil {
			if isBlank(line) {
				continue
			}
			if l.part.First >= 0 {
				at.Record = l.record
			}
			l.record++
			return line, at, nil
		}
		var g *gap
		if !errors.As(err, &g) && !isLong(err) {
			return nil, at, err
		}
		if l.part.First >= 0 {
			at.Record = l.record
		}
		if g == nil || !isBlank(line) {
			l.record++
		}
		d := Damage{Offset: at.Offset, Record: at.Record, Reason: err.Error(), Raw: line}
		if g != nil {
			d.Offset = g.offset
		}
		var long *longLine
		if errors.As(err, &long) {
			d.Raw = long.head
		}
		return nil, at, &bad{d}
	}
}

func isLong(err error) bool {
	var long *longLine
	return errors.As(err, &long)
}

// number returns the number of the record last read, counting the lines before the part if nobody has yet.
func (l *lineReader) number() (int64, error) {
	if l.part.First < 0 {
		n, err := l.before()
		if err != nil {
			return 0, &worldError{err}
		}
		l.part.First = n
		l.record += n
	}
	return l.record - 1, nil
}

// before counts the records before the part.
func (l *lineReader) before() (int64, error) {
	if l.part.Kind.Compression == Plain {
		return count(l.r.in.ctx, l.r.in.obj, l.r.name, l.part.Start)
	}
	p := l.part
	p.Start, p.End = 0, p.Start
	end, err := through(l.r.in, p, l.r.opt)
	return end.First, err
}

func (l *lineReader) close() error { return l.src.Close() }

func (r *Reader) openJSONL(p Part) (records, error) {
	l, err := r.openLines(p)
	if err != nil {
		return nil, err
	}
	m := newMapping(r.name, &r.opt)
	m.record = l.number
	return &jsonl{lineReader: l, m: m}, nil
}

func (j *jsonl) next(d *stages.Document) (Position, error) {
	line, at, err := j.line()
	if err != nil {
		return at, err
	}
	if err = undecoded(line, j.charset); err == nil {
		if j.ms, err = j.m.scan.object(line, j.ms[:0]); err == nil {
			err = j.m.document(d, j.ms, nil)
		}
	}
	if err != nil {
		var w *worldError
		if errors.As(err, &w) {
			return at, w
		}
		return at, &bad{Damage{Offset: at.Offset, Record: at.Record, Reason: err.Error(), Raw: line}}
	}
	return at, nil
}

// A worldError passes through where other errors mean a damaged record.
type worldError struct{ error }

func (w *worldError) Unwrap() error { return w.error }
