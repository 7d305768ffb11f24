package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// render writes a tree as text: one line for each paragraph, heading, list item ("- " before it) and table row (" | " between cells); the
// lines of program text as they are. White space is folded, as a browser does.
func render(n *html.Node) string {
	if n == nil {
		return ""
	}
	return renderBut(n, func(*html.Node) bool { return false })
}

// renderBut is render without the elements that skip names.
func renderBut(n *html.Node, skip func(*html.Node) bool) string {
	w := writer{skip: skip, root: n}
	w.node(n)
	return strings.TrimSpace(w.b.String())
}

// A writer holds back white space until something follows it.
type writer struct {
	skip  func(*html.Node) bool
	root  *html.Node
	b     strings.Builder
	gap   gap
	plain int    // depth of elements whose white space counts
	next  string // written before what follows
}

type gap uint8

const (
	none  gap = iota
	loose     // a space between letters
	space
	line
)

func (w *writer) node(n *html.Node) {
	// The library breaks up elements that mix text and blocks, and takes the white space from the parts that it leaves beside each other.
	if n.Parent == w.root && n.Parent != nil {
		w.raise(loose)
		defer w.raise(loose)
	}
	switch n.Type {
	case html.TextNode:
		if w.plain > 0 {
			w.verbatim(n.Data)
		} else {
			w.folded(n.Data)
		}
		return
	case html.ElementNode:
		if w.skip(n) {
			return
		}
		w.open(n)
		defer w.close(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
}

func (w *writer) open(n *html.Node) {
	switch n.Data {
	case "br", "hr":
		w.raise(line)
	case "td", "th":
		if previous(n) {
			w.gap, w.next = none, cellMark
		}
	case "li":
		w.raise(line)
		w.next = "- "
	default:
		if block(n) {
			w.raise(line)
		}
	}
	if program(n) {
		w.plain++
	}
}

func (w *writer) close(n *html.Node) {
	if program(n) {
		w.plain--
	}
	switch n.Data {
	case "td", "th":
	default:
		if block(n) {
			w.next = ""
			w.raise(line)
		}
	}
}

// cellMark stands between two cells of a row; what a cell begins with begins no line.
const cellMark = " | "

// raise asks for at least this gap before what follows.
func (w *writer) raise(g gap) {
	if w.next != cellMark {
		w.gap = max(w.gap, g)
	}
}

// flush writes what stands before next, the text that follows.
func (w *writer) flush(next string) {
	if w.b.Len() > 0 {
		switch w.gap {
		case line:
			w.b.WriteByte('\n')
		case space, loose:
			if w.next == "" && (w.gap == space || parted(w.b.String(), next)) {
				w.b.WriteByte(' ')
			}
		}
	}
	w.b.WriteString(w.next)
	w.gap, w.next = none, ""
}

// parted says whether a space belongs between two texts that stood apart: where a word, or a mark behind one, meets a word, of a script
// with spaces.
func parted(a, b string) bool {
	x, _ := utf8.DecodeLastRuneInString(a)
	y, _ := utf8.DecodeRuneInString(b)
	return (word(x) || strings.ContainsRune(".,;:!?)”»", x)) && (word(y) || strings.ContainsRune("(“«", y))
}

// word says whether r belongs to a word of a script with spaces between words.
func word(r rune) bool { return r < 0x0E00 && (unicode.IsLetter(r) || unicode.IsNumber(r)) }

// folded writes text with every run of white space as one space.
func (w *writer) folded(s string) {
	for len(s) > 0 {
		i := strings.IndexFunc(s, isSpace)
		if i == 0 {
			w.raise(space)
			_, n := utf8.DecodeRuneInString(s)
			s = s[n:]
			continue
		}
		if i < 0 {
			i = len(s)
		}
		w.flush(s)
		w.b.WriteString(s[:i])
		s = s[i:]
	}
}

// verbatim writes program text; ends of lines at its ends are folded.
func (w *writer) verbatim(s string) {
	body := strings.Trim(s, "\r\n")
	if body == "" {
		if s != "" {
			w.raise(line)
		}
		return
	}
	if s[0] == '\n' || s[0] == '\r' {
		w.raise(line)
	}
	w.flush(body)
	w.b.WriteString(strings.ReplaceAll(body, "\r\n", "\n"))
	if c := s[len(s)-1]; c == '\n' || c == '\r' {
		w.raise(line)
	}
}

// isSpace is the white space of HTML and the no-break space.
func isSpace(r rune) bool {
	return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' || r == '\u00A0'
}

// block says whether an element begins and ends lines.
func block(n *html.Node) bool {
	switch n.Data {
	case "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure",
		"footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
		"table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul":
		return true
	case "code":
		return program(n)
	}
	return false
}

// program says whether the white space in an element counts: pre, and code of several lines, which the library makes of pre.
func program(n *html.Node) bool {
	if n.Data == "pre" {
		return true
	}
	if n.Data != "code" || n.Parent != nil && n.Parent.Data == "code" {
		return false
	}
	return hasLines(n)
}

func hasLines(n *html.Node) bool {
	if n.Type == html.TextNode {
		return strings.Contains(strings.TrimSpace(n.Data), "\n")
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if hasLines(c) {
			return true
		}
	}
	return false
}

// previous says whether a cell stands before this one in its row.
func previous(n *html.Node) bool {
	for p := n.PrevSibling; p != nil; p = p.PrevSibling {
		if p.Type == html.ElementNode && (p.Data == "td" || p.Data == "th") {
			return true
		}
	}
	return false
}
