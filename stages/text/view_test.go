package text

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var samples = []string{
	"",
	"The quick brown fox, isn't it? Jumps 3.14 times.\n\n- over \"the\" lazy dog…\n",
	"世界人权宣言。\n鉴于对人类家庭所有成员的固有尊严，abc。\n",
	"สวัสดีครับ น้ำตก\nបាន ខ្មែរ បាន។ ພາສາລາວ ကမ္ဘာ\n བོད་ཡིག",
	"צה\"ל יُولَدُ e\u0301 \xff\xfe \xe4\xb8 a\u200d😀 | => #\r\n\u2028x\u0000",
}

// The same text cut in a fresh view and in one that has seen others.
func TestResetLeavesNothing(t *testing.T) {
	var used View
	for range 2 {
		for _, s := range samples {
			var fresh View
			fresh.Reset(s)
			used.Reset(s)
			if used.Language() != "" {
				t.Errorf("%q: language %q is left", s, used.Language())
			}
			used.SetLanguage("en")
			if !slices.Equal(fresh.Words(), used.Words()) || !slices.Equal(fresh.Lines(), used.Lines()) ||
				!slices.Equal(fresh.Paragraphs(), used.Paragraphs()) || !slices.Equal(fresh.WordHashes(), used.WordHashes()) ||
				fresh.Sentences() != used.Sentences() || fresh.Newlines() != used.Newlines() || fresh.Runes() != used.Runes() ||
				fresh.DuplicateLines() != used.DuplicateLines() || fresh.SymbolRuns() != used.SymbolRuns() {
				t.Errorf("%q: a used view cuts differently", s)
			}
		}
	}
}

func TestAllocations(t *testing.T) {
	var v View
	var shingles []uint64
	cut := func() {
		for _, s := range samples {
			v.Reset(s)
			v.WordHashes()
			v.Sentences()
			v.Runes()
			v.DuplicateLines()
			v.DuplicateParagraphs()
			shingles = v.AppendShingles(shingles[:0], 5)
		}
	}
	cut()
	if n := testing.AllocsPerRun(100, cut); n != 0 {
		t.Errorf("%v allocations for known texts, want none", n)
	}
}

func TestBigViewsAreGivenBack(t *testing.T) {
	var v View
	v.Reset(strings.Repeat("a ", maxKept+1))
	v.Words()
	v.Reset("a")
	if cap(v.words) > maxKept {
		t.Errorf("memory for %d words is kept", cap(v.words))
	}
}

func TestHash(t *testing.T) {
	// Values that files may hold: they must never change.
	for s, want := range map[string]uint64{
		"":                                      0xa5506ff52926ac13,
		"a":                                     0x713bd3d2608e9d3b,
		"the":                                   0x1ec5dbf0a387c88a,
		"12345678":                              0x4e6959a9f4adf696,
		"123456789":                             0x5d7f16c789e9c792,
		"a much longer text than sixteen bytes": 0xedfba1f59e4a2240,
	} {
		if got := Hash(s); got != want {
			t.Errorf("%q hashes to %#x, want %#x", s, got, want)
		}
	}
	text := "xx" + strings.Repeat("abcdefgh", 5) + "yy"
	seen := map[uint64]string{}
	for i := 0; i <= len(text); i++ {
		for j := i; j <= len(text); j++ {
			got, want := hashIn(text, i, j), Hash(strings.Clone(text[i:j]))
			if got != want {
				t.Fatalf("%q inside a text hashes to %#x, alone to %#x", text[i:j], got, want)
			}
			if other, ok := seen[got]; ok && other != text[i:j] {
				t.Fatalf("%q and %q both hash to %#x", other, text[i:j], got)
			}
			seen[got] = text[i:j]
		}
	}
	if Hash("a") == Hash("a\x00") {
		t.Error("a trailing NUL does not change the hash")
	}
}

