package plan

import (
	"fmt"
	"math"

	"github.com/cespare/xxhash/v2"
)

// Modes of signals.
const (
	SignalsSample = "sample" // all documents have a row, a sample is measured on after its drop
	SignalsAll    = "all"    // all are measured on
	SignalsOff    = "off"    // none are kept
)

// Signals says what a run notes of each document beside the corpus: which documents are measured on after their drop. It changes no byte of the corpus, and
// comes from a flag.
type Signals struct {
	Mode  string  `json:"mode"`
	Share float64 `json:"share"` // of documents that are measured on; 1 for all
}

// Of an input a hundredth is sampled, and of a small one more, up to so many bytes of text: a hundredth of a hundred documents says nothing.
const (
	signalsShare = 0.01
	signalsBytes = 4 << 20
)

// NewSignals returns the signals of a mode, "" being the usual one, over an input of so many bytes of text.
func NewSignals(mode string, bytes int64) (Signals, error) {
	switch mode {
	case "", SignalsSample:
		return Signals{SignalsSample, min(1, max(signalsShare, float64(signalsBytes)/float64(max(bytes, 1))))}, nil
	case SignalsAll:
		return Signals{SignalsAll, 1}, nil
	case SignalsOff:
		return Signals{SignalsOff, 0}, nil
	}
	return Signals{}, fmt.Errorf("signals %q: allowed are %s, %s and %s", mode, SignalsSample, SignalsAll, SignalsOff)
}

// On says whether the run keeps signals.
func (s Signals) On() bool { return s.Mode != "" && s.Mode != SignalsOff }

// Has says whether the documents of an id are measured on. It depends on the id alone.
func (s Signals) Has(id string) bool {
	switch {
	case s.Share >= 1:
		return true
	case s.Share <= 0:
		return false
	}
	h := xxhash.Sum64String(id) ^ 0x5157_6e61_6c73_0001
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9 // splitmix64: a stage that chooses by the same hash chooses others
	h = (h ^ h>>27) * 0x94d049bb133111eb
	h ^= h >> 31
	return float64(h) < s.Share*math.Exp2(64)
}
