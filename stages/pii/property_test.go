package pii

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// pieces are parts of personal data and of what stands around it; texts made of them are full of near misses.
var pieces = []string{
	"a@b.com", "git@x.org", "@", "８.８.8.8", "8.8.8.8", "93.184.216.34", "192.168.1.1", "2606:4700:4700::1111", "::", ":", "+44 20 7946 0958", "+1", "+86", "+",
	"415", "555", "2671", "415-555-2671", "(415)", "(", ")", "4155552671", "13812345678", "138 1234 5678", "0086", "86", "010-12345678", "030/1234567",
	"4111 1111 1111 1111", "4111", "1111", "4111111111111111", "4111-1111-1111-1111", "3782 822463 10005", "111", "DE89370400440532013000", "DE89 3704 0044 0532 0130 00",
	"DE", "11010519491231002X", "440524188001010014", "X", " ", " ", " ", "-", ".", "/", ",", "\n", "\u00a0", "–", "=", "#", "'", "电话", "tel ", "call ", "ISBN ", "version ",
	"ip ", "card ", "é", "的", "x", "_", "<", ">", "<EMAIL>", "<IP>", "<PHONE>", "<CARD>", "１", "＋", "（", "）", "＠",
}

// TestMaskTwice checks on random chains of pieces that masking twice is masking once.
func TestMaskTwice(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 300_000 {
		var b strings.Builder
		for range 2 + rng.IntN(7) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		s := b.String()
		got := Mask(s)
		if got != s {
			found++
		}
		if again := Mask(got); again != got {
			t.Fatalf("Mask(%q) = %q, again %q", s, got, again)
		}
	}
	if found < 30_000 {
		t.Errorf("only %d of 300,000 texts held anything to mask", found)
	}
}
