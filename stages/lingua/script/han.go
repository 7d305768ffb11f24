package script

import (
	"sync"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// A Usage is where a Han character is in everyday use, of China, Taiwan with Hong Kong, and Japan: in one of them only, or
// in several ([Everywhere]), which says nothing.
type Usage uint8

// The usages.
const (
	Everywhere  Usage = iota
	Simplified        // in GB 2312, not in Big5 and not in JIS X 0208
	Traditional       // in the frequent part of Big5, not in GB 2312
	Japanese          // in JIS X 0208 level 1, neither in GB 2312 nor in Big5
)

// The Unified Ideographs block holds every character of the three national sets that tells them apart.
const (
	firstHan = 0x4E00
	lastHan  = 0x9FFF
)

// usage is built from the national character sets as package encoding knows them; 21,000 characters, a few milliseconds, once.
var usage = sync.OnceValue(func() *[lastHan - firstHan + 1]Usage {
	var (
		u    [lastHan - firstHan + 1]Usage
		gbk  = simplifiedchinese.GBK.NewEncoder()
		big5 = traditionalchinese.Big5.NewEncoder()
		sjis = japanese.ShiftJIS.NewEncoder()
	)
	for i := range u {
		r := rune(firstHan + i)
		g, b, j := code(gbk, r), code(big5, r), code(sjis, r)
		inGB := g>>8 >= 0xB0 && g>>8 <= 0xF7 && g&0xFF >= 0xA1 // GB 2312 is the part of GBK with both bytes high
		inBig5 := b >= 0xA440 && b <= 0xF9D5
		frequent := b >= 0xA440 && b <= 0xC67E // Big5 level 1
		inJIS, level1 := j >= 0x889F && j <= 0xEAA4, j >= 0x889F && j <= 0x9872
		switch {
		case inGB && !inBig5 && !inJIS:
			u[i] = Simplified
		case frequent && !inGB:
			u[i] = Traditional
		case level1 && !inGB && !inBig5:
			u[i] = Japanese
		}
	}
	return &u
})

// code returns the two bytes of r in a national character set as one number, 0 where it is absent.
func code(e *encoding.Encoder, r rune) int {
	b, err := e.Bytes([]byte(string(r)))
	if err != nil || len(b) != 2 {
		return 0
	}
	return int(b[0])<<8 | int(b[1])
}

// UsageOf returns where a Han character is in everyday use.
func UsageOf(r rune) Usage {
	if r < firstHan || r > lastHan {
		return Everywhere
	}
	return usage()[r-firstHan]
}

// Chinese names the characters that a Chinese text uses by ISO 15924: "Hans" or "Hant" by the majority of the characters that tell
// them apart, "Hani" when there are none or as many of one as of the other.
func Chinese(simplified, traditional int) string {
	switch {
	case simplified > traditional:
		return "Hans"
	case traditional > simplified:
		return "Hant"
	}
	return "Hani"
}
