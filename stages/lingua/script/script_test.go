package script

import (
	"testing"
	"unicode"
)

func TestEveryScriptHasACode(t *testing.T) {
	seen := map[string]string{}
	for name := range unicode.Scripts {
		if name == "Common" || name == "Inherited" {
			continue
		}
		code := codes[name]
		if len(code) != 4 {
			t.Errorf("script %s: got code %q, want four letters", name, code)
		}
		if other, ok := seen[code]; ok {
			t.Errorf("scripts %s and %s share code %s", name, other, code)
		}
		seen[code] = name
	}
}

func TestOf(t *testing.T) {
	for _, c := range []struct {
		r    rune
		want string
	}{
		{'a', "Latn"},
		{'Ж', "Cyrl"},
		{'ß', "Latn"},
		{'ộ', "Latn"},
		{'ﬁ', "Latn"},
		{'λ', "Grek"},
		{'א', "Hebr"},
		{'ع', "Arab"},
		{'क', "Deva"},
		{'ก', "Thai"},
		{'漢', "Hani"},
		{'の', "Hira"},
		{'カ', "Kana"},
		{'한', "Hang"},
		{'አ', "Ethi"},
		{'ა', "Geor"},
		{'Հ', "Armn"},
		{'𠀀', "Hani"},
		{'々', "Hani"},
		{'1', "Zyyy"},
		{' ', "Zyyy"},
		{'ー', "Zyyy"},
		{0x301, "Zyyy"},
		{unicode.ReplacementChar, "Zyyy"},
	} {
		if got := Of(c.r).Code(); got != c.want {
			t.Errorf("Of(%q).Code() = %s, want %s", c.r, got, c.want)
		}
	}
	for _, r := range []rune{-1, unicode.MaxRune + 1, '1', ' ', 0x301} {
		if got := Of(r); got != None {
			t.Errorf("Of(%#x) = %d, want None", r, got)
		}
	}
	if got := Of('ー'); got != Shared {
		t.Errorf("Of('ー') = %d, want Shared", got)
	}
}

// TestOfAgreesWithUnicode compares every rune with package unicode, the source.
func TestOfAgreesWithUnicode(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if got, want := Of(r) != None, unicode.IsLetter(r); got != want {
			t.Fatalf("Of(%#x) is a letter: %v, want %v", r, got, want)
		}
	}
	for name, table := range unicode.Scripts {
		if codes[name] == "" {
			continue
		}
		each(table, func(r rune) {
			if unicode.IsLetter(r) && Of(r).Code() != codes[name] {
				t.Fatalf("Of(%#x).Code() = %s, want %s", r, Of(r).Code(), codes[name])
			}
		})
	}
}

func TestUsageOf(t *testing.T) {
	for _, c := range []struct {
		chars string
		want  Usage
	}{
		{"们这为汉语说时间书车东马鸟鱼龙门见贝", Simplified},
		{"們這為漢語說時間書車東馬鳥魚龍門見貝", Traditional},
		{"働込峠畑辻広桜円駅図", Japanese},
		{"我是中文人大小天水山的一在有", Everywhere},
		{"国会学体点来", Everywhere}, // simplified in China and Japan alike,
	} {
		for _, r := range c.chars {
			if got := UsageOf(r); got != c.want {
				t.Errorf("UsageOf(%c) = %d, want %d", r, got, c.want)
			}
		}
	}
	for _, r := range []rune{-1, 0, 'a', 0x3400, 0xA000, 0x20000} {
		if got := UsageOf(r); got != Everywhere {
			t.Errorf("UsageOf(%#x) = %d, want Everywhere", r, got)
		}
	}
}

func TestChinese(t *testing.T) {
	for _, c := range []struct {
		simplified, traditional int
		want                    string
	}{{0, 0, "Hani"}, {3, 3, "Hani"}, {2, 1, "Hans"}, {1, 2, "Hant"}} {
		if got := Chinese(c.simplified, c.traditional); got != c.want {
			t.Errorf("Chinese(%d, %d) = %s, want %s", c.simplified, c.traditional, got, c.want)
		}
	}
}

func BenchmarkUsageTable(b *testing.B) {
	for b.Loop() {
		UsageOf('漢')
	}
}
