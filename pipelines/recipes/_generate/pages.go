package main

import (
	"crypto/sha256"
	"fmt"
	"html"
	"path/filepath"
	"strings"
)

// uuid names a record after its content.
func uuid(s string) string {
	h := sha256.Sum256([]byte(s))
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// realPages are the pages taken whole from other projects' sample crawls.
var realPages = map[string][]string{
	"dolma-sample-0000.warc.gz": {
		"https://www.cs.washington.edu/people/faculty/weld",
		"https://soldaini.net/",
		"https://soldaini.net/facts/",
		"https://soldaini.net/lineage/",
		"https://kyleclo.com/research/",
		"https://maria-antoniak.github.io/2023/07/04/notes-on-mastodon.html",
		"https://maria-antoniak.github.io/2023/04/11/paperpile-to-zotero.html",
		"https://maria-antoniak.github.io/2022/07/27/topic-modeling-for-the-people.html",
		"https://maria-antoniak.github.io/2020/03/25/pip.html",
		"https://maria-antoniak.github.io/2018/11/19/data-science-crash-course.html",
		"https://tomhoper.github.io/research/",
		"https://dwadden.github.io/",
	},
	"jwarc-cc.warc.gz": {"http://commoncrawl.org/"},
	"resiliparse-warcfile.warc.gz": {
		"http://01spb.ru/company/",
		"http://06.live-radsport.ch/fahrerstatistik_801/Anthony_Ravard.html",
		"http://06.live-radsport.ch/tippspiel/stats_140_petzi.html",
		"http://0900-hovenier.nl/gelderland/oosterbeek/",
	},
}

// realCrawl copies real pages with their own headers and encodings, one of them twice.
func realCrawl(from string) ([]byte, int, error) {
	c := newCrawl()
	for _, name := range []string{"dolma-sample-0000.warc.gz", "jwarc-cc.warc.gz", "resiliparse-warcfile.warc.gz"} {
		data, err := gunzip(filepath.Join(from, "web/warc", name))
		if err != nil {
			return nil, 0, err
		}
		_, blocks := responses(data)
		for _, url := range realPages[name] {
			block, ok := blocks[url]
			if !ok {
				return nil, 0, fmt.Errorf("%s has no page %s", name, url)
			}
			c.response(url, block, 0)
			if url == "https://soldaini.net/facts/" {
				c.response("https://www.soldaini.net/facts/", block, 0)
			}
		}
	}
	return c.Bytes(), c.records, c.err
}

// A site wraps texts in its own navigation.
type site struct {
	host, name string
	menu       []string
	footer     string
}

var sites = []site{
	{"docs.example.org", "Open Language Docs", []string{"Home", "Guides", "Reference", "Blog", "Community", "Sign in"}, "© Open Language Docs. Privacy policy. Terms of use. Cookie settings."},
	{"mirror.example.net", "The Mirror Shelf", []string{"Start", "New arrivals", "Archive A–Z", "Random page", "Donate"}, "Mirrored daily. Found a mistake? Tell the original authors. Follow us. Subscribe to our newsletter!"},
	{"rights.example.com", "Rights in every language", []string{"Home", "Languages", "Articles", "Teachers", "Press"}, "Texts: public domain. All languages | All articles | Contact | Imprint | Accessibility"},
}

// wrap makes a page of text: each line a paragraph, inside what every page of the site repeats.
func (s site) wrap(title, lang, text string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=%q><head><meta charset=\"utf-8\"><title>%s | %s</title>\n", lang, html.EscapeString(title), s.name)
	b.WriteString("<style>body{font-family:sans-serif}nav a{margin:1em}</style><script>window.stats=window.stats||[];function track(){stats.push(arguments)}</script></head><body>\n")
	b.WriteString("<div class=\"cookie-banner\">We use cookies to improve your experience. <button>Accept all</button></div>\n<nav><ul>")
	for _, m := range s.menu {
		fmt.Fprintf(&b, "<li><a href=\"/%s\">%s</a></li>", strings.ToLower(strings.ReplaceAll(m, " ", "-")), m)
	}
	fmt.Fprintf(&b, "</ul></nav>\n<main><article><h1>%s</h1>\n", html.EscapeString(title))
	for _, p := range strings.Split(text, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(p))
		}
	}
	b.WriteString("</article></main>\n<aside><h3>Related</h3><ul><li><a href=\"/a\">Read more</a></li><li><a href=\"/b\">Most read this week</a></li></ul></aside>\n")
	fmt.Fprintf(&b, "<footer>%s</footer></body></html>\n", s.footer)
	return b.String()
}

