package shard

import "fmt"

// open makes the reader of a part's format.
func (r *Reader) open(p Part) (records, error) {
	switch p.Kind.Format {
	case JSONL:
		return r.openJSONL(p)
	case Lines:
		return r.openPlainLines(p)
	case Text:
		return r.openText(p)
	case WARC:
		return r.openWARC(p)
	case Parquet:
		return r.openParquet(p)
	}
	return nil, fmt.Errorf("unknown format %q; allowed: %v", p.Kind.Format, Formats)
}
