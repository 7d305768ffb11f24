package ontology

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"
)

// fence names the marker lines of one request: 64 bits of a hash of seed, document, turn and try. The first such name that the text does not
// hold, in any case of its letters, is taken, so that no text ends its own fence, not even one by somebody who knows the seed.
func fence(seed uint64, id string, turn, try int, text string) string {
	lower := strings.ToLower(text)
	for n := uint64(0); ; n++ {
		h := sha256.New()
		var b []byte
		for _, x := range []uint64{seed, uint64(turn), uint64(try), n} {
			b = binary.BigEndian.AppendUint64(b, x)
		}
		h.Write(append(b, id...))
		if name := hex.EncodeToString(h.Sum(nil)[:8]); !strings.Contains(lower, name) {
			return name
		}
	}
}

// fenced shows a text between marker lines and says behind it again what is asked.
func fenced(name, text string) string {
	return "<instruction-" + name + ">\n" + text + "\n</instruction-" + name + ">\n" +
		"Name the intentions of the instruction between the marker lines, as one JSON object with the list tags."
}

// middleCut shows of a text with more than n characters three quarters of n from its beginning and one from its end. 0 shows all.
func middleCut(s string, n int) string {
	if n <= 0 || len(s) <= n {
		return s
	}
	all := utf8.RuneCountInString(s)
	if all <= n {
		return s
	}
	head, tail := n-n/4, all-n/4
	from, to, k := len(s), len(s), 0
	for i := range s {
		if k == head {
			from = i
		}
		if k == tail {
			to = i
		}
		k++
	}
	return s[:from] + "\n[…]\n" + s[to:]
}

// excerpt shows the beginning of a reply.
func excerpt(s string) string {
	const most = 120
	if utf8.RuneCountInString(s) <= most {
		return strconv.Quote(s)
	}
	return strconv.Quote(string([]rune(s[:min(len(s), 4*most)])[:most])) + " …"
}
