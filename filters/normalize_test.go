package filters

import (
	"testing"

	"github.com/winnow-data/winnow/stages"
)

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ name, form, text, want string }{
		{"empty", "nfc", "", ""},
		{"plain", "nfc", "a b\tc\nd\n", "a b\tc\nd\n"},
		{"carriage returns", "nfc", "a\r\nb\rc\r\r\nd", "a\nb\nc\n\nd"},
		{"other line ends", "nfc", "a\u0085b\u2028c\u2029d\ve\ff", "a\nb\nc\nd\ne\nf"},
		{"controls", "nfc", "\x00a\x1b[1m\x7fb\u0080\u009fc", "a[1mbc"},
		{"byte order mark in front only", "nfc", "\ufeffa\ufeffb", "a\ufeffb"},
		{"composed", "nfc", "e\u0301 \u1100\u1161", "é 가"},
		{"compatibility characters stay", "nfc", "ﬁ １ ㎏", "ﬁ １ ㎏"},
		{"compatibility characters go", "nfkc", "ﬁ １ ㎏", "fi 1 kg"},
		{"no form", "none", "e\u0301\r\n", "e\u0301\n"},
		{"characters that begin with the same bytes", "nfc", "£ €\u200b…", "£ €\u200b…"},
		{"cut off UTF-8", "nfc", "a\xc2", "a\ufffd"},
		{"cut off separator", "nfc", "a\xe2\x80", "a\ufffd"},
		{"invalid bytes", "nfc", "\xff\r\xfe\xfdb", "\ufffd\n\ufffdb"},
		{"a control character inside what is no UTF-8", "nfc", "\xc2\x05\x9f", "\ufffd\ufffd"},
	} {
		n := Normalize{Form: c.form}
		if err := n.Validate(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		d := stages.Document{Text: c.text}
		if _, err := n.Map(&d, nil); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if d.Text != c.want {
			t.Errorf("%s: got %q, want %q", c.name, d.Text, c.want)
		}
	}
	n := Normalize{Form: "nfd"}
	if err := n.Validate(); err == nil {
		t.Error("form nfd is accepted")
	}
}
