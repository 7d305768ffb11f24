package shard

import (
	"strings"
)

// Sizes that bound what one input can make us hold.
const (
	DefaultMaxRecord = 256 << 20 // bytes of one decoded record
	maxRaw           = 64 << 10  // bytes of a damaged record that are kept
)

// Options say how an input is read.
type Options struct {
	Kind     Kind   // zero: detected
	Encoding string // a charset by its WHATWG label; "": detected
	// The fields of the input that hold these; "" means the field of the same name. A url or language under another name
	// becomes a field "url" or "language".
	Text, ID, URL, Language string
	// The layout of conversations, one of [Forms], and the fields that hold their parts. One of them given makes the input one of conversations:
	// a record without a prompt is damaged. Gold becomes the field "gold".
	Form                                              string
	Prompt, Messages, Gold, Answers, Chosen, Rejected string
	Source                                            string // every document's source; "": see SourceField
	SourceField                                       string // the field that holds the source; "": "source", else the input's name
	MaxRecord                                         int64  // bytes; 0: DefaultMaxRecord
	Window                                            int64  // bytes that a zstd frame may ask us to keep; 0: 128 MiB, what zstd --long=27 and --ultra need
	Damaged                                           func(Damage)

	once bool // no document is looked at after the Read that filled it
}

// Damage is a record, or a stretch of a file, that could not be read.
type Damage struct {
	File   string
	Offset int64  // bytes from the start: decoded ones for a record of lines, the file's own for a broken member, frame, page or WARC record; the row for Parquet
	Record int64  // counted from 0 in the file, damaged ones included; -1 where it is not known
	Lost   int64  // records that are known to be lost; 0 where that is not known
	Reason string // what was wrong
	Raw    []byte // its bytes as far as known, at most 64 KiB
}

// A Position says where a document stood.
type Position struct {
	Record int64 // counted from 0 in the file, damaged ones included; -1 where a part of a file does not know
	Offset int64 // as in [Damage]
}

func (o *Options) maxRecord() int64 {
	if o.MaxRecord > 0 {
		return o.MaxRecord
	}
	return DefaultMaxRecord
}

// Label returns the name that ids of records without an id start with, and that stands for the source where nothing else
// does: the input's name without the endings of its format, so that another encoding of the same file gives the same documents.
func Label(name string) string {
	for _, ends := range [][]string{{".gz", ".zst", ".gzip", ".zstd"}, {".jsonl", ".ndjson", ".json", ".parquet", ".warc", ".wet", ".txt"}} {
		for _, end := range ends {
			if short, ok := strings.CutSuffix(name, end); ok && short != "" && !strings.HasSuffix(short, "/") {
				name = short
				break
			}
		}
	}
	// Common Crawl: CC-MAIN-….warc.wet.gz
	return strings.TrimSuffix(name, ".warc")
}
