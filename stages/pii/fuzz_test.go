package pii

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzMask checks on any text: masking twice is masking once, valid UTF-8 stays valid, the spans that Find returns are what Mask replaces.
func FuzzMask(f *testing.F) {
	for _, s := range []string{
		"a@b.com 8.8.8.8", "+44 (0)20 7946 0958", "Tel 030/1234567", "电话：010-12345678", "13812345678a@b.com", "4111 1111 1111 1111 1234@x.com",
		"DE89 3704 0044 0532 0130 00", "11010519491231002X", "２６０６:4700::1111", "+1 415 555 2671 1234@x.com", "a@b.com+14155552671",
		"[2a00:1450:4001:81b::200e]:443", "1-415-555-2671/8.8.8.8", "<PHONE>4155552671", "call <CARD> 4155552671", "\xff@\xef\xbc\x90", "call 415 555 2671-a@b.com",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Mask(s)
		if again := Mask(got); again != got {
			t.Errorf("Mask(%q) = %q, again %q", s, got, again)
		}
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("Mask(%q) = %q, which is not UTF-8", s, got)
		}
		var b strings.Builder
		last := 0
		for _, x := range everything.Find(s) {
			if x.Start < last || x.End <= x.Start || x.End > len(s) {
				t.Fatalf("Find(%q): span %v after %d", s, x, last)
			}
			b.WriteString(s[last:x.Start] + x.Kind.Mask())
			last = x.End
		}
		b.WriteString(s[last:])
		if b.String() != got {
			t.Errorf("Find(%q) makes %q, Mask %q", s, b.String(), got)
		}
	})
}
