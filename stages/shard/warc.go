package shard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// warc reads the records of a WARC or WET file (ISO 28500; WARC 1.0 and 1.1), each in a gzip member of its own, all in one, or plain. A record
// must end where its Content-Length says and where the next starts; one that does not is damaged, and reading goes on at the next
// line "WARC/1." or gzip member.
type warc struct {
	r      *Reader
	src    io.ReadCloser
	marks  []mark // starts of members in the window and the one before, ascending
	win    []byte // win[a:b] is unread
	a, b   int
	base   int64 // decoded offset of win[0]
	err    error // of src, once the window is used up
	record int64
	part   Part
	first  int64 // number of the part's first record; -1: not counted, the part begins in the middle
	label  string
	arena  arena
}

// A mark is where a member starts: in decoded bytes and in the file.
type mark struct{ decoded, file int64 }

const (
	warcHeaderMax = 64 << 10
	warcMagic     = "WARC/"
)

func (r *Reader) openWARC(p Part) (records, error) {
	src, err := r.decompress(p.Kind.Compression)
	if err != nil {
		return nil, err
	}
	if g, ok := src.(*gzipStream); ok {
		g.end, g.stop = p.End, true
		r.in.start(p.Start)
	}
	w := &warc{r: r, src: src, part: p, label: Label(r.name), win: make([]byte, blockSize), first: p.First}
	if p.Kind.Compression == Plain {
		r.in.start(p.Start)
		w.base = p.Start
	}
	return w, nil
}

func (w *warc) close() error { return w.src.Close() }

// fill reads more into the window, growing it. It says whether there was more.
func (w *warc) fill() bool {
	if w.err != nil {
		return false
	}
	if w.b == len(w.win) {
		if w.a > len(w.win)/2 {
			w.base += int64(w.a)
			w.b = copy(w.win, w.win[w.a:w.b])
			w.a = 0
		} else {
			win := make([]byte, 2*len(w.win))
			w.base += int64(w.a)
			w.b = copy(win, w.win[w.a:w.b])
			w.a, w.win = 0, win
		}
	}
	for {
		n, err := w.src.Read(w.win[w.b:])
		if m, ok := w.src.(interface{ member() int64 }); ok && n > 0 {
			w.mark(m.member())
		}
		w.b += n
		w.err = err
		if n > 0 || err != nil {
			return n > 0
		}
	}
}

// mark notes that the bytes from win[b] on come from the member at an offset of the file.
func (w *warc) mark(file int64) {
	if n := len(w.marks); n > 0 && w.marks[n-1].file == file {
		return
	}
	at := w.base + int64(w.a)
	for len(w.marks) > 1 && w.marks[1].decoded <= at {
		w.marks = w.marks[1:]
	}
	w.marks = append(w.marks, mark{w.base + int64(w.b), file})
}

// position returns where in the file a record stands: the member it starts in, or its own bytes.
func (w *warc) position() Position {
	at := w.base + int64(w.a)
	p := Position{Record: w.record, Offset: at}
	if w.first < 0 {
		p.Record = -1
	}
	for _, m := range w.marks {
		if m.decoded <= at {
			p.Offset = m.file
		}
	}
	return p
}

// have makes n unread bytes available, if there are as many.
func (w *warc) have(n int) bool {
	for w.b-w.a < n && w.fill() {
	}
	return w.b-w.a >= n
}

func (w *warc) next(d *stages.Document) (Position, error) {
	for {
		for w.have(1) && (w.win[w.a] == '\r' || w.win[w.a] == '\n') {
			w.a++
		}
		at := w.position()
		if w.part.Kind.Compression == Plain && w.part.End > 0 && w.part.End < w.r.in.obj.Size() && at.Offset >= w.part.End {
			if at.Offset > w.part.End {
				return at, stages.Final(&straddled{w.r.name, w.part.End})
			}
			return at, io.EOF
		}
		if w.a == w.b {
			return at, w.end(at, nil)
		}
		head, body, err := w.take()
		w.record++
		var c *cut
		switch {
		case errors.As(err, &c):
			return at, w.damaged(at, c)
		case err != nil:
			return at, err
		}
		ok, err := w.document(d, at, head, body)
		var world *worldError
		if errors.As(err, &world) {
			return at, world
		}
		if err != nil {
			return at, &bad{Damage{Offset: at.Offset, Record: at.Record, Reason: err.Error(), Raw: bytes.Clone(body[:min(len(body), maxRaw)])}}
		}
		if ok {
			return at, nil
		}
		w.r.skipped++
	}
}

// end is what comes when the window is used up: a gap, the world's error, or the end.
func (w *warc) end(at Position, raw []byte) error {
	err := w.err
	var g *gap
	if errors.As(err, &g) {
		w.err = nil
		return &bad{Damage{Offset: g.offset, Record: -1, Reason: g.reason, Raw: raw}}
	}
	return err
}

// A cut is a record that does not end where it should. Reading goes on with the first record that starts at win[from] or later.
type cut struct {
	reason string
	from   int
}

func (c *cut) Error() string { return c.reason }

