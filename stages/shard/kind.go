package shard

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/winnow-data/winnow/stages/blob"
)

// A Format is how records lie in a file.
type Format string

// The formats.
const (
	JSONL   Format = "jsonl"
	Parquet Format = "parquet"
	WARC    Format = "warc"  // and WET, which is WARC of conversion records
	Text    Format = "text"  // one document per file
	Lines   Format = "lines" // one document per line
)

// Formats lists all formats.
var Formats = []Format{JSONL, Parquet, WARC, Text, Lines}

// A Compression wraps a whole file.
type Compression string

// The compressions.
const (
	Plain Compression = ""
	Gzip  Compression = "gzip"
	Zstd  Compression = "zstd"
)

// A Kind is a format in a compression.
type Kind struct {
	Format      Format
	Compression Compression
}

func (k Kind) String() string {
	switch k.Compression {
	case Gzip:
		return string(k.Format) + ".gz"
	case Zstd:
		return string(k.Format) + ".zst"
	}
	return string(k.Format)
}

var endings = map[string]Format{
	".jsonl": JSONL, ".ndjson": JSONL, ".json": JSONL, ".parquet": Parquet, ".warc": WARC, ".wet": WARC,
	".txt": Text, ".md": Text, ".html": Text, ".htm": Text, ".text": Text,
}

// Detect finds the kind of a file by its first bytes, and by its name where those say nothing. A file of unknown bytes under an
// unknown name is an error; so is one whose name promises Parquet and whose bytes are something else.
func Detect(ctx context.Context, obj blob.Object, name string) (Kind, error) {
	head := make([]byte, 4096)
	n, err := obj.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return Kind{}, fmt.Errorf("detect the format of %s: %w", name, err)
	}
	head = head[:n]
	var k Kind
	base := strings.ToLower(path.Base(name))
	switch {
	case bytes.HasPrefix(head, gzipMagic):
		k.Compression = Gzip
	case bytes.HasPrefix(head, zstdMagic) || isSkippable(head):
		k.Compression = Zstd
	}
	for _, end := range []string{".gz", ".gzip", ".zst", ".zstd"} {
		short, ok := strings.CutSuffix(base, end)
		if ok && n > 0 && k.Compression == Plain && !looksLikeText(head) {
			// The magic bytes themselves may be damaged: believe the name, so that what follows is found.
			k.Compression = map[bool]Compression{true: Gzip, false: Zstd}[end[1] == 'g']
		}
		base = short
	}
	byName := endings[path.Ext(base)]
	inside := head
	if k.Compression != Plain {
		if inside, _, err = sample(ctx, obj, name, k.Compression, 4096); err != nil {
			return Kind{}, fmt.Errorf("detect the format of %s: %w", name, err)
		}
	}
	byBytes := sniff(inside)
	switch {
	case byName == Parquet && n > 0 && byBytes != Parquet:
		return Kind{}, fmt.Errorf("detect the format of %s: the name says Parquet, the bytes do not start with PAR1", name)
	case byBytes == Parquet && k.Compression != Plain:
		return Kind{}, fmt.Errorf("detect the format of %s: Parquet within %s is not read; unpack it", name, k.Compression)
	case path.Ext(base) == ".json" && bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(inside, utf8BOM), " \t\r\n"), []byte("[")):
		return Kind{}, fmt.Errorf("detect the format of %s: it is a JSON array; JSONL, one object per line, is read (jq -c '.[]' makes it)", name)
	case byBytes == Parquet || byBytes == WARC:
		k.Format = byBytes
	case byName != "":
		k.Format = byName
	case byBytes != "":
		k.Format = byBytes
	case len(inside) > 0 && !looksLikeText(inside):
		return Kind{}, fmt.Errorf("detect the format of %s: neither its name nor its bytes are known; allowed: %v", name, Formats)
	default:
		k.Format = Text
	}
	return k, nil
}

func sniff(head []byte) Format {
	switch {
	case bytes.HasPrefix(head, []byte("PAR1")):
		return Parquet
	case bytes.HasPrefix(head, []byte("WARC/1.")):
		return WARC
	case bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), " \t\r\n"), []byte("{")):
		return JSONL
	}
	return ""
}

// looksLikeText says that b may be text in some charset: few control characters.
func looksLikeText(b []byte) bool {
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return true
	}
	odd := 0
	for _, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b {
			odd++
		}
	}
	return odd*50 <= len(b)
}

var (
	gzipMagic = []byte{0x1f, 0x8b, 0x08}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
	utf8BOM   = []byte{0xef, 0xbb, 0xbf}
)

// isSkippable says whether b starts with a zstd frame that decoders leave out.
func isSkippable(b []byte) bool {
	return len(b) >= 4 && b[0]&0xf0 == 0x50 && b[1] == 0x2a && b[2] == 0x4d && b[3] == 0x18
}
