package recipe

import (
	"maps"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages/settings"
)

// A ModelFlag is what --model says: it puts another model in the place of one that the recipe names.
type ModelFlag struct {
	Flag  string // as it was given, for errors
	Name  string // in models; "" means the only one
	Kind  string // hub, file, url or replay
	Where string // the value of that key; a url may end in #NAME, the model's name there
}

// modelEdit puts a model in the place of the one of its name, whole: what the recipe says of the other, such as the form of its weights, goes with it.
func (l *loader) modelEdit(now *settings.Node, f ModelFlag) (edit, bool) {
	if !l.writable("--model", f.Where) {
		return edit{}, false
	}
	names := map[string]bool{}
	if now != nil {
		for _, p := range now.Pairs {
			names[p.Key.Text] = true
		}
	}
	sorted := slices.Sorted(maps.Keys(names))
	p := Problem{Flag: f.Flag, Allowed: sorted}
	switch {
	case len(names) == 0:
		p.Message, p.Help = "the recipe names no model that could be another", "a stage that asks a model needs models: {NAME: {hub: …}}"
	case f.Name == "" && len(names) > 1:
		p.Message, p.Help = "the recipe names several models", "say which: --model "+sorted[0]+"=…"
	case f.Name != "" && !names[f.Name]:
		p.Message, p.Nearest = "the recipe names no model "+f.Name, settings.Nearest(f.Name, sorted)
	}
	if p.Message != "" {
		l.add(p)
		return edit{}, false
	}
	name := f.Name
	if name == "" {
		name = sorted[0]
	}
	where, model, named := f.Where, "", false
	if f.Kind == "url" {
		where, model, named = strings.Cut(f.Where, "#")
	}
	m := &settings.Node{Kind: settings.Map, Flow: true, Flag: f.Flag, Pairs: []settings.Pair{pair(f.Kind, literal(where, f.Flag), f.Flag)}}
	if named {
		m.Pairs = append(m.Pairs, pair("model", literal(model, f.Flag), f.Flag))
	}
	return edit{flag: f.Flag, path: []string{"models", name}, value: m}, true
}
