package run

import (
	"encoding/json"
	"io"
	"math"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// An Exclusion is one line of _winnow/excluded: a document that was removed, by whom, and why.
type Exclusion struct {
	ID     string   `json:"id"`
	File   string   `json:"file"`
	Row    int64    `json:"row"`
	Source string   `json:"source"`
	Label  string   `json:"label"`
	Stage  string   `json:"stage"`
	Rule   string   `json:"rule"`
	Value  *float64 `json:"value"`
	Min    *float64 `json:"min,omitempty"`
	Max    *float64 `json:"max,omitempty"`
	Kept   string   `json:"kept,omitempty"`
	Why    string   `json:"why,omitempty"`
}

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

// exclusion describes a drop of d by s.
func exclusion(d *stages.Document, s *ruleSet, v stages.Verdict) Exclusion {
	e := Exclusion{
		ID: d.ID, File: d.At.File, Row: d.At.Row, Source: d.Source,
		Label: s.label, Stage: s.name, Rule: v.Rule, Value: number(v.Value), Kept: v.Kept, Why: v.Why,
	}
	for _, r := range s.rules {
		if r.Name == v.Rule {
			language, _ := d.Fields.Text("language")
			keep := r.Keep.For(language)
			e.Min, e.Max = number(keep.Min), number(keep.Max)
		}
	}
	return e
}

// number returns x, or nil where JSON has no spelling for it.
func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
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

func (l *lines) add(v any) error {
	if l.file == nil {
		l.file = l.open()
		zw, err := zstd.NewWriter(l.file, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
		if err != nil {
			return err
		}
		l.zw = zw
	}
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	l.n++
	_, err = l.zw.Write(append(line, '\n'))
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
	return l.file.Close()
}

var _ io.Writer = (*commitFile)(nil)
