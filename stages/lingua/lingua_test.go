package lingua

import (
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/winnow-data/winnow/stages/lingua/script"
)

const (
	english    = "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood. "
	french     = "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité. "
	vietnamese = "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền. Mọi con người đều được tạo hoá ban cho lý trí và lương tâm và cần phải đối xử với nhau trong tình bằng hữu. "
	turkish    = "BÜTÜN İNSANLAR HÜR, HAYSİYET VE HAKLAR BAKIMINDAN EŞİT DOĞARLAR. AKIL VE VİCDANA SAHİPTİRLER VE BİRBİRLERİNE KARŞI KARDEŞLİK ZİHNİYETİ İLE HAREKET ETMELİDİRLER. "
)

func TestDetect(t *testing.T) {
	d := New()
	for _, c := range []struct {
		name, text, language, script string
		min, max                     float64
	}{
		{"empty", "", "und", "Zyyy", 0, 0},
		{"digits and signs", "12:34 — 56 % 👍🏽 \x00", "und", "Zyyy", 0, 0},
		{"one letter", "a", "und", "Latn", 0, 0},
		{"letters of no script", "ーーー", "und", "Zyyy", 0, 0},
		{"invalid UTF-8", "\xff\xfe\x80\x80", "und", "Zyyy", 0, 0},
		{"English", english, "en", "Latn", 0.95, 1},
		{"capitals", strings.ToUpper(english), "en", "Latn", 0.95, 1},
		{"French", french, "fr", "Latn", 0.95, 1},
		{"Turkish capitals", turkish, "tr", "Latn", 0.65, 1},
		{"Vietnamese", vietnamese, "vi", "Latn", 0.95, 1},
		{"short German", "Das ist ein ganz kurzer Satz auf Deutsch.", "de", "Latn", 0.65, 1},
		{"short Hindi", "आज मौसम बहुत अच्छा है और हम बाहर जा रहे हैं", "hi", "Deva", 0.4, 1},
		{"short Ukrainian", "Сьогодні дуже гарна погода", "uk", "Cyrl", 0.65, 1},
		{"Persian", "این یک متن کوتاه به زبان فارسی است که برای آزمایش نوشته شده", "fa", "Arab", 0.65, 1},
		{"Russian", "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.", "ru", "Cyrl", 0.9, 1},
		{"Greek", "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι", "el", "Grek", 0.95, 1},
		{"Hebrew", "כל בני האדם נולדו בני חורין", "he", "Hebr", 0.9, 1},
		{"Yiddish", "יעדער מענטש ווערט געבוירן פֿרײַ און גלײַך אין כּבֿוד און רעכט. יעדער ײנער איז באַשאָנקן", "yi", "Hebr", 0.9, 1},
		{"Thai", "มนุษย์ทั้งหลายเกิดมามีอิสระ", "th", "Thai", 0.9, 1},
		{"Khmer", "មនុស្សទាំងអស់កើតមកមានសេរីភាព", "km", "Khmr", 0.9, 1},
		{"Amharic", "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው አለ አንድ", "am", "Ethi", 0.9, 1},
		{"Tigrinya", "ብመንጽር ክብርን መሰልን ኩሎም ሰባት እንትውለዱ ነጻን ማዕሪን እዮም ኣእምሮን ሕልናን", "ti", "Ethi", 0.9, 1},
		{"Assamese", "সকলো মানুহেই স্বাধীনভাৱে সমান মৰ্যদা আৰু অধিকাৰে জন্মগ্ৰহণ কৰে", "as", "Beng", 0.9, 1},
		{"Bengali", "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে", "bn", "Beng", 0.9, 1},
		{"Cherokee", "ᏂᎦᏓ ᎠᏂᏴᏫ ᏂᎨᎫᏓᎸᎾ ᎠᎴ ᎤᏂᏠᏱ", "chr", "Cher", 0.9, 1},
		{"a script of many languages", "ᓱᓕᔪᖅ ᐃᓄᓕᒫᑦ ᐊᓂᖅᑎᕆᔪᑦ", "und", "Cans", 0, 0},
		{"simplified", "人人生而自由，在尊严和权利上一律平等。", "zh", "Hans", 0.9, 1},
		{"traditional", "人人生而自由，在尊嚴和權利上一律平等。", "zh", "Hant", 0.9, 1},
		{"neither", "一二三", "zh", "Hani", 0.7, 0.8},
		{"Japanese", "すべての人間は、生まれながらにして自由であり、", "ja", "Jpan", 0.9, 1},
		{"Japanese without kana", "駅前広場働込", "ja", "Jpan", 0.8, 1},
		{"Chinese that quotes kana", "日本的平假名の在中文廣告裡很常見，人們覺得它好看，商店也這樣寫", "zh", "Hant", 0.9, 1},
		{"Chinese that quotes Hangul", "韩国首都서울的人口大约有一千万，是全国最大的城市，也是政治经济文化中心", "zh", "Hans", 0.8, 1},
		{"Korean", "모든 인간은 태어날 때부터 자유로우며", "ko", "Kore", 0.9, 1},
		{"Korean with Han", "大韓民國은 民主共和國이다. 大韓民國의 主權은 國民에게 있고", "ko", "Kore", 0.9, 1},
		{"Chinese with English names", "我在Google和Microsoft工作，每天用Python写程序，也用Go语言开发后端服务，已经很多年了。", "zh", "Hans", 0.65, 0.9},
		{"half English, half Chinese", english[:90] + "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，", "zh", "Hans", 0.4, 0.65},
		{"half English, half French", english + french, "", "Latn", 0, 0.65},
		{"two thirds English, one third French", english + english + french, "en", "Latn", 0.4, 0.8},
		{"a long page, a third of it French", strings.Repeat(english, 20) + strings.Repeat(french, 10), "en", "Latn", 0.4, 0.8},
		{"random letters", "xqzjw vkpfg qqwzx jjkvb zxcvq wqpzk bvxzj kqjxw zzxqv pqwjk xqzjw vkqfg qqwax jjkgb zxcvq wepzk bvrzj kqjxw zzfqv pqajk", "", "Latn", 0, 0.3},
	} {
		a := d.Detect(c.text)
		if c.language != "" && a.Language != c.language || a.Script != c.script || !(a.Score >= c.min && a.Score <= c.max) {
			t.Errorf("%s: got %+v, want %s %s, score %v to %v", c.name, a, c.language, c.script, c.min, c.max)
		}
	}
}

