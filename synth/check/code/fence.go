package code

import (
	"regexp"
	"strings"
)

// A fenceBlock is what stands between two fences, without the indentation of the first.
type fenceBlock struct {
	tag    string
	text   string
	margin bool // the fence begins at the margin, or at a list's
}

// opening is a line that may open a block (CommonMark 4.5): three back-quotes or tildes or more, indented or behind the marker of a list, and a tag.
// A line of back-quotes that holds others is a span of code.
var opening = regexp.MustCompile("^([ \t]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)?)(`{3,}|~{3,})[ \t]*(.*)$")

// fences returns the blocks of an answer. One that is not closed reaches to its end. A block ends with the characters that it began with, as many or more, indented no further.
func fences(answer string) (found []fenceBlock) {
	lines := strings.SplitAfter(answer, "\n")
	for i := 0; i < len(lines); i++ {
		m := opening.FindStringSubmatch(strings.TrimRight(lines[i], "\r\n"))
		if m == nil || m[2][0] == '`' && strings.Contains(m[3], "`") {
			continue
		}
		indent := width(m[1])
		b := fenceBlock{tag: tagOf(m[3]), margin: strings.TrimLeft(m[1], " \t") != "" || indent == 0}
		var text strings.Builder
		for i++; i < len(lines) && !closes(lines[i], m[2], indent); i++ {
			text.WriteString(dedent(lines[i], indent))
		}
		b.text = text.String()
		found = append(found, b)
	}
	return found
}

func tagOf(info string) string {
	tag, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(info)), " ")
	return tag
}

// width is how far s reaches, a tab to the next multiple of four.
func width(s string) (n int) {
	for _, r := range s {
		if r == '\t' {
			n += 3 - n%4
		}
		n++
	}
	return n
}

// closes says whether a line closes a block. What models write behind the fence stays out of it.
func closes(line, fence string, indent int) bool {
	rest := strings.TrimLeft(line, " \t")
	return strings.HasPrefix(rest, fence) && width(line[:len(line)-len(rest)]) <= indent
}

// dedent takes up to indent columns of white space off a line.
func dedent(line string, indent int) string {
	for at := 0; at < indent && line != ""; line = line[1:] {
		switch line[0] {
		case ' ':
			at++
		case '\t':
			at += 4 - at%4
		default:
			return line
		}
	}
	return line
}
