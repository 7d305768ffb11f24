package shard

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A page is the body of an HTTP response as the server meant it.
type page struct {
	contentType string
	body        []byte
}

// parseHTTP takes an HTTP response apart: status, header, chunks, content encoding. ok is false for a status other than 2xx. Archives
// often keep a header whose encoding they have undone already, so that a body is decoded only where it looks encoded. A body that is cut short is
// damaged, unless the record says that it was truncated.
func parseHTTP(b []byte, limit int64, truncated bool) (p page, ok bool, err error) {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	f := strings.Fields(string(line))
	if len(f) < 2 || !strings.HasPrefix(f[0], "HTTP/") {
		return p, false, fmt.Errorf("the response starts with %.40q; HTTP/… was expected", line)
	}
	if len(f[1]) != 3 || f[1][0] != '2' {
		return p, false, nil
	}
	n := bytes.Index(b, []byte("\r\n\r\n")) + 4
	if k := bytes.Index(b, []byte("\n\n")) + 2; n == 3 || k > 1 && k < n {
		n = k
	}
	if n < 2 {
		return p, false, errors.New("the HTTP header has no end")
	}
	h := parseHeader(b[len(line):n])
	p.contentType, p.body = h.Get("Content-Type"), b[n:]
	if strings.Contains(strings.ToLower(h.Get("Transfer-Encoding")), "chunked") {
		p.body = dechunk(p.body)
	}
	for _, coding := range strings.Split(strings.ToLower(h.Get("Content-Encoding")), ",") {
		body, err := decodeBody(p.body, strings.TrimSpace(coding), limit)
		if err != nil && !(truncated && len(body) > 0) {
			return p, false, fmt.Errorf("content encoding %s: %w", strings.TrimSpace(coding), err)
		}
		p.body = body
	}
	return p, true, nil
}

// dechunk joins the chunks of a body (RFC 9112, section 7.1). A body that does not start with a chunk is returned as it is; one whose later
// chunks are broken is returned up to there.
func dechunk(b []byte) []byte {
	var out []byte
	rest := b
	for {
		line, after, ok := bytes.Cut(rest, []byte("\n"))
		size, _, _ := strings.Cut(strings.TrimSpace(string(line[:min(len(line), 64)])), ";")
		n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 31)
		if !ok || err != nil {
			if out == nil {
				return b
			}
			return out
		}
		if n == 0 {
			return append([]byte{}, out...)
		}
		k := min(int(n), len(after))
		out = append(out, after[:k]...)
		if out == nil {
			out = []byte{}
		}
		rest = bytes.TrimPrefix(bytes.TrimPrefix(after[k:], []byte("\r")), []byte("\n"))
	}
}

// decodeBody undoes one content coding, to at most limit bytes. On an error it returns what was decoded before.
func decodeBody(b []byte, coding string, limit int64) ([]byte, error) {
	var r io.Reader
	switch coding {
	case "gzip", "x-gzip":
		if !bytes.HasPrefix(b, gzipMagic[:2]) {
			return b, nil
		}
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		r = z
	case "deflate":
		z, err := zlib.NewReader(bytes.NewReader(b))
		if err == nil {
			r = z
			break
		}
		if looksLikeText(b[:min(len(b), 512)]) {
			return b, nil
		}
		r = flate.NewReader(bytes.NewReader(b))
	case "br":
		if looksLikeText(b[:min(len(b), 512)]) {
			return b, nil
		}
		r = brotli.NewReader(bytes.NewReader(b))
	case "zstd":
		if !bytes.HasPrefix(b, zstdMagic) {
			return b, nil
		}
		z, err := zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		r = z
	case "", "identity":
		return b, nil
	default:
		return b, nil // archives that keep the header of a coding they have undone
	}
	out, err := io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(out)) > limit {
		return nil, fmt.Errorf("it decodes to more than the %d bytes that are allowed", limit)
	}
	return out, err
}
