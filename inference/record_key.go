package inference

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
)

// Hash names what a reply to r depends on besides the model: two requests of one hash get the same reply. The key and the seed are part of it only where
// the answer is sampled, settings only for the task that reads them, and Shared and Loose never.
func (r *Request) Hash() string {
	sum, _ := r.sum(nil)
	return hex.EncodeToString(sum[:])
}

// sum is the hash in bytes. It is made of what scratch then holds, memory for the next.
func (r *Request) sum(scratch []byte) ([16]byte, []byte) {
	h := digest(scratch[:0])
	h.number(1) // of this list
	h.number(uint64(r.Task))
	switch {
	case r.Messages != nil:
		h.number(0)
		h.number(uint64(len(r.Messages)))
		for i := range r.Messages {
			h.text(r.Messages[i].Role)
			h.text(r.Messages[i].Content)
		}
	case r.IDs != nil:
		h.number(1)
		h.number(uint64(len(r.IDs)))
		for _, id := range r.IDs {
			h.number(uint64(id))
		}
	default:
		h.number(2)
		h.text(r.Prompt)
	}
	h.flag(r.Special)
	h.flag(r.Truncate)
	switch r.Task {
	case Choose:
		h.texts(r.Choices)
	case Embed:
		h.number(uint64(r.Pooling))
	case Generate:
		h.generate(r)
	}
	sum := sha256.Sum256(h)
	return [16]byte(sum[:16]), h
}

// digest is what a hash is made of.
type digest []byte

func (h *digest) number(n uint64) { *h = binary.LittleEndian.AppendUint64(*h, n) }

func (h *digest) text(s string) {
	h.number(uint64(len(s)))
	*h = append(*h, s...)
}

func (h *digest) texts(list []string) {
	h.number(uint64(len(list)))
	for _, s := range list {
		h.text(s)
	}
}

func (h *digest) real(x float64) { h.number(math.Float64bits(x)) }

func (h *digest) flag(b bool) {
	n := uint64(0)
	if b {
		n = 1
	}
	h.number(n)
}

// generate adds the settings of writing.
func (h *digest) generate(r *Request) {
	h.number(uint64(r.MaxTokens))
	h.real(r.Temperature)
	if r.Temperature > 0 {
		h.number(uint64(r.TopK))
		h.real(orOne(r.TopP))
		h.real(r.MinP)
		h.number(r.Seed)
		h.text(r.Key)
	}
	h.real(orOne(r.Penalty))
	h.texts(r.Stop)
	h.texts(r.Labels)
	h.text(compactSchema(r.Schema))
}

func orOne(x float64) float64 {
	if x == 0 {
		return 1
	}
	return x
}

// compactSchema is a schema without white space between its tokens; the order of its properties matters, so it stays.
func compactSchema(raw json.RawMessage) string {
	if raw == nil {
		return ""
	}
	c, err := json.Marshal(raw)
	if err != nil {
		return string(raw) // no JSON: the request fails on it
	}
	return string(c)
}
