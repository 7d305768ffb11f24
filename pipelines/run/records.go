package run

import (
	"encoding/json"
	"io"
	"sync"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// A Quarantined is one line of _winnow/quarantine: a record that could not be read, or in which a stage found a fault.
type Quarantined struct {
	File   string `json:"file"`
	Offset *int64 `json:"offset,omitempty"` // of the record in the decoded file, where it is known
	Row    int64  `json:"row"`
	ID     string `json:"id,omitempty"`
	Label  string `json:"label"`
	Reason string `json:"reason"`
	Raw    string `json:"raw,omitempty"`        // what was there, if it is text
	Base64 []byte `json:"raw_base64,omitempty"` // what was there, if it is not
}

// damaged describes a record that could not be read.
func damaged(d shard.Damage) Quarantined {
	q := Quarantined{File: d.File, Offset: &d.Offset, Row: d.Record, Label: inputLabel, Reason: d.Reason}
	q.put(d.Raw)
	return q
}

// failed describes a document in which a stage found a fault.
func failed(d *stages.Document, label string, err error) Quarantined {
	q := Quarantined{File: d.At.File, Row: d.At.Row, ID: d.ID, Label: label, Reason: err.Error()}
	q.put(shard.AppendJSON(nil, d))
	return q
}

func (q *Quarantined) put(raw []byte) {
	if utf8.Valid(raw) {
		q.Raw = string(raw)
		return
	}
	q.Base64 = append([]byte(nil), raw...)
}

// lines writes JSON lines, zstd-compressed, to a file that is made when the first line comes.
type lines struct {
	open func() *commitFile
	file *commitFile
	zw   *zstd.Encoder
	n    int64
}

// add writes a record.
func (l *lines) add(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return l.write(append(line, '\n'))
}

// write writes a line that has its end.
func (l *lines) write(line []byte) error {
	if l.file == nil {
		l.file = l.open()
		l.zw = encoders.Get().(*zstd.Encoder)
		l.zw.Reset(l.file)
	}
	l.n++
	_, err := l.zw.Write(line)
	return err
}

// close ends the file, if there is one.
func (l *lines) close() error {
	if l.file == nil {
		return nil
	}
	if err := l.zw.Close(); err != nil {
		return err
	}
	l.zw.Reset(nil)
	encoders.Put(l.zw)
	l.zw = nil
	return l.file.Close()
}

// encoders and decoders hold those that no file uses: each has megabytes of window, and a task writes several files.
var (
	encoders = sync.Pool{New: func() any {
		zw, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
		if err != nil {
			panic(err) // of the options alone
		}
		return zw
	}}
	decoders = sync.Pool{New: func() any {
		zr, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
		if err != nil {
			panic(err) // of the options alone
		}
		return zr
	}}
)

var _ io.Writer = (*commitFile)(nil)
