package report

import (
	"math"
	"strings"
	"testing"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{count(0), "0"},
		{count(999), "999"},
		{count(1000), "1,000"},
		{count(-1234567), "−1,234,567"},
		{short(9999), "9,999"},
		{short(10_000), "10.0k"},
		{short(999_949), "1.00M"},
		{short(123_456_789), "123M"},
		{short(-25_000), "−25.0k"},
		{short(math.MaxInt64), "9223Q"},
		{size(0), "0 B"},
		{size(999), "999 B"},
		{size(1000), "1.00 kB"},
		{size(121_000_000), "121 MB"},
		{share(0, 10), "0 %"},
		{share(1, 100_000), "< 0.01 %"},
		{share(1, 300), "0.33 %"},
		{share(123, 1000), "12.3 %"},
		{share(99_999, 100_000), "99.99 %"},
		{share(7, 7), "100 %"},
		{share(1, 0), "–"},
		{percent(1.5), "150 %"},
		{measure(50), "50"},
		{measure(0.67), "0.67"},
		{measure(100_000), "100k"},
		{measure(math.Inf(1)), "∞"},
		{measure(math.NaN()), "–"},
		{measure(-0.5), "−0.5"},
		{measure(1e-7), "1e−07"},
		{about(446.6), "447"},
		{about(3085), "3,090"},
		{about(10_000), "10k"},
		{about(12_345), "12.3k"},
		{about(0.2436), "0.244"},
		{about(0.7996), "0.8"},
		{about(-25_432), "−25.4k"},
		{about(999.9), "1000"},
		{about(5.254), "5.25"},
		{about(0.00123), "0.00123"},
		{about(math.Inf(-1)), "−∞"},
		{about(0), "0"},
		{duration(0), "0 s"},
		{duration(0.42), "420 ms"},
		{duration(5.25), "5.2 s"},
		{duration(59.9), "60 s"},
		{duration(200), "3 min 20 s"},
		{duration(7500), "2 h 5 min"},
		{duration(300_000), "3 d 11 h"},
		{plural(1, "document"), "1 document"},
		{plural(2000, "query"), "2,000 queries"},
	} {
		if got := strings.ReplaceAll(c.got, thin, " "); got != c.want {
			t.Errorf("got %q want %q", got, c.want)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"plain text\n\tand more":                 "plain text\n\tand more",
		"a\x00b\x1b[31mc\x7f":                    "a⟨U+0000⟩b⟨U+001B⟩[31mc⟨U+007F⟩",
		"user\u202egpj.exe":                      "user⟨U+202E⟩gpj.exe",
		"\ufeffzero\u200bwidth":                  "⟨U+FEFF⟩zero⟨U+200B⟩width",
		"line\r\nend\u2028x":                     "line\nend⟨U+2028⟩x",
		"bad\xff":                                "bad\ufffd",
		"می\u200cخواهم":                          "می\u200cخواهم",
		"👩\u200d🔬 ❤️":                            "👩\u200d🔬 ❤️",
		"z" + strings.Repeat("\u0301", 50) + "!": "z" + strings.Repeat("\u0301", 4) + "!",
		"\U000e0041\U000f0000":                   "⟨U+E0041⟩⟨U+F0000⟩",
		"":                                       "",
	} {
		if got := plain(in); got != want {
			t.Errorf("%q: got %q want %q", in, got, want)
		}
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("a\u202e\x00\xff<b>")
	f.Fuzz(func(t *testing.T, s string) {
		got := plain(s)
		if plain(got) != got {
			t.Errorf("%q: twice is not once", s)
		}
		for _, r := range got {
			if hidden(r) {
				t.Errorf("%q: %U is left", s, r)
			}
		}
	})
}
