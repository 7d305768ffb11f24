package extract

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/winnow-data/winnow/stages/cputime"
)

var quality = Options{Mode: Quality, MaxSize: 10 << 20, MaxTime: time.Minute}

const sentence = "This sentence is long enough to be taken for a part of an article, says the heuristic. "

func TestPage(t *testing.T) {
	for _, c := range []struct{ name, html, text, title string }{
		{"empty", "", "", ""},
		{"no text", "<html><body><script>var x = 1</script></body></html>", "", ""},
		{"blank text", "<p> \n\t</p>", "", ""},
		{
			"article without menu and footer",
			"<html><head><title>A title</title></head><body><nav><ul><li><a href=/>Home</a></li></ul></nav><article><h1>Head</h1><p>" + sentence +
				"</p><p>" + sentence + "</p></article><footer>Imprint</footer></body></html>",
			"Head\n" + strings.TrimSpace(sentence) + "\n" + strings.TrimSpace(sentence), "Head",
		},
		{
			"an article in linked data only",
			`<html><head><title>The title</title><script type="application/ld+json">[{"b":{"articleBody":"short"}},{"articleBody":"&lt;p>` + sentence + `&lt;/p>&lt;p>` + sentence +
				`&lt;/p>"}]</script></head><body><p>Loading</p></body></html>`,
			strings.TrimSpace(sentence) + "\n" + strings.TrimSpace(sentence), "The title",
		},
		{"broken linked data", `<script type="application/ld+json">{"articleBody":</script><body><p>` + sentence + `</p></body>`, strings.TrimSpace(sentence), ""},
		{
			"all text of a body, in lines",
			"<html><head><title>The title</title></head><body><div>one</div><div>two<br>three</div>" + sentence + "<ul><li>four</li></ul><footer>Imprint</footer></body></html>",
			"one\ntwo\nthree\n" + strings.TrimSpace(sentence) + "\n- four", "The title",
		},
		{"invalid UTF-8 survives", "<article><p>" + sentence + "\xff</p></article>", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Page(c.html, quality)
			if err != nil {
				t.Fatal(err)
			}
			if c.name == "invalid UTF-8 survives" {
				if !strings.Contains(got.Text, strings.TrimSpace(sentence)) {
					t.Errorf("text %q", got.Text)
				}
				return
			}
			if got.Text != c.text || got.Title != c.title {
				t.Errorf("got %q, title %q; want %q, title %q", got.Text, got.Title, c.text, c.title)
			}
		})
	}
}

func TestRender(t *testing.T) {
	for _, c := range []struct{ html, want string }{
		{"", ""},
		{"a", "a"},
		{" a <b>b</b>\n c ", "a b c"},
		{"a&nbsp;b", "a b"},
		{"<p>a</p><p>b</p>", "a\nb"},
		{"<p>a<br>b<br><br>c</p>", "a\nb\nc"},
		{"<div><div><p></p></div></div>a<p> </p>b", "a\nb"},
		{"<h1>a</h1>b", "a\nb"},
		{"<ul><li>a</li><li><p>b</p></li><li></li></ul>c", "- a\n- b\nc"},
		{"<table><tr><th>a</th><th>b</th></tr><tr><td><p>c</p></td><td><p>d</p></td></tr><tr><td>e</td><td></td></tr></table>f", "a | b\nc | d\ne\nf"},
		{"x<pre>a\n  b\r\n\tc\n</pre>y", "x\na\n  b\n\tc\ny"},
		{"<pre><code>a\n\n b</code></pre>", "a\n\n b"},
		{"use <code>x  :=  1</code> here", "use x := 1 here"},
		{"a<code>\nb\n c\n</code>d", "a\nb\n c\nd"},
	} {
		doc, err := html.Parse(strings.NewReader("<body>" + c.html))
		if err != nil {
			t.Fatal(err)
		}
		if got := render(doc); got != c.want {
			t.Errorf("render(%q) = %q, want %q", c.html, got, c.want)
		}
	}
	loose := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	for _, part := range []string{"repository of", "<strong>crawl data</strong>", "that can be", "<b>used (freely)</b>", "by all", "<i>(yes)</i>", ".", "<b>数据</b>", "库", "<p>end"} {
		nodes, err := html.ParseFragment(strings.NewReader(part), loose)
		if err != nil {
			t.Fatal(err)
		}
		loose.AppendChild(nodes[0])
	}
	if got, want := render(loose), "repository of crawl data that can be used (freely) by all (yes).数据库\nend"; got != want {
		t.Errorf("loose parts: got %q, want %q", got, want)
	}
	if got := render(nil); got != "" {
		t.Errorf("render(nil) = %q", got)
	}
}