func TestTable(t *testing.T) {
	var table Table
	for range 3 {
		table.Clear(1000)
		for i := range int32(1000) {
			if first, seen := table.First(uint64(i)<<40, i); seen || first != i {
				t.Fatalf("key %d is known as %d before it is given", i, first)
			}
		}
		for i := range int32(1000) {
			if first, seen := table.First(uint64(i)<<40, 5000); !seen || first != i {
				t.Fatalf("key %d: first %d, seen %v", i, first, seen)
			}
		}
	}
	var wrapped Table
	wrapped.Clear(10)
	wrapped.First(1, 1)
	wrapped.turn = ^uint32(0)
	wrapped.Clear(10)
	for key := range uint64(20) {
		if _, seen := wrapped.First(key<<8, 7); seen {
			t.Errorf("key %d is known after the turns have wrapped around", key)
		}
	}
}

func TestShingles(t *testing.T) {
	shingles := func(s string, n int) []uint64 {
		var v View
		v.Reset(s)
		return v.AppendShingles(nil, n)
	}
	if got := shingles("one two three", 4); len(got) != 0 {
		t.Errorf("three words have %d 4-grams", len(got))
	}
	a, b := shingles("one two three four", 3), shingles("zero, one two — three", 3)
	if len(a) != 2 || len(b) != 2 || a[0] != b[1] || a[1] == a[0] {
		t.Errorf("3-grams %x and %x: want the first equal to the last", a, b)
	}
	if x, y := shingles("a b", 2), shingles("b a", 2); x[0] == y[0] {
		t.Error("the order of words does not count")
	}
}

func TestDecode(t *testing.T) {
	for a := range 256 {
		for b := range 256 {
			for _, tail := range []string{"", "\x7f", "\x80", "\xbf", "\xc0", "\x80\x80", "a\x80"} {
				s := string([]byte{byte(a), byte(b)}) + tail
				r, n := decode(s, 0)
				if want, size := utf8.DecodeRuneInString(s); r != want || n != size {
					t.Fatalf("%q: got %U of %d bytes, want %U of %d", s, r, n, want, size)
				}
			}
		}
	}
}

// FuzzView checks what holds for every text: offsets in order and inside, counts that agree with each other.
func FuzzView(f *testing.F) {
	for _, s := range samples {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var v View
		v.Reset(s)
		end, chars := int32(0), 0
		for i, w := range v.Words() {
			if w.Start < end || w.End <= w.Start || int(w.End) > len(s) {
				t.Fatalf("word %d at %v after %d in a text of %d bytes", i, w, end, len(s))
			}
			end = w.End
			if got, want := v.WordRunes(i), utf8.RuneCountInString(v.Word(i)); got != want {
				t.Fatalf("word %q: %d runes, want %d", v.Word(i), got, want)
			}
			if v.WordHashes()[i] != Hash(strings.Clone(v.Word(i))) {
				t.Fatalf("word %q: its hash depends on what follows", v.Word(i))
			}
			chars += v.WordRunes(i)
		}
		if _, letters := v.SpacedWords(); letters < 0 || letters > 2*chars {
			t.Fatalf("%d letters in %d characters", letters, chars)
		}
		if v.AlphaWords() > len(v.Words()) || v.WordCount() > float64(len(v.Words())) || v.WordCount() < 0 || v.Units(3) < 3 {
			t.Fatalf("counts: %d words, %d with a letter, %v, %d units", len(v.Words()), v.AlphaWords(), v.WordCount(), v.Units(3))
		}
		end = -1
		for i, l := range v.Lines() {
			if l.Start <= end || l.End <= l.Start || int(l.End) > len(s) {
				t.Fatalf("line %d at %v after %d in a text of %d bytes", i, l.Span, end, len(s))
			}
			end = l.End
			if line := s[l.Start:l.End]; strings.TrimSpace(line) != line || strings.Contains(line, "\n") || l.Width > 2*l.Runes {
				t.Fatalf("line %q of %d runes, %d columns", line, l.Runes, l.Width)
			}
		}
		if v.Newlines() != strings.Count(s, "\n") || v.Runes() != utf8.RuneCountInString(s) {
			t.Fatalf("%d newlines, %d runes", v.Newlines(), v.Runes())
		}
		if n := v.Sentences(); n < 0 || n > len(s) || len(v.Words()) == 0 && n > 0 {
			t.Fatalf("%d sentences in %d words", n, len(v.Words()))
		}
		if d := v.DuplicateLines(); d.Count >= max(1, len(v.Lines())) {
			t.Fatalf("%d of %d lines are copies", d.Count, len(v.Lines()))
		}
	})
}
