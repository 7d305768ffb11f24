package dedup

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/dedup/internal/shingle"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// The table of bands of a scan: key of the band, number of the document.
const (
	bandsFile  = "bands"
	bandsWidth = 8 + 4
)

// minHashScan signs documents.
type minHashScan struct {
	m      *MinHash
	bands  *rows.Sorter
	sample *sample
	count  scanned

	view  text.View
	words shingle.Words
	grams []uint64
	sig   []uint32
	keys  []uint64
	rank  []byte
}

func (m *MinHash) scan(t *stages.Task) (stages.Stage, error) {
	s := &minHashScan{
		m: m, bands: rows.NewSorter(bandsWidth, memory(t), t.Files.Temp), sample: newSample(m.family.Size()),
		count: scanned{Sources: map[string]int{}}, sig: make([]uint32, m.family.Size()),
	}
	t.AtEnd(func() error {
		return errors.Join(writeSorted(t, bandsFile, s.bands), s.bands.Close(), s.sample.write(t), writeJSON(t, scannedFile, s.count))
	})
	return s, nil
}

// Apply implements stages.Stage.
func (s *minHashScan) Apply(_ context.Context, b *stages.Batch) error {
	return s.count.each(b, s.add)
}

func (s *minHashScan) add(d *stages.Document) error {
	body := d.Body()
	if k := s.m.Keep; k.Field != "" {
		key, ok := k.key(s.rank[:0], d, body)
		if s.rank = key; !ok {
			s.count.Unranked++
		}
	}
	s.cut(body)
	s.sign()
	s.sample.add(body, d.Source, s.sig)
	s.keys = s.m.family.Keys(s.keys[:0], s.sig, groupHash(d, s.m.Within))
	var row [bandsWidth]byte
	binary.BigEndian.PutUint32(row[8:], s.count.Documents)
	for _, key := range s.keys {
		binary.BigEndian.PutUint64(row[:], key)
		if err := s.bands.Add(row[:]); err != nil {
			return err
		}
	}
	return nil
}

// cut leaves the words of a text in s.words.
func (s *minHashScan) cut(body string) {
	s.view.Reset(body)
	s.words.Cut(&s.view)
}

// sign leaves the signature of the words in s.sig.
func (s *minHashScan) sign() {
	s.grams = shingle.Grams(s.grams[:0], s.words.Hashes, s.m.Ngram)
	s.m.family.Sign(s.sig, s.grams)
}
