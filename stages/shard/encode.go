package shard

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/winnow-data/winnow/stages"
)

// AppendJSON appends a document as one JSON object on one line, without a line end: id, kind, text or messages, answers, source,
// parents, then the fields as they came. Empty ones are left out, but not an empty text.
func AppendJSON(dst []byte, d *stages.Document) []byte {
	dst = append(dst, `{"id":`...)
	dst = appendQuoted(dst, d.ID)
	if d.Kind != "" {
		dst = append(dst, `,"kind":`...)
		dst = appendQuoted(dst, d.Kind)
	}
	if d.Turns == nil {
		dst = append(dst, `,"text":`...)
		dst = appendQuoted(dst, d.Text)
	} else {
		dst = append(dst, `,"messages":`...)
		dst = appendTurns(dst, d.Turns)
	}
	if len(d.Answers) > 0 {
		dst = append(dst, `,"answers":`...)
		dst = appendAnswers(dst, d.Answers)
	}
	if d.Source != "" {
		dst = append(dst, `,"source":`...)
		dst = appendQuoted(dst, d.Source)
	}
	if len(d.Parents) > 0 {
		dst = append(dst, `,"parents":`...)
		dst = appendStrings(dst, d.Parents)
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		dst = append(dst, ',')
		dst = appendQuoted(dst, outName(d, f.Name))
		dst = append(dst, ':')
		dst = appendRaw(dst, f.Raw)
	}
	return append(dst, '}')
}

// outName returns the name that a field has on disk. One that has the name of a place that the document fills itself is kept beside it.
func outName(d *stages.Document, name string) string {
	taken := false
	switch name {
	case "id", "text", "messages", "source":
		taken = true
	case "kind":
		taken = d.Kind != ""
	case "answers":
		taken = len(d.Answers) > 0
	case "parents":
		taken = len(d.Parents) > 0
	}
	for ; taken; _, taken = d.Fields.Raw(name) {
		name = "input_" + name
	}
	return name
}

// appendRaw appends a raw JSON value on one line.
func appendRaw(dst, raw []byte) []byte {
	if len(raw) == 0 {
		return append(dst, "null"...)
	}
	if bytes.IndexByte(raw, '\n') < 0 {
		return append(dst, raw...)
	}
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return appendQuoted(dst, string(raw)) // no JSON: keep the bytes as a string rather than break the line
	}
	return append(dst, b.Bytes()...)
}

func appendStrings(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendQuoted(dst, s)
	}
	return append(dst, ']')
}

func appendTurns(dst []byte, turns []stages.Turn) []byte {
	dst = append(dst, '[')
	for i, t := range turns {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"role":`...)
		dst = appendQuoted(dst, t.Role)
		dst = append(dst, `,"content":`...)
		dst = appendQuoted(dst, t.Content)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func appendAnswers(dst []byte, answers []stages.Answer) []byte {
	dst = append(dst, '[')
	for i := range answers {
		a := &answers[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"text":`...)
		dst = appendQuoted(dst, a.Text)
		if a.By != "" {
			dst = append(dst, `,"by":`...)
			dst = appendQuoted(dst, a.By)
		}
		if len(a.Checks) > 0 {
			dst = append(dst, `,"checks":[`...)
			for j := range a.Checks {
				if j > 0 {
					dst = append(dst, ',')
				}
				dst = appendCheck(dst, &a.Checks[j])
			}
			dst = append(dst, ']')
		}
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func appendCheck(dst []byte, c *stages.Check) []byte {
	dst = append(dst, `{"name":`...)
	dst = appendQuoted(dst, c.Name)
	dst = append(dst, `,"pass":`...)
	switch c.Result {
	case stages.Passed:
		dst = append(dst, "true"...)
	case stages.Failed:
		dst = append(dst, "false"...)
	default:
		dst = append(dst, "null"...)
	}
	if c.Score != 0 && c.Score-c.Score == 0 {
		dst = append(dst, `,"score":`...)
		dst = strconv.AppendFloat(dst, c.Score, 'g', -1, 64)
	}
	if c.Why != "" {
		dst = append(dst, `,"why":`...)
		dst = appendQuoted(dst, c.Why)
	}
	return append(dst, '}')
}
