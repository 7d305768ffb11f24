package dedup

import (
	"errors"
	"fmt"
	"math"

	"github.com/winnow-data/winnow/dedup/internal/sketch"
	"github.com/winnow-data/winnow/stages"
)

// MinHash removes near-duplicates: documents that share most of their word 5-grams with one that stays.
//
// MinHash signatures only propose. A document goes when it was compared with the very document that is kept in its place and found
// alike: the Jaccard similarity of their shingles reaches `similarity` (reason jaccard), or all its word 3-grams stand in the kept
// document, which has no fewer words (contained; if more than a tenth of the 3-grams of either are repeats, the whole text must stand there in one
// piece). What is proposed but not alike stays, and stands for others: a cluster of several groups keeps one of each group. Where more than half of a text is
// in a script without spaces, shingles are runs of 5 characters and similarity must reach 0.9. The rules follow the audit of Marin's
// corpus (marin-community/marin pull requests 7591, 8114 and 8319): unverified clusters were wrong in half of the cases.
//
// `verify: false` gives the classical transitive closure with one survivor for each cluster. It is refused when a sample
// of pairs says that unrelated documents would fuse.
//
// A text shorter than the n-gram is one shingle as a whole; one without words is compared as it stands. The survivors depend on the documents
// alone, not on their order, shards, workers or memory.
type MinHash struct {
	Similarity float64 // Jaccard similarity of the shingles from which two documents are one
	Verify     bool    // compare every proposed document with the one that is kept before it goes
	Keep       Keep    // who survives: first, longest, {newest: FIELD} or {best: FIELD}
	Within     string  // only documents with the same value of this field are compared; empty: all
	OnlyFrom   string  // only documents of this source are removed, all others stay for reference; empty: all are removed
	Ngram      int     // words of a shingle
	Bands      int     // bands of a signature; 0: chosen, with rows, from similarity and hashes
	Rows       int     // hashes of a band
	Hashes     int     // hashes of a signature at most, where bands and rows are chosen

	family *sketch.Family
	peer   *peer // of a preset: what it does otherwise
}

// A peer is what a preset does otherwise than MinHash without verification.
type peer struct {
	signer func() signer
	width  int // bytes of one value of a signature
}

// signatureWidth returns the bytes of one value of a signature.
func (m *MinHash) signatureWidth() int {
	if m.peer != nil {
		return m.peer.width
	}
	return 4
}

var minHashDefaults = MinHash{Similarity: 0.75, Verify: true, Keep: Keep{Policy: "longest"}, Ngram: 5, Hashes: 128}

const (
	maxHashes = 1 << 12
	maxNgram  = 100
	// unspacedSimilarity is the least similarity of texts without spaces, whose 5-grams of characters are alike more easily.
	unspacedSimilarity = 0.9
	// missedWeight is how much worse it is to miss a pair than to propose one in vain, where the latter costs only a comparison.
	missedWeight = 0.95
)

// Rules implements stages.Ruler.
func (m *MinHash) Rules() []stages.Rule {
	return []stages.Rule{{
		Name: "near_duplicate", Keep: stages.AtMost(math.Nextafter(m.Similarity, 0)), Unit: "share",
		Doc: "Jaccard similarity of the word n-grams with the document that stays; a document contained in one goes below the bound too",
	}}
}

// Reads implements stages.Reader.
func (m *MinHash) Reads() []string { return reads(m.Keep, m.Within) }

// Validate implements stages.Validator.
func (m *MinHash) Validate() error {
	switch {
	case !(m.Similarity > 0 && m.Similarity <= 1):
		return fmt.Errorf("similarity: %v is not above 0 and at most 1", m.Similarity)
	case m.Ngram < 1 || m.Ngram > maxNgram:
		return fmt.Errorf("ngram: %d is not 1 to %d", m.Ngram, maxNgram)
	case m.Hashes < 1 || m.Hashes > maxHashes:
		return fmt.Errorf("hashes: %d is not 1 to %d", m.Hashes, maxHashes)
	case (m.Bands == 0) != (m.Rows == 0):
		return errors.New("bands and rows: give both or neither")
	case m.Bands < 0 || m.Rows < 0 || m.Bands > maxHashes || m.Rows > maxHashes || m.Bands*m.Rows > maxHashes:
		return fmt.Errorf("bands and rows: %d x %d is not 1 to %d hashes", m.Bands, m.Rows, maxHashes)
	}
	return m.Keep.Validate()
}

// Provision implements stages.Provisioner.
func (m *MinHash) Provision(*stages.Env) error {
	bands, rows := m.Bands, m.Rows
	if bands == 0 {
		missed := 0.5
		if m.Verify {
			missed = missedWeight
		}
		var err error
		if bands, rows, err = sketch.Choose(m.Similarity, m.Hashes, missed); err != nil {
			return err
		}
	}
	m.family = sketch.NewFamily(bands, rows)
	return nil
}

// Phases implements stages.Barrier.
func (m *MinHash) Phases() []stages.Phase {
	return []stages.Phase{
		{Name: "scan", Looks: true, Pass: m.scan},
		{Name: "band", Tasks: parts(64 << 20), Work: m.band},
		{Name: "cluster", Work: m.cluster},
		{Name: "spread", Looks: true, Pass: m.spread},
		{Name: "verify", Tasks: parts(32 << 20), Work: m.verify},
		{Name: "cut", Pass: m.cut},
	}
}

func (m *MinHash) cut(t *stages.Task) (stages.Stage, error) {
	counted, err := readScanned(t, t.Index)
	if err != nil {
		return nil, err
	}
	if t.Index == 0 {
		if err := m.report(t); err != nil {
			return nil, err
		}
	}
	return newCut(t, "verify", "near_duplicate", counted.Documents)
}

// report puts the sums of all tasks into the facts of one.
func (m *MinHash) report(t *stages.Task) error {
	total, _, err := totalScanned(t)
	if err != nil {
		return err
	}
	sum := newSummary()
	for i := range t.Files.Tasks("verify") {
		var s Summary
		if err := readJSON(t, "verify", i, summaryFile, &s); err != nil {
			return err
		}
		sum.add(&s)
	}
	if m.peer == nil {
		sum.Random = &Random{}
		if err := readJSON(t, "cluster", 0, randomFile, sum.Random); err != nil {
			return err
		}
	}
	sum.Bands, sum.Rows = m.family.Bands, m.family.Rows
	sum.finish(total)
	t.Fact("near_duplicates", sum)
	return nil
}

var (
	_ stages.Barrier     = (*MinHash)(nil)
	_ stages.Validator   = (*MinHash)(nil)
	_ stages.Provisioner = (*MinHash)(nil)
	_ stages.Ruler       = (*MinHash)(nil)
	_ stages.Reader      = (*MinHash)(nil)
)
