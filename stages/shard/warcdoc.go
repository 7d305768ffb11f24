package shard

import (
	"mime"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// document makes a document of a record: the page of a response, the text of a conversion or a resource. Anything else, by
// design no text, is not one. HTML stays in the text, marked by content_type, for the stage that extracts.
func (w *warc) document(d *stages.Document, at Position, head textproto.MIMEHeader, body []byte) (bool, error) {
	kind := head.Get("Content-Type")
	switch strings.ToLower(head.Get("WARC-Type")) {
	case "response":
		if mediaType(kind) != "application/http" {
			return false, nil
		}
		page, ok, err := parseHTTP(body, w.r.opt.maxRecord(), head.Get("WARC-Truncated") != "")
		if err != nil || !ok {
			return false, err
		}
		body, kind = page.body, page.contentType
	case "conversion":
	case "resource":
		if strings.HasPrefix(strings.Trim(head.Get("WARC-Target-URI"), "<>"), "metadata:") {
			return false, nil // a crawler's own log
		}
	default:
		return false, nil
	}
	media := mediaType(kind)
	if media == "" {
		media = sniffMedia(body)
	}
	if !isText(media) {
		return false, nil
	}
	text, err := w.text(body, media, kind, head.Get("WARC-Type"))
	if err != nil {
		return false, err
	}
	*d = stages.Document{Text: text, Source: w.r.opt.Source}
	id := strings.Trim(head.Get("WARC-Record-ID"), "<>")
	if d.ID = id; id == "" {
		if err := w.numbered(); err != nil {
			return false, err
		}
		d.ID = w.label + "#" + strconv.FormatInt(w.record-1, 10)
	}
	d.Fields = make(stages.Fields, 0, 4)
	w.field(d, "url", strings.Trim(head.Get("WARC-Target-URI"), "<>"))
	w.field(d, "date", head.Get("WARC-Date"))
	w.field(d, "content_type", media)
	w.field(d, "warc_record_id", id)
	if d.Source == "" && w.r.opt.SourceField != "" {
		d.Source, _ = d.Field(w.r.opt.SourceField)
	}
	if d.Source == "" {
		d.Source = w.label
	}
	return true, nil
}

// text decodes a body. What was converted to text before must be UTF-8 or say what it is.
func (w *warc) text(body []byte, media, kind, record string) (string, error) {
	switch {
	case w.r.opt.Encoding != "":
		return textOf(body, w.r.opt.Encoding)
	case strings.EqualFold(record, "conversion") && charsetOf(kind) == "":
		return textOf(body, "utf-8")
	case media == "text/plain":
		if c := charsetOf(kind); c != "" {
			if s, err := textOf(body, c); err == nil {
				return s, nil
			}
		}
		return textOf(body, "")
	}
	return pageOf(body, kind)
}

func (w *warc) field(d *stages.Document, name, value string) {
	if value != "" {
		d.Fields = append(d.Fields, stages.Field{Name: name, Raw: w.arena.keep(appendQuoted(nil, value))})
	}
}

func mediaType(contentType string) string {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(media))
}

func charsetOf(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return params["charset"]
}

func isText(media string) bool {
	switch media {
	case "text/html", "application/xhtml+xml", "text/plain", "text/markdown":
		return true
	}
	return false
}

func sniffMedia(body []byte) string {
	switch {
	case isHTML("", body):
		return "text/html"
	case looksLikeText(body[:min(len(body), 4096)]):
		return "text/plain"
	}
	return ""
}
