package shard

import (
	"bytes"
	"unicode/utf8"

	"github.com/gogs/chardet"
)

// guessBytes is how much of a text a guess looks at.
const guessBytes = 64 << 10

// singleByte are the charsets of one byte a letter that are guessed, by the names that chardet, a port of ICU's detector, gives them.
var singleByte = map[string]string{
	"ISO-8859-1": "windows-1252", "windows-1252": "windows-1252", "ISO-8859-2": "iso-8859-2", "windows-1250": "windows-1250",
	"windows-1251": "windows-1251", "ISO-8859-5": "iso-8859-5", "KOI8-R": "koi8-r", "ISO-8859-7": "iso-8859-7", "windows-1253": "windows-1253",
	"ISO-8859-9": "windows-1254", "windows-1254": "windows-1254", "windows-1256": "windows-1256", "ISO-8859-8": "windows-1255", "windows-1255": "windows-1255",
	"ISO-8859-8-I": "windows-1255", "ISO-8859-6": "iso-8859-6",
}

// guess returns the charset that fits the bytes of a text that is not UTF-8 best, or "".
func guess(b []byte, html bool) string {
	if len(b) > guessBytes {
		b = b[:guessBytes]
	}
	if mostlyUTF8(b) {
		return ""
	}
	if name := guessMultibyte(b, 4); name != "" {
		return name
	}
	d := chardet.NewTextDetector()
	if html {
		d = chardet.NewHtmlDetector()
	}
	found, err := d.DetectAll(around(b))
	if err != nil {
		return ""
	}
	for _, f := range found {
		name, ok := singleByte[f.Charset]
		if !ok || f.Confidence < 15 {
			continue
		}
		if _, bad, err := decode(b, name); err == nil && bad == 0 {
			return name
		}
	}
	return ""
}

// around returns the surroundings of the bytes beyond ASCII, 4 KiB in all: the detector of single-byte charsets compares the letters with
// those of each language, at 1 MB/s.
func around(b []byte) []byte {
	const most, near = 4 << 10, 32
	if len(b) <= most {
		return b
	}
	var out []byte
	last := 0
	for i := 0; i < len(b) && len(out) < most; i++ {
		if b[i] < utf8.RuneSelf {
			continue
		}
		from := max(last, i-near)
		last = min(len(b), i+near)
		out = append(out, b[from:last]...)
		i = last - 1
	}
	return out
}

// A doubleByte charset has characters of two bytes whose lead bytes tell how common they are.
type doubleByte struct {
	name   string
	lead   func(c byte) bool // starts a character of two bytes
	trail  func(c byte) bool
	single func(c byte) bool       // is a character beyond ASCII of its own
	common func(lead, t byte) bool // is among the characters that nearly all text consists of
	needed func(lead, t byte) bool // text has one of these in five characters at least; nil: nothing
}

func within(c, lo, hi byte) bool { return lo <= c && c <= hi }
func never(byte) bool            { return false }
func isHigh(c byte) bool         { return within(c, 0xA1, 0xFE) }

// doubleBytes: the common characters are, of GB2312, level 1 (3,755 hanzi, rows B0-D7); of Big5, its level 1 (5,401, rows A4-C6); of KS X 1001,
// hangul (rows B0-C8); of JIS X 0208, kana and level 1 kanji. Of Chinese in GB2312 a third of the characters lie behind row C8, which
// tells it from Korean, whose text is common in both: the first of the list wins. Japanese is told by its kana.
var doubleBytes = []doubleByte{
	{
		"euc-jp", isHigh, isHigh, never,
		func(l, _ byte) bool { return within(l, 0xA1, 0xA5) || within(l, 0xB0, 0xCF) },
		func(l, _ byte) bool { return l == 0xA4 || l == 0xA5 },
	},
	{
		"euc-kr", isHigh, isHigh, never,
		func(l, _ byte) bool { return within(l, 0xA1, 0xA3) || within(l, 0xB0, 0xC8) },
		nil,
	},
	{
		"gb18030", func(c byte) bool { return within(c, 0x81, 0xFE) }, func(c byte) bool { return within(c, 0x40, 0xFE) && c != 0x7F }, never,
		func(l, t byte) bool { return t >= 0xA1 && (within(l, 0xA1, 0xA3) || within(l, 0xB0, 0xD7)) },
		nil,
	},
	{
		"big5", func(c byte) bool { return within(c, 0x81, 0xFE) }, func(c byte) bool { return within(c, 0x40, 0x7E) || isHigh(c) }, never,
		func(l, _ byte) bool { return within(l, 0xA1, 0xC6) },
		func(_, t byte) bool { return t < 0x7F },
	},
	{
		"shift_jis", func(c byte) bool { return within(c, 0x81, 0x9F) || within(c, 0xE0, 0xFC) }, func(c byte) bool { return within(c, 0x40, 0xFC) && c != 0x7F },
		func(c byte) bool { return within(c, 0xA1, 0xDF) },
		func(l, _ byte) bool { return within(l, 0x81, 0x83) || within(l, 0x88, 0x97) },
		func(l, _ byte) bool { return l == 0x82 || l == 0x83 },
	},
}

// guessMultibyte returns the charset of two-byte characters in which b has at least n of them, 90 % of them common, or "".
func guessMultibyte(b []byte, n int) string {
	best, bestShare := "", 0.9
	for i := range doubleBytes {
		if share := doubleBytes[i].share(b, n); share > bestShare {
			best, bestShare = doubleBytes[i].name, share
		}
	}
	return best
}

// share returns the share of common characters, or 0 where b is no text of the charset.
func (d *doubleByte) share(b []byte, n int) float64 {
	all, common, needed, wrong := 0, 0, 0, 0
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c < utf8.RuneSelf {
			continue
		}
		all++
		switch {
		case d.single(c):
		case d.lead(c) && i+1 < len(b) && d.trail(b[i+1]):
			i++
			if d.common(c, b[i]) {
				common++
			}
			if d.needed != nil && d.needed(c, b[i]) {
				needed++
			}
		default:
			wrong++
		}
	}
	// One character may be cut at the end of what is looked at.
	if all < n || wrong > 1 && wrong*100 > all || d.needed != nil && needed*5 < all {
		return 0
	}
	return float64(common) / float64(all)
}

// guessLines decides the charset of lines by their first bytes: UTF-8 unless more than half of the lines beyond ASCII are not, and one of the
// multibyte charsets fits, with at least 20 characters.
func guessLines(head []byte) string {
	if name := bom(head); name != "" {
		return name
	}
	if k := bytes.LastIndexByte(head, '\n'); k >= 0 && len(head) >= guessBytes {
		head = head[:k+1]
	}
	good, bad := 0, 0
	for line := range bytes.Lines(head) {
		switch {
		case isASCII(line):
		case utf8.Valid(line):
			good++
		default:
			bad++
		}
	}
	if bad <= good || mostlyUTF8(head) {
		return ""
	}
	return guessMultibyte(head, 20)
}
