package recipe

import (
	"strings"

	"github.com/winnow-data/winnow/stages/settings"
)

// splice writes an edit into the text and leaves the rest as it stands, comments included. ok is false where that cannot be done
// safely; the caller compares the result with the tree it should give in any case.
func (e edit) splice(src []byte) (text []byte, ok bool) {
	tree, ps := settings.Parse("", src)
	if len(ps) > 0 {
		return src, false
	}
	s := splicer{lines: runes(settings.Lines(src))}
	if e.label == "" {
		ok = s.put(tree, nil, e.path, e.value)
	} else {
		ok = s.stage(tree, e)
	}
	if !ok {
		return src, false
	}
	return []byte(s.text()), true
}

type splicer struct{ lines [][]rune }

func runes(lines []string) [][]rune {
	out := make([][]rune, len(lines))
	for i, l := range lines {
		out[i] = []rune(l)
	}
	return out
}

func (s *splicer) text() string {
	var b strings.Builder
	for i, l := range s.lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(string(l))
	}
	return b.String()
}

// replace puts words in the place of n characters at a place.
func (s *splicer) replace(at settings.Pos, n int, words string) bool {
	if at.Line < 1 || at.Line > len(s.lines) {
		return false
	}
	line := s.lines[at.Line-1]
	from := at.Column - 1
	if from < 0 || from+n > len(line) {
		return false
	}
	s.lines[at.Line-1] = append(append(append([]rune{}, line[:from]...), []rune(words)...), line[from+n:]...)
	return true
}

func (s *splicer) stage(tree *settings.Node, e edit) bool {
	at := indexOf(tree, e.label)
	if at < 0 {
		return false
	}
	list := tree.Get("stages")
	item := list.Items[at]
	if item.Kind == settings.Scalar {
		words := item.Spelled() + ": " + wrap(e.path, e.value)
		if list.Flow {
			words = "{" + words + "}"
		}
		return s.over(item, nil, words)
	}
	p := item.Pairs[0]
	return s.put(p.Value, p.Key, e.path, e.value)
}

// wrap writes a value inside the maps of a path: {words: {min: 30}}.
func wrap(path []string, value *settings.Node) string {
	if len(path) == 0 {
		return value.InFlow()
	}
	key := &settings.Node{Kind: settings.Scalar, Text: path[0]}
	return "{" + key.Spelled() + ": " + wrap(path[1:], value) + "}"
}

// put writes a value at a path below n; key is n's own key.
func (s *splicer) put(n, key *settings.Node, path []string, value *settings.Node) bool {
	if len(path) == 0 {
		return s.value(n, key, value.InFlow())
	}
	if n.Kind != settings.Map {
		return s.value(n, key, wrap(path, value))
	}
	if k := n.Key(path[0]); k != nil {
		return s.put(n.Get(path[0]), k, path[1:], value)
	}
	name := &settings.Node{Kind: settings.Scalar, Text: path[0]}
	return s.insert(n, name.Spelled()+": "+wrap(path[1:], value))
}

// value puts words in the place of a value that stands on one line, or behind a key without a value.
func (s *splicer) value(n, key *settings.Node, words string) bool {
	if n.Kind == settings.Null && n.Raw == "" {
		if key == nil || key.Pos.Line > len(s.lines) {
			return false
		}
		at := settings.Pos{Line: key.Pos.Line, Column: key.Pos.Column + key.Width()}
		line := s.lines[at.Line-1]
		if at.Column-1 >= len(line) || line[at.Column-1] != ':' {
			return false
		}
		at.Column++
		return s.replace(at, 0, " "+words)
	}
	return s.over(n, key, words)
}

// over puts words in the place of a node.
func (s *splicer) over(n, key *settings.Node, words string) bool {
	switch {
	case (n.Kind == settings.Map || n.Kind == settings.List) && n.Flow:
		return s.cut(n.Pos, n.End, words)
	case n.Kind == settings.Map || n.Kind == settings.List:
		return s.block(n, key, words)
	case strings.Contains(n.Raw, "\n") || strings.HasPrefix(n.Raw, "|") || strings.HasPrefix(n.Raw, ">"):
		return false
	}
	return s.replace(n.Pos, n.Width(), words)
}

// cut puts words in the place of what stands from one character to another, maybe lines below.
func (s *splicer) cut(from, to settings.Pos, words string) bool {
	if from.Line < 1 || to.Line > len(s.lines) || from.Line > to.Line || from.Column-1 > len(s.lines[from.Line-1]) || to.Column > len(s.lines[to.Line-1]) {
		return false
	}
	line := string(s.lines[from.Line-1][:from.Column-1]) + words + string(s.lines[to.Line-1][to.Column:])
	s.lines[from.Line-1] = []rune(line)
	s.lines = append(s.lines[:from.Line], s.lines[to.Line:]...)
	return true
}

// block puts words in the place of the lines below a key: those that are indented deeper, and dashes at the key's own column.
func (s *splicer) block(n, key *settings.Node, words string) bool {
	if key == nil || key.Pos.Line < 1 || key.Pos.Line >= len(s.lines) {
		return false
	}
	at := key.Pos.Line - 1
	end := key.Pos.Column - 1 + key.Width()
	if end >= len(s.lines[at]) || s.lines[at][end] != ':' {
		return false
	}
	to := at + 1
	for i := to; i < len(s.lines); i++ {
		rest := strings.TrimLeft(string(s.lines[i]), " ")
		indent := len(s.lines[i]) - len([]rune(rest))
		dash := n.Kind == settings.List && indent == key.Pos.Column-1 && strings.HasPrefix(rest, "-")
		if rest == "" {
			continue
		}
		if indent < key.Pos.Column && !dash {
			break
		}
		to = i + 1
	}
	s.lines[at] = append(append([]rune{}, s.lines[at][:end+1]...), []rune(" "+words)...)
	s.lines = append(s.lines[:at+1], s.lines[to:]...)
	return true
}

// insert adds a pair to a map: in front of the bracket that closes it, or in a line of its own above its first pair.
func (s *splicer) insert(n *settings.Node, words string) bool {
	if n.Flow {
		if len(n.Pairs) > 0 {
			words = ", " + words
		}
		if n.End.Line < 1 || n.End.Line > len(s.lines) {
			return false
		}
		at := n.End
		line := s.lines[at.Line-1]
		for at.Column >= 2 && at.Column-2 < len(line) && line[at.Column-2] == ' ' {
			at.Column--
		}
		return s.replace(at, 0, words)
	}
	if len(n.Pairs) == 0 {
		return false
	}
	first := n.Pairs[0].Key.Pos
	line := s.lines[first.Line-1]
	if first.Column-1 > len(line) {
		return false
	}
	prefix := string(line[:first.Column-1])
	if strings.Trim(prefix, " -") != "" {
		return false
	}
	s.lines[first.Line-1] = []rune(prefix + words)
	rest := []rune(strings.Repeat(" ", first.Column-1) + string(line[first.Column-1:]))
	s.lines = append(s.lines[:first.Line], append([][]rune{rest}, s.lines[first.Line:]...)...)
	return true
}
