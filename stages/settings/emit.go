package settings

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// InFlow writes n as YAML on one line, as it can stand inside [] and {}. Reading it back gives the same tree.
func (n *Node) InFlow() string {
	var b strings.Builder
	n.flow(&b)
	return b.String()
}

func (n *Node) flow(b *strings.Builder) {
	switch n.Kind {
	case Null:
		b.WriteString("null")
	case Scalar:
		b.WriteString(n.Spelled())
	case List:
		b.WriteByte('[')
		for i, c := range n.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			c.flow(b)
		}
		b.WriteByte(']')
	case Map:
		b.WriteByte('{')
		for i, p := range n.Pairs {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(p.Key.Spelled())
			b.WriteString(": ")
			p.Value.flow(b)
		}
		b.WriteByte('}')
	}
}

// Spelled writes a scalar so that it reads back as what it is, in any context: plain where that is safe, else in double quotes.
func (n *Node) Spelled() string {
	if isPlain(n.Text) && (!n.Quoted || !plainMeaning(n.Text)) {
		return n.Text
	}
	return inQuotes(n.Text)
}

// isPlain is stricter than YAML: letters, digits and what paths and numbers need.
func isPlain(s string) bool {
	if s == "" || len(s) > 200 {
		return false
	}
	if s[0] == '-' && (len(s) == 1 || s[1] != '.' && (s[1] < '0' || s[1] > '9')) {
		return false
	}
	for i, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '.', r == '/', r == '-', r == '+':
		case i > 0 && (r == '%' || r == '@' || r == '*' || r == '='):
		default:
			return false
		}
	}
	return !strings.HasPrefix(s, "---") && !strings.HasPrefix(s, "...")
}

// inQuotes is JSON's spelling, which YAML's double quotes read, with characters outside ASCII as they are but for controls.
func inQuotes(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""` // a string always encodes
	}
	quoted := strings.TrimSuffix(b.String(), "\n")
	b.Reset()
	for _, r := range quoted {
		if r >= 0x7f && r < 0xa0 || r == 0xfeff {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Block writes n as a YAML text in the style of recipes: maps and lists of maps in lines of their own, a stage's settings on its line
// while they are short. Comments are not part of a tree.
func (n *Node) Block() []byte {
	var b strings.Builder
	n.block(&b, "")
	return []byte(b.String())
}

const maxLine = 110 // characters of a collection that stays on one line

func (n *Node) block(b *strings.Builder, indent string) {
	switch n.Kind {
	case Map:
		if len(n.Pairs) == 0 {
			b.WriteString(indent + "{}\n")
		}
		for _, p := range n.Pairs {
			b.WriteString(indent + p.Key.Spelled() + ":")
			p.Value.after(b, indent)
		}
	case List:
		if len(n.Items) == 0 {
			b.WriteString(indent + "[]\n")
		}
		for _, c := range n.Items {
			b.WriteString(indent + "-")
			if c.Kind == Map && len(c.Pairs) == 1 {
				b.WriteString(" " + c.Pairs[0].Key.Spelled() + ":")
				c.Pairs[0].Value.after(b, indent+"  ")
				continue
			}
			c.after(b, indent)
		}
	default:
		b.WriteString(indent + n.InFlow() + "\n")
	}
}

// after writes a value behind its key or dash.
func (n *Node) after(b *strings.Builder, indent string) {
	flow := n.InFlow()
	long := utf8.RuneCountInString(flow) > maxLine || n.Kind == List && !n.Flow && indent == "" || n.Kind == Map && !n.Flow && indent == ""
	if n.Kind != Map && n.Kind != List || len(n.Items)+len(n.Pairs) == 0 || !long {
		b.WriteString(" " + flow + "\n")
		return
	}
	b.WriteString("\n")
	n.block(b, indent+"  ")
}

// yamlOf writes a value of a settings struct as a recipe would.
func yamlOf(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return (&Node{Kind: Scalar, Text: v.String(), Quoted: true}).Spelled()
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = spelled(v.Index(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case reflect.Map:
		var parts []string
		for _, k := range sortedKeys(v) {
			parts = append(parts, k.String()+": "+spelled(v.MapIndex(k)))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case reflect.Struct:
		var parts []string
		for _, f := range fields(v) {
			parts = append(parts, f.name+": "+spelled(f.value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case reflect.Bool:
		if v.Bool() {
			return "true"
		}
		return "false"
	case reflect.Float64, reflect.Float32:
		return short(v.Float())
	}
	return counted(v.Int(), nil)
}
