package hosts

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"http://example.com/a?b#c":              "example.com /a?b#c",
		"HTTPS://WWW.Example.COM":               "example.com ",
		"https://user:pa@ss@example.com:8443/x": "example.com /x",
		"//example.com/x":                       "example.com /x",
		"example.com/x":                         "example.com /x",
		"example.com:8080":                      "example.com ",
		"localhost:8080/x":                      "localhost /x",
		" \thttp://example.com/ \n":             "example.com /",
		`http:\\example.com\a`:                  `example.com /a`,
		"http:example.com":                      "example.com ",
		"http://example.com.":                   "example.com ",
		"http://example.com?q=http://b.com/":    "example.com ?q=http://b.com/",
		"http://www.com/":                       "www.com /",
		"http://www.example.co.uk":              "example.co.uk ",
		"http://web.com/":                       "web.com /",
		"http://wwww.example.com":               "wwww.example.com ",
		"http://bücher.de/ü":                    "xn--bcher-kva.de /ü",
		"http://BÜCHER.de":                      "xn--bcher-kva.de ",
		"http://xn--bcher-kva.de":               "xn--bcher-kva.de ",
		"http://例え.jp/":                         "xn--r8jz45g.jp /",
		"http://例え。jp/":                         "xn--r8jz45g.jp /",
		"http://under_score.example.com/":       "under_score.example.com /",
		"http://%65xample.com/":                 "example.com /",
		"http://192.168.0.1:80/a":               "192.168.0.1 /a ip",
		"http://[2001:DB8::1]:80/a":             "2001:db8::1 /a ip",
		"http://1.2.3.4.5/":                     "1.2.3.4.5 /",
		"ftp://example.com/x":                   "example.com /x",
	} {
		a, ok := Parse(in)
		got := a.Host + " " + a.Rest
		if a.IP {
			got += " ip"
		}
		if !ok || got != want {
			t.Errorf("%q: %q %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", " ", "mailto:joe@example.com", "urn:uuid:1", "javascript:alert(1)", "http://", "http:", "//", "data:text/plain,x", "http:///", "http://:80/", "http://@/"} {
		if a, ok := Parse(in); ok {
			t.Errorf("%q has the host %q, want none", in, a.Host)
		}
	}
}

func TestReadable(t *testing.T) {
	for in, want := range map[string]string{
		"http://xn--bcher-kva.de/Caf%C3%A9?Q=%E4%B8%96": "bücher.de/café?q=世",
		"http://example.com/100%":                       "example.com/100%",
		"http://example.com/%FF":                        "example.com/%ff",
	} {
		if a, _ := Parse(in); a.Readable() != want {
			t.Errorf("%q: %q, want %q", in, a.Readable(), want)
		}
	}
}

func TestFind(t *testing.T) {
	var b Builder
	for _, e := range []string{
		"blocked.com", "www.danger.org", "badsubdomain.nice.com", "github.io", "co.uk", "bad.github.io", ".xxx", "*.wild.net", "Bücher.de",
		"10.0.0.1", ".0.2", "http://site.org/users/joe/", "site.org/q?id=5", "HTTP://Blog.example.com:80", "[2001:db8::1]",
	} {
		if err := b.Add(e); err != nil {
			t.Fatalf("%q: %v", e, err)
		}
	}
	l := b.List()
	for in, want := range map[string]string{
		"http://blocked.com/x":              "blocked.com",
		"http://a.b.blocked.com":            "blocked.com",
		"http://notblocked.com":             "",
		"http://blocked.com.evil.org":       "",
		"http://hey.danger.org":             "danger.org",
		"http://www.danger.org":             "danger.org",
		"http://danger.org":                 "danger.org",
		"http://badsubdomain.nice.com":      "badsubdomain.nice.com",
		"http://sdsd.badsubdomain.nice.com": "badsubdomain.nice.com",
		"http://nice.com":                   "",
		"http://blocke.dcom":                "",
		"http://github.io":                  "github.io",
		"http://joe.github.io":              "",
		"http://x.bad.github.io":            "bad.github.io",
		"http://bbc.co.uk":                  "",
		"http://co.uk":                      "co.uk",
		"http://any.xxx/":                   ".xxx",
		"http://a.wild.net":                 ".wild.net",
		"http://wild.net":                   ".wild.net",
		"http://shop.xn--bcher-kva.de":      "xn--bcher-kva.de",
		"http://10.0.0.1:8080/":             "10.0.0.1",
		"http://110.0.0.1":                  "",
		"http://10.0.0.2":                   "",
		"http://[2001:db8:0::1]/":           "2001:db8::1",
		"http://site.org/users/joe":         "site.org/users/joe",
		"http://site.org/users/joe/pics":    "site.org/users/joe",
		"http://site.org/users/joel":        "",
		"http://site.org/users/joe?x":       "site.org/users/joe",
		"http://site.org/users":             "",
		"http://site.org/q?id=5&p=2":        "site.org/q?id=5",
		"http://site.org/q?id=55":           "",
		"http://blog.example.com":           "blog.example.com",
	} {
		a, _ := Parse(in)
		if got, _ := l.Find(a); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestRead(t *testing.T) {
	src := "\ufeff# a comment\n\n; another\n! third\nfirst.com\n0.0.0.0 second.com third.com # why\n127.0.0.1 localhost\n127.0.0.1\tlocalhost.localdomain\n::1 ip6-localhost\n" +
		"||fourth.com^$third-party\n@@||good.com^\n1.2.3.4\nfifth.com/path\nsixth.com # inline\r\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(src))
	z.Close()
	for form, raw := range map[string]string{"plain": src, "gzip": packed.String()} {
		var b Builder
		if err := b.Read("hosts", strings.NewReader(raw)); err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		l := b.List()
		if l.Len() != 7 {
			t.Errorf("%s: %d entries, want 7", form, l.Len())
		}
		for _, u := range []string{"first.com", "second.com", "third.com", "fourth.com", "1.2.3.4", "fifth.com/path", "sixth.com"} {
			a, _ := Parse(u)
			if _, kind := l.Find(a); kind == None {
				t.Errorf("%s: %s is not in it", form, u)
			}
		}
		if a, _ := Parse("good.com"); true {
			if e, _ := l.Find(a); e != "" {
				t.Errorf("%s: an exception is an entry", form)
			}
		}
	}
}

func TestReadRefusesOtherFiles(t *testing.T) {
	var b Builder
	err := b.Read("story.txt", strings.NewReader("It was a dark night.\nThe rain fell.\n"))
	if err == nil || !strings.Contains(err.Error(), `story.txt:1: "It was a dark night." is no host`) || !strings.Contains(err.Error(), "2 of 2 lines") {
		t.Errorf("got %v", err)
	}
	var few Builder
	if err := few.Read("list", strings.NewReader(strings.Repeat("a.com\n", 200)+"some junk here\n")); err != nil {
		t.Errorf("one bad line in 200: %v", err)
	}
	var cut Builder
	if err := cut.Read("list.gz", strings.NewReader("\x1f\x8b\x08\x00\x00")); err == nil {
		t.Error("a truncated gzip file is read without an error")
	}
}

func TestSet(t *testing.T) {
	for _, n := range []int{0, 1, 2, 5, 1000, 100_000} {
		var hashes []uint64
		for i := range n {
			hashes = append(hashes, uint64(i)*0x9E3779B97F4A7C15, uint64(i)*0x9E3779B97F4A7C15)
		}
		s := newSet(hashes)
		if len(s.hashes) != n {
			t.Errorf("%d hashes, want %d", len(s.hashes), n)
		}
		for i := range n {
			if h := uint64(i) * 0x9E3779B97F4A7C15; !s.has(h) || s.has(h+1) && n < 1000 {
				t.Fatalf("of %d: hash %x", n, h)
			}
		}
		if s.has(^uint64(0)) {
			t.Errorf("of %d: the last hash", n)
		}
	}
}

// FuzzParse wants no panic, one form of a host (what is parsed again stays), and a list that finds what it was given.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"http://user@www.Example.com:80/a?b", "//[::1]:80", "例え。jp", "a.b:c@d", "*.a.b", "||a.b^", "0.0.0.0 a.b", "%zz.com", "http:\\\\a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if a, ok := Parse(s); ok {
			_ = a.Readable()
			if again, ip := canonical(a.Host); ip != a.IP || !ip && withoutWWW(again) != withoutWWW(a.Host) && !strings.Contains(a.Host, "%") {
				t.Errorf("%q: the host %q becomes %q", s, a.Host, again)
			}
			var b Builder
			if b.Add(s) == nil {
				if _, kind := b.List().Find(a); kind == None && s[0] != '.' && !strings.HasPrefix(s, "*.") && strings.Count(a.Rest, "/")+strings.Count(a.Rest, "?") < maxParts {
					t.Errorf("%q is added and not found", s)
				}
			}
		}
		var b Builder
		_, _ = b.line(s)
	})
}

// BenchmarkFind looks up addresses of which one in ten is listed, among three million domains.
func BenchmarkFind(b *testing.B) {
	var builder Builder
	for i := range 3_000_000 {
		if err := builder.Add(fmt.Sprintf("site%d.example%d.com", i, i%1000)); err != nil {
			b.Fatal(err)
		}
	}
	l := builder.List()
	var urls []string
	size := 0
	for i := range 10_000 {
		urls = append(urls, fmt.Sprintf("https://www.site%d.example%d.com/some/path/%d?q=%d", i*3001, i*3001%1000+min(i%10, 1), i, i))
		size += len(urls[i])
	}
	b.ReportMetric(float64(len(l.domains.hashes)*8+len(l.domains.starts)*4)/float64(l.Len()), "B/entry")
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, u := range urls {
			a, _ := Parse(u)
			l.Find(a)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	var src strings.Builder
	for i := range 500_000 {
		fmt.Fprintf(&src, "site%d.example%d.com\n", i, i%1000)
	}
	b.SetBytes(int64(src.Len()))
	for b.Loop() {
		var builder Builder
		if err := builder.Read("list", strings.NewReader(src.String())); err != nil {
			b.Fatal(err)
		}
		builder.List()
	}
}
