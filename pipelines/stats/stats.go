// Package stats looks at a data set: its columns, lengths, languages, sources, domains, copies and boilerplate.
//
// A [Stats] takes documents one by one, in bounded memory, and adds up with others, so that files can be read side by side.
// What it finds does not depend on the order of the documents but where memory runs out: the names beyond the caps of [tally.Top], and
// groups beyond the first 256. Counts that rest on a sample say so.
//
//	s := stats.New(stats.Options{By: "source", Mask: pii.Mask})
//	view.Reset(d.Body())
//	s.Add(&d, &view)
//	report.Describe("pages", s).HTML(w)
package stats

import (
	"encoding/binary"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// Options say how to look.
type Options struct {
	By   string              // field whose values are compared; "" is source
	Mask func(string) string // hides personal data in what is shown of texts; nil for none
}

const (
	maxCopies  = 1 << 17 // texts that copies are looked for among, at once
	maxLines   = 8192    // lines in memory
	maxLengths = 1024
	maxStarts  = 4096
	maxGrams   = 4096
	lineBytes  = 160 // of a line that are told apart
	gramWords  = 10
	gramSample = 16 // one n-gram of so many is counted, by its hash
	startWords = 8
	maxSamples = 6
)

// Stats is what has been seen of a data set. It belongs to one goroutine.
type Stats struct {
	All       tally.Flow
	Blank     int64 // documents without a word
	Columns   Columns
	Groups    Groups // by the field of the options
	Languages Groups
	Scripts   Groups
	Licences  Groups
	Lengths   tally.Lengths
	Domains   tally.Top
	Peaks     tally.Top // lengths in bytes that many documents share
	Lines     tally.Top // documents that hold a line
	Starts    tally.Top // documents that begin with the same words
	Grams     tally.Top // documents that hold the same ten words; a sample of them
	Copies    Distinct  // texts
	Samples   Samples

	options Options
	seen    map[uint64]struct{}
	scratch []byte
	hashes  []uint64
}

// New returns empty statistics.
func New(o Options) *Stats {
	if o.By == "" {
		o.By = "source"
	}
	if o.Mask == nil {
		o.Mask = func(s string) string { return s }
	}
	return &Stats{
		Peaks: tally.NewTop(maxLengths), Lines: tally.NewTop(maxLines), Starts: tally.NewTop(maxStarts), Grams: tally.NewTop(maxGrams),
		Copies: Distinct{Cap: maxCopies}, options: o, seen: map[uint64]struct{}{},
	}
}

// By returns the field whose values are compared.
func (s *Stats) By() string { return s.options.By }

// Add looks at a document; v is the view of its body.
func (s *Stats) Add(d *stages.Document, v *text.View) {
	f := tally.Flow{Documents: 1, Bytes: int64(len(v.Text())), Words: int64(v.WordCount())}
	s.All.Add(f)
	if f.Words == 0 {
		s.Blank++
	}
	s.Lengths.Bytes.Add(float64(f.Bytes))
	s.Lengths.Words.Add(float64(f.Words))
	s.Columns.add(d)
	group, _ := d.Field(s.options.By)
	s.Groups.add(group, f)
	s.named(&s.Languages, d, f, "language")
	s.named(&s.Scripts, d, f, "script")
	if !s.named(&s.Licences, d, f, "licence") {
		s.named(&s.Licences, d, f, "license")
	}
	if raw, ok := d.Fields.Raw("url"); ok {
		if s.scratch = tally.Host(s.scratch[:0], raw); len(s.scratch) > 0 {
			s.Domains.Add(s.scratch, f)
		}
	}
	s.scratch = strconv.AppendInt(s.scratch[:0], f.Bytes, 10)
	s.Peaks.Add(s.scratch, f)
	s.Copies.add(xxhash.Sum64String(v.Text()), d.ID)
	s.boilerplate(v, f)
	s.Samples.add(d, v.Text(), s.options.Mask)
}

// named counts a document under the value of a field, if it has one.
func (s *Stats) named(g *Groups, d *stages.Document, f tally.Flow, field string) bool {
	name, ok := d.Fields.Text(field)
	if ok && name != "" {
		g.add(name, f)
	}
	return ok && name != ""
}

// boilerplate counts lines, beginnings and n-grams, each once for a document.
func (s *Stats) boilerplate(v *text.View, f tally.Flow) {
	clear(s.seen)
	body := v.Text()
	for _, l := range v.Lines() {
		line := body[l.Start:l.End]
		if len(line) < 20 {
			continue
		}
		if _, ok := s.seen[l.Hash]; ok {
			continue
		}
		s.seen[l.Hash] = struct{}{}
		s.scratch = append(s.scratch[:0], tally.Cut(line, lineBytes, lineBytes)...)
		s.Lines.Add(s.scratch, f)
	}
	words := v.Words()
	if len(words) >= startWords {
		s.scratch = append(s.scratch[:0], tally.Cut(body[words[0].Start:words[startWords-1].End], lineBytes, lineBytes)...)
		s.Starts.Add(s.scratch, f)
	}
	s.hashes = v.AppendShingles(s.hashes[:0], gramWords)
	for i, h := range s.hashes {
		if mix(h)%gramSample != 0 {
			continue
		}
		if _, ok := s.seen[h]; ok {
			continue
		}
		s.seen[h] = struct{}{}
		s.scratch = append(s.scratch[:0], tally.Cut(body[words[i].Start:words[i+gramWords-1].End], lineBytes, lineBytes)...)
		s.Grams.Add(s.scratch, f)
	}
}

// mix spreads a hash anew, so that what is sampled does not hang on how it was made.
func mix(h uint64) uint64 {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], h)
	return xxhash.Sum64(b[:])
}

// Merge adds o to s. Call it in the order of the files.
func (s *Stats) Merge(o *Stats) {
	s.All.Add(o.All)
	s.Blank += o.Blank
	s.Columns.merge(&o.Columns)
	s.Groups.merge(&o.Groups)
	s.Languages.merge(&o.Languages)
	s.Scripts.merge(&o.Scripts)
	s.Licences.merge(&o.Licences)
	s.Lengths.Bytes.Merge(&o.Lengths.Bytes)
	s.Lengths.Words.Merge(&o.Lengths.Words)
	s.Domains.Merge(&o.Domains)
	s.Peaks.Merge(&o.Peaks)
	s.Lines.Merge(&o.Lines)
	s.Starts.Merge(&o.Starts)
	s.Grams.Merge(&o.Grams)
	s.Copies.merge(&o.Copies)
	s.Samples.merge(&o.Samples)
}
