package dedup

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/dedup/internal/rows"
	"github.com/winnow-data/winnow/dedup/internal/sketch"
	"github.com/winnow-data/winnow/stages"
)

const (
	sampleFile = "sample"
	// sampleSize is how many signatures a task keeps, and how many the corpus is judged by: those of the texts with the least hashes, so
	// that neither order nor sharding matters.
	sampleSize = 4096
	// samplePairs is how many pairs are compared for each source, and for all together.
	samplePairs = 20_000
	// sampleTail is the share of pairs that may be more alike than what is called the background.
	sampleTail = 0.001
	randomFile = "random"
)

// A sample keeps the signatures of the documents with the least hashes.
type sample struct {
	size  int // of a signature
	rows  []sampled
	bound uint64 // hashes from here on are not wanted
}

type sampled struct {
	hash, source uint64
	sig          []uint32
}

func newSample(size int) *sample { return &sample{size: size, bound: math.MaxUint64} }

func (s *sample) add(body, source string, sig []uint32) {
	h := xxhash.Sum64String(body)
	if h >= s.bound {
		return
	}
	s.rows = append(s.rows, sampled{h, xxhash.Sum64String(source), slices.Clone(sig)})
	if len(s.rows) >= 2*sampleSize {
		s.trim()
	}
}

// trim keeps the least hashes, each once for every source.
func (s *sample) trim() {
	slices.SortFunc(s.rows, func(a, b sampled) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.source, b.source))
	})
	s.rows = slices.CompactFunc(s.rows, func(a, b sampled) bool { return a.hash == b.hash && a.source == b.source })
	if len(s.rows) > sampleSize {
		clear(s.rows[sampleSize:])
		s.rows = s.rows[:sampleSize]
		s.bound = s.rows[sampleSize-1].hash + 1
	}
}

func sampleWidth(size int) int { return 8 + 8 + 4*size }

func (s *sample) write(t *stages.Task) error {
	s.trim()
	w := create(t, sampleFile)
	row := make([]byte, 0, sampleWidth(s.size))
	for _, d := range s.rows {
		row = binary.BigEndian.AppendUint64(row[:0], d.hash)
		row = binary.BigEndian.AppendUint64(row, d.source)
		for _, v := range d.sig {
			row = binary.BigEndian.AppendUint32(row, v)
		}
		if _, err := w.Write(row); err != nil {
			return errors.Join(err, w.Close())
		}
	}
	return w.Close()
}

// readSample joins the samples of all tasks of the scan.
func readSample(t *stages.Task, size int) (_ []sampled, err error) {
	shelf, err := open(t, "scan", sampleFile, sampleWidth(size))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, shelf.Close()) }()
	readers, err := shelf.readers(nil, nil, memory(t)/4)
	if err != nil {
		return nil, err
	}
	joint := newSample(size)
	full := errors.New("enough")
	err = rows.Merge(readers, func(_ int, row []byte) error {
		d := sampled{hash: binary.BigEndian.Uint64(row), source: binary.BigEndian.Uint64(row[8:]), sig: make([]uint32, size)}
		if n := len(joint.rows); n > 0 && joint.rows[n-1].hash == d.hash && joint.rows[n-1].source == d.source {
			return nil
		}
		for i := range d.sig {
			d.sig[i] = binary.BigEndian.Uint32(row[16+4*i:])
		}
		joint.rows = append(joint.rows, d)
		if len(joint.rows) == sampleSize {
			return full
		}
		return nil
	})
	if errors.Is(err, full) {
		err = nil
	}
	return joint.rows, err
}

// Random is what unrelated documents have in common, from pairs of a sample. Degree is how many others such a document meets
// in some band by chance: n · (1 − (1 − sʳ)ᵇ) for n documents and the background similarity s. Above 1, unrelated documents join into one giant
// cluster (percolation of a random graph; Erdős and Rényi 1960), which only verification takes apart again.
type Random struct {
	Pairs      int     `json:"pairs"`      // compared in all
	Background float64 `json:"background"` // similarity that one pair in a thousand exceeds, related pairs left out; of the worst source
	Degree     float64 `json:"degree"`     // of the worst source, or of the whole corpus
	Source     string  `json:"source"`     // the worst source; empty: the whole corpus
	Whole      bool    `json:"whole"`      // the worst is the corpus as a whole
}

// random estimates the degree of the whole corpus and of every source, and returns the worst.
func random(docs []sampled, sources map[string]int, f *sketch.Family, similarity float64) Random {
	bySource := map[uint64][]sampled{}
	for _, d := range docs {
		bySource[d.source] = append(bySource[d.source], d)
	}
	names := make([]string, 0, len(sources))
	total := 0
	for name, n := range sources {
		names = append(names, name)
		total += n
	}
	slices.Sort(names)
	worst := Random{Whole: true}
	worst.Background, worst.Pairs = background(docs, f, similarity)
	worst.Degree = degree(total, worst.Background, f)
	pairs := worst.Pairs
	if len(names) > 1 {
		for _, name := range names {
			s, n := background(bySource[xxhash.Sum64String(name)], f, similarity)
			pairs += n
			if d := degree(sources[name], s, f); d > worst.Degree {
				worst = Random{Background: s, Degree: d, Source: name}
			}
		}
	}
	worst.Pairs = pairs
	return worst
}

func degree(n int, s float64, f *sketch.Family) float64 {
	return float64(n) * sketch.Proposed(s, f.Bands, f.Rows)
}

// background returns the similarity that a share of sampleTail of the pairs exceeds. Pairs from the wanted similarity on are related, not
// random, and left out.
func background(docs []sampled, f *sketch.Family, similarity float64) (s float64, pairs int) {
	n := len(docs)
	if n < 2 {
		return 0, 0
	}
	var found []float64
	step := max(n*(n-1)/2/samplePairs, 1)
	k := 0
	for i := range n {
		for j := range i {
			if k++; k%step != 0 {
				continue
			}
			pairs++
			if a := f.Agreement(docs[i].sig, docs[j].sig); a > 0 && a < similarity {
				found = append(found, a)
			}
		}
	}
	slices.Sort(found)
	if at := len(found) - 1 - int(sampleTail*float64(pairs)); at >= 0 {
		s = found[at]
	}
	return s, pairs
}

// refuse is the error of a run without verification whose unrelated documents would fuse.
func (r Random) refuse(f *sketch.Family) error {
	where := "of the corpus"
	if !r.Whole {
		where = fmt.Sprintf("of source %q", r.Source)
	}
	return fmt.Errorf("propose near-duplicates: unrelated documents %s are alike to %.2f (one pair in a thousand of %d, at least), so that each would meet %.3g others by chance "+
		"in %d bands of %d rows, and they would fuse into one cluster; at most 1 is allowed without verification: set verify: true, or bands and rows with more rows",
		where, r.Background, r.Pairs, r.Degree, f.Bands, f.Rows)
}
