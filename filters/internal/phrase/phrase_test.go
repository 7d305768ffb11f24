package phrase

import "testing"

func TestSet(t *testing.T) {
	p := NewSet("abcd", "abc de", "über x", "隐私")
	for _, c := range []struct {
		text       string
		at, phrase int
	}{
		{"", -1, 0},
		{"abc", -1, 0},
		{"abcd", 0, 0},
		{"xABCD", 1, 0},
		{"abc d abc De", 6, 1},
		{"abc dx", -1, 0},
		{"ÜBER x über X", 8, 2}, // only ASCII letters in any case
		{"我的隐私", 6, 3},
		{"[bcd {BCD", -1, 0}, // bytes that differ by the bit that lowers letters
		{"abc\x00de abc\xffde", -1, 0},
	} {
		at, phrase := p.Next(c.text, 0)
		if at != c.at || phrase != c.phrase {
			t.Errorf("%q: phrase %d at %d, want %d at %d", c.text, phrase, at, c.phrase, c.at)
		}
	}
	for s, want := range map[string]int{"": 0, "abcdabcd": 2, "abcabcd abc de": 2} {
		if got := p.Count(s); got != want {
			t.Errorf("%q: %d phrases, want %d", s, got, want)
		}
	}
}
