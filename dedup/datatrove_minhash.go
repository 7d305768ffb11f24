package dedup

import (
	"fmt"
	"strings"

	"github.com/winnow-data/winnow/dedup/internal/datatrove"
	"github.com/winnow-data/winnow/dedup/internal/sketch"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text/python"
	"github.com/winnow-data/winnow/stages/text/spacy"
)

// DatatroveMinHash removes near-duplicates as the four MinHash steps of datatrove 0.10.1 do: the same signatures, pairs, clusters, and
// the same document kept of each cluster.
//
// Documents that agree in a whole band are joined, and all that hang together become one cluster, however unlike its ends are: nothing is
// compared. Who stays follows from the order in which the pairs come, band by band and by signature within a band: the root of a union by size,
// ties to the first of a pair. It is neither the first nor the longest document, and it depends on the order of the input: equal to the peer's
// when its tasks read one file each, or one task all of them, the files sorted by name. A text with fewer words than `ngram`
// has no signature and always stays.
//
// The peer's settings under our names: `n_grams` is ngram, `num_buckets` bands, `hashes_per_bucket` rows, `hash_fc` with `precision` hash,
// `norm_config` simplify.
//
//	dedup_minhash@datatrove: {hash: sha1_64, within: dump}
type DatatroveMinHash struct {
	Ngram    int      // words of a shingle
	Bands    int      // bands of a signature
	Rows     int      // hashes of a band
	Seed     int      // of the hash functions, drawn as NumPy's RandomState does
	Hash     string   `allowed:"xxhash64,sha1_64,xxhash32,sha1_32"` // hash of a shingle, 64 or 32 bits; the signature has as many
	Words    string   `allowed:"en,whitespace"`                     // how the simplified text is cut: as spaCy cuts English, or between white space
	Simplify []string // steps that make the simplified text: lowercase, numbers, weekdays, months, punctuation, spaces, marks; they come in this order
	Within   string   // only documents with the same value of this field are compared; empty: all

	simple datatrove.Simplifier
	family *datatrove.Family
	inner  *MinHash
}

var datatroveMinHash = DatatroveMinHash{
	Ngram: 5, Bands: 14, Rows: 8, Seed: 1, Hash: "xxhash64", Words: "en",
	Simplify: []string{"lowercase", "numbers", "punctuation", "spaces", "marks"},
}

// Rules implements stages.Ruler.
func (m *DatatroveMinHash) Rules() []stages.Rule {
	return []stages.Rule{{
		Name: "near_duplicate", Keep: stages.AtMost(0), Unit: "share",
		Doc: "share of the signature in which a document of a cluster agrees with the one that is kept; a chain of near-duplicates may leave none",
	}}
}

// Reads implements stages.Reader.
func (m *DatatroveMinHash) Reads() []string { return reads(Keep{}, m.Within) }

// Validate implements stages.Validator.
func (m *DatatroveMinHash) Validate() error {
	switch {
	case m.Ngram < 1 || m.Ngram > maxNgram:
		return fmt.Errorf("ngram: %d is not 1 to %d", m.Ngram, maxNgram)
	case m.Bands < 1 || m.Rows < 1 || m.Bands > maxHashes || m.Rows > maxHashes || m.Bands*m.Rows > maxHashes:
		return fmt.Errorf("bands and rows: %d x %d is not 1 to %d hashes", m.Bands, m.Rows, maxHashes)
	case m.Seed < 0 || int64(m.Seed) >= 1<<32:
		return fmt.Errorf("seed: %d is not 0 to 2^32-1", m.Seed)
	case datatrove.Hash(m.Hash) == nil:
		return fmt.Errorf("hash: %q is not one of %s", m.Hash, strings.Join(datatrove.Hashes, ", "))
	}
	if _, err := m.cutter(); err != nil {
		return err
	}
	_, err := simplifier(m.Simplify)
	return err
}

// simplifier reads the steps of `simplify`.
func simplifier(steps []string) (s datatrove.Simplifier, err error) {
	on := map[string]*bool{
		"lowercase": &s.Lowercase, "numbers": &s.Numbers, "weekdays": &s.Weekdays, "months": &s.Months,
		"punctuation": &s.Punctuation, "spaces": &s.Spaces, "marks": &s.Marks,
	}
	for _, step := range steps {
		switch p := on[step]; {
		case p == nil:
			return s, fmt.Errorf("simplify: %q is not one of lowercase, numbers, weekdays, months, punctuation, spaces, marks", step)
		case *p:
			return s, fmt.Errorf("simplify: %s twice", step)
		default:
			*p = true
		}
	}
	return s, nil
}

func (m *DatatroveMinHash) cutter() (datatrove.Cutter, error) {
	switch m.Words {
	case "en":
		return spacy.English().Words, nil
	case "whitespace":
		return python.Split, nil
	}
	return nil, fmt.Errorf("words: %q is not one of en, whitespace", m.Words)
}

// Provision implements stages.Provisioner.
func (m *DatatroveMinHash) Provision(*stages.Env) (err error) {
	if m.simple, err = simplifier(m.Simplify); err != nil {
		return err
	}
	m.family = datatrove.NewFamily(m.Bands, m.Rows, uint32(m.Seed), m.Hash)
	m.inner = &MinHash{
		Keep: Keep{Policy: "longest"}, family: &sketch.Family{Bands: m.Bands, Rows: m.Rows},
		peer: &peer{signer: func() (signer, error) { return m.newSigner() }, width: m.valueWidth()},
	}
	return nil
}

// Phases implements stages.Barrier. Who is kept is decided in cluster; spread, verify and cut are those of [MinHash] without verification.
func (m *DatatroveMinHash) Phases() []stages.Phase {
	return []stages.Phase{
		{Name: "scan", Looks: true, Pass: m.scan},
		{Name: "band", Tasks: func(stages.Input) int { return m.Bands }, Work: m.band},
		{Name: "cluster", Work: m.cluster},
		{Name: "spread", Looks: true, Pass: m.inner.spread},
		{Name: "verify", Tasks: parts(32 << 20), Work: m.inner.verify},
		{Name: "cut", Pass: m.inner.cut},
	}
}

var (
	_ stages.Barrier     = (*DatatroveMinHash)(nil)
	_ stages.Validator   = (*DatatroveMinHash)(nil)
	_ stages.Provisioner = (*DatatroveMinHash)(nil)
	_ stages.Ruler       = (*DatatroveMinHash)(nil)
	_ stages.Reader      = (*DatatroveMinHash)(nil)
)
