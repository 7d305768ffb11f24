package docs

import (
	"fmt"
	"go/doc/comment"
	"strings"
	"unicode/utf8"
)

// List renders the components as lines for a terminal of the given width.
func List(pages []Page, width int) string {
	name := 0
	for _, p := range pages {
		name = max(name, len(p.Name))
	}
	var b strings.Builder
	room := ""
	for _, p := range byRoom(pages) {
		if p.Room != room {
			if room != "" {
				b.WriteString("\n")
			}
			room = p.Room
			fmt.Fprintf(&b, "%s\n", room)
		}
		head := fmt.Sprintf("  %-*s  %-7s  ", name, p.Name, p.Kind)
		indent(&b, head, p.Does, width)
	}
	return b.String()
}

// byRoom orders pages by room, keeping the order of names.
func byRoom(pages []Page) []Page {
	var rooms []string
	by := map[string][]Page{}
	for _, p := range pages {
		if by[p.Room] == nil {
			rooms = append(rooms, p.Room)
		}
		by[p.Room] = append(by[p.Room], p)
	}
	var out []Page
	for _, first := range []string{"filters", "dedup", "mixer"} {
		out = append(out, by[first]...)
		delete(by, first)
	}
	for _, r := range rooms {
		out = append(out, by[r]...)
	}
	return out
}

// Terminal renders the page of one component for a terminal of the given width.
func (p Page) Terminal(width int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s, %s)\n\n", p.Name, p.Kind, p.Room)
	var parser comment.Parser
	pr := comment.Printer{TextWidth: width}
	b.Write(pr.Text(parser.Parse(p.Doc)))
	b.WriteString("\n")
	for _, e := range p.Examples {
		for _, l := range strings.Split(e, "\n") {
			fmt.Fprintf(&b, "    %s\n", l)
		}
		b.WriteString("\n")
	}
	if len(p.Settings) > 0 {
		b.WriteString("Settings\n")
		names := 0
		for _, s := range p.Settings {
			names = max(names, len(s.Name))
		}
		for _, s := range p.Settings {
			text := s.Doc
			if d := s.Default; d != `""` && d != "[]" && d != "{}" && d != "" {
				if len(d) > 200 {
					d = d[:strings.LastIndexByte(d[:200], ' ')] + " …"
				}
				text += " [" + d + "]"
			}
			indent(&b, fmt.Sprintf("  %-*s  ", names, s.Name), text, width)
			if len(s.Allowed) > 0 {
				indent(&b, fmt.Sprintf("  %-*s  ", names, ""), "allowed: "+strings.Join(s.Allowed, ", "), width)
			}
		}
		b.WriteString("\n")
	}
	if len(p.Rules) > 0 {
		b.WriteString("Rules\n")
		names := 0
		for _, r := range p.Rules {
			names = max(names, len(r.Name))
		}
		for _, r := range p.Rules {
			text := r.Doc + " Keeps " + Keeps(r.Keep) + "."
			indent(&b, fmt.Sprintf("  %-*s  ", names, r.Name), text, width)
		}
		b.WriteString("\n")
	}
	if len(p.Writes) > 0 {
		fmt.Fprintf(&b, "Writes the fields %s.\n", strings.Join(p.Writes, ", "))
	}
	if len(p.Reads) > 0 {
		fmt.Fprintf(&b, "Needs the fields %s.\n", strings.Join(p.Reads, ", "))
	}
	b.WriteString("Every stage also takes only, drop, without and label.\n")
	return b.String()
}

// indent writes text behind head, further lines under its beginning.
func indent(b *strings.Builder, head, text string, width int) {
	left := utf8.RuneCountInString(head)
	room := max(24, width-left)
	line := ""
	for _, w := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > room {
			fmt.Fprintf(b, "%s%s\n", head, line)
			head, line = strings.Repeat(" ", left), ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	fmt.Fprintf(b, "%s%s\n", head, line)
}
