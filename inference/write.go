package inference

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// A writing is the answer of a Generate job in progress.
type writing struct {
	temperature, minP, topP, penalty float64
	topK                             int
	seed                             uint64
	stop                             [][]byte
	bound                            *bound // nil: free text

	text     []byte // of the tokens so far
	ends     []int  // of each token in text
	logProbs []float64
	finish   string
	cut      int // text[:cut] is the answer, once finish is set

	stream func(string)
	sent   int // bytes given to stream
}

// fused says that the likeliest token is all that is needed of the logits.
func (w *writing) fused() bool {
	return w.temperature == 0 && w.penalty == 1 && (w.bound == nil || len(w.bound.path) == 0)
}

// accept takes a token into a job's answer.
func (b *Batcher) accept(j *job, id int32, logProb float64) {
	w := j.writing
	if id < 0 || logProb != logProb {
		w.finish = FinishStop
		w.logProbs = append(w.logProbs, logProb) // NaN: reply tells
		return
	}
	b.count(func(s *Stats) { s.Written++ })
	if slices.Contains(b.eos, id) {
		w.end(FinishStop, len(w.text))
		return
	}
	j.ids = append(j.ids, id)
	w.logProbs = append(w.logProbs, logProb)
	before := len(w.text)
	if b.tok != nil && !b.tok.Special(id) {
		w.text = append(w.text, b.tok.Bytes(id)...)
	}
	w.ends = append(w.ends, len(w.text))
	if at := w.stopped(before); at >= 0 {
		w.end(FinishStop, at)
		return
	}
	if w.bound != nil && b.masks.advance(w.bound, id, j.limit-len(j.ids)) {
		w.end(FinishStop, len(w.text))
		return
	}
	if len(j.ids) >= j.limit {
		w.end(FinishLength, len(w.text))
		return
	}
	w.send(len(w.text) - w.held())
}

// stopped returns where the first stop text begins, when the bytes from before on complete one; -1 else.
func (w *writing) stopped(before int) int {
	at := -1
	for _, s := range w.stop {
		from := max(0, before-len(s)+1)
		if i := bytes.Index(w.text[from:], s); i >= 0 && (at < 0 || from+i < at) {
			at = from + i
		}
	}
	return at
}

// held is how many bytes at the end may yet turn out to belong to a stop text, or to half a character.
func (w *writing) held() int {
	most := 0
	for _, s := range w.stop {
		for n := min(len(s)-1, len(w.text)); n > most; n-- {
			if bytes.HasSuffix(w.text, s[:n]) {
				most = n
				break
			}
		}
	}
	for n := 1; n < utf8.UTFMax && n <= len(w.text); n++ {
		if c := w.text[len(w.text)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(w.text[len(w.text)-n:]) {
				most = max(most, n)
			}
			break
		}
	}
	return most
}

// end settles the answer: text[:at].
func (w *writing) end(finish string, at int) {
	w.finish, w.cut = finish, at
	w.send(at)
}

// send streams the text up to a byte.
func (w *writing) send(to int) {
	if w.stream != nil && to > w.sent {
		w.stream(validText(w.text[w.sent:to]))
		w.sent = to
	}
}

// reply fills in the answer. Tokens that lie wholly behind the cut belong to a stop text and are left out.
func (w *writing) reply(b *Batcher, j *job, r *Reply) {
	n := len(w.ends)
	for n > 0 && w.cut < w.ends[n-1] && (n == 1 && w.cut == 0 || n > 1 && w.ends[n-2] >= w.cut) {
		n--
	}
	r.IDs = slices.Clone(j.ids[j.prompt : j.prompt+n])
	r.LogProbs = w.logProbs
	if len(w.logProbs) == len(w.ends) {
		r.LogProbs = slices.Clone(w.logProbs[:n])
	}
	r.Finish = w.finish
	switch {
	case b.tok == nil:
	case w.cut == len(w.text):
		r.Text = b.text(r.IDs)
	default:
		r.Text = validText(w.text[:w.cut])
	}
}

// validText is raw as text: U+FFFD for each maximal part of a character that is no whole one, as the tokenizer decodes.
func validText(raw []byte) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	var b strings.Builder
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		if r == utf8.RuneError && n == 1 {
			for n < len(raw) && !utf8.FullRune(raw[:n+1]) {
				n++
			}
		}
		b.WriteRune(r)
		raw = raw[n:]
	}
	return b.String()
}

// text decodes ids without special tokens.
func (b *Batcher) text(ids []int32) string {
	return b.tok.Decode(slices.DeleteFunc(slices.Clone(ids), b.tok.Special))
}