// TestLimits checks that what is beyond a limit is refused by it, at once, and that what is just within is not slow.
func TestLimits(t *testing.T) {
	rep := strings.Repeat
	for _, c := range []struct {
		name, html string
		want       error
	}{
		{"size", rep("x", 10<<20+1), ErrSize},
		{"text", rep("x ", 2<<20+1), ErrSize},
		{"text at the limit", rep("x ", 2<<20), nil},
		{"nesting", rep("<div>", 513), ErrDepth},
		{"formatting", rep("<b><i>x", 20_000), ErrDepth},
		{"nested tables", rep("<table><tr><td>", 100) + rep("<p>w", 20_000), ErrDepth},
		{"tags", rep("<p>", 400_001), ErrNodes},
		{"elements", rep("<p>x</p>", 50_001), ErrNodes},
		{"elements within", rep("<p>x</p>", 20_000), nil},
		{"spans", rep("<span>x</span>", 40_000), nil},
		{"lists", rep("<ul><li>word", 100) + rep("<li>word ", 3000), nil},
		{"attributes", "<p " + rep(`a="b" `, 1_000_000) + ">x</p>", nil},
		{"one attribute", `<p a="` + rep("b", 9<<20) + `">x</p>`, nil},
		{"entities", rep("&amp;", 1<<20), nil},
		{"open comment", "<!--" + rep("x", 1<<20), nil},
		{"open script", "<script>" + rep("x", 1<<20), nil},
		{"NUL", rep("\x00<p>", 1000), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			_, err := Page(c.html, quality)
			if !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			t.Logf("%v", time.Since(start))
		})
	}
}

func TestTime(t *testing.T) {
	src := strings.Repeat("<p>some words to look at</p>", 20_000)
	if _, err := Page(src, Options{Mode: Fast, MaxSize: 10 << 20, MaxTime: time.Microsecond}); !errors.Is(err, ErrTime) {
		t.Errorf("error %v, want %v", err, ErrTime)
	}
}

func TestPanic(t *testing.T) {
	_, err := guarded(nil, Quality)
	if err == nil || !strings.Contains(err.Error(), "panicked") || !strings.Contains(err.Error(), "extract") && !strings.Contains(err.Error(), "trafilatura") {
		t.Errorf("error %v, want one that says that the extractor panicked and where", err)
	}
}

// TestQuality recounts trafilatura's own evaluation. Python's trafilatura 2.3.1 reaches F1 .929 there.
func TestQuality(t *testing.T) {
	set := pages(t)
	for _, c := range []struct {
		mode Mode
		f1   float64
	}{{Quality, .929}, {Fast, .915}} {
		var found, missed, wrong int
		for _, p := range set {
			got, err := Page(p.html, Options{Mode: c.mode, MaxSize: 10 << 20})
			if err != nil {
				t.Errorf("%s: %v", p.File, err)
			}
			text := folded(got.Text)
			for _, s := range p.With {
				if strings.Contains(text, folded(s)) {
					found++
				} else {
					missed++
				}
			}
			for _, s := range p.Without {
				if strings.Contains(text, folded(s)) {
					wrong++
				}
			}
		}
		precision, recall := float64(found)/float64(found+wrong), float64(found)/float64(found+missed)
		f1 := 2 * precision * recall / (precision + recall)
		t.Logf("%s: %d pages, found %d, missed %d, wrong %d: precision %.3f, recall %.3f, F1 %.3f", c.mode, len(set), found, missed, wrong, precision, recall, f1)
		if !(f1 >= c.f1) {
			t.Errorf("%s: F1 %.3f, want %.3f", c.mode, f1, c.f1)
		}
	}
}

func folded(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestTogether checks that pages extracted side by side, twice, say the same: the library shares nothing between calls.
func TestTogether(t *testing.T) {
	set := pages(t)[:30]
	want := make([]Result, len(set))
	for i, p := range set {
		want[i], _ = Page(p.html, quality)
	}
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for w := range errs {
		wg.Go(func() {
			for i, p := range set {
				if got, err := Page(p.html, quality); err != nil || got != want[i] {
					errs[w] = fmt.Errorf("%s: differs, or %w", p.File, err)
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

// BenchmarkPage reads all annotated pages. docs/bench/web.sh runs trafilatura over them too.
func BenchmarkPage(b *testing.B) {
	set := pages(b)
	size := 0
	for _, p := range set {
		size += len(p.html)
	}
	for _, mode := range []Mode{Quality, Fast} {
		b.Run(string(mode), func(b *testing.B) {
			b.SetBytes(int64(size))
			start := cputime.Now()
			for b.Loop() {
				for _, p := range set {
					if _, err := Page(p.html, Options{Mode: mode, MaxSize: 10 << 20, MaxTime: time.Minute}); err != nil {
						b.Fatal(err)
					}
				}
			}
			if used := cputime.Now() - start; used > 0 {
				b.ReportMetric(float64(len(set)*b.N)/used.Seconds(), "pages/cpu-s")
			}
		})
	}
}