// list makes a page that only lists links.
func (s site) list(title string, items []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>%s</title></head><body><nav>%s</nav><main><h1>%s</h1><ul>\n", title, strings.Join(s.menu, " · "), title)
	for i, it := range items {
		fmt.Fprintf(&b, "<li><a href=\"/item/%d\">%s</a></li>\n", i, html.EscapeString(it))
	}
	fmt.Fprintf(&b, "</ul></main><footer>%s</footer></body></html>\n", s.footer)
	return b.String()
}

// udhrWeb are the languages whose declaration stands on a web page.
var udhrWeb = strings.Fields("afr arb ben bul cat ces cmn_hans cmn_hant cym dan deu ell_monotonic eng epo est eus fin fra " +
	"gle glg guj heb hin hrv hun hye ind isl ita jpn kan kat kaz khm kor lao lat lit lav mal mar mkd mya nld nno nob pan " +
	"pes_1 pol por_PT ron rus slk slv som spa als srp_cyrl swe swh tam tel tgl tha tur ukr urd vie xho yor zul")

// wrappedCrawl wraps real text in navigation: RFCs on two mirrors (near-duplicates, once the page is taken off), the
// declaration in many languages, list pages, pages without a text, and a record whose Content-Length lies.
func wrappedCrawl(from string) ([]byte, int, error) {
	c := newCrawl()
	rfcs, err := corpus(from, "rust-rfcs")
	if err != nil {
		return nil, 0, err
	}
	rights, err := udhr(from)
	if err != nil {
		return nil, 0, err
	}
	rfcs = where(rfcs, func(r row) bool { return len(r.Text) > 2500 })
	var titles []string
	for i, r := range every(rfcs, 60) {
		name := strings.TrimSuffix(r.ID[strings.LastIndexByte(r.ID, '/')+1:], ".md")
		text := markdown(excerpt(r.Text, 3500))
		titles = append(titles, "RFC "+strings.ReplaceAll(name, "-", " "))
		title := titles[len(titles)-1]
		c.page("https://docs.example.org/rfcs/"+name, "text/html; charset=utf-8", sites[0].wrap(title, "en", text))
		if i%4 == 0 {
			c.page("https://mirror.example.net/rust/"+name+".html", "text/html; charset=utf-8", sites[1].wrap(title+" (mirror)", "en", text))
		}
		if i == 30 {
			c.response("https://docs.example.org/broken", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"+sites[0].wrap("Cut short", "en", text), 40_000)
		}
	}
	for _, r := range rights {
		if !contains(udhrWeb, r.Language) {
			continue
		}
		lines := strings.SplitN(r.Text, "\n", 2)
		lang, _, _ := strings.Cut(r.Language, "_")
		c.page("https://rights.example.com/"+r.Language, "text/html; charset=utf-8", sites[2].wrap(lines[0], lang, excerpt(lines[len(lines)-1], 3000)))
	}
	for i := range 12 {
		s := sites[i%2]
		c.page(fmt.Sprintf("https://%s/list/%d", s.host, i), "text/html; charset=utf-8", s.list(fmt.Sprintf("All pages, %d of 12", i+1), titles[i:20+2*i]))
	}
	for i, text := range empties {
		c.page(fmt.Sprintf("https://%s/e/%d", sites[i%3].host, i), "text/html; charset=utf-8", sites[i%3].wrap("Page", "en", text))
	}
	c.response("https://docs.example.org/logo.png", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", 0)
	c.response("https://docs.example.org/gone", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<h1>Not found</h1>", 0)
	return c.Bytes(), c.records, c.err
}

// empties are the words of pages that say nothing.
var empties = []string{
	"Please enable JavaScript to view this page.",
	"Loading…",
	"You must log in to continue.\nForgot your password? Create an account.",
	"This site is under construction. Check back soon!",
	"404. The page you are looking for does not exist.",
	"Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. Duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur.",
	"Share this: Facebook Twitter Pinterest LinkedIn WhatsApp Email Print",
	"Your cart is empty. Continue shopping.",
}

// markdown takes the marks of headings, fences and rules off, so that a page reads as text.
func markdown(s string) string {
	var b strings.Builder
	for _, l := range strings.Split(s, "\n") {
		l = strings.TrimLeft(l, "# ")
		if strings.HasPrefix(l, "```") || strings.HasPrefix(l, "[") || strings.Trim(l, "-=") == "" {
			l = ""
		}
		b.WriteString(l)
		if l == "" {
			b.WriteByte('\n')
			continue
		}
		b.WriteByte(' ')
	}
	return b.String()
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
