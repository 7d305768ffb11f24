package tokenizer

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
)

// TestClasses compares the class of every code point with the library's.
func TestClasses(t *testing.T) {
	var g map[string]json.RawMessage
	readJSON(t, shared(t, "golden/tokenizer/classes.json"), &g)
	makeProperties()
	want := make([]class, 0x110000)
	for key, c := range map[string]class{"L": letter, "N": number, "space": space} {
		var x struct {
			Count  int
			Ranges [][2]int
		}
		if err := json.Unmarshal(g[key], &x); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, r := range x.Ranges {
			for i := r[0]; i <= r[1]; i++ {
				want[i] = c
				n++
			}
		}
		if n != x.Count {
			t.Errorf("%s: %d code points, want %d", key, n, x.Count)
		}
	}
	want['\n'], want['\r'] = lineEnd, lineEnd
	for r, c := range want {
		if got := classOf(rune(r)); got != c {
			t.Fatalf("U+%04X is of class %d, want %d", r, got, c)
		}
		if !utf8.ValidRune(rune(r)) {
			continue
		}
		if got, n := at([]byte(string(rune(r))), 0); got != c || n != utf8.RuneLen(rune(r)) {
			t.Fatalf("U+%04X is scanned as class %d, %d bytes; want %d", r, got, n, c)
		}
		if ideograph(string(rune(r))[0]) && (c != letter || propertyOf(rune(r))&^(7<<classShift) != 0) {
			t.Fatalf("U+%04X is no plain ideograph", r)
		}
	}
	var contractions []string
	if err := json.Unmarshal(g["contractions_that_match"], &contractions); err != nil {
		t.Fatal(err)
	}
	for _, s := range contractions {
		if got := scanQwen2([]byte(s+"x"), 0); got != len(s) {
			t.Errorf("%q: the scanner takes %d bytes, want %d", s, got, len(s))
		}
	}
}

func nfc(s string) string {
	n := normalEnd([]byte(s))
	b, _ := appendNFC([]byte(s[:n]), nil, []byte(s[n:]))
	return string(b)
}

func TestNFC(t *testing.T) {
	makeProperties()
	var g struct{ Rows [][2]string }
	readJSON(t, "testdata/nfc.json", &g)
	if len(g.Rows) < 600 {
		t.Fatalf("%d rows, want 600", len(g.Rows))
	}
	for _, r := range g.Rows {
		if got := nfc(r[0]); got != r[1] {
			t.Errorf("NFC of %+q is %+q, want %+q", r[0], got, r[1])
		}
		if n := normalEnd([]byte(r[1])); nfc(r[1]) != r[1] {
			t.Errorf("NFC of %+q is %+q (normal for %d bytes)", r[1], nfc(r[1]), n)
		}
	}
	h, n := xxhash.New(), 0
	for r := range rune(0x110000) {
		if s := string(r); utf8.ValidRune(r) && nfc(s) != s {
			h.WriteString(nfc(s))
			n++
		}
	}
	var classes struct {
		Single struct {
			Count int
			XXH64 string
		} `json:"nfc_single"`
	}
	readJSON(t, shared(t, "golden/tokenizer/classes.json"), &classes)
	if got := fmt.Sprintf("%016x", h.Sum64()); got != classes.Single.XXH64 || n != classes.Single.Count {
		t.Errorf("%d code points change, hash %s; want %d, %s", n, got, classes.Single.Count, classes.Single.XXH64)
	}
}

// TestAdded compares added tokens with every flag with what the tokenizers library makes of them.
func TestAdded(t *testing.T) {
	var g struct {
		Added []addedJSON  `json:"added_tokens"`
		Rows  []goldenText `json:"rows"`
	}
	readJSON(t, "testdata/added.json", &g)
	p, err := ReadParts(os.DirFS(shared(t, "golden/qwen2/dense-tied")))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range g.Added {
		if err := p.addToken(a); err != nil {
			t.Fatal(err)
		}
	}
	tok, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range g.Rows {
		checkIDs(t, tok, row.Text, false, row.IDs)
		checkIDs(t, tok, row.Text, true, row.IDsSpecial)
	}
}