func TestNormalForms(t *testing.T) {
	d := New()
	for _, s := range []string{vietnamese, french, "Trường đại học"} {
		if got, want := d.Detect(norm.NFD.String(s)), d.Detect(norm.NFC.String(s)); got != want {
			t.Errorf("decomposed: %+v, composed: %+v", got, want)
		}
	}
	if a := d.Detect(norm.NFD.String(strings.Repeat(vietnamese, 20))); a.Language != "vi" || a.Score < 0.9 {
		t.Errorf("decomposed, windows: %+v, want vi", a)
	}
}

// TestWindows: what stands at the head of a long text does not decide, nor does a long stretch without letters.
func TestWindows(t *testing.T) {
	d := New()
	for _, c := range []struct{ name, text string }{
		{"an English menu before it", strings.Repeat(english, 2) + strings.Repeat(french, 40)},
		{"numbers before it", strings.Repeat("3.14 ", 5000) + strings.Repeat(french, 40)},
		{"numbers behind it", french + strings.Repeat("3.14 ", 5000)},
		{"no blanks", strings.ReplaceAll(strings.Repeat(french, 40), " ", "_")},
	} {
		if a := d.Detect(c.text); a.Language != "fr" || a.Score < 0.9 {
			t.Errorf("%s: got %+v, want fr", c.name, a)
		}
	}
	whole := New()
	whole.Whole = true
	if a := whole.Detect(strings.Repeat(french, 1000)); a.Language != "fr" || a.Score < 0.9 {
		t.Errorf("whole: got %+v, want fr", a)
	}
}

func TestSampleIsCutBetweenWords(t *testing.T) {
	s := sample{table: script.Load()}
	words := map[string]bool{}
	for _, w := range strings.Fields(french) {
		words[strings.Trim(w, ".")] = true
	}
	s.take(strings.Repeat(french, 100), false)
	if n := s.letters(); n < 3*windowLetters || n > 3*(windowLetters+edge) {
		t.Errorf("%d letters, want %d and the rest of three words", n, 3*windowLetters)
	}
	if len(s.cuts) != 3 {
		t.Fatalf("%d windows, want 3", len(s.cuts))
	}
	for w := range strings.SplitSeq(string(s.runes), "\x00") {
		if w != "" && !words[w] {
			t.Errorf("%q is no word of the text", w)
		}
	}
}

