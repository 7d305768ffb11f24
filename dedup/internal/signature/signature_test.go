package signature

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/stages/text/python"
)

// digest is the SHA-256 of numbers as little-endian 64-bit words.
func digest(words ...uint64) string {
	h := sha256.New()
	for _, w := range words {
		h.Write(binary.LittleEndian.AppendUint64(nil, w))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// TestTwister holds the first draws of NumPy's legacy generator: seed 42 gives the double 0.3745401188473625.
func TestTwister(t *testing.T) {
	g := newTwister(42)
	if x := float64(uint64(g.uint32()>>5)<<26|uint64(g.uint32()>>6)) / (1 << 53); x != 0.3745401188473625 {
		t.Errorf("seed 42 begins with %v", x)
	}
}

// TestFamily holds the functions that the peer draws (spec/curation.md 5.1).
func TestFamily(t *testing.T) {
	f := NewFamily(14, 8, 1, "xxhash64")
	if want := []uint64{775169054918279404, 1758426461858698313, 2109959069025162, 965365488286768774}; !slices.Equal(f.a[:4], want) || f.a[111] != 223865076026037746 {
		t.Errorf("multipliers %d …, %d", f.a[:4], f.a[111])
	}
	if want := []uint64{1062448801025099917, 1324811268927594100, 1217488311597731462, 100775521383383736}; !slices.Equal(f.b[:4], want) || f.b[111] != 1097409548522419201 {
		t.Errorf("summands %d …, %d", f.b[:4], f.b[111])
	}
	if got := digest(append(slices.Clone(f.a), f.b...)...); got != "3b8ce0e5ff06d6950b72f62ef5ff619cfa984cd0c52ce62b94ae10ded4e80c8d" {
		t.Errorf("SHA-256 of all: %s", got)
	}
	// Drawn in pairs, as datasketch, text-dedup and RedPajama do, the same generator gives these.
	g := newTwister(1)
	for i, want := range [][2]uint64{
		{775169054918279404, 1758426461858698312},
		{2109959069025162, 965365488286768773},
		{401325382989534145, 1703346441743126657},
		{1130051441076870728, 1762784241922636284},
	} {
		if a, b := g.between(1, mersenne-1), g.between(0, mersenne-1); a != want[0] || b != want[1] {
			t.Errorf("pair %d: %d %d, want %d", i, a, b, want)
		}
	}
}

// TestHash holds published values (spec/curation.md 5.1, xxHash 0.8.2).
func TestHash(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     uint64
	}{
		{"xxhash64", "", 0xEF46DB3751D8E999},
		{"xxhash64", "abc", 0x44BC2CF5AD770999},
		{"sha1_64", "hello world", 13028719972609469994},
		{"sha1_32", "hello world", 896314922},
		{"sha1_32", "hello", 499578026},
		{"xxhash32", "", 0x02CC5D05},
		{"xxhash32", "abc", 0x32D153FF},
		{"xxhash32", "the quick brown fox jumps over the lazy dog", 0x66716377},
	} {
		if got := Hash(c.name)([]byte(c.in)); got != c.want {
			t.Errorf("%s(%q) = %d (%#x), want %d", c.name, c.in, got, got, c.want)
		}
	}
	if Hash("md5") != nil {
		t.Error("md5 has a function")
	}
	// The function that datasketch publishes with a multiplier and a summand of its own, in 32 bits.
	a, b := uint64(775169054918279404), uint64(1758426461858698312)
	if got := uint32(modulo(a*499578026 + b)); got != 228630785 {
		t.Errorf("the function of datasketch gives %d", got)
	}
}

// TestPublishedSignatures holds signatures of other programs that use the same functions: text-dedup's kernel and datasketch's fixture.
func TestPublishedSignatures(t *testing.T) {
	f := &Family{Bands: 1, Rows: 2, narrow: true, padded: make([]uint64, 2), a: []uint64{2297359619001564596, 1396682528897996047}, b: []uint64{1973689801170867271, 1819927849474927636}}
	sig := make([]uint64, 2)
	f.Sign(sig, []uint64{684415160, 659044179, 971394434, 2591406015, 1557223710, 827156816, 3839636002, 1313217433, 334402827, 3601442597})
	if !slices.Equal(sig, []uint64{307409119, 1040993984}) {
		t.Errorf("text-dedup: %d", sig)
	}
	g := newTwister(42)
	f = &Family{Bands: 1, Rows: 8, narrow: true, hash: Hash("sha1_32"), padded: make([]uint64, 8), a: make([]uint64, 8), b: make([]uint64, 8)}
	for i := range f.a {
		f.a[i], f.b[i] = g.between(1, mersenne-1), g.between(0, mersenne-1)
	}
	for _, c := range []struct {
		words []string
		want  []uint64
	}{
		{
			[]string{"datasketch", "minhash", "affine", "legacy", "fixture"},
			[]uint64{615829395, 403905604, 2148529625, 66448688, 1847255163, 1126317356, 318181934, 818505764},
		},
		{
			[]string{"datasketch", "minhash", "affine", "probabilistic", "structure"},
			[]uint64{615829395, 403905604, 2148529625, 23145198, 1767462284, 1126317356, 1395086151, 818505764},
		},
	} {
		var shingles []uint64
		for _, w := range c.words {
			shingles = append(shingles, f.hash([]byte(w)))
		}
		sig := make([]uint64, 8)
		if f.Sign(sig, shingles); !slices.Equal(sig, c.want) {
			t.Errorf("datasketch %q: %d, want %d", c.words, sig, c.want)
		}
	}
}

// TestSigner holds whole signatures of the peer (spec/curation.md 5.1; equal with the real package, spec/measured.md A 10).
func TestSigner(t *testing.T) {
	const t1, t2 = "the quick brown fox jumps over the lazy dog and runs away", "the quick brown fox jumps over the lazy dog and walks away"
	for _, c := range []struct {
		hash, one, two string
		first          uint64
		band           []uint64
		alike          int
		bands          []int
	}{
		{
			"xxhash64", "c984adad5e42f6a5c6d97fdec21b8d4d0ae3ee9e9573d745ee2d0e891e2a715d", "4090f5f10400740a1993b40d8c78ce331685dd47ae762bcb2573cae75335a267",
			7797000677988824208,
			[]uint64{85330943174081874, 663359892825767826, 302227827184868053, 34440879854629237, 482983510142523242, 117899488208280896, 922286648869847700, 10780627625530002},
			71, nil,
		},
		{
			"sha1_64", "3e5295b422e505bc7302763e8e40fe58e77af31b027772131dea2f074854bc56", "825d9fd62b25d070c1e3ad4020ebdea9cc133f306b039434c86e9c5c906ed07a",
			12313522834835307089,
			[]uint64{585594454516184072, 248469680858563057, 432853335805547253, 226360113463360020, 42312182183823545, 295150809832830541, 316606424307206655, 439255022718586444},
			63,
			[]int{11},
		},
	} {
		s := NewSigner(NewFamily(14, 8, 1, c.hash), Simple, 5, python.Split)
		one, two := make([]uint64, 112), make([]uint64, 112)
		if !s.Sign(one, t1) || s.shingles[0] != c.first || len(s.shingles) != 8 || !slices.Equal(one[:8], c.band) || digest(one...) != c.one {
			t.Errorf("%s: %d shingles, the first %d, band 0 %d", c.hash, len(s.shingles), s.shingles[0], one[:8])
		}
		if !s.Sign(two, t2) || digest(two...) != c.two {
			t.Errorf("%s: the second text has another signature", c.hash)
		}
		alike := 0
		var bands []int
		for band := range 14 {
			for i := band * 8; i < band*8+8; i++ {
				if one[i] == two[i] {
					alike++
				}
			}
			if slices.Equal(one[band*8:band*8+8], two[band*8:band*8+8]) {
				bands = append(bands, band)
			}
		}
		if alike != c.alike || !slices.Equal(bands, c.bands) {
			t.Errorf("%s: %d values and bands %d are alike, want %d and %d", c.hash, alike, bands, c.alike, c.bands)
		}
	}
}

func TestSignerNeedsAShingle(t *testing.T) {
	s := NewSigner(NewFamily(14, 8, 1, "xxhash64"), Simple, 5, python.Split)
	sig := make([]uint64, 112)
	for text, want := range map[string]bool{"": false, "one two three four": false, "one two three four …!": false, "one two three four five": true, "A_b-c/d e": true} {
		if got := s.Sign(sig, text); got != want {
			t.Errorf("%q has a signature: %v, want %v", text, got, want)
		}
	}
	if n := testing.AllocsPerRun(10, func() { s.cut("one two three four five six") }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

// TestMinimize compares the kernel with the plain loop, at the edges of the modulus too, with what lies beside the operands untouched.
func TestMinimize(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for size := 0; size <= 128; size += lanes {
		for n := range 40 {
			a, b, x, sig := make([]uint64, size), make([]uint64, size), make([]uint64, n), make([]uint64, size+lanes)
			for i := range a {
				a[i], b[i], sig[i] = rng.Uint64N(mersenne), rng.Uint64N(mersenne), rng.Uint64()
				if i%5 == 0 { // y is the shingle: products just around multiples of the prime
					a[i], b[i] = 1, 0
				}
			}
			for i := range x {
				x[i] = rng.Uint64()
				if i%2 == 0 {
					x[i] = uint64(i/2%9)*mersenne + uint64(i%3) - 1
				}
			}
			want := slices.Clone(sig)
			for i := range size {
				for _, x := range x {
					want[i] = min(want[i], (x*a[i]+b[i])%mersenne)
				}
			}
			generic := slices.Clone(sig)
			minimizeGeneric(generic[:size], a, b, x)
			minimize(sig[:size], a, b, x)
			if !slices.Equal(sig, want) || !slices.Equal(generic, want) {
				t.Fatalf("%d functions, %d shingles: wrong", size, n)
			}
		}
	}
}

func BenchmarkMinimize(b *testing.B) {
	f := NewFamily(14, 8, 1, "xxhash64")
	x := make([]uint64, 1000)
	for i := range x {
		x[i] = rand.Uint64()
	}
	for name, kernel := range map[string]func(sig, a, b, x []uint64){"kernel": minimize, "generic": minimizeGeneric} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(8 * len(x)))
			for b.Loop() {
				kernel(f.padded, f.a, f.b, x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/shingle")
		})
	}
}
