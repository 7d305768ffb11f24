package jsontext

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

// want is how encoding/json spells s.
func want(t *testing.T, s string, html bool) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	if err := e.Encode(s); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func check(t *testing.T, s string) {
	t.Helper()
	if got, want := string(Append([]byte("x"), s)), "x"+want(t, s, false); got != want {
		t.Errorf("%q: %s, encoding/json writes %s", s, got, want)
	}
	if got, want := string(AppendHTML([]byte("x"), s)), "x"+want(t, s, true); got != want {
		t.Errorf("%q for a page: %s, encoding/json writes %s", s, got, want)
	}
}

var parts = []string{
	"", "a", "words of text ", "\n", "\t", "\r", "\b", "\f", "\x00", "\x1f", "\x7f", `"`, `\`, "/", "<", ">", "&", "é", "中文", "\u2028", "\u2029", "\u2027", "\ufffd", "😀",
	"\xff", "\xe2\x80", "\xed\xa0\x80", "\xc0\x80", "\xf5\x80\x80\x80", "<<48/2=24>>24 clips",
}

func TestEachByte(t *testing.T) {
	for i := range 256 {
		for _, before := range []string{"", "1234567", "12345678"} {
			check(t, before+string([]byte{byte(i)}))
			check(t, before+string([]byte{byte(i)})+"abcdefghi")
		}
	}
}

func TestMixed(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		var s strings.Builder
		for range rng.IntN(12) {
			s.WriteString(parts[rng.IntN(len(parts))])
		}
		check(t, s.String())
	}
}

func FuzzAppend(f *testing.F) {
	for _, p := range parts {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, s string) { check(t, s) })
}

func BenchmarkAppend(b *testing.B) {
	s := strings.Repeat("Natalia sold 48/2 = <<48/2=24>>24 clips in May.\n", 8)
	var buf []byte
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		buf = Append(buf[:0], s)
	}
}
