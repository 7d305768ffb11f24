package recipe

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// topKeys are the keys of a recipe in the order in which errors list them.
var topKeys = []string{"name", "seed", "models", "input", "stages", "output", "limits"}

// Load reads a recipe and reports everything that is wrong with it, sorted by line. The recipe is nil when a problem is an error; there
// may be warnings beside a recipe. name is the file's name, or the built-in's. Load reads no document and no model.
func Load(src []byte, name string, reg *stages.Registry, opt Options) (*Recipe, []Problem) {
	tree, problems := settings.Parse(name, src)
	if tree == nil {
		return nil, problems
	}
	l := &loader{reg: reg, opt: opt, recipe: &Recipe{Dir: opt.Dir, Source: slices.Clone(src)}}
	tree, text := l.override(tree, src)
	l.recipe.Source = text
	l.top(tree, name)
	settings.Sort(l.problems)
	settings.Place(l.problems, name, settings.Lines(src))
	if slices.ContainsFunc(l.problems, func(p Problem) bool { return !p.Warning }) {
		return nil, l.problems
	}
	return l.recipe, l.problems
}

type loader struct {
	reg      *stages.Registry
	opt      Options
	recipe   *Recipe
	problems []Problem
	labels   map[string]*settings.Node // where a label was first given
	blind    bool                      // a stage is unknown
}

func (l *loader) add(ps ...Problem) { l.problems = append(l.problems, ps...) }

func (l *loader) top(tree *settings.Node, name string) {
	if tree.Kind != settings.Map {
		p := settings.At(tree, "a recipe is a map, got %s", tree.Is())
		if tree.Kind == settings.Null {
			p.Message = "the recipe is empty"
		}
		p.Allowed = topKeys
		l.add(p)
		return
	}
	for _, p := range tree.Pairs {
		if !slices.Contains(topKeys, p.Key.Text) {
			l.add(settings.Unknown(p.Key, "top key", topKeys))
		}
	}
	l.name(tree.Get("name"), name)
	l.seed(tree.Get("seed"))
	l.recipe.Limits = defaultLimits()
	l.add(within("limits", settings.Decode(tree.Get("limits"), &l.recipe.Limits))...)
	l.models(tree.Get("models"))
	l.inputs(tree.Get("input"))
	l.stages(tree.Get("stages"))
	l.outputs(tree.Get("output"))
	l.audit()
	l.foresee()
	l.flow(tree)
	l.unusedModels(tree)
}

// where says in words where a node stands.
func where(n *settings.Node) string {
	if n.Flag != "" {
		return "by " + n.Flag
	}
	return fmt.Sprintf("in line %d", n.Pos.Line)
}

func within(where string, ps []Problem) []Problem {
	for i := range ps {
		ps[i] = ps[i].In(where)
	}
	return ps
}

func (l *loader) name(n *settings.Node, file string) {
	if n == nil {
		base := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		base = strings.Map(func(r rune) rune {
			if isNameRune(r) {
				return r
			}
			return '-'
		}, base)
		if l.recipe.Name = strings.TrimLeft(base, ".-_"); l.recipe.Name == "" {
			l.recipe.Name = "corpus"
		}
		return
	}
	ok := n.Kind == settings.Scalar && len(n.Text) > 0 && len(n.Text) <= 100 && !strings.ContainsAny(n.Text[:1], ".-_")
	for _, r := range n.Text {
		ok = ok && isNameRune(r)
	}
	if !ok {
		p := settings.At(n, "%s cannot name the output's files", n.Is())
		p.Help = "use letters, digits, dots, dashes and underscores, at most 100, a letter or digit first"
		l.add(p.In("name"))
		return
	}
	l.recipe.Name = n.Text
}

func isNameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_'
}

func (l *loader) seed(n *settings.Node) {
	if n == nil {
		return
	}
	var err error
	if n.Kind != settings.Scalar || n.Quoted {
		err = fmt.Errorf("%s is not a whole number", n.Is())
	} else {
		l.recipe.Seed, err = settings.ParseUint(n.Text)
	}
	if err != nil {
		l.add(settings.At(n, "%v, want a whole number from 0 to 18446744073709551615", err).In("seed"))
	}
}

// items makes a list of what `input` and `output` hold: a path, a map, or a list of maps.
func (l *loader) items(n *settings.Node, key string) []*settings.Node {
	switch {
	case n == nil:
		l.add(Problem{Message: fmt.Sprintf("the recipe has no %s", key), Help: fmt.Sprintf("add a line such as %s: %s", key, map[string]string{"input": "data/*.jsonl", "output": "out/"}[key])})
		return nil
	case n.Kind == settings.List && len(n.Items) == 0, n.Kind == settings.Null:
		l.add(settings.At(n, "%s is empty, want a path, a map or a list of maps", key))
		return nil
	case n.Kind != settings.List:
		return []*settings.Node{n}
	}
	var out []*settings.Node
	for _, item := range n.Items {
		if item.Kind != settings.Map {
			p := settings.At(item, "%s in a list, want maps", item.Is())
			if item.Kind == settings.Scalar {
				p.Help = "write {path: " + item.Spelled() + "}"
			}
			l.add(p.In(key))
			continue
		}
		out = append(out, item)
	}
	return out
}

func (l *loader) inputs(n *settings.Node) {
	for _, item := range l.items(n, "input") {
		var in Input
		if item.Kind == settings.Scalar {
			in.Path = item.Text
			l.path(item, in.Path, "input")
			l.reach(item, in, false, "input")
			l.recipe.Inputs = append(l.recipe.Inputs, in)
			continue
		}
		l.add(within("input", settings.Decode(item, &in))...)
		switch p, list := item.Get("path"), item.Get("list"); {
		case p != nil && list != nil:
			l.add(settings.At(list, "an input has a path or a list, not both").In("input: list"))
		case p == nil && list == nil:
			l.add(settings.At(item, "no path").In("input"))
		case list != nil && list.Kind == settings.Scalar:
			l.path(list, in.List, "input: list")
			l.reach(list, in, false, "input: list")
		case p != nil && p.Kind == settings.Scalar:
			l.path(p, in.Path, "input: path")
			l.reach(p, in, false, "input: path")
		}
		l.encoding(item.Get("encoding"), in.Encoding)
		l.recipe.Inputs = append(l.recipe.Inputs, in)
	}
}

func (l *loader) outputs(n *settings.Node) {
	seen := map[string]*settings.Node{}
	for _, item := range l.items(n, "output") {
		out := defaultOutput()
		at := item
		if item.Kind == settings.Scalar {
			out.Path = item.Text
		} else {
			l.add(within("output", settings.Decode(item, &out))...)
			if at = item.Get("path"); at == nil {
				l.add(settings.At(item, "no path").In("output"))
				continue
			}
		}
		if at.Kind == settings.Scalar {
			l.scheme(at, out.Path, "output")
			l.reach(at, Input{Path: out.Path}, true, "output")
		}
		key := path.Clean(out.Path)
		if first := seen[key]; first != nil && at.Flag == "" {
			l.add(settings.At(at, "%q is an output already, %s", out.Path, where(first)).In("output"))
		}
		seen[key] = at
		l.recipe.Outputs = append(l.recipe.Outputs, out)
	}
}