// take returns header and body of the record at win[a] and goes behind it. The slices are valid until the next call.
func (w *warc) take() (head textproto.MIMEHeader, body []byte, err error) {
	if !w.have(len(warcMagic)) || string(w.win[w.a:w.a+len(warcMagic)]) != warcMagic {
		return nil, nil, &cut{"no WARC record starts here", 1}
	}
	n := w.headerEnd()
	if n < 0 {
		return nil, nil, &cut{"the header of the record has no end", 1}
	}
	head = parseHeader(w.win[w.a : w.a+n])
	size, err := strconv.ParseInt(head.Get("Content-Length"), 10, 63)
	switch {
	case err != nil || size < 0:
		return nil, nil, &cut{fmt.Sprintf("Content-Length is %.40q; a number was expected", head.Get("Content-Length")), n}
	case size > w.r.opt.maxRecord():
		return nil, nil, &cut{fmt.Sprintf("the record has %d bytes, at most %d are allowed", size, w.r.opt.maxRecord()), n}
	case !w.have(n + int(size)):
		return nil, nil, &cut{fmt.Sprintf("Content-Length is %d, %d bytes are there", size, w.b-w.a-n), n}
	}
	start := w.base + int64(w.a)
	w.have(n + int(size) + 16)
	end := w.a + n + int(size)
	for _, m := range w.marks {
		if k := int(m.decoded - w.base); m.decoded > start && k < end && bytes.HasPrefix(w.win[k:w.b], []byte(warcMagic)) {
			return nil, nil, &cut{fmt.Sprintf("Content-Length is %d, the gzip member ends after %d", size, k-w.a-n), n}
		}
	}
	if rest := bytes.TrimLeft(w.win[end:min(w.b, end+16)], "\r\n"); len(rest) > 0 && !bytes.HasPrefix([]byte(warcMagic), rest[:min(len(rest), len(warcMagic))]) {
		return nil, nil, &cut{fmt.Sprintf("Content-Length is %d, no record starts behind", size), n}
	}
	body = w.win[w.a+n : end]
	w.a = end
	return head, body, nil
}

// headerEnd returns the length of the header with its blank line, or -1.
func (w *warc) headerEnd() int {
	for seen := 0; ; {
		b := w.win[w.a:w.b]
		for i := seen; i < len(b); i++ {
			if b[i] != '\n' {
				continue
			}
			if i+1 < len(b) && b[i+1] == '\n' {
				return i + 2
			}
			if i+2 < len(b) && b[i+1] == '\r' && b[i+2] == '\n' {
				return i + 3
			}
		}
		seen = max(0, len(b)-2)
		if len(b) > warcHeaderMax || !w.have(len(b)+1) {
			return -1
		}
	}
}

// damaged reports the record at win[a] and goes to where the next starts.
func (w *warc) damaged(at Position, c *cut) error {
	raw := bytes.Clone(w.win[w.a:min(w.b, w.a+maxRaw)])
	reason := c.reason
	start := w.base + int64(w.a)
	w.a += min(c.from, w.b-w.a)
	for !w.found() {
		w.a = max(w.a, w.b-len(warcMagic)-4)
		if z, ok := w.src.(bomber); ok && w.err == nil && z.bomb() {
			w.a = w.b // what was decoded of the bomb is not looked at
		}
		if w.fill() {
			continue
		}
		w.a = w.b
		var g *gap
		if !errors.As(w.err, &g) {
			if w.err != io.EOF {
				return w.err
			}
			break
		}
		// The gap is why the record does not end; records start behind it.
		reason += "; " + g.reason
		w.err = nil
		break
	}
	raw = raw[:min(int64(len(raw)), w.base+int64(w.a)-start)]
	return &bad{Damage{Offset: at.Offset, Record: at.Record, Reason: reason, Raw: raw}}
}

// found goes to the next start of a record in the window, if there is one.
func (w *warc) found() bool {
	b := w.win[w.a:w.b]
	for i := 0; ; i++ {
		k := bytes.Index(b[i:], []byte("WARC/1."))
		if k < 0 {
			return false
		}
		i += k
		at := w.a + i
		if line := w.win[at:w.b]; len(line) < 10 || line[7] > '9' || line[8] != '\r' && line[8] != '\n' {
			continue
		}
		if at > 0 && w.win[at-1] == '\n' || w.marked(at) {
			w.a = at
			return true
		}
	}
}

func (w *warc) marked(at int) bool {
	for _, m := range w.marks {
		if m.decoded == w.base+int64(at) {
			return true
		}
	}
	return false
}

// parseHeader reads named fields leniently: lines without a colon are left out, continued lines joined.
func parseHeader(b []byte) textproto.MIMEHeader {
	h := textproto.MIMEHeader{}
	last := ""
	for line := range bytes.Lines(b) {
		s := strings.TrimRight(string(line), "\r\n")
		if last != "" && s != "" && (s[0] == ' ' || s[0] == '\t') {
			v := h[last]
			v[len(v)-1] += " " + strings.TrimSpace(s)
			continue
		}
		name, value, ok := strings.Cut(s, ":")
		if !ok {
			continue
		}
		last = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
		h[last] = append(h[last], strings.TrimSpace(value))
	}
	return h
}
