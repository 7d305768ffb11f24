package text

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/winnow-data/winnow/stages/realdata"
)

func words(s string) []string {
	var v View
	v.Reset(s)
	out := []string{}
	for i := range v.Words() {
		out = append(out, v.Word(i))
	}
	return out
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"blank", " \t\n", ""},
		{"one letter", "a", "a"},
		{"punctuation only", `... -- "!" ()`, ""},
		{"underscores only", "___ _", ""},
		{"symbols and emoji", "=> | 😀 €", ""},
		{"plain", "The cat, the hat.", "The cat the hat"},
		{"inner marks", "don't 3.14 1,000 a.b e.g. x:y 12:30 a,b", "don't 3.14 1,000 a.b e.g x:y 12 30 a b"},
		{"joined", "snake_case _x_ a1 1a", "snake_case _x_ a1 1a"},
		{"mark at the end", "end' end. 5.", "end end 5"},
		{"accents", "naïve Überfluß déjà", "naïve Überfluß déjà"},
		{"combining", "e\u0301tude x\u0301", "e\u0301tude x\u0301"},
		{"typographic apostrophe", "l’homme aujourd’hui", "l’homme aujourd’hui"},
		{"mark after non-ASCII", "é'a é' é.", "é'a é é"},
		{"non-ASCII after mark", "a'é a.é 1.é", "a'é a.é 1 é"},
		{"Cyrillic", "Все люди рождаются", "Все люди рождаются"},
		{"Arabic with marks", "يُولَدُ جَمِيعُ", "يُولَدُ جَمِيعُ"},
		{"Hebrew quotes", `צה"ל ג'ירפה ג' אב"`, `צה"ל ג'ירפה ג' אב`},
		{"Devanagari", "सभी मनुष्यों को", "सभी मनुष्यों को"},
		{"Hangul", "모든 인간은", "모든 인간은"},
		{"Han", "世界，人权 abc中d", "世 界 人 权 abc 中 d"},
		{"Han beyond the BMP", "𠮷野家", "𠮷 野 家"},
		{"kana", "カタカナとひらがなー", "カ タ カ ナ と ひ ら が な ー"},
		{"halfwidth kana with mark", "ｶﾞｶ", "ｶﾞ ｶ"},
		{"Thai clusters", "น้ำที่", "น้ำ ที่"},
		{"Lao clusters", "ຄຳຂວັນ", "ຄຳ ຂ ວັ ນ"},
		{"Khmer stacked", "ខ្មែរ", "ខ្មែ រ"},
		{"Burmese stacked", "မြန်မာ က္က", "မြ န် မာ က္က"},
		{"Tibetan syllables", "བོད་ཀྱི་སྐད།", "བོད ཀྱི སྐད"},
		{"Yi", "ꆈꌠꁱꂷ", "ꆈ ꌠ ꁱ ꂷ"},
		{"variation selector", "葛\U000E0100城", "葛\U000E0100 城"},
		{"invalid UTF-8", "a\xffb \xc3 \xe4\xb8", "a b"},
		{"NUL and controls", "a\x00b\x1fc", "a b c"},
	} {
		if got := strings.Join(words(c.text), " "); got != c.want {
			t.Errorf("%s: words of %q: got %q, want %q", c.name, c.text, got, c.want)
		}
	}
}

// isTailored says whether the cut differs from UAX #29 on purpose: s holds a unit other than a Tibetan syllable, or an emoji behind a
// zero-width joiner (WB3c).
func isTailored(s string) bool {
	t := classes()
	joined := false
	for _, r := range s {
		if joined && r >= 0x231A && unicode.Is(unicode.So, r) {
			return true
		}
		joined = r == 0x200D
		if c := t.of(r); c.wb() == wbUnit || r == 0xE33 || r == 0xEB3 || r == 0x24C2 || r == 0x30A0 || r == 0x309B || r == 0x309C {
			return true
		}
	}
	return false
}

// isWord says whether a segment holds a letter or a number of those that words are made of.
func isWord(segment string) bool {
	for _, r := range segment {
		if w := classes().of(r).wb(); w == wbLetter || w == wbHebrew || w == wbNumeric || w == wbUnit {
			return true
		}
	}
	return false
}

// The test file of the Unicode standard, all cases without tailored characters.
func TestWordBreakConformance(t *testing.T) {
	if unicode.Version != "15.0.0" {
		t.Logf("testdata is of Unicode 15.0.0, Go has %s", unicode.Version)
	}
	file, err := os.ReadFile("testdata/WordBreakTest.txt")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, line := range strings.Split(string(file), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		var text strings.Builder
		want := []string{}
		for _, segment := range strings.Split(strings.Trim(line, "÷ "), "÷") {
			var b strings.Builder
			for _, f := range strings.Fields(strings.ReplaceAll(segment, "×", " ")) {
				n, err := strconv.ParseUint(f, 16, 32)
				if err != nil {
					t.Fatal(err)
				}
				b.WriteRune(rune(n))
			}
			text.WriteString(b.String())
			if isWord(b.String()) {
				want = append(want, b.String())
			}
		}
		if isTailored(text.String()) {
			continue
		}
		checked++
		if got := words(text.String()); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
	if checked < 1500 {
		t.Errorf("only %d cases checked", checked)
	}
}

// oracle returns what another implementation cuts, without what are no words.
func oracle(s string) []string {
	out := []string{}
	for state := -1; s != ""; {
		var w string
		w, s, state = uniseg.FirstWordInString(s, state)
		if isWord(w) {
			out = append(out, w)
		}
	}
	return out
}

// Every character between letters, digits and spaces is cut as rivo/uniseg does it.
func TestEveryCharacterAgainstUniseg(t *testing.T) {
	bad := 0
	for r := rune(0); r < 0x30000 && bad < 20; r++ {
		c := string(r)
		if !utf8.ValidRune(r) || isTailored(c) || r >= 0x1F170 && r <= 0x1F189 { // letters that uniseg takes for emoji only
			continue
		}
		for _, s := range []string{c, "a" + c + "a", "1" + c + "1", "א" + c + "א", "a" + c + c + "1", "_" + c + " " + c} {
			if got, want := words(s), oracle(s); !slices.Equal(got, want) {
				t.Errorf("%U in %+q: got %+q, want %+q", r, s, got, want)
				bad++
				break
			}
		}
	}
}

// Random strings of the characters that the rules tell apart.
func TestRandomStringsAgainstUniseg(t *testing.T) {
	alphabet := []rune("aZ09_.,:;'\"’·-! \n\u0301\u00ad\u200d\u200béאבगि٣،۔֊がท\U0001F1E6\U0001F600\u2044\u202f⸗ǅ¼€")
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		var b strings.Builder
		for range 1 + rnd.IntN(9) {
			b.WriteRune(alphabet[rnd.IntN(len(alphabet))])
		}
		if s := b.String(); !isTailored(s) {
			if got, want := words(s), oracle(s); !slices.Equal(got, want) {
				t.Fatalf("%+q: got %+q, want %+q", s, got, want)
			}
		}
	}
}

