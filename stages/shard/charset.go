package shard

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
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

const replacement = "\uFFFD"

// undecoded says whether a line that was decoded from a charset holds what did not decode. No text has U+FFFD of its own accord.
func undecoded(line []byte, charset string) error {
	if charset == "" {
		return nil
	}
	if k := bytes.Index(line, []byte(replacement)); k >= 0 {
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
		var err error
		if head, _, err = sample(ctx, obj, name, k.Compression, 64<<10); err != nil {
			return "", err
		}
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

// textOf decodes a whole plain text. label is its charset if known. Every byte must decode.
func textOf(b []byte, label string) (string, error) {
	b = bytes.TrimPrefix(b, utf8BOM)
	name := bom(b)
	if label != "" {
		var err error
		if name, err = ParseEncoding(label); err != nil {
			return "", err
		}
	}
	if name == "" && utf8.Valid(b) {
		return string(b), nil
	}
	if name == "" && label == "" {
		name = guess(b, false)
	}
	if name == "" {
		return "", fmt.Errorf("byte %d: invalid UTF-8, and no other charset fits", validPrefix(b))
	}
	s, bad, err := decode(b, name)
	if err == nil && bad > 0 {
		err = fmt.Errorf("%d places do not decode from %s", bad, name)
	}
	return s, err
}

// decode decodes b and counts the places that did not.
func decode(b []byte, name string) (s string, bad int, err error) {
	e, err := encodingOf(name)
	if err != nil {
		return "", 0, err
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return "", 0, fmt.Errorf("decode from %s: %w", name, err)
	}
	s = strings.TrimPrefix(view(out), "\ufeff")
	return s, strings.Count(s, replacement), nil
}

// pageOf decodes a web page as browsers do (WHATWG encoding sniffing): byte order mark, HTTP header, meta element, guess, windows-1252; with two
// differences that keep wrong letters out. A page that says something else but is valid UTF-8 with many multibyte characters is UTF-8. And
// a page of which more than 1 % of the characters do not decode is an error.
func pageOf(b []byte, contentType string) (string, error) {
	if utf8.Valid(b) && (bytes.HasPrefix(b, utf8BOM) || isASCII(b) || multibyte(b) >= 8) {
		return string(bytes.TrimPrefix(b, utf8BOM)), nil
	}
	name := bom(b)
	if name == "" {
		if _, declared, certain := charset.DetermineEncoding(b, contentType); certain || declared != "windows-1252" {
			name = declared
		}
	}
	if name == "replacement" { // labels that browsers refuse to decode: hz-gb-2312, iso-2022-kr
		return "", fmt.Errorf("the page's charset is one that is not decoded")
	}
	if name == "utf-8" && !utf8.Valid(b) && !mostlyUTF8(b) {
		name = ""
	}
	if name == "" {
		if name = guess(b, true); name == "" {
			name = "windows-1252"
			if mostlyUTF8(b) {
				name = "utf-8"
			}
		}
	}
	var s string
	bad := 0
	if name == "utf-8" {
		s = strings.ToValidUTF8(string(b), replacement)
		bad = strings.Count(s, replacement)
	} else {
		var err error
		if s, bad, err = decode(b, name); err != nil {
			return "", err
		}
	}
	if bad > 3 && bad*100 > utf8.RuneCountInString(s) {
		return "", fmt.Errorf("%d places do not decode from %s", bad, name)
	}
	return s, nil
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// multibyte counts the characters of valid UTF-8 beyond ASCII: the bytes that begin with two set bits, eight at a time.
func multibyte(b []byte) int {
	n := 0
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		n += bits.OnesCount64(x & (x << 1) & 0x8080808080808080)
	}
	for _, c := range b {
		if c >= 0xC0 {
			n++
		}
	}
	return n
}

// mostlyUTF8 says that of the bytes beyond ASCII ten times as many form UTF-8 as do not: text of UTF-8 with some damage.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, n := utf8.DecodeRune(b[i:])
		if n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	return good > 10*bad
}
