package text

import "testing"

type sharedKey int

func TestShared(t *testing.T) {
	type size struct{ n int }
	cuts := 0
	cut := func(s string, into *size) { cuts, into.n = cuts+1, len(s) }
	var v View
	for _, s := range []string{"abc", "", "ab"} {
		v.Reset(s)
		for range 2 {
			if got := Shared(&v, sharedKey(1), cut).n; got != len(s) {
				t.Errorf("%q: %d, want %d", s, got, len(s))
			}
		}
	}
	if cuts != 3 {
		t.Errorf("cut %d times, want once for each text", cuts)
	}
	Shared(&v, sharedKey(2), cut)
	if cuts != 4 {
		t.Errorf("cut %d times, want once more for another key", cuts)
	}
}
