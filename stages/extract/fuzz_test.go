package extract

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzPage checks on any page: no panic gets out, valid UTF-8 stays valid, a second look says the same.
func FuzzPage(f *testing.F) {
	rep := strings.Repeat
	for _, s := range []string{
		"", "<p>x</p>", "<html><body><article><p>" + sentence + "</p></article>", rep("<div>", 600), rep("<b><i>x", 100), rep("<table><tr><td>", 60),
		"<p " + rep(`a="b" `, 200) + ">x", "<!--" + rep("-", 100), "<script>x", `<script type="application/ld+json">{"articleBody":"` + rep("a ", 80) + `"}</script>`,
		"<title>\xff\x00</title><p>\xff", "<svg><title>x</title></svg><math><mi>x", "<select><option>a<option>b", "<pre>\n\n a\r\n</pre><ruby>字<rt>じ</rt></ruby>",
		"<frameset><frame>", "<template><p>x", "<plaintext>x</plaintext>", "&#x110000;&#0;&nbsp;", "<meta charset=utf-7>", "<a href='javascript:'>" + sentence + "</a>",
	} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, src string, thorough bool) {
		o := Options{Mode: Fast, MaxSize: 1 << 20}
		if thorough {
			o.Mode = Quality
		}
		got, err := Page(src, o)
		if err != nil {
			if !errors.Is(err, ErrSize) && !errors.Is(err, ErrNodes) && !errors.Is(err, ErrDepth) {
				t.Fatal(err)
			}
			return
		}
		if utf8.ValidString(src) && !utf8.ValidString(got.Text+got.Title) {
			t.Errorf("text %q, title %q: not UTF-8", got.Text, got.Title)
		}
		if again, err := Page(src, o); err != nil || again != got {
			t.Errorf("got %+v, then %+v, error %v", got, again, err)
		}
	})
}
