package shard

import "testing"

func TestMultibyte(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "ascii": 0, "größe": 2, "日本語": 3, "日本語 und größe, 8 bytes and more: é": 6, "\x7f\x80\xbf\xc0\xff\x00\x40\xc1": 3, "0123456\xc3\xa9": 1, "01234567\xc3": 1,
	} {
		if got := multibyte([]byte(text)); got != want {
			t.Errorf("%q: %d characters, want %d", text, got, want)
		}
	}
}
