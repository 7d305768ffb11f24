package shard

import (
	"math/rand/v2"
	"testing"
)

// All forms of the string scan end at the same byte and see the same escapes, and none that is all ASCII passes for more.
func TestPlain(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	parts := []string{"a", "words of text ", `\n`, `\\`, `\"`, `\t`, `\/`, `\u00e9`, `\x`, `\`, `"`, "\x1f", "\x00", " ", "\x7f", "é", "中文", "\xff", "0123456789abcdefghijklmnopqrstuv"}
	for range 300_000 {
		var b []byte
		for n := rng.IntN(12); n > 0; n-- {
			b = append(b, parts[rng.IntN(len(parts))]...)
			if rng.IntN(3) > 0 { // most are plain
				b = append(b, parts[rng.IntN(7)]...)
			}
		}
		i := rng.IntN(len(b) + 1)
		b = b[:len(b):len(b)]
		end, esc, high := plain(b, i)
		wantEnd, wantEsc := slowPlain(b, i)
		gEnd, gEsc, gHigh := plainGeneric(b, i)
		if end != wantEnd || esc != wantEsc || gEnd != wantEnd || gEsc != wantEsc {
			t.Fatalf("%q from %d: got %d %v, generic %d %v, want %d %v", b, i, end, esc, gEnd, gEsc, wantEnd, wantEsc)
		}
		for _, c := range b[i:end] {
			if c >= 0x80 && !(high && gHigh) {
				t.Fatalf("%q from %d: bytes beyond ASCII missed: %v, generic %v", b, i, high, gHigh)
			}
		}
	}
}

func slowPlain(b []byte, i int) (end int, esc bool) {
	for i < len(b) && b[i] >= 0x20 && b[i] != '"' {
		if b[i] == '\\' {
			if i+1 == len(b) || plainEscape[b[i+1]] == 0 {
				break
			}
			i, esc = i+1, true
		}
		i++
	}
	return i, esc
}