// The factors of the unspaced scripts, measured on the declaration of human rights.
func TestCalibration(t *testing.T) {
	texts := realdata.UDHR(t)
	var v View
	units := func(name string, k Kind) float64 {
		v.Reset(texts[name])
		v.Words()
		return float64(v.tally.units[k])
	}
	english := units("eng", Spaced)
	if english != 1753 {
		t.Errorf("the English text has %v words, the comment of UnitsPerWord says 1753", english)
	}
	for _, c := range []struct {
		kind  Kind
		names []string
	}{
		{Han, []string{"cmn_hans", "cmn_hant"}},
		{Thai, []string{"tha"}},
		{Lao, []string{"lao"}},
		{Khmer, []string{"khm"}},
		{Burmese, []string{"mya"}},
		{Tibetan, []string{"bod"}},
		{Yi, []string{"iii"}},
	} {
		sum := 0.0
		for _, name := range c.names {
			sum += units(name, c.kind) / (english - units(name, Spaced))
		}
		checkFactor(t, c.kind, sum/float64(len(c.names)))
	}
	rest := english - units("jpn", Spaced) - units("jpn", Han)/UnitsPerWord(Han)
	checkFactor(t, Kana, units("jpn", Kana)/rest)
}

// checkFactor wants the factor in use within 3 % of the measured one: rounding for people to read.
func checkFactor(t *testing.T, k Kind, measured float64) {
	t.Helper()
	if used := UnitsPerWord(k); !(used >= 0.97*measured && used <= 1.03*measured) {
		t.Errorf("kind %d: %v units per word in use, %.3f measured", k, used, measured)
	}
}

func TestCounts(t *testing.T) {
	for _, c := range []struct {
		name, text string
		words      float64
		units3     int // units as long as three words
		alpha      int
		symbols    int
		kind       Kind
	}{
		{"empty", "", 0, 3, 0, 0, Spaced},
		{"English", "One two, 3 – four!", 4, 3, 3, 0, Spaced},
		{"symbols", "a | b => c 😀 # ** [ ]", 3, 3, 3, 7, Spaced},
		{"quotes and dashes are none", "« a » – b — \" ; :", 2, 3, 2, 0, Spaced},
		{"Han", "世界人权宣言", 4, 5, 6, 0, Han},
		{"mostly English", "one two three four five 中", 5 + 1/1.5, 3, 6, 0, Spaced},
		{"Thai", strings.Repeat("ก", 41), 10, 12, 41, 0, Thai},
		{"Tibetan", strings.Repeat("ཀ་", 18), 10, 5, 18, 0, Tibetan},
	} {
		var v View
		v.Reset(c.text)
		if got := v.WordCount(); !(got > c.words-1e-9 && got < c.words+1e-9) {
			t.Errorf("%s: %v words, want %v", c.name, got, c.words)
		}
		if got := v.Units(3); got != c.units3 {
			t.Errorf("%s: three words are %d units, want %d", c.name, got, c.units3)
		}
		if got := v.AlphaWords(); got != c.alpha {
			t.Errorf("%s: %d words with a letter, want %d", c.name, got, c.alpha)
		}
		if got := v.SymbolRuns(); got != c.symbols {
			t.Errorf("%s: %d runs of symbols, want %d", c.name, got, c.symbols)
		}
		if got := v.Kind(); got != c.kind {
			t.Errorf("%s: kind %d, want %d", c.name, got, c.kind)
		}
	}
}

func TestLetters(t *testing.T) {
	for _, c := range []struct {
		text          string
		words, letter int
	}{
		{"e\u0301tude", 1, 5}, // an accent is no letter
		{"मनुष्यों", 1, 7},    // vowel signs and anusvara are, virama is not
		{"인간 a", 2, 5},
		{"\u0301", 0, 0},            // no word at all
		{"_\u0301_ ab\u0301", 1, 2}, // marks of what is no word are not taken off
	} {
		var v View
		v.Reset(c.text)
		words, letters := v.SpacedWords()
		if words != c.words || letters != c.letter {
			t.Errorf("%q: %d words of %d letters, want %d of %d", c.text, words, letters, c.words, c.letter)
		}
	}
}

func ExampleView() {
	var v View
	v.Reset("世界人权宣言。 Hello, world!")
	fmt.Printf("%.1f words\n", v.WordCount())
	// Output: 6.0 words
}
