package dedup

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"unicode"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/stages"
)

// The table of a scan: hash of what is compared, 0 for a document that is never removed, rank of `keep`, hash of the text, hash of the
// record, then what is no part of the order: ordinal, where the id lies and its length, check of the id, hash of the source.
const (
	exactFile  = "hashes"
	exactWidth = 16 + 1 + 8 + 16 + 8 + exactTail
	exactTail  = 4 + 8 + 4 + 4 + 8
)

type exactScan struct {
	e      *Exact
	sorter *rows.Sorter
	ids    *sheet
	record recordHash
	row    []byte
	count  scanned
	runs   fileRuns // of the preset
}

func (e *Exact) scan(t *stages.Task) (stages.Stage, error) {
	s := &exactScan{
		e: e, sorter: rows.NewSorter(exactWidth, memory(t), t.Files.Temp), ids: create(t, namesFile),
		count: scanned{Sources: map[string]int{}},
	}
	t.AtEnd(func() error {
		if e.peer != nil {
			if err := s.runs.write(t); err != nil {
				return err
			}
		}
		return errors.Join(writeSorted(t, exactFile, s.sorter), s.sorter.Close(), s.ids.Close(), writeJSON(t, scannedFile, s.count))
	})
	return s, nil
}

// Apply implements stages.Stage.
func (s *exactScan) Apply(_ context.Context, b *stages.Batch) error {
	return s.count.each(b, s.add)
}

func (s *exactScan) add(d *stages.Document) error {
	if s.e.peer != nil {
		s.runs.add(d.At.File)
	}
	value, ok := d.Field(s.e.Of)
	if !ok || value == "" && s.e.peer == nil {
		s.count.Without++
		return nil
	}
	if s.e.peer != nil {
		s.row, ok = s.e.peer.head(s.row[:0], d, value, s.runs.place())
	} else {
		ok = s.head(d, value)
	}
	if !ok {
		s.count.Unranked++
	}
	s.row = binary.BigEndian.AppendUint32(s.row, s.count.Documents)
	s.row = binary.BigEndian.AppendUint64(s.row, uint64(s.ids.size))
	s.row = binary.BigEndian.AppendUint32(s.row, uint32(len(d.ID)))
	s.row = binary.BigEndian.AppendUint32(s.row, idCheck(d.ID))
	s.row = binary.BigEndian.AppendUint64(s.row, xxhash.Sum64String(d.Source))
	if _, err := io.WriteString(s.ids, d.ID); err != nil {
		return err
	}
	return s.sorter.Add(s.row)
}

// head begins the row of a document with what decides its place in the table. It returns false where `keep` finds no readable field.
func (s *exactScan) head(d *stages.Document, value string) (ranked bool) {
	ranked = true
	body := d.Body()
	if s.e.Normalize {
		value = normal(value)
	}
	content := contentHash(value)
	binary.BigEndian.PutUint64(content[:8], binary.BigEndian.Uint64(content[:8])^groupHash(d, s.e.Within))
	s.row = append(s.row[:0], content[:]...)
	s.row = append(s.row, removable(d, s.e.OnlyFrom))
	if s.e.Keep.Policy == "first" {
		s.row = append(s.row, make([]byte, 8)...) // the whole ids decide
	} else {
		s.row, ranked = s.e.Keep.key(s.row, d, body)
	}
	text := contentHash(body)
	s.row = append(s.row, text[:]...)
	s.row = binary.BigEndian.AppendUint64(s.row, s.record.of(d))
	return ranked
}

// removable is 1 for a document that may be removed, 0 for one that stays for reference: those rank first.
func removable(d *stages.Document, onlyFrom string) byte {
	if onlyFrom != "" && d.Source != onlyFrom {
		return 0
	}
	return 1
}

// normal returns s in lower case and NFC, with every run of white space as one space, none at the ends.
func normal(s string) string {
	return norm.NFC.String(strings.Join(strings.FieldsFunc(strings.ToLower(s), unicode.IsSpace), " "))
}

// exactRow is a parsed row of the table.
type exactRow struct {
	ref       ref
	removable bool
	offset    int64
	length    int
	check     uint32
	source    uint64 // hash of its name
}

func parseExact(source int, row []byte) exactRow {
	tail := row[exactWidth-exactTail:]
	return exactRow{
		ref: newRef(source, binary.BigEndian.Uint32(tail)), removable: row[16] == 1,
		offset: int64(binary.BigEndian.Uint64(tail[4:])), length: int(binary.BigEndian.Uint32(tail[12:])), check: binary.BigEndian.Uint32(tail[16:]),
		source: binary.BigEndian.Uint64(tail[20:]),
	}
}

// sameGroup says whether two rows hold what is identical.
func sameGroup(a, b []byte) bool { return bytes.Equal(a[:16], b[:16]) }
