package dedup

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/stages"
)

// The files of a spread. The table of candidates is sorted by cluster and, within it, by who survives: label of the cluster, the cluster, 0 for
// a document that is never removed, rank of `keep`, hash of the text, hash of the record; then number of the document, where its words
// lie and how many bytes they take, check of the id. The words lie in the other file, in the order of documents.
const (
	candidatesFile = "candidates"
	wordsFile      = "words"
	rankAt         = 8 + 8
	candidateTail  = 4 + 8 + 4 + 4
)

// candidateWidth depends on the policy.
func (m *MinHash) candidateWidth() int { return rankAt + 1 + m.Keep.width() + 16 + 8 + candidateTail }

// spreader writes what the candidates are judged by, so that each cluster can be judged by one task.
type spreader struct {
	minHashScan // for its signatures and scratch
	t           *stages.Task
	members     *shelf
	next        *rows.Reader
	at          ref // next member
	cluster     ref
	more        bool
	seen        uint32

	out    *rows.Sorter
	texts  *sheet
	signer signer
	record recordHash
	row    []byte
	buf    []byte
}

// A signer makes the signature by which a document of a cluster is seen to agree with the one that is kept, where nothing is verified.
type signer interface {
	// signature appends the values, each as wide as signatureWidth says.
	signature(dst []byte, body string) ([]byte, error)
}

func (m *MinHash) spread(t *stages.Task) (_ stages.Stage, err error) {
	members, err := open(t, "cluster", membersFile, edgesWidth)
	if err != nil {
		return nil, err
	}
	s := &spreader{minHashScan: minHashScan{m: m, sig: make([]uint32, m.family.Size())}, t: t, members: members}
	s.signer = s
	if m.peer != nil {
		s.signer = m.peer.signer()
	}
	lo, hi := taskBounds(t.Index)
	readers, err := members.readers(lo, hi, 256<<10)
	if err != nil {
		return nil, errors.Join(err, members.Close())
	}
	s.next = readers[0]
	if err := s.advance(); err != nil {
		return nil, errors.Join(err, members.Close())
	}
	s.out, s.texts = rows.NewSorter(m.candidateWidth(), memory(t), t.Files.Temp), create(t, wordsFile)
	t.AtEnd(s.end)
	return s, nil
}

func (s *spreader) end() error {
	err := errors.Join(s.members.Close(), writeSorted(s.t, candidatesFile, s.out), s.out.Close(), s.texts.Close())
	if err == nil && s.more {
		err = fmt.Errorf("task %d: the documents are not those that were scanned: no document %d, which is in a cluster", s.t.Index, s.at.ordinal())
	}
	return err
}

func (s *spreader) advance() error {
	row, err := s.next.Next()
	if errors.Is(err, io.EOF) {
		s.more = false
		return nil
	}
	if err != nil {
		return err
	}
	s.at, s.cluster = parseEdge(row)
	s.more = true
	return nil
}

// Apply implements stages.Stage.
func (s *spreader) Apply(_ context.Context, b *stages.Batch) error {
	for _, d := range b.Live() {
		if s.more && s.at.ordinal() == s.seen {
			if err := s.add(d); err != nil {
				return err
			}
			if err := s.advance(); err != nil {
				return err
			}
		}
		s.seen++
	}
	return nil
}

func (s *spreader) add(d *stages.Document) error {
	body := d.Body()
	offset := s.texts.size
	if err := s.write(d, body); err != nil {
		return err
	}
	s.row = binary.BigEndian.AppendUint64(s.row[:0], label(s.cluster))
	s.row = binary.BigEndian.AppendUint64(s.row, uint64(s.cluster))
	if s.m.peer != nil && s.at == s.cluster { // the root stays
		s.row = append(s.row, 0)
	} else {
		s.row = append(s.row, removable(d, s.m.OnlyFrom))
	}
	s.row, _ = s.m.Keep.key(s.row, d, body)
	content := contentHash(body)
	s.row = append(s.row, content[:]...)
	s.row = binary.BigEndian.AppendUint64(s.row, s.record.of(d))
	s.row = binary.BigEndian.AppendUint32(s.row, s.seen)
	s.row = binary.BigEndian.AppendUint64(s.row, uint64(offset))
	s.row = binary.BigEndian.AppendUint32(s.row, uint32(s.texts.size-offset))
	s.row = binary.BigEndian.AppendUint32(s.row, idCheck(d.ID))
	return s.out.Add(s.row)
}

// write stores id, source and the words; without verification the signature in their place.
func (s *spreader) write(d *stages.Document, body string) (err error) {
	if s.m.Verify {
		s.cut(body)
	}
	head := binary.LittleEndian.AppendUint32(s.buf[:0], uint32(len(d.ID)))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(d.Source)))
	unspaced := byte(0)
	if s.m.Verify && s.words.Unspaced {
		unspaced = 1
	}
	head = append(head, unspaced)
	head = append(append(head, d.ID...), d.Source...)
	if s.m.Verify {
		for _, w := range s.words.Hashes {
			head = binary.LittleEndian.AppendUint64(head, w)
		}
	} else if head, err = s.signer.signature(head, body); err != nil {
		return err
	}
	s.buf = head
	_, err = s.texts.Write(head)
	return err
}

// signature implements signer.
func (s *spreader) signature(dst []byte, body string) ([]byte, error) {
	s.cut(body)
	s.sign()
	for _, v := range s.sig[:s.m.family.Bands*s.m.family.Rows] {
		dst = binary.LittleEndian.AppendUint32(dst, v)
	}
	return dst, nil
}

// A candidate is a parsed row of the table.
type candidate struct {
	cluster   uint64
	removable bool
	content   [16]byte
	ref       ref
	offset    int64
	length    int
	check     uint32
}

func (m *MinHash) parseCandidate(source int, row []byte) (c candidate) {
	tail := row[len(row)-candidateTail:]
	copy(c.content[:], row[rankAt+1+m.Keep.width():])
	c.cluster, c.removable = binary.BigEndian.Uint64(row[8:]), row[rankAt] == 1
	c.ref = newRef(source, binary.BigEndian.Uint32(tail))
	c.offset, c.length = int64(binary.BigEndian.Uint64(tail[4:])), int(binary.BigEndian.Uint32(tail[12:]))
	c.check = binary.BigEndian.Uint32(tail[16:])
	return c
}

// evidence of a candidate, as the spread has stored it.
type record struct {
	id, source string
	unspaced   bool
	rest       []byte // words or signature
}

// parseRecord reads what write stored.
func parseRecord(b []byte) (r record, err error) {
	const fixed = 4 + 4 + 1
	if len(b) < fixed {
		return r, fmt.Errorf("candidate of %d bytes: shorter than its head", len(b))
	}
	id, source := uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[4:]))
	if id+source > uint64(len(b)-fixed) {
		return r, fmt.Errorf("candidate of %d bytes: id of %d and source of %d bytes do not fit", len(b), id, source)
	}
	r.unspaced = b[8] == 1
	b = b[fixed:]
	r.id, r.source, r.rest = string(b[:id]), string(b[id:id+source]), b[id+source:]
	return r, nil
}
