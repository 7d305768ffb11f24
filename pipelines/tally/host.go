package tally

import (
	"bytes"

	"github.com/winnow-data/winnow/stages"
)

const maxHost = 100 // bytes of a host that are told apart

// hostOf returns the host of the field `url`, lower case, without port and "www."; nil for none. It is valid until the next call.
func (t *Tally) hostOf(d *stages.Document) []byte {
	raw, ok := d.Fields.Raw("url")
	if !ok || len(raw) < 2 || raw[0] != '"' {
		return nil
	}
	t.host = Host(t.host[:0], raw[1:len(raw)-1])
	return t.host
}

// Host appends the host of a URL to dst: lower case, without user, port and leading "www."; at most 100 bytes. Escaped
// slashes of JSON are understood. What is no URL with a host appends nothing.
func Host(dst, url []byte) []byte {
	i := bytes.Index(url, []byte(`:/`))
	if i < 0 {
		if i = bytes.Index(url, []byte(`:\/`)); i < 0 {
			return dst
		}
	}
	rest := bytes.TrimLeft(url[i+1:], `\/`)
	if end := bytes.IndexAny(rest, `/?#\`); end >= 0 {
		rest = rest[:end]
	}
	if at := bytes.LastIndexByte(rest, '@'); at >= 0 {
		rest = rest[at+1:]
	}
	if len(rest) > 0 && rest[0] == '[' {
		if end := bytes.IndexByte(rest, ']'); end >= 0 {
			rest = rest[:end+1]
		}
	} else if port := bytes.IndexByte(rest, ':'); port >= 0 {
		rest = rest[:port]
	}
	rest = rest[:min(len(rest), maxHost)]
	start := len(dst)
	for _, c := range rest {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	if host := dst[start:]; bytes.HasPrefix(host, []byte("www.")) && bytes.IndexByte(host[4:], '.') > 0 {
		dst = append(dst[:start], host[4:]...)
	}
	return dst
}
