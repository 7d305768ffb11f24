package recipe

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/settings"
)

// An edit is what one flag changes: the value at a path of keys below the stage of a label, or below the top.
type edit struct {
	flag  string
	label string // "" for the top
	path  []string
	value *settings.Node
}

// override applies the flags to the tree and to the text. The tree keeps the places of the loaded text, so that problems point there
// or at a flag; the text is the recipe as run.
func (l *loader) override(tree *settings.Node, src []byte) (*settings.Node, []byte) {
	text := src
	clean := true
	edits := l.edits(tree)
	if len(edits) == 0 {
		return tree, src
	}
	for _, e := range edits {
		next, ok := e.apply(tree)
		if !ok {
			l.add(l.noSuchLabel(e, tree))
			continue
		}
		tree = next
		if clean {
			text, clean = e.splice(text)
		}
	}
	if again, ps := settings.Parse("", text); !clean || len(ps) > 0 || !again.Same(tree) {
		text = tree.Block()
	}
	return tree, text
}

func (l *loader) edits(tree *settings.Node) []edit {
	var out []edit
	if len(l.opt.In) > 0 && l.writable("--in", l.opt.In...) {
		out = append(out, l.inEdit(tree.Get("input")))
	}
	if l.opt.Out != "" && l.writable("--out", l.opt.Out) {
		out = append(out, l.outEdits(tree.Get("output"))...)
	}
	for _, f := range l.opt.Models {
		if e, ok := l.modelEdit(tree.Get("models"), f); ok {
			out = append(out, e)
		}
	}
	for _, s := range l.opt.Set {
		flag := "--set " + s
		left, right, ok := strings.Cut(s, "=")
		keys := strings.Split(left, ".")
		if !ok || slices.Contains(keys, "") {
			l.add(Problem{Flag: flag, Message: fmt.Sprintf("%q is no setting with its value", s), Help: "write LABEL.SETTING=VALUE, such as gopher_quality.words.min=30"})
			continue
		}
		value, ps := settings.Parse("", []byte(right))
		if len(ps) > 0 {
			l.add(Problem{Flag: flag, Message: fmt.Sprintf("the value %q is no YAML: %s", right, ps[0].Message), Help: "quote it"})
			continue
		}
		e := edit{flag: flag, label: keys[0], path: keys[1:], value: value.WithFlag(flag)}
		switch {
		case slices.Contains(topKeys, keys[0]):
			e.label, e.path = "", keys
		case len(keys) == 1:
			l.add(Problem{Flag: flag, Message: fmt.Sprintf("%q names no setting of a stage", left), Help: "write LABEL.SETTING=VALUE, such as gopher_quality.words.min=30"})
			continue
		}
		out = append(out, e)
	}
	return out
}

// writable reports what cannot stand in a recipe.
func (l *loader) writable(flag string, paths ...string) bool {
	ok := true
	for _, p := range paths {
		if !utf8.ValidString(p) || strings.ContainsFunc(p, unicode.IsControl) {
			l.add(Problem{Flag: flag + " " + p, Message: fmt.Sprintf("the path %q holds what cannot stand in a recipe: control characters, or bytes that are not UTF-8", p)})
			ok = false
		}
	}
	return ok
}

func literal(s, flag string) *settings.Node {
	n := &settings.Node{Kind: settings.Scalar, Text: s, Quoted: true, Flag: flag}
	n.Raw = n.Spelled()
	return n
}

func pair(key string, value *settings.Node, flag string) settings.Pair {
	k := &settings.Node{Kind: settings.Scalar, Text: key, Raw: key, Flag: flag}
	return settings.Pair{Key: k, Value: value}
}

// inEdit puts paths in the place of the recipe's input. One input keeps its format and its mapping; several give way.
func (l *loader) inEdit(now *settings.Node) edit {
	flag := "--in " + strings.Join(l.opt.In, " --in ")
	single := now
	if now != nil && now.Kind == settings.List && len(now.Items) == 1 {
		single = now.Items[0]
	}
	isMap := single != nil && single.Kind == settings.Map
	if len(l.opt.In) == 1 && now != nil && now.Kind == settings.Map && now.Get("list") == nil {
		return edit{flag: flag, path: []string{"input", "path"}, value: literal(l.opt.In[0], flag)}
	}
	if len(l.opt.In) == 1 && !isMap {
		return edit{flag: flag, path: []string{"input"}, value: literal(l.opt.In[0], flag)}
	}
	list := &settings.Node{Kind: settings.List, Flag: flag}
	for _, path := range l.opt.In {
		m := &settings.Node{Kind: settings.Map, Flow: true, Flag: flag, Pairs: []settings.Pair{pair("path", literal(path, flag), flag)}}
		if isMap {
			for _, p := range single.Pairs {
				if p.Key.Text != "path" && p.Key.Text != "list" {
					m.Pairs = append(m.Pairs, p)
				}
			}
		}
		list.Items = append(list.Items, m)
	}
	return edit{flag: flag, path: []string{"input"}, value: list}
}

