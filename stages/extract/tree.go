package extract

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

const (
	// maxNodes bounds elements and texts of a page. The library's work grows with them; ordinary pages have 500 to 5,000.
	maxNodes = 100_000
	// maxWork bounds the sum of the depths of all nodes: the library climbs from many of them to the root. 100,000 nodes at depth 20.
	maxWork = 2_000_000
	// maxText bounds the text of a page in bytes: a shelf of books.
	maxText = 4 << 20
	// maxDepth bounds the nesting; the parser itself gives up at 512 open elements.
	maxDepth = 512
)

// A tree is a page without what is never text.
type tree struct {
	root   *html.Node
	linked []string // its scripts of linked data (JSON-LD), which may hold the article
}

// parse returns the tree of a page, or an error that says which limit it breaks.
func parse(src string) (*tree, error) {
	if n := strings.Count(src, "<"); n > 4*maxNodes {
		return nil, fmt.Errorf("%w: %d tags, allowed are %d", ErrNodes, n, 4*maxNodes)
	}
	doc, err := html.Parse(strings.NewReader(src))
	if err != nil {
		// Reading from a string does not fail: the parser refuses a stack of more than 512 open elements.
		return nil, fmt.Errorf("%w: %w", ErrDepth, err)
	}
	s := survey{}
	s.prune(doc, 0)
	switch {
	case s.depth > maxDepth:
		return nil, fmt.Errorf("%w: %d levels, allowed are %d", ErrDepth, s.depth, maxDepth)
	case s.nodes > maxNodes:
		return nil, fmt.Errorf("%w: %d, allowed are %d", ErrNodes, s.nodes, maxNodes)
	case s.text > maxText:
		return nil, fmt.Errorf("%w: %d bytes of text, allowed are %d", ErrSize, s.text, maxText)
	case s.work > maxWork:
		return nil, fmt.Errorf("%w: %d elements at a mean depth of %d", ErrDepth, s.nodes, s.work/s.nodes)
	}
	return &tree{doc, s.linked}, nil
}

// A survey counts a tree while it is pruned.
type survey struct {
	nodes, depth, work, text int
	linked                   []string
}

// prune removes comments, styles, drawings, programs and the glosses of ruby below n, and keeps linked data aside.
func (s *survey) prune(n *html.Node, depth int) {
	s.nodes++
	if n.Type == html.TextNode {
		s.text += len(n.Data)
	}
	s.work += depth
	if s.depth = max(s.depth, depth); depth > maxDepth {
		return
	}
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if textless(c) {
			if c.Data == "script" && c.FirstChild != nil && strings.Contains(attribute(c, "type"), "ld+json") {
				s.linked = append(s.linked, c.FirstChild.Data)
			}
			n.RemoveChild(c)
		} else {
			s.prune(c, depth+1)
		}
		c = next
	}
}

func textless(n *html.Node) bool {
	switch n.Type {
	case html.CommentNode:
		return true
	case html.ElementNode:
		switch n.Data {
		case "style", "svg", "template", "script", "rt", "rp", "rtc":
			return true
		}
	}
	return false
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// visible returns how many bytes of a tree a reader sees, white space not counted.
func visible(n *html.Node) int {
	switch {
	case n.Type == html.TextNode:
		return dense(n.Data)
	case n.Type == html.ElementNode && (n.Data == "head" || n.Data == "noscript"):
		return 0
	}
	sum := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		sum += visible(c)
	}
	return sum
}

// dense returns the length of s without ASCII white space.
func dense(s string) int {
	n := len(s)
	for i := range len(s) {
		if s[i] <= ' ' {
			n--
		}
	}
	return n
}
