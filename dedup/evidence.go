package dedup

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/stages"
)

// evidenceFile holds, for every document that was compared, the line that decided about it, as compressed JSON lines:
//
//	{"id":"b","kept":"a","similarity":0.8125,"rule":"jaccard","accepted":true}
//	{"id":"c","kept":"a","similarity":0.31,"rule":"","accepted":false}
//
// kept is the document that stands for it, or the closest one if it stayed.
const evidenceFile = "evidence.jsonl.zst"

type evidence struct {
	w   *sheet
	z   *zstd.Encoder
	err error
	buf []byte
}

func newEvidence(t *stages.Task) *evidence {
	e := &evidence{w: create(t, evidenceFile)}
	e.z, e.err = zstd.NewWriter(e.w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(256<<10), zstd.WithLowerEncoderMem(true))
	return e
}

func (e *evidence) add(id, kept string, similarity float64, rule string, accepted bool) error {
	if e.err != nil {
		return e.err
	}
	e.buf = append(e.buf[:0], `{"id":`...)
	e.buf = appendString(e.buf, id)
	e.buf = append(e.buf, `,"kept":`...)
	e.buf = appendString(e.buf, kept)
	e.buf = append(e.buf, `,"similarity":`...)
	e.buf = strconv.AppendFloat(e.buf, similarity, 'g', 4, 64)
	e.buf = append(e.buf, `,"rule":`...)
	e.buf = appendString(e.buf, rule)
	e.buf = append(e.buf, `,"accepted":`...)
	e.buf = strconv.AppendBool(e.buf, accepted)
	e.buf = append(e.buf, "}\n"...)
	_, e.err = e.z.Write(e.buf)
	return e.err
}

func appendString(dst []byte, s string) []byte {
	b, _ := json.Marshal(s) // a string always marshals
	return append(dst, b...)
}

// Close writes the file.
func (e *evidence) Close() error {
	if e.z != nil {
		e.err = errors.Join(e.err, e.z.Close())
	}
	return errors.Join(e.err, e.w.Close())
}
