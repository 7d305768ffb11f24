package spacy

import (
	"slices"
	"testing"
)

// FuzzScan compares the cached way with the plain one, on a tokenizer that has seen texts before.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		"I don't know Mr. Smith (yet).", "x:) y : ) :-) :) ((:", "e.g. (Dr.) x-Dr. http://a.b/c?d \u3000\u2003x", "10km/h 5US$ 3.5%…… a..b",
		"foo:)( : )", "  a\n\n b\u00a0c\u0085", "and/or and/ or :-( ( :", "user@host.com:80/x 10.0.0.1 8.8.8.8", ":( :) :x) ' S 'S' ", "\xff\xfe a\x1cb",
		"(:(:(: ): ( :):) o . O o.O", "'s's's ''' …… ......", "cannotcannot. can't've ’cause’",
	} {
		f.Add(s)
	}
	t1 := English()
	f.Fuzz(func(t *testing.T, s string) {
		want := t1.rules.tokens(nil, s)
		for range 2 {
			t1.scan(s)
			if !slices.Equal(t1.tokens, want) {
				t.Fatalf("%q: tokens %v, want %v", s, t1.tokens, want)
			}
		}
		for i, w := range want {
			kind := t1.rules.tokenKind(s[w.Start:w.End])
			if isSpaceAt(s, int(w.Start)) {
				kind = white
			}
			if t1.kinds[i] != kind {
				t.Fatalf("%q: token %d is of kind %d, want %d", s, i, t1.kinds[i], kind)
			}
		}
	})
}