// TestCost compares the sums made eight cells at a time with plain ones, for a text with many more distinct trigrams than one lane holds.
func TestCost(t *testing.T) {
	var b strings.Builder
	for i := range 26 * 26 * 2 {
		b.WriteString(string([]byte{'a' + byte(i%26), 'a' + byte(i/26%26), 'e', 'a' + byte(i/676), ' '}))
	}
	d := New()
	d.sample.take(b.String(), true)
	d.sample.cuts = d.sample.cuts[windows-1:] // one window of all
	id, _ := script.ByCode("Latn")
	tab := tables()[id]
	e := d.cost(tab)
	seen, want := map[uint32]bool{}, make([]uint64, len(tab.languages))
	for w := range strings.FieldsSeq(b.String()) {
		for i := range len(w) - 2 {
			key := uint32(0)
			for _, r := range w[i : i+3] {
				key = key<<10 | uint32(tab.letters.of(r))
			}
			if seen[key] {
				continue
			}
			seen[key] = true
			row := tab.row(key)
			for l := range want {
				if row == nil {
					want[l] += unseen
				} else {
					want[l] += uint64(row[4+l])
				}
			}
		}
	}
	if got := d.costs[:len(want)]; !slices.Equal(got, want) || e.trigrams != len(seen) || len(seen) < 2*257 {
		t.Errorf("%d trigrams cost %v, want %d, %v", e.trigrams, got, len(seen), want)
	}
	sorted := slices.Sorted(slices.Values(want))
	if e.best != sorted[0] || e.second != sorted[1] {
		t.Errorf("best %d and second %d, want %d and %d", e.best, e.second, sorted[0], sorted[1])
	}
}

// TestSums adds the largest cells often enough to overflow lanes that are not emptied in time.
func TestSums(t *testing.T) {
	for _, n := range []int{0, 1, 256, 257, 258, 514, 515, 1000} {
		var s sums
		row := []byte{1, 2, 3, 4, 255, 255, 255, 0, 255, 7, 255, 255, 255, 255, 255, 255}
		for range n {
			s.add(row)
		}
		s.flush()
		for i, c := range row[4:] {
			if got, want := s.cost(i), uint32(n)*uint32(c); got != want {
				t.Errorf("%d rows: cell %d sums to %d, want %d", n, i, got, want)
			}
		}
	}
}

func TestTables(t *testing.T) {
	total := 0
	for _, tab := range tables() {
		if tab == nil {
			continue
		}
		total += len(tab.languages)
		for at := 0; at < len(tab.rows); at += tab.stride {
			row := tab.rows[at:][:tab.stride]
			key := uint32(row[0]) | uint32(row[1])<<8 | uint32(row[2])<<16 | uint32(row[3])<<24
			if got := tab.row(key); got == nil || &got[0] != &row[0] {
				t.Fatalf("%s: the row at %d is not found by its key", tab.script.Code(), at)
			}
		}
	}
	if total != 62 {
		t.Errorf("%d languages, want 62", total)
	}
	if got := len(Languages()); got != 75+21 {
		t.Errorf("%d codes, want %d: %v", got, 75+21, Languages())
	}
	for n := 0; n < len(packed); n += 1 + n/3 {
		if _, err := parse(packed[:n]); err == nil {
			t.Errorf("%d of %d bytes: no error", n, len(packed))
		}
	}
	if _, err := parse(append(slices.Clone(packed), 0)); err == nil {
		t.Error("a byte too many: no error")
	}
}

func TestLogistic(t *testing.T) {
	last := -1.0
	for x := -10.0; x <= 10; x += 1.0 / 64 {
		got, want := logistic(x), 1/(1+math.Exp(-max(-8, min(8, x))))
		if !(math.Abs(got-want) <= 1e-12) || got < last {
			t.Errorf("logistic(%v) = %v, want %v", x, got, want)
		}
		last = got
	}
}

func TestDetectAllocatesNothing(t *testing.T) {
	d := New()
	for _, s := range []string{strings.Repeat(french, 50), strings.Repeat("人人生而自由", 300), "", vietnamese} {
		d.Detect(s)
		if n := testing.AllocsPerRun(20, func() { d.Detect(s) }); n > 0 {
			t.Errorf("%.20q: %v allocations, want 0", s, n)
		}
	}
}

func FuzzDetect(f *testing.F) {
	for _, s := range []string{"", "a", french, "人人生而自由", "\xff\xfe\x80", "e\u0301\u0301", "İıſß", "한국어 漢字", "\U0001D400\U0001D401"} {
		f.Add(s, uint16(1))
		f.Add(s, uint16(300))
	}
	used := New()
	used.Alone = true
	known := Languages()
	f.Fuzz(func(t *testing.T, s string, times uint16) {
		s = strings.Repeat(s, int(times%512))
		fresh := New()
		fresh.Alone = true
		a, again := used.Detect(s), fresh.Detect(s)
		if a != again {
			t.Fatalf("a used detector says %+v, a new one %+v", a, again)
		}
		if !(a.Score >= 0 && a.Score <= 1) || len(a.Script) != 4 || !utf8.ValidString(a.Label) {
			t.Fatalf("%+v", a)
		}
		if _, found := slices.BinarySearch(known, a.Language); !found && (a.Language != Undetermined || a.Score != 0) {
			t.Fatalf("%+v is no known language", a)
		}
	})
}
