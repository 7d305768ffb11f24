package shard

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"

	"github.com/winnow-data/winnow/stages/blob"
)

// ParseEncoding checks the label of a charset, as WHATWG lists them, and returns its usual name; "" for UTF-8.
func ParseEncoding(label string) (string, error) {
	e, err := htmlindex.Get(strings.TrimSpace(label))
	if err != nil {
		return "", fmt.Errorf("encoding %q: no charset of that name; utf-8, utf-16le, gb18030, big5, shift_jis, euc-jp, euc-kr, windows-1252 and the other WHATWG labels are allowed", label)
	}
	name, err := htmlindex.Name(e)
	if err != nil {
		return "", fmt.Errorf("encoding %q: %w", label, err)
	}
	if name == "utf-8" {
		return "", nil
	}
	return name, nil
}

// decodeReader returns r decoded from a charset to UTF-8. What does not decode becomes U+FFFD.
func decodeReader(r io.Reader, charset string) (io.Reader, error) {
	e, err := encodingOf(charset)
	if err != nil {
		return nil, err
	}
	return transform.NewReader(r, e.NewDecoder()), nil
}

func encodingOf(charset string) (encoding.Encoding, error) {
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil, fmt.Errorf("encoding %q: %w", charset, err)
	}
	return e, nil
}

// undecoded says whether a line that was decoded from a charset holds what did not decode. No text has U+FFFD of its own accord.
func undecoded(line []byte, charset string) error {
	if charset == "" {
		return nil
	}
	if k := bytes.Index(line, []byte("\uFFFD")); k >= 0 {
		return fmt.Errorf("byte %d of the decoded line: bytes that do not decode from %s", k, charset)
	}
	return nil
}

// charsetOfLines decides the charset of a whole file of lines by its first 64 KiB; "" is UTF-8.
func charsetOfLines(ctx context.Context, obj blob.Object, name string, k Kind, opt Options) (string, error) {
	if opt.Encoding != "" {
		c, err := ParseEncoding(opt.Encoding)
		if err != nil {
			return "", fmt.Errorf("read %s: %w", name, err)
		}
		return c, nil
	}
	var head []byte
	if k.Compression == Plain {
		head = make([]byte, min(obj.Size(), 64<<10))
		n, err := obj.ReadAt(head, 0)
		if err != nil && err != io.EOF {
			return "", fmt.Errorf("read %s: %w", name, err)
		}
		head = head[:n]
	} else {
		head, _ = sample(ctx, obj, k.Compression, 64<<10)
	}
	return guessLines(head), nil
}

// bom returns the charset that a byte order mark names.
func bom(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return "utf-16le"
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return "utf-16be"
	}
	return ""
}

// guessLines decides the charset of lines by their first bytes.
func guessLines(head []byte) string {
	return bom(head)
}
