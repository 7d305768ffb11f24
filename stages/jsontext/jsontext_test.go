package jsontext

import (
	"bytes"
	"encoding/json"
	"math"
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

func TestNumber(t *testing.T) {
	for _, x := range []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1e6, 123456789, 1 << 53, -(1 << 53), 1e15, 1e20, 1e21, 1e-6, 1e-7, 1.0 / 3, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		raw, err := json.Marshal(x)
		if got := string(AppendNumber(nil, x)); err != nil || got != string(raw) {
			t.Errorf("%v: %s, encoding/json writes %s, %v", x, got, raw, err)
		}
	}
}

// TestUnquote: what is decoded is what encoding/json decodes, and all that it writes without surrogates is.
func TestUnquote(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	more := append([]string{`\n`, `\"`, `\\`, `\/`, `\u003c`, `\u00E9`, `\u2028`, `\ud83d\ude00`, `\ud83d`, `\x`, `\u12`, `\`, "12345678"}, parts...)
	decoded := 0
	for range 50_000 {
		var s strings.Builder
		for range rng.IntN(10) {
			s.WriteString(more[rng.IntN(len(more))])
		}
		if unquote(t, `"`+s.String()+`"`) {
			decoded++
		}
		if raw := want(t, s.String(), rng.IntN(2) == 0); !unquote(t, raw) && !strings.Contains(raw, `\ufffd`) {
			t.Errorf("%s is not decoded", raw)
		}
	}
	if decoded < 1000 {
		t.Errorf("%d decoded", decoded)
	}
	for _, raw := range []string{"", `"`, `x"`, `"x`, `""x`, "1"} {
		unquote(t, raw)
	}
}

func unquote(t *testing.T, raw string) bool {
	t.Helper()
	got, ok := Unquote([]byte(raw))
	var want string
	if err := json.Unmarshal([]byte(raw), &want); ok && (err != nil || got != want) {
		t.Errorf("%q: %q, encoding/json reads %q, %v", raw, got, want, err)
	}
	if out, appended := AppendUnquoted([]byte("x"), []byte(raw)); appended != ok || ok && string(out) != "x"+want {
		t.Errorf("%q: %q, %v are appended, want %q, %v", raw, out, appended, want, ok)
	}
	return ok
}

func FuzzUnquote(f *testing.F) {
	f.Add([]byte(`"a\u003cb\n"`))
	f.Fuzz(func(t *testing.T, raw []byte) { unquote(t, string(raw)) })
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
