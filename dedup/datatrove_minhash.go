package dedup

import (
	"fmt"
	"strings"

	"github.com/winnow-data/winnow/dedup/internal/signature"
	"github.com/winnow-data/winnow/dedup/internal/sketch"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text/datatrove"
)

// DatatroveMinHash removes near-duplicates as the four MinHash steps of datatrove 0.10.1 do: the same signatures, pairs, clusters, and
// the same document kept of each cluster.
//
// Documents that agree in a whole band are joined, and all that hang together become one cluster, however unlike its ends are: nothing is
// compared. Who stays follows from the order in which the pairs come, band by band and by signature within a band: the root of a union by size,
// ties to the first of a pair. It is neither the first nor the longest document, and it depends on the order of the input. A text with fewer words
// than `n_grams` has no signature and always stays.
//
// Known differences:
//
//   - The order is that of files and documents, as the peer has it when each of its tasks reads one file, or one task all of them. When it deals
//     more files to fewer tasks it numbers documents in another order, and may keep other members of the same clusters.
//   - A text of white space alone never comes so far: rule `empty` drops it, where the peer keeps it. One of length 0 the peer does not read either.
//   - The peer's index of earlier runs is left out.
//   - `within` is not the peer's: it does in one run what a run for each value would do.
//
// Settings bear the names of the peer's parameters: those of MinhashConfig, of its norm_config, and `hash` for `hash_fc` with `precision`. Its
// `language` is English, or none with `words: whitespace`.
//
//	dedup_minhash@datatrove: {hash: sha1_64, within: dump}
type DatatroveMinHash struct {
	NGrams                int             // words of a shingle
	NumBuckets            int             // bands of a signature
	HashesPerBucket       int             // hashes of a band
	Seed                  int             // of the hash functions, drawn as NumPy's RandomState does
	Hash                  string          `allowed:"xxhash64,sha1_64,xxhash32,sha1_32"` // hash of a shingle; values of a signature have as many bits
	Words                 datatrove.Words // how the simplified text is cut: en, as spaCy cuts English, or whitespace
	Lowercase             bool            // text is compared in lower case
	NormNumbers           bool            // a number counts as 0
	NormWeekdays          bool            // English weekdays count as one word
	NormMonthnames        bool            // English months count as one word
	RemovePunctuation     bool            // punctuation counts as space
	NormWhitespace        bool            // white space counts as one space
	NormUnicodeDiacritics bool            // without the marks on letters
	Within                string          // only documents with the same value of this field are compared; empty: all

	family *signature.Family
	inner  *MinHash
}

var datatroveMinHash = DatatroveMinHash{
	NGrams: 5, NumBuckets: 14, HashesPerBucket: 8, Seed: 1, Hash: "xxhash64", Words: datatrove.English,
	Lowercase: true, NormNumbers: true, RemovePunctuation: true, NormWhitespace: true, NormUnicodeDiacritics: true,
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
	case m.NGrams < 1 || m.NGrams > maxNgram:
		return fmt.Errorf("n_grams: %d is not 1 to %d", m.NGrams, maxNgram)
	case m.NumBuckets < 1 || m.HashesPerBucket < 1 || m.NumBuckets > maxHashes || m.HashesPerBucket > maxHashes || m.NumBuckets*m.HashesPerBucket > maxHashes:
		return fmt.Errorf("num_buckets and hashes_per_bucket: %d x %d is not 1 to %d hashes", m.NumBuckets, m.HashesPerBucket, maxHashes)
	case m.Seed < 0 || int64(m.Seed) >= 1<<32:
		return fmt.Errorf("seed: %d is not 0 to 2^32-1", m.Seed)
	case signature.Hash(m.Hash) == nil:
		return fmt.Errorf("hash: %q is not one of %s", m.Hash, strings.Join(signature.Hashes, ", "))
	}
	return nil
}

func (m *DatatroveMinHash) simplifier() signature.Simplifier {
	return signature.Simplifier{
		Lowercase: m.Lowercase, Numbers: m.NormNumbers, Weekdays: m.NormWeekdays, Months: m.NormMonthnames,
		Punctuation: m.RemovePunctuation, Spaces: m.NormWhitespace, Marks: m.NormUnicodeDiacritics,
	}
}

// Provision implements stages.Provisioner.
func (m *DatatroveMinHash) Provision(*stages.Env) error {
	m.family = signature.NewFamily(m.NumBuckets, m.HashesPerBucket, uint32(m.Seed), m.Hash)
	m.inner = &MinHash{
		Keep: Keep{Policy: "longest"}, family: &sketch.Family{Bands: m.NumBuckets, Rows: m.HashesPerBucket},
		peer: &peer{signer: func() signer { return m.newSigner() }, width: m.valueWidth()},
	}
	return nil
}

// Phases implements stages.Barrier. Who is kept is decided in cluster; spread, verify and cut are those of [MinHash] without verification.
func (m *DatatroveMinHash) Phases() []stages.Phase {
	return []stages.Phase{
		{Name: "scan", Looks: true, Pass: m.scan},
		{Name: "band", Tasks: func(stages.Input) int { return m.NumBuckets }, Work: m.band},
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
