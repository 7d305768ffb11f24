package filters

import (
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// urlOf is the stage with its lists read.
func urlOf(t testing.TB, dir string, change func(*URL)) *URL {
	t.Helper()
	f := urlDefaults
	change(&f)
	f.Placed("url", dir)
	return provisioned(t, &f)
}

// urlVerdict is what becomes of a document from an address: "stays", or the rule with its value and reason.
func urlVerdict(t testing.TB, f *URL, raw string) string {
	t.Helper()
	d := stages.Document{Text: "words"}
	if raw != "" {
		d.Fields = stages.Fields{{Name: "url", Raw: []byte(raw)}}
	}
	v, err := f.Map(&d, new(text.View))
	switch {
	case err != nil:
		return "fault"
	case v.Rule == "":
		return "stays"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %v %s", v.Rule, v.Value, v.Why))
}

func TestURL(t *testing.T) {
	blocks := func(f *URL) {
		f.Domains = []string{"blocked.com", "example.org/users/joe"}
		f.Words, f.Parts, f.SoftWords = []string{"casino", "赌场"}, []string{"freeporn"}, []string{"bet", "win", "öl"}
		f.Except = []string{"good.blocked.com", "casino-museum.org"}
	}
	listed := func(f *URL) { f.Domains, f.Keep = []string{"wikipedia.org"}, "listed" }
	for _, c := range []struct {
		name   string
		change func(*URL)
		raw    string
		want   string
	}{
		{"unlisted", blocks, `"http://fine.com/x"`, "stays"},
		{"domain", blocks, `"http://blocked.com/x"`, "domain 1 blocked.com"},
		{"below it", blocks, `"https://a.WWW.blocked.com:8080/x"`, "domain 1 blocked.com"},
		{"user", blocks, `"http://blocked.com@fine.com/"`, "stays"},
		{"excepted", blocks, `"http://x.good.blocked.com"`, "stays"},
		{"address", blocks, `"http://example.org/users/joe/1"`, "address 1 example.org/users/joe"},
		{"word", blocks, `"http://fine.com/best-CASINO/casino"`, "word 2 casino"},
		{"word in the host", blocks, `"http://casino.fine.com/"`, "word 1 casino"},
		{"excepted word", blocks, `"http://casino-museum.org/"`, "stays"},
		{"no whole word", blocks, `"http://fine.com/casinos"`, "stays"},
		{"escaped word", blocks, `"http://fine.com/%E8%B5%8C%E5%9C%BA"`, "word 1 赌场"},
		{"host in punycode", blocks, `"http://xn--mes317j.com/"`, "word 1 赌场"},
		{"part", blocks, `"http://fine.com/fr-ee/po.rn9"`, "part 1 freeporn"},
		{"one soft word", blocks, `"http://bet.com/x"`, "stays"},
		{"the same twice", blocks, `"http://bet.com/bet"`, "stays"},
		{"two soft words", blocks, `"http://bet.com/win"`, "soft 2"},
		{"soft words in German", blocks, `"http://bet.com/ÖL"`, "soft 2"},
		{"no web address", blocks, `"urn:casino"`, "word 1 casino"},
		{"no address", blocks, "", "stays"},
		{"null", blocks, "null", "stays"},
		{"empty", blocks, `" "`, "stays"},
		{"a number", blocks, "5", "stays"},
		{"a list", blocks, `["http://blocked.com"]`, "fault"},
		{"a map", blocks, `{"a": 1}`, "fault"},
		{"allowed", listed, `"http://de.wikipedia.org/wiki"`, "stays"},
		{"not allowed", listed, `"http://wikipedia.org.evil.com"`, "unlisted 1 http://wikipedia.org.evil.com"},
		{"no address to allow", listed, "", "stays"},
		{"missing", func(f *URL) { f.Missing = "drop" }, "", "missing 1"},
		{"not missing", func(f *URL) { f.Missing = "drop" }, `"a.com"`, "stays"},
		{"soft bounds", func(f *URL) { blocks(f); f.Soft = stages.AtMost(0) }, `"http://bet.com/"`, "soft 1"},
		{"without", func(f *URL) { blocks(f); f.Without("domain"); f.Without("word") }, `"http://blocked.com/casino-bet-win"`, "soft 2"},
	} {
		if got := urlVerdict(t, urlOf(t, "", c.change), c.raw); got != c.want {
			t.Errorf("%s: %s: %q, want %q", c.name, c.raw, got, c.want)
		}
	}
}

func TestURLField(t *testing.T) {
	f := urlOf(t, "", func(f *URL) { f.Domains, f.Field = []string{"blocked.com"}, "metadata.url" })
	d := stages.Document{Fields: stages.Fields{{Name: "metadata", Raw: []byte(`{"url": "http://blocked.com"}`)}}}
	if v, err := f.Map(&d, new(text.View)); err != nil || v.Rule != "domain" {
		t.Errorf("%+v, %v", v, err)
	}
	if got := f.Reads(); len(got) != 1 || got[0] != "metadata" {
		t.Errorf("reads %q", got)
	}
}

func TestURLLists(t *testing.T) {
	dir := t.TempDir()
	write := func(name, s string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".gz") {
			var b strings.Builder
			z := gzip.NewWriter(&b)
			if _, err := z.Write([]byte(s)); err != nil {
				t.Fatal(err)
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			s = b.String()
		}
		if err := os.WriteFile(name, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("ut1/adult/domains", "adult.com\n")
	write("ut1/adult/urls.gz", "host.com/adult\n")
	write("ut1/adult/expressions", "(^|[-.])sex([0-9]|$)\n")
	write("hosts.txt.gz", "0.0.0.0 ads.com\n")
	write("words.txt", "# bad\nCasino\n")
	write("empty/readme", "x")
	write("story.txt", "It was a dark night.\n")
	f := urlOf(t, dir, func(f *URL) { f.Lists, f.WordLists = []string{"ut1/adult", "hosts.txt.gz"}, []string{"words.txt"} })
	for raw, want := range map[string]string{
		`"http://x.adult.com"`: "domain 1 adult.com", `"http://host.com/adult/1"`: "address 1 host.com/adult", `"http://ads.com"`: "domain 1 ads.com",
		`"http://a.com/casino"`: "word 1 casino", `"http://sex.com"`: "stays",
	} {
		if got := urlVerdict(t, f, raw); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
	var files []string
	for _, p := range f.Files() {
		files = append(files, filepath.ToSlash(string(p)))
	}
	if got, want := strings.Join(files, " "), "ut1/adult/domains ut1/adult/urls.gz hosts.txt.gz words.txt"; got != want {
		t.Errorf("files %q, want %q", got, want)
	}
	for list, want := range map[string]string{"empty": "has no file domains or urls", "story.txt": `story.txt:1: "It was a dark night." is no host`, "gone": "no such file"} {
		g := urlDefaults
		g.Lists = []string{list}
		g.Placed("url", dir)
		if err := g.Provision(&stages.Env{}); err == nil || !strings.HasPrefix(err.Error(), "lists: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", list, err, want)
		}
	}
}

func TestURLValidate(t *testing.T) {
	for _, c := range []struct {
		change func(*URL)
		want   string
	}{
		{func(*URL) {}, "every document would stay"},
		{func(f *URL) { f.Field = "" }, "field: "},
		{func(f *URL) { f.Keep, f.Words = "listed", []string{"x"} }, "keep: listed is decided"},
		{func(f *URL) { f.Keep, f.Missing = "listed", "drop" }, "no document would stay"},
		{func(f *URL) { f.Domains = []string{"not a domain"} }, `domains: "not a domain" is no host`},
		{func(f *URL) { f.Domains = []string{"com"} }, `domains: "com" is no host`},
		{func(f *URL) { f.Domains, f.Except = []string{"a.com"}, []string{""} }, `except: "" is no host`},
		{func(f *URL) { f.Words = []string{"two words"} }, "words: "},
		{func(f *URL) { f.SoftWords = []string{"x-y"} }, "soft_words: "},
		{func(f *URL) { f.Parts = []string{"x"} }, "parts: "},
	} {
		f := urlDefaults
		c.change(&f)
		if err := f.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

// FuzzURL wants no panic on any address, and the same verdict twice.
func FuzzURL(f *testing.F) {
	u := urlOf(f, "", func(u *URL) {
		u.Domains, u.Words, u.Parts, u.SoftWords = []string{"a.com", ".b", "c.com/d"}, []string{"x"}, []string{"yz"}, []string{"v", "w"}
	})
	for _, s := range []string{"http://a.com", "http://c.com/d?e", "x", "v.w", "%79z", "http://[::1]/y.z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var fs stages.Fields
		fs.SetText("url", s)
		raw, _ := fs.Raw("url")
		if one, two := urlVerdict(t, u, string(raw)), urlVerdict(t, u, string(raw)); one != two {
			t.Errorf("%q: %s, then %s", s, one, two)
		}
	})
}

func BenchmarkURL(b *testing.B) {
	f := urlOf(b, "", func(f *URL) {
		f.Domains = []string{"blocked.com"}
		for i := range 100 {
			f.Words = append(f.Words, fmt.Sprintf("word%d", i))
			f.Parts = append(f.Parts, fmt.Sprintf("part%d", i))
		}
	})
	d := stages.Document{Fields: stages.Fields{{Name: "url", Raw: []byte(`"https://www.example.com/2023/04/some-article-about-things?id=4711"`)}}}
	b.SetBytes(int64(len(d.Fields[0].Raw)))
	b.ReportAllocs()
	var v text.View
	for b.Loop() {
		if v, err := f.Map(&d, &v); err != nil || v.Rule != "" {
			b.Fatal(v, err)
		}
	}
}
