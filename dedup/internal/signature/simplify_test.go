package signature

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/text/datatrove"
)

// TestSimplify holds pairs of the peer's own function (spec/curation.md 5.2 and what its source promises beside).
func TestSimplify(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{" \t\n", ""},
		{"Hello,   World!!! It's 3.14 or 1,000 — naïve Café\n\tTab", "hello world it s 0 or 0 naive cafe tab"},
		{"1|2|3 and 10.5.2", "0 0 0 and 0 0"},
		{"١٢٣ १२.३ ABC", "0 0 abc"},
		{"你好，世界。", "你好 世界"},
		{"a_b-c/d e@f.g", "a b c d e f g"},
		{"ÉÈ ß İI", "ee ß ii"},
		{"|$17.56||1|\n|$15.37||2599|", "0 0 0 0"},
		{punctuation(), "0"},
		{"\u0301 a \u0301 b \u0301", "a  b"}, // marks go after the spaces
		{"ΟΔΟΣ ΣΑΣ Σ Α'Σ", "οδος σας σ α ς"},
		{"각 \u302e\U0001d165\u302f", "\u1100\u1161\u11a8 \U0001d165\u302e\u302f"}, // in canonical order
	} {
		if got := Simple.Simplify(c.in); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.in, got, c.want)
		}
	}
}

// punctuation is the peer's PUNCTUATION.
func punctuation() string {
	var b strings.Builder
	for r := range rune(unicode.MaxRune) {
		if datatrove.IsPunctuation(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// everyCharacter is the SHA-256 of what datatrove 0.10.1 with Python 3.11 and regex 2026.11.19 makes of the line below for every character.
const everyCharacter = "0b7d941b5bc115ed929b31cc552fb589e70cde9e254614435e651ff7c9e324ad"

// TestEveryCharacter puts each character of Unicode beside capital sigmas, digits, and marks of several classes. It fails when Go's tables
// become those of a later Unicode.
func TestEveryCharacter(t *testing.T) {
	h := sha256.New()
	for r := range rune(unicode.MaxRune + 1) {
		if utf8.ValidRune(r) {
			c := string(r)
			io.WriteString(h, Simple.Simplify("A"+c+"Σ"+c+"1"+c+"2 e\u0301"+c+"\u302e\u0327x"+c+" \u1d165"+c)+"\n")
		}
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != everyCharacter {
		t.Errorf("SHA-256 is %s, want %s", got, everyCharacter)
	}
}

// FuzzSimplify compares the pass that does all five steps at once with the steps one by one.
func FuzzSimplify(f *testing.F) {
	for _, s := range []string{"", "ΑΣ 1.2.3", "İ\u0301 x", "a\u0e34\u302e b\U0001d165\u302e", "각1,2", "\x00\x1f\u0085", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\ufffd")
		steps := Simple
		steps.Weekdays = true
		got, want := Simple.Simplify(s), steps.Simplify(s)
		if strings.Contains(want, "WEEKDAY") {
			t.Skip("has a weekday")
		}
		if got != want {
			t.Errorf("%+q becomes %+q, step by step %+q", s, got, want)
		}
	})
}
