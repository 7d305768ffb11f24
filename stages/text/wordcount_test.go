package text

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/realdata"
)

// sameCount fails if words that are only counted are not the words that are cut.
func sameCount(t *testing.T, s string) {
	t.Helper()
	var counted, cut View
	counted.Reset(s)
	got := counted.WordCount()
	cut.Reset(s)
	cut.Words()
	if want := cut.WordCount(); got != want || counted.tally.units != cut.tally.units {
		t.Errorf("%q: counted %v %v, cut %v %v", s, got, counted.tally.units, want, cut.tally.units)
	}
	if len(counted.Words()) != len(cut.words) {
		t.Errorf("%q: %d words after counting, %d without", s, len(counted.words), len(cut.words))
	}
}

// Every text of two to four characters out of one for each class, at the places where blocks meet, and before what may follow.
func TestWordCountBlocks(t *testing.T) { eachForm(t, wordCountBlocks) }

func wordCountBlocks(t *testing.T) {
	const long = "a7 x.y :_: 1,2 y_ __z a'b q;r aa bb ccc dddd eeeee ffffff x__ 9:9"
	classes := []string{"a", "7", "_", ".", ",", ":", " ", "-", "é", "中"}
	for _, n := range []int{2, 3, 4} {
		at := make([]int, n)
		for {
			var mid strings.Builder
			for _, k := range at {
				mid.WriteString(classes[k])
			}
			for _, lead := range []int{0, 1, 2, blockStep - 3, blockStep - 2, blockStep - 1, blockStep, blockStep + 1} {
				for _, tail := range []string{"", " b", "_._1b b ax_y c d" + long, "éb b bb b bbb", strings.Repeat("a", 130) + "é"} {
					sameCount(t, long[len(long)-lead:]+mid.String()+tail)
				}
			}
			if t.Failed() {
				return
			}
			k := 0
			for ; k < n; k++ {
				if at[k]++; at[k] < len(classes) {
					break
				}
				at[k] = 0
			}
			if k == n {
				break
			}
		}
	}
}

// Texts drawn at random, most of them ASCII with marks, some with every character.
func TestWordCountRandom(t *testing.T) { eachForm(t, wordCountRandom) }

func wordCountRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	letters := []rune("aZ09__..''::,,;; \n\"-@[`{/\x00\x7f")
	rare := []rune("é’“中かนក្מ״ี\u200d\u0301\u202f😀\u00a0")
	for range 100_000 {
		n := rng.IntN(200)
		s := make([]rune, n)
		often := rng.IntN(40)
		for i := range s {
			s[i] = letters[rng.IntN(len(letters))]
			if rng.IntN(40) < often/4 || often == 39 {
				s[i] = rare[rng.IntN(len(rare))]
			}
		}
		text := string(s)
		if rng.IntN(20) == 0 && n > 0 {
			text = text[:rng.IntN(len(text))] // cut within a character
		}
		sameCount(t, text)
		if t.Failed() {
			return
		}
	}
}

func TestWordCountCorpus(t *testing.T) {
	for _, text := range realdata.UDHR(t) {
		sameCount(t, text)
	}
}

func FuzzWordCount(f *testing.F) {
	f.Add("don't 3.14 1,000 a.b e.g. x:y 12:30 a,b __init__ _a")
	f.Add("naïve snake_case é'a 中文 abc中d")
	f.Fuzz(func(t *testing.T, s string) { sameCount(t, s) })
}

// Every byte at every place of two blocks, at every misalignment.
func TestClassify(t *testing.T) {
	eachForm(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 9))
		mem := make([]byte, 64+blockStep*2+blockBytes)
		for round := range 20_000 {
			for i := range mem {
				mem[i] = byte(rng.IntN(128 + round%2)) // 0x80 once in a while
			}
			n := 1 + round%3
			s := string(mem[round%64:])[:(n-1)*blockStep+blockBytes]
			got, want := make([]asciiBlock, n+1), make([]asciiBlock, n+1)
			for k := range got {
				got[k].high, want[k].high = 0xDEAD, 0xDEAD
			}
			filled := classify(s, got[:n])
			for k := range filled {
				want[k] = slowBlock(s[k*blockStep:][:blockBytes])
				if (want[k].high != 0) != (k == filled-1 && filled < n) && k < n-1 {
					t.Fatalf("%d blocks filled of %q", filled, s)
				}
			}
			for k := range got {
				if got[k] != want[k] {
					t.Fatalf("block %d of %d of %q: got %+v, want %+v", k, n, s, got[k], want[k])
				}
			}
		}
	})
}

func slowBlock(s string) (b asciiBlock) {
	for i := range blockBytes {
		bit := uint64(1) << i
		switch c := s[i]; {
		case c >= 0x80:
			b.high |= bit
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
			b.letter |= bit
		case '0' <= c && c <= '9':
			b.digit |= bit
		case c == '_':
			b.joiner |= bit
		case c == '.' || c == '\'':
			b.point |= bit
		case c == ':':
			b.colon |= bit
		case c == ',' || c == ';':
			b.comma |= bit
		}
	}
	return b
}

func TestCountingDoesNotAllocate(t *testing.T) {
	eachForm(t, func(t *testing.T) {
		var v View
		for _, text := range []string{"short", "don't 3.14 naïve 中文 " + strings.Repeat("word_ ", 100) + "é"} {
			if n := testing.AllocsPerRun(10, func() { v.Reset(text); v.WordCount(); v.Runes() }); n > 0 {
				t.Errorf("%.20q: %v allocations, want none", text, n)
			}
		}
	})
}
