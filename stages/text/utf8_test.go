package text

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/realdata"
)

func sameUTF8(t *testing.T, s string) {
	t.Helper()
	n, ok := runes(s)
	if want := utf8.ValidString(s); ok != want || ok && n != utf8.RuneCountInString(s) {
		t.Fatalf("%q: got %d %v, want %d %v", s, n, ok, utf8.RuneCountInString(s), want)
	}
	if Valid([]byte(s)) != utf8.ValidString(s) || countRunes(s) != utf8.RuneCountInString(s) {
		t.Fatalf("%q: valid %v, %d characters", s, Valid([]byte(s)), countRunes(s))
	}
}

// Every sequence of two bytes, with all that matters behind it, at every place where blocks meet.
func TestUTF8Sequences(t *testing.T) {
	eachForm(t, func(t *testing.T) {
		behind := []string{"", "a", "\x80", "\x80\x80", "\xBF\xBFa", "\x80\x80\x80", "é"}
		for a := range 256 {
			for b := range 256 {
				for _, more := range behind {
					mid := string([]byte{byte(a), byte(b)}) + more
					lead := (a*7 + b) % 34
					sameUTF8(t, strings.Repeat("x", lead)+mid+strings.Repeat("y", 40))
					sameUTF8(t, strings.Repeat("x", 30)+mid)
					sameUTF8(t, "中文中文中文中文中文"[:27]+mid)
				}
			}
		}
	})
}

func TestUTF8Random(t *testing.T) {
	eachForm(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(5, 6))
		letters := []rune("aé中😀\u0800\u07FF\uD7FF\uE000\uFFFF\U00010000\U0010FFFF\x00\x7f\u0080")
		for range 100_000 {
			s := make([]rune, rng.IntN(60))
			for i := range s {
				s[i] = letters[rng.IntN(len(letters))]
			}
			b := []byte(string(s))
			for n := rng.IntN(3) * rng.IntN(2); n > 0 && len(b) > 0; n-- { // half of them damaged
				switch at := rng.IntN(len(b)); rng.IntN(3) {
				case 0:
					b[at] = byte(rng.Uint32())
				case 1:
					b = append(b[:at], b[at+1:]...)
				default:
					b = b[:at]
				}
			}
			sameUTF8(t, string(b))
		}
	})
}

func FuzzUTF8(f *testing.F) {
	f.Add("naïve 中文 \xed\xa0\x80 \xf4\x90\x80\x80 \xc0\x80 plain text that is longer than a block")
	f.Fuzz(sameUTF8)
}

func BenchmarkUTF8(b *testing.B) {
	texts := realdata.UDHR(b)
	for _, name := range []string{"eng", "fra", "rus", "cmn_hans"} {
		s := []byte(texts[name])
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				if !Valid(s) {
					b.Fatal("not valid")
				}
			}
		})
	}
}
