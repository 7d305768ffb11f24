package extract

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// madeDo recognises the text of a whole element, which the library takes where it finds no article and gives without line ends, even without
// the spaces between elements, in one paragraph behind all it had found before; it returns the text with them.
func madeDo(doc, content *html.Node) (text string, ok bool) {
	p := content.LastChild
	if p == nil || p.FirstChild == nil || p.FirstChild.NextSibling != nil || p.FirstChild.Type != html.TextNode {
		return "", false
	}
	for c := content.FirstChild; c != nil; c = c.NextSibling {
		if c.Data != "p" {
			return "", false
		}
	}
	got := squeezed(p.FirstChild.Data)
	for _, e := range []*html.Node{first(doc, "article"), first(doc, "body"), doc} {
		if e == nil {
			continue
		}
		var all strings.Builder
		gather(&all, e)
		if squeezed(all.String()) == got {
			return renderBut(e, marginal), true
		}
	}
	return "", false
}

// marginal says whether the library leaves an element out when it takes all text.
func marginal(n *html.Node) bool {
	switch n.Data {
	case "aside", "footer":
		return true
	case "div":
		return strings.Contains(attribute(n, "id"), "footer") || strings.Contains(attribute(n, "class"), "footer")
	}
	return false
}

// gather writes the text below n.
func gather(b *strings.Builder, n *html.Node) {
	if n.Type == html.TextNode {
		b.WriteString(n.Data)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode || !marginal(c) {
			gather(b, c)
		}
	}
}

// squeezed returns s without white space.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

// first returns the first element of a name.
func first(n *html.Node, name string) *html.Node {
	if n.Type == html.ElementNode && n.Data == name {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if e := first(c, name); e != nil {
			return e
		}
	}
	return nil
}

// leastLinked is the length in characters of an article in linked data that is worth having.
const leastLinked = 100

// linkedArticle returns the longest articleBody in scripts of linked data (schema.org/Article), "" if there is none. Of equally long ones it
// is the first by bytes: JSON objects have no order.
func linkedArticle(scripts []string) string {
	best := ""
	for _, s := range scripts {
		var v any
		if json.Unmarshal([]byte(html.UnescapeString(s)), &v) == nil {
			bodies(v, func(body string) {
				if len(body) > len(best) || len(body) == len(best) && body < best {
					best = body
				}
			})
		}
	}
	if strings.Contains(best, "<p") || strings.Contains(best, "<br") {
		if doc, err := html.Parse(strings.NewReader(best)); err == nil {
			best = render(doc)
		}
	}
	if best = strings.TrimSpace(best); utf8.RuneCountInString(best) <= leastLinked {
		return ""
	}
	return best
}

// bodies calls found with every articleBody in a JSON value. The decoder bounds its depth.
func bodies(v any, found func(string)) {
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			if s, ok := x.(string); ok && strings.EqualFold(key, "articleBody") {
				found(s)
			}
			bodies(x, found)
		}
	case []any:
		for _, x := range v {
			bodies(x, found)
		}
	}
}
