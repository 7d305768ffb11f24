package dedup

import (
	"context"
	"encoding/binary"
	"errors"
	"math"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/dedup/internal/signature"
	"github.com/winnow-data/winnow/stages"
)

// The table of bands of the preset: band, values of the signature, hash of the group where there are some, document. Its order is that in which
// the peer's stage 2 takes the signatures of a bucket from its queue: by values, then file, then document.
const bandWidth = 2

func (m *DatatroveMinHash) valueWidth() int {
	if signature.Narrow(m.Hash) {
		return 4
	}
	return 8
}

// keyWidth is how much of a row two documents that agree in a band have in common.
func (m *DatatroveMinHash) keyWidth() int {
	n := bandWidth + m.HashesPerBucket*m.valueWidth()
	if m.Within != "" {
		n += 8
	}
	return n
}

func (m *DatatroveMinHash) rowWidth() int { return m.keyWidth() + 8 }

// datatroveScan signs documents.
type datatroveScan struct {
	m      *DatatroveMinHash
	task   int
	signer *datatroveSigner
	bands  *rows.Sorter
	count  scanned
	row    []byte
}

func (m *DatatroveMinHash) scan(t *stages.Task) (stages.Stage, error) {
	s := &datatroveScan{
		m: m, task: t.Index, signer: m.newSigner(), bands: rows.NewSorter(m.rowWidth(), memory(t), t.Files.Temp), count: scanned{Sources: map[string]int{}},
	}
	t.AtEnd(func() error {
		return errors.Join(writeSorted(t, bandsFile, s.bands), s.bands.Close(), writeJSON(t, scannedFile, s.count))
	})
	return s, nil
}

// Apply implements stages.Stage.
func (s *datatroveScan) Apply(_ context.Context, b *stages.Batch) error {
	return s.count.each(b, s.add)
}

func (s *datatroveScan) add(d *stages.Document) error {
	if !s.signer.Sign(s.signer.sig, d.Body()) {
		s.count.Unsigned++
		return nil
	}
	group := groupHash(d, s.m.Within)
	for band := range s.m.NumBuckets {
		s.row = binary.BigEndian.AppendUint16(s.row[:0], uint16(band))
		s.row = s.signer.append(s.row, s.signer.sig[band*s.m.HashesPerBucket:(band+1)*s.m.HashesPerBucket])
		if s.m.Within != "" {
			s.row = binary.BigEndian.AppendUint64(s.row, group)
		}
		s.row = binary.BigEndian.AppendUint64(s.row, uint64(newRef(s.task, s.count.Documents)))
		if err := s.bands.Add(s.row); err != nil {
			return err
		}
	}
	return nil
}

// A datatroveSigner makes signatures, as bytes that compare as the numbers do.
type datatroveSigner struct {
	*signature.Signer
	sig    []uint64
	narrow bool
}

func (m *DatatroveMinHash) newSigner() *datatroveSigner {
	return &datatroveSigner{
		Signer: signature.NewSigner(m.family, m.simplifier(), m.NGrams, m.Words.Cutter().Words),
		sig:    make([]uint64, m.family.Size()), narrow: signature.Narrow(m.Hash),
	}
}

func (s *datatroveSigner) append(dst []byte, values []uint64) []byte {
	for _, v := range values {
		if s.narrow {
			dst = binary.BigEndian.AppendUint32(dst, uint32(v))
		} else {
			dst = binary.BigEndian.AppendUint64(dst, v)
		}
	}
	return dst
}

// signature implements signer.
func (s *datatroveSigner) signature(dst []byte, body string) ([]byte, error) {
	if !s.Sign(s.sig, body) {
		return dst, errors.New("sign a document of a cluster: it has fewer words than a shingle: the documents are not those that were scanned")
	}
	return s.append(dst, s.sig), nil
}

// band joins one band of all tasks and ties every document to the one before it with the same values. Its edges are the peer's pairs, in its order.
func (m *DatatroveMinHash) band(ctx context.Context, t *stages.Task) (err error) {
	bands, err := open(t, "scan", bandsFile, m.rowWidth())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bands.Close()) }()
	lo, hi := binary.BigEndian.AppendUint16(nil, uint16(t.Index)), binary.BigEndian.AppendUint16(nil, uint16(t.Index+1))
	readers, err := bands.readers(lo, hi, memory(t))
	if err != nil {
		return err
	}
	w := create(t, edgesFile)
	last := make([]byte, 0, m.rowWidth())
	width, n := m.keyWidth(), 0
	err = rows.Merge(readers, func(_ int, row []byte) error {
		if err := every(ctx, &n); err != nil {
			return err
		}
		if m.beyond(row) {
			return nil
		}
		if len(last) > 0 && string(last[:width]) == string(row[:width]) {
			if err := writeEdge(w, parseRef(last[width:]), parseRef(row[width:])); err != nil {
				return err
			}
		}
		last = append(last[:0], row...)
		return nil
	})
	return errors.Join(err, w.Close())
}

// beyond says whether the peer passes over a row: with 32 bits it stops reading at a first value that is the greatest of all.
func (m *DatatroveMinHash) beyond(row []byte) bool {
	return m.valueWidth() == 4 && binary.BigEndian.Uint32(row[bandWidth:]) == math.MaxUint32
}

func parseRef(b []byte) ref { return ref(binary.BigEndian.Uint64(b)) }
