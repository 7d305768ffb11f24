package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSafe(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "plain text,\n\ttwo lines", "plain text,\n\ttwo lines"},
		{"scripts", "中文 עברית ไทย é 👩‍👩‍👧", "中文 עברית ไทย é 👩‍👩‍👧"},
		{"escape sequence", "\x1b[31mred\x1b[0m", "<001B>[31mred<001B>[0m"},
		{"eight-bit sequence", "\u009b31m", "<009B>31m"},
		{"window title", "\x1b]0;owned\a", "<001B>]0;owned<0007>"},
		{"carriage return hides what stood there", "real\rfake", "real<000D>fake"},
		{"backspace", "ab\b\bcd", "ab<0008><0008>cd"},
		{"NUL and DEL", "\x00\x7f", "<0000><007F>"},
		{"direction marks", "abc\u202efed\u2066", "abc<202E>fed<2066>"},
		{"line separators", "a\u2028b\u2029c", "a<2028>b<2029>c"},
		{"byte order mark", "\ufeffa", "<FEFF>a"},
		{"invalid UTF-8", "a\xffb\xc3", "a\ufffdb\ufffd"},
		{"empty", "", ""},
	} {
		if got := safe(c.in); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestOneLine(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"short", 5, "short"},
		{"longer", 5, "long…"},
		{"a\n\n b\tc", 20, "a b c"},
		{"中文字符很多", 4, "中文字…"},
		{"ab cd", 4, "ab…"},
		{"", 3, ""},
	} {
		if got := oneLine(c.in, c.n); got != c.want {
			t.Errorf("%q in %d: got %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func TestExplainCommand(t *testing.T) {
	for _, c := range []struct{ out, id, want string }{
		{"o", "", ""},
		{"o", "d1", "winnow explain --run o d1"},
		{"/a b/o", "https://x.example/?q", "winnow explain --run '/a b/o' 'https://x.example/?q'"},
		{"o", "$(rm -rf ~)", "winnow explain --run o '$(rm -rf ~)'"},
		{"o", "it's;ls", `winnow explain --run o 'it'\''s;ls'`},
		{"o", "=cmd", "winnow explain --run o '=cmd'"},
		{"o", "--json", "winnow explain --run o -- --json"},
		{"o", "中文#3", "winnow explain --run o '中文#3'"},
		{"o", "\x1b[31mred", ""},
		{"o", "a\nread 5  kept 5", ""},
		{"o", "\u202eevil", ""},
		{"o", strings.Repeat("x", 301), ""},
	} {
		if got := explainCommand(c.out, c.id); got != c.want {
			t.Errorf("%q in %q: got %q, want %q", c.id, c.out, got, c.want)
		}
	}
}

func FuzzSafe(f *testing.F) {
	for _, s := range []string{"", "a", "\x1b[2J", "\u202e", "\xff\xfe", "é\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := safe(s)
		if !utf8.ValidString(out) {
			t.Errorf("%q became invalid UTF-8", s)
		}
		if i := strings.IndexFunc(out, dangerous); i >= 0 {
			t.Errorf("%q still holds a dangerous character at byte %d", s, i)
		}
		if safe(out) != out {
			t.Errorf("%q changes again", out)
		}
		if l := oneLine(s, 20); utf8.RuneCountInString(l) > 20 || strings.ContainsAny(l, "\n\t") {
			t.Errorf("%q does not fit a line: %q", s, l)
		}
	})
}
