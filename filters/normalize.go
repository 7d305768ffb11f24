package filters

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// Normalize writes text in one Unicode normal form, ends lines with \n, removes control characters and a byte order mark, and
// puts U+FFFD in place of bytes that are no UTF-8. It changes nothing else: no quotes, no compatibility characters (with NFC), no white space inside lines.
//
// Ends of lines are CR LF, CR, NEL (U+0085), the line and paragraph separators (U+2028, U+2029), vertical tab and form feed
// (Unicode 5.8, newline guidelines). Control characters are those of general category Cc but tab and line feed.
type Normalize struct {
	Form string `allowed:"nfc,nfkc,none"` // Unicode normal form: nfc, nfkc (compatibility characters too), none

	out []byte
}

var normalize = Normalize{Form: "nfc"}

// Validate implements stages.Validator.
func (n *Normalize) Validate() error {
	switch n.Form {
	case "nfc", "nfkc", "none":
		return nil
	}
	return fmt.Errorf("form: %q: allowed are nfc, nfkc and none", n.Form)
}

// Map implements stages.Mapper.
func (n *Normalize) Map(d *stages.Document, _ *text.View) (stages.Verdict, error) {
	d.Edit(n.clean)
	return stages.Verdict{}, nil
}

func (n *Normalize) clean(s string) string {
	plain, first := scanControls(s)
	if !plain && !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		_, first = scanControls(s)
	}
	if first < len(s) {
		s = n.cleanFrom(s, first)
	}
	if plain {
		return s
	}
	switch n.Form {
	case "nfc":
		return norm.NFC.String(s)
	case "nfkc":
		return norm.NFKC.String(s)
	}
	return s
}

// scanControls says whether s is ASCII, and where the first character stands that may have to go or to become a line feed; len(s) if
// none does.
func scanControls(s string) (plain bool, first int) {
	plain, first = true, len(s)
	if strings.HasPrefix(s, "\uFEFF") {
		return false, 0
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c < 0x7F || c == '\n' || c == '\t' {
			continue
		}
		if c >= utf8.RuneSelf {
			plain = false
			if c != 0xC2 && c != 0xE2 || !isControlAt(s, i) {
				continue
			}
		}
		first = min(first, i)
		if !plain {
			return plain, first
		}
	}
	return plain, first
}

// isControlAt says whether a control character of Latin-1 or a separator stands at s[i:].
func isControlAt(s string, i int) bool {
	return s[i] == 0xC2 && i+1 < len(s) && 0x80 <= s[i+1] && s[i+1] < 0xA0 ||
		s[i] == 0xE2 && i+2 < len(s) && s[i+1] == 0x80 && (s[i+2] == 0xA8 || s[i+2] == 0xA9)
}

// cleanFrom returns s with line ends and control characters mended from byte i on.
func (n *Normalize) cleanFrom(s string, i int) string {
	out := append(n.out[:0], s[:i]...)
	if i == 0 {
		s = strings.TrimPrefix(s, "\uFEFF")
	}
	for i < len(s) {
		c := s[i]
		switch {
		case c >= ' ' && c < 0x7F, c == '\n', c == '\t':
			out = append(out, c)
		case c == '\r':
			out = append(out, '\n')
			if i+1 < len(s) && s[i+1] == '\n' {
				i++
			}
		case c == '\v', c == '\f':
			out = append(out, '\n')
		case c < ' ', c == 0x7F:
		case c == 0xC2 && isControlAt(s, i):
			if i++; s[i] == 0x85 {
				out = append(out, '\n')
			}
		case c == 0xE2 && isControlAt(s, i):
			i += 2
			out = append(out, '\n')
		default:
			out = append(out, c)
		}
		i++
	}
	n.out = out
	return string(out)
}