// TestForms reads the same tokenizer from both kinds of folder.
func TestForms(t *testing.T) {
	texts := append(fields(t, shared(t, "data/corpus/rust-book.jsonl.zst"), "text")[:20], "naïve e\u0301 <|im_end|> 中文\r\n  x")
	for name, files := range map[string][3]string{
		"torchtune":  {"data/tokenizer/torchtune-tiny_bpe_tokenizer.json", "data/tokenizer/torchtune-tiny_bpe_vocab.json", "data/tokenizer/torchtune-tiny_bpe_merges.txt"},
		"dense-tied": {"golden/qwen2/dense-tied/tokenizer.json", "golden/qwen2/dense-tied/vocab.json", "golden/qwen2/dense-tied/merges.txt"},
	} {
		whole := folder(t, map[string]string{"tokenizer.json": files[0]})
		parts := folder(t, map[string]string{"vocab.json": files[1], "merges.txt": files[2]})
		a, err := Open(whole)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		same, err := Open(filepath.Join(whole, "tokenizer.json"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		b, err := Open(parts)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, text := range texts {
			want := a.Encode(nil, text, false)
			checkIDs(t, b, text, false, want)
			checkIDs(t, same, text, false, want)
			if hasBytes(a, nfc(text)) {
				checkDecode(t, a, want, nfc(text))
			}
		}
		id, ok := a.ID("<|im_end|>")
		if got := a.Encode(nil, "<|im_end|>", true); !ok || !slices.Equal(got, []int32{id}) || !a.Special(id) || a.MaxID() < id {
			t.Errorf("%s: <|im_end|> is %v, want %d", name, got, id)
		}
	}
}

// naive merges the bytes of a word as the definition says.
func naive(t *Tokenizer, word string) []int32 {
	var ids []int32
	for _, c := range []byte(word) {
		if id := t.bytes[c]; id >= 0 {
			ids = append(ids, id)
		}
	}
	for {
		best, at := uint32(noRank), 0
		for i := 1; i < len(ids); i++ {
			if r := t.pairs.rank(ids[i-1], ids[i]); r < best {
				best, at = r, i
			}
		}
		if best == noRank {
			return ids
		}
		ids = slices.Delete(ids, at, at+1)
		ids[at-1] = t.merged[best]
	}
}

// randomParts makes a vocabulary of random merges over a few characters of one to four bytes: merges across and within characters, in any order of
// ranks, and several that make one token.
func randomParts(rng *rand.Rand) (p Parts, alphabet []string) {
	alphabet = []string{"a", "b", " ", "é", "ê", "Ω", "中", "丮", "乭", "ー", "𝒳", "𝒴"}
	p = Parts{BOS: -1, EOS: -1, Pad: -1, Pre: "gpt-2"}
	for r, b := range byteOf {
		if b >= 0 {
			p.Tokens = append(p.Tokens, string(rune(r)))
		}
	}
	known := map[string]bool{}
	var pool []string
	for _, s := range alphabet {
		for _, c := range []byte(s) {
			pool = append(pool, toAlphabet(string([]byte{c})))
		}
	}
	merges := map[string]bool{}
	for range 20 + rng.IntN(150) {
		a, b := pool[rng.IntN(len(pool))], pool[rng.IntN(len(pool))]
		if rng.IntN(2) == 0 { // neighbours of some text
			text := alphabet[rng.IntN(len(alphabet))] + alphabet[rng.IntN(len(alphabet))]
			i := 1 + rng.IntN(len(text)-1)
			a, b = toAlphabet(text[rng.IntN(i):i]), toAlphabet(text[i:i+1+rng.IntN(len(text)-i)])
			if !slices.Contains(pool, a) || !slices.Contains(pool, b) {
				continue
			}
		}
		if merges[a+" "+b] || len(a+b) > 30 {
			continue
		}
		merges[a+" "+b] = true
		p.Merges = append(p.Merges, a+" "+b)
		if !known[a+b] {
			known[a+b] = true
			p.Tokens, pool = append(p.Tokens, a+b), append(pool, a+b)
		}
	}
	if rng.IntN(2) == 0 {
		rng.Shuffle(len(p.Merges), func(i, j int) { p.Merges[i], p.Merges[j] = p.Merges[j], p.Merges[i] })
	}
	return p, alphabet
}

// toAlphabet writes bytes in the byte-level alphabet.
func toAlphabet(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteRune(rune(slices.Index(byteOf[:], int16(c))))
	}
	return b.String()
}

// TestMergesAsDefined compares with the definition, on vocabularies that nobody trained and on words of all lengths.
func TestMergesAsDefined(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	premerged := 0
	for range 300 {
		p, alphabet := randomParts(rng)
		tok, err := New(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range tok.pre.chars {
			if c.id != 0 {
				premerged++
			}
		}
		for n := range 60 {
			var b strings.Builder
			for range 1 + n%12 + n/59*200 {
				b.WriteString(alphabet[rng.IntN(len(alphabet))])
			}
			word := b.String()
			want := naive(tok, word)
			if got := tok.merge(new(scratch), []byte(word)); !slices.Equal(got, want) {
				t.Fatalf("%q: %v, want %v\nmerges %q", word, got, want, p.Merges)
			}
		}
	}
	if premerged < 200 {
		t.Errorf("%d characters were merged beforehand: the test misses what it is for", premerged)
	}
}

// TestRealMergesAsDefined does the same with Qwen2's vocabulary, whose characters nearly all begin as one token.
func TestRealMergesAsDefined(t *testing.T) {
	tok := qwen2(t)
	rng := rand.New(rand.NewPCG(3, 4))
	random := func() string { // tokens of all scripts, cut anywhere
		var b strings.Builder
		for range 1 + rng.IntN(12) {
			b.Write(tok.Bytes(rng.Int32N(151643)))
		}
		return strings.ToValidUTF8(b.String(), "")
	}
	for range 30000 {
		word := random()
		want := naive(tok, word)
		if got := tok.merge(new(scratch), []byte(word)); !slices.Equal(got, want) {
			t.Fatalf("%q: %v, want %v", word, got, want)
		}
	}
}

// TestLongWords: a run of one letter, and of letters that merge a lot, is no trap.
func TestLongWords(t *testing.T) {
	tok := qwen2(t)
	for _, unit := range []string{"a", "ab", "中", "-", " ", "\n", "的一是", "é"} {
		for _, n := range []int{1, 15, 16, 17, 95, 96, 97, 500} {
			text := strings.Repeat(unit, n)
			var want []int32
			for i, s := 0, []byte(text); i < len(s); {
				end := tok.scan(s, i)
				want = append(want, naive(tok, text[i:end])...)
				i = end
			}
			checkIDs(t, tok, text, false, want)
		}
		text := strings.Repeat(unit, 200_000)
		if got := tok.Decode(tok.Encode(nil, text, false)); got != text {
			t.Errorf("%d times %q does not come back", 200_000, unit)
		}
	}
}

// TestCacheChangesNothing encodes many texts with one cache and each with a cache of its own.
func TestCacheChangesNothing(t *testing.T) {
	tok := qwen2(t)
	texts := fields(t, shared(t, "data/corpus/powershell-docs.jsonl.zst"), "text")
	var ids []int32
	one := new(scratch)
	for _, text := range texts[:min(len(texts), 300)] {
		out := sink{ids: ids[:0], keep: true}
		tok.encode(&out, one, []byte(text), false)
		ids = out.ids
		fresh := sink{keep: true}
		tok.encode(&fresh, new(scratch), []byte(text), false)
		if !slices.Equal(ids, fresh.ids) || out.n != len(ids) {
			t.Fatalf("%.60q: the ids depend on what came before", text)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("under the race detector sync.Pool drops things at random")
	}
	tok := qwen2(t)
	text := strings.Repeat("The naïve café — e\u0301tude, 中文字符，疑是地上霜。\n\tfunc main() { return 12345 } 👍🏽 ", 20)
	ids := tok.Encode(nil, text, false)
	for name, f := range map[string]func(){
		"Encode": func() { ids = tok.Encode(ids[:0], text, true) },
		"Count":  func() { tok.Count(text) },
	} {
		if n := testing.AllocsPerRun(50, f); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
}

// TestTogether uses one tokenizer from many goroutines.
func TestTogether(t *testing.T) {
	tok := qwen2(t)
	texts := fields(t, shared(t, "data/corpus/rust-rfcs.jsonl.zst"), "text")
	texts = texts[:min(len(texts), 24)]
	want := make([]int, len(texts))
	for i, s := range texts {
		want[i] = len(tok.Encode(nil, s, false))
	}
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range texts {
				i = (i + g*3) % len(texts)
				if n := tok.Count(texts[i]); n != want[i] {
					t.Errorf("text %d: %d tokens, want %d", i, n, want[i])
				}
			}
		})
	}
	all.Wait()
}
