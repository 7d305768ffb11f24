package recipe

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// A Style says how problems are written.
type Style struct {
	Color bool // with ANSI colours
}

const (
	maxExcerpt = 100 // characters of a line that is shown
	maxShown   = 100 // problems that are shown; the others are counted
)

type painter bool

func (p painter) paint(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// Render writes problems for people, each with its place, the line it stands in, and what could stand there:
//
//	error: gopher_quality: unknown setting "wrods"
//	  --> web.yaml:7:23
//	7 |   - gopher_quality: {wrods: {min: 20}}
//	  |                      ^^^^^ did you mean "words"?
//
// and a last line that counts them. Control characters of the recipe are made harmless.
func Render(w io.Writer, ps []Problem, style Style) error {
	c := painter(style.Color)
	var b strings.Builder
	errors, warnings := 0, 0
	for i, p := range ps {
		if i >= maxShown {
			if p.Warning {
				warnings++
			} else {
				errors++
			}
			continue
		}
		word := c.paint("1;31", "error")
		if p.Warning {
			word = c.paint("1;33", "warning")
			warnings++
		} else {
			errors++
		}
		fmt.Fprintf(&b, "%s: %s\n", word, c.paint("1", harmless(p.Text())))
		if at := p.Place(); at != "" {
			fmt.Fprintf(&b, "  %s %s\n", c.paint("34", "-->"), harmless(at))
		}
		excerpt(&b, p, c)
	}
	if len(ps) > 0 {
		s := summary(errors, warnings)
		if len(ps) > maxShown {
			s += fmt.Sprintf(", the first %d shown", maxShown)
		}
		fmt.Fprintln(&b, s)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func summary(errors, warnings int) string {
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{errors, "error"}, {warnings, "warning"}} {
		switch {
		case c.n == 1:
			parts = append(parts, "1 "+c.word)
		case c.n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", c.n, c.word))
		}
	}
	return strings.Join(parts, ", ")
}

func excerpt(b *strings.Builder, p Problem, c painter) {
	hint := harmless(p.Hint())
	if p.Pos.Line == 0 || p.Flag != "" || p.Secret {
		if hint != "" {
			fmt.Fprintf(b, "  %s %s\n", c.paint("34", "="), hint)
		}
		return
	}
	number := fmt.Sprint(p.Pos.Line)
	margin := strings.Repeat(" ", len(number))
	line, at, wide := window([]rune(harmless(p.Source)), p.Pos.Column-1, p.Width)
	carets := strings.Repeat("^", wide)
	if hint != "" {
		hint = " " + hint
	}
	fmt.Fprintf(b, "%s %s\n", c.paint("34", number+" |"), line)
	fmt.Fprintf(b, "%s %s%s\n", c.paint("34", margin+" |"), strings.Repeat(" ", at), c.paint("1;31", carets)+hint)
}

// window cuts a long line around the place and returns it with the columns before the place and below it, as terminals count them.
func window(line []rune, at, n int) (text string, before, wide int) {
	at = max(0, min(at, len(line)))
	n = max(1, min(n, len(line)-at))
	from, to := 0, len(line)
	if len(line) > maxExcerpt {
		from = max(0, min(at-maxExcerpt/3, len(line)-maxExcerpt))
		to = from + maxExcerpt
		n = max(1, min(n, to-at))
	}
	text = strings.TrimRight(string(line[from:to]), " ")
	before = columns(line[from:at])
	if from > 0 {
		text = "…" + text
		before++
	}
	if to < len(line) {
		text += "…"
	}
	return text, before, max(1, columns(line[at:min(at+n, len(line))]))
}

func columns(s []rune) int {
	n := 0
	for _, r := range s {
		switch k := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case k == width.EastAsianWide || k == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// harmless takes away what could steer a terminal or reorder a line: controls and directions become U+FFFD, a tab a space.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Bidi_Control), r == '\u2028', r == '\u2029':
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// RenderJSON writes problems as JSON lines with a message_type, for machines.
func RenderJSON(w io.Writer, ps []Problem) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, p := range ps {
		line := struct {
			Type    string  `json:"message_type"`
			Problem Problem `json:"problem"`
		}{"problem", p}
		if err := e.Encode(line); err != nil {
			return fmt.Errorf("writing problems: %w", err)
		}
	}
	return nil
}
