package fasttext

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

var models = []string{"hs.bin", "ns.bin", "ova.bin", "plain.ftz", "pruned.ftz", "qout.ftz", "softmax.bin"}

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTruncated(t *testing.T) {
	for _, name := range models {
		b := file(t, name)
		for n := 0; n < len(b); n += 1 + n/50 {
			if _, err := Parse(b[:n]); err == nil {
				t.Fatalf("%s cut to %d of %d bytes: no error", name, n, len(b))
			}
		}
	}
}

// TestLyingSizes writes extreme numbers over every part of the head of each file. Whatever comes of it, it must not be a panic, nor
// an allocation out of proportion.
func TestLyingSizes(t *testing.T) {
	for _, name := range models {
		whole := file(t, name)
		for at := 0; at+8 <= min(len(whole), 160); at += 4 {
			for _, v := range []uint64{0, 1, 0xFF, 1 << 31, 1<<31 - 1, 1<<32 - 1, 1 << 40, 1<<63 - 1, 1 << 63, 1<<64 - 1} {
				b := slices.Clone(whole)
				binary.LittleEndian.PutUint64(b[at:], v)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				m, err := Parse(b)
				runtime.ReadMemStats(&after)
				if got := after.TotalAlloc - before.TotalAlloc; got > 8<<20 {
					t.Errorf("%s with %#x at %d: %d bytes allocated for a file of %d", name, v, at, got, len(b))
				}
				if err == nil {
					if _, err := m.Predictor().Predict("Nuna tusa idayak </s> x", 2, nil); err != nil {
						t.Logf("%s with %#x at %d: %v", name, v, at, err)
					}
				}
			}
		}
	}
}