// outEdits puts a folder in the place of the recipe's output; of several outputs it becomes the parent.
func (l *loader) outEdits(now *settings.Node) []edit {
	flag := "--out " + l.opt.Out
	switch {
	case now != nil && now.Kind == settings.Map:
		return []edit{{flag: flag, path: []string{"output", "path"}, value: literal(l.opt.Out, flag)}}
	case now == nil || now.Kind != settings.List:
		return []edit{{flag: flag, path: []string{"output"}, value: literal(l.opt.Out, flag)}}
	}
	list := &settings.Node{Kind: settings.List, Flag: flag}
	for _, item := range now.Items {
		m := *item
		m.Pairs = slices.Clone(item.Pairs)
		for i, p := range m.Pairs {
			if p.Key.Text == "path" {
				path := l.opt.Out
				if len(now.Items) > 1 {
					path = filepath.Join(l.opt.Out, filepath.Base(filepath.Clean(p.Value.Text)))
				}
				m.Pairs[i].Value = literal(path, flag)
			}
		}
		list.Items = append(list.Items, &m)
	}
	return []edit{{flag: flag, path: []string{"output"}, value: list}}
}

func (l *loader) noSuchLabel(e edit, tree *settings.Node) Problem {
	p := Problem{Flag: e.flag, Message: fmt.Sprintf("no stage has the label %q", e.label)}
	if list := tree.Get("stages"); list != nil {
		for _, item := range list.Items {
			if name, body, ok := stageOf(item); ok {
				p.Allowed = append(p.Allowed, labelOf(name, body))
			}
		}
	}
	p.Nearest = settings.Nearest(e.label, append(slices.Clone(p.Allowed), topKeys...))
	return p
}

// stageOf is an entry's name and settings, without judging it.
func stageOf(item *settings.Node) (name, body *settings.Node, ok bool) {
	switch {
	case item.Kind == settings.Scalar:
		return item, nil, true
	case item.Kind == settings.Map && len(item.Pairs) == 1:
		return item.Pairs[0].Key, item.Pairs[0].Value, true
	}
	return nil, nil, false
}

func labelOf(name, body *settings.Node) string {
	if n := body.Get("label"); n != nil && n.Kind == settings.Scalar {
		return n.Text
	}
	return name.Text
}

// indexOf finds the stage of a label.
func indexOf(tree *settings.Node, label string) int {
	if list := tree.Get("stages"); list != nil {
		for i, item := range list.Items {
			if name, body, ok := stageOf(item); ok && labelOf(name, body) == label {
				return i
			}
		}
	}
	return -1
}

// apply returns a tree with the edit; what it changes is copied.
func (e edit) apply(tree *settings.Node) (*settings.Node, bool) {
	if tree.Kind != settings.Map {
		return tree, true // reported elsewhere
	}
	if e.label == "" {
		return e.put(tree, e.path), true
	}
	at := indexOf(tree, e.label)
	if at < 0 {
		return tree, false
	}
	list := *tree.Get("stages")
	list.Items = slices.Clone(list.Items)
	name, body, _ := stageOf(list.Items[at])
	if body == nil {
		body = &settings.Node{Kind: settings.Null, Pos: name.Pos}
	}
	item := *list.Items[at]
	item.Kind, item.Text, item.Raw = settings.Map, "", ""
	item.Pairs = []settings.Pair{{Key: name, Value: e.put(body, e.path)}}
	list.Items[at] = &item
	root := *tree
	root.Pairs = slices.Clone(tree.Pairs)
	for i := range root.Pairs {
		if root.Pairs[i].Key.Text == "stages" {
			root.Pairs[i].Value = &list
		}
	}
	return &root, true
}

// put returns n with the value at a path, maps made on the way.
func (e edit) put(n *settings.Node, path []string) *settings.Node {
	if len(path) == 0 {
		return e.value
	}
	m := *n
	if m.Kind != settings.Map {
		m = settings.Node{Kind: settings.Map, Flow: true, Flag: e.flag}
	}
	m.Pairs = slices.Clone(m.Pairs)
	for i := range m.Pairs {
		if m.Pairs[i].Key.Text == path[0] {
			m.Pairs[i].Value = e.put(m.Pairs[i].Value, path[1:])
			return &m
		}
	}
	p := pair(path[0], e.put(&settings.Node{Kind: settings.Null}, path[1:]), e.flag)
	if m.Flow || len(m.Pairs) == 0 {
		m.Pairs = append(m.Pairs, p)
	} else { // where the text gets it
		m.Pairs = slices.Insert(m.Pairs, 0, p)
	}
	return &m
}
