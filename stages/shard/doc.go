// Package shard reads and writes the files that a corpus lies in: JSONL (plain, gzip, zstd), Parquet, WARC and WET, plain text. It
// turns them into documents and documents into shards, and reports what is damaged instead of losing it.
//
//	kind, err := shard.Detect(ctx, obj, name)
//	parts, err := shard.Parts(ctx, obj, name, 256<<20, shard.Options{Kind: kind})
//	r, err := shard.Open(ctx, obj, name, parts[i], shard.Options{Damaged: quarantine})
//	for {
//		n, err := r.Read(docs) // docs[:n]; io.EOF at the end
//	}
//
//	w, err := shard.NewWriter(ctx, store, shard.WriteOptions{Name: name, Format: shard.Parquet, Schema: schema})
//	err = w.Write(&doc)
//	files, err := w.Commit() // nothing is visible before
//
// # What becomes of a record
//
// Of a JSON object or a Parquet row the text, the id, the source and a few fields of winnow's own rows (kind, parents, answers,
// messages where there is no text) find their places in the document. All others become its fields: raw JSON, byte for byte, in input
// order. A record without a text, or whose text is no string, is damaged. An empty text is not.
//
// # What is damaged
//
// JSON is read strictly: no raw control characters, lone surrogates, invalid UTF-8, names that stand twice in the record, nesting over
// 500. A record that breaks a rule is reported to [Options.Damaged] with its bytes, and reading goes on with the next. A
// broken gzip member, zstd frame, WARC record or Parquet page is reported once, and reading goes on where the next sound one starts. What
// Read returns as an error is the world's fault: the object could not be read.
//
// # What must hold memory
//
// A record of lines is held whole, up to [Options.MaxRecord]; a longer one is skipped without being held. A record over the limit whose member
// or frame has decoded to more than 200 times its size is taken for a zip bomb, and the rest of the member is left. Of Parquet one page of each
// column is held.
//
// # What is cut
//
// A large file is read in parts, by tasks of their own: plain JSONL and lines anywhere, compressed ones where a gzip member or a zstd frame
// with a checksum starts (bgzip, cat of files, pzstd), WARC between records, Parquet between row groups. The parts together are the whole: every record once, in order, with the same
// id, and the same damage. Numbers of records and, of compressed lines, offsets are those of the whole where records have no ids, for they are
// counted then; else a part in the middle says -1 for a number, and for an offset where the member starts in the file. A file of one member
// (gzip, pigz, zstd) is one part, as is one whose members are of many MiB. A member within the data of another is not taken for one as far as 1 MiB behind it and,
// of plain WARC, 4 MiB before it shows; should one be, reading fails and says so: no record is ever read twice or lost.
//
// # Charsets
//
// A file of lines has one charset, decided by its first 64 KiB: UTF-8, unless a byte order mark or the byte patterns of most of its non-ASCII
// lines say GB18030, Big5, Shift-JIS, EUC-JP or EUC-KR. Single bad lines of a UTF-8 file are damaged records: guessing a charset for
// one line would put wrong letters into the corpus without a word. Single-byte charsets are never guessed for JSONL; name them with `encoding:`.
// A plain text file and a web page are guessed one by one, single-byte charsets included; of a web page the HTTP header and the
// meta element come first.
package shard