func TestParseErrors(t *testing.T) {
	hs := file(t, "hs.bin")
	with := func(at int, v int32) []byte {
		b := slices.Clone(hs)
		binary.LittleEndian.PutUint32(b[at:], uint32(v))
		return b
	}
	for _, c := range []struct {
		name, want string
		b          []byte
	}{
		{"empty", "ends too early", nil},
		{"another format", "the file begins with", []byte("PK\x03\x04 and so on")},
		{"version 13", "format version 13", with(4, 13)},
		{"word vectors", "is no classifier", with(8+7*4, 1)},
		{"dim 0", "allowed are 1 to", with(8, 0)},
		{"dim too large", "allowed are 1 to", with(8, maxDim+1)},
		{"dim of another matrix", "for vectors of 17 numbers", with(8, 17)},
		{"loss 9", "loss 9", with(8+6*4, 9)},
		{"maxn", "allowed are 0 to 64", with(8+10*4, 65)},
		{"word n-grams", "allowed are 0 to 64", with(8+5*4, 1000)},
		{"buckets below 0", "buckets", with(8+8*4, -1)},
		{"more buckets than rows", "for 1048805 words", with(8+8*4, 1<<20)},
	} {
		_, err := Parse(c.b)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
	if _, err := Load("testdata/absent.bin"); err == nil {
		t.Error("absent file: no error")
	}
}

func TestHuffman(t *testing.T) {
	for _, c := range []struct {
		counts []int64
		ok     bool
	}{
		{[]int64{1}, true},
		{[]int64{0, 0, 0}, true},
		{[]int64{5, 3, 1}, true},
		{[]int64{1, 3, 5}, true}, // unsorted: another tree, still one
		{[]int64{-1}, false},
		{[]int64{1e15}, false},
		{[]int64{9e14, 9e14}, false},
	} {
		tree, err := huffman(c.counts)
		if (err == nil) != c.ok {
			t.Errorf("huffman(%v): error %v, want none: %v", c.counts, err, c.ok)
			continue
		}
		seen := map[int32]bool{}
		for _, n := range tree {
			if n.left >= 0 {
				seen[n.left], seen[n.right] = true, true
			}
		}
		if c.ok && len(seen) != len(tree)-1 {
			t.Errorf("huffman(%v): %d nodes have a parent, want %d", c.counts, len(seen), len(tree)-1)
		}
	}
}

// TestCache compares a predictor that has seen much with new ones.
func TestCache(t *testing.T) {
	for _, name := range models {
		m, err := Parse(file(t, name))
		if err != nil {
			t.Fatal(err)
		}
		used := m.Predictor()
		word := []byte("abcdefgh")
		for i := range cacheSlots {
			for k := range word {
				word[k] = 'a' + byte(i>>(2*k)&3)*5 + byte(k)
			}
			got, err := used.Predict(string(word), 3, nil)
			if err != nil {
				t.Fatal(err)
			}
			if i%499 != 0 {
				continue
			}
			want, _ := m.Predictor().Predict(string(word), 3, nil)
			if !slices.Equal(got, want) {
				t.Fatalf("%s: %s: got %v with a used predictor, %v with a new one", name, word, got, want)
			}
		}
	}
}

// TestCacheTellsWordsApart gives the cache two words of one hash and one length.
func TestCacheTellsWordsApart(t *testing.T) {
	m, err := Parse(file(t, "hs.bin"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint32]string{}
	for i := uint64(1); i < 1<<20; i++ {
		w := []byte("abcdefgh")
		for k, x := 0, i*0x9E3779B97F4A7C15; k < len(w); k++ {
			w[k] = 'a' + byte(x>>(8*k))%26
		}
		other, ok := seen[hash(w)]
		seen[hash(w)] = string(w)
		if !ok || other == string(w) {
			continue
		}
		want, _ := m.Predictor().Predict(string(w), 3, nil)
		p := m.Predictor()
		if _, err := p.Predict(other, 3, nil); err != nil {
			t.Fatal(err)
		}
		if got, _ := p.Predict(string(w), 3, nil); !slices.Equal(got, want) {
			t.Errorf("%s after %s: got %v, want %v", w, other, got, want)
		}
		return
	}
	t.Fatal("no two words of one hash")
}

func TestSharedModel(t *testing.T) {
	m, err := Parse(file(t, "hs.bin"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("Nuna tusa idayak Jisus ni Apají ", 500)
	want, _ := m.Predictor().Predict(text, 2, nil)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			p := m.Predictor()
			for range 20 {
				if got, err := p.Predict(text, 2, nil); err != nil || !slices.Equal(got, want) {
					t.Errorf("got %v, %v, want %v", got, err, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestPredictAllocatesNothing(t *testing.T) {
	m, err := Parse(file(t, "hs.bin"))
	if err != nil {
		t.Fatal(err)
	}
	p, into := m.Predictor(), make([]Prediction, 0, 4)
	if n := testing.AllocsPerRun(100, func() { into, _ = p.Predict("Nuna tusa idayak Jisus", 2, into) }); n > 0 {
		t.Errorf("%v allocations per text of known words, want 0", n)
	}
}

// TestPackedRows compares rows decoded as they are used with rows decoded when the model was read.
func TestPackedRows(t *testing.T) {
	for _, name := range []string{"plain.ftz", "pruned.ftz", "qout.ftz"} {
		m, err := Parse(file(t, name))
		if err != nil {
			t.Fatal(err)
		}
		const text = "Nuna tusa idayak Jisus ni Apají Apajuin emematak"
		want, _ := m.Predictor().Predict(text, 3, nil)
		m.input.data = nil
		if got, _ := m.Predictor().Predict(text, 3, nil); !slices.Equal(got, want) {
			t.Errorf("%s: got %v from packed rows, want %v", name, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range models {
		f.Add(file(f, name), "Nuna tusa idayak")
	}
	f.Fuzz(func(t *testing.T, b []byte, text string) {
		m, err := Parse(b)
		if err != nil {
			return
		}
		got, err := m.Predictor().Predict(text, 3, nil)
		if err == nil && len(got) > 3 {
			t.Errorf("%d predictions, want at most 3", len(got))
		}
	})
}

func FuzzPredict(f *testing.F) {
	var ps []*Predictor
	for _, name := range models {
		m, err := Parse(file(f, name))
		if err != nil {
			f.Fatal(err)
		}
		ps = append(ps, m.Predictor())
	}
	f.Add("")
	f.Add("Nuna tusa\x00</s> x")
	f.Add("\xff\x80\x80__label__ e\u0301")
	f.Fuzz(func(t *testing.T, text string) {
		for i, p := range ps {
			got, err := p.Predict(text, 2, nil)
			if err != nil {
				t.Fatalf("%s: %v", models[i], err)
			}
			again, _ := p.Predict(text, 2, nil)
			if !slices.Equal(got, again) {
				t.Fatalf("%s: %v, then %v", models[i], got, again)
			}
		}
	})
}
