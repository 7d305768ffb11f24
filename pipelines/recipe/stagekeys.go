package recipe

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// common reads the keys that every stage takes.
func (l *loader) common(s *Stage, body *settings.Node) {
	if body == nil {
		return
	}
	var c struct {
		Drop    bool
		Without []string
	}
	c.Drop = true
	for _, p := range body.Pairs {
		switch p.Key.Text {
		case "only":
			s.Only = l.only(p.Value, s.Name)
		case "drop", "without":
			one := &settings.Node{Kind: settings.Map, Pairs: []settings.Pair{p}, Pos: p.Key.Pos}
			l.add(within(s.Name, settings.Decode(one, &c))...)
		}
	}
	s.Drop, s.Without = c.Drop, c.Without
	slices.Sort(s.Without)
	s.Without = slices.Compact(s.Without)
}

func (l *loader) only(n *settings.Node, stage string) []Only {
	if n.Kind != settings.Map || len(n.Pairs) == 0 {
		p := settings.At(n, "%s, want fields with their values", n.Is())
		if n.Kind == settings.Map {
			p.Message = "an empty map, want fields with their values"
		}
		p.Help = "write {language: en} or {language: [en, zh]}"
		l.add(p.In(stage + ": only"))
		return nil
	}
	var out []Only
	for _, p := range n.Pairs {
		o := Only{Field: p.Key.Text}
		items := []*settings.Node{p.Value}
		if p.Value.Kind == settings.List {
			items = p.Value.Items
		}
		for _, v := range items {
			if v.Kind != settings.Scalar {
				l.add(settings.At(v, "%s, want a value or a list of values", v.Is()).In(stage + ": only: " + o.Field))
				continue
			}
			o.Values = append(o.Values, v.Text)
		}
		if len(items) == 0 {
			l.add(settings.At(p.Value, "no values: no document would match").In(stage + ": only: " + o.Field))
		}
		out = append(out, o)
	}
	return out
}

var labelForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(@[a-z0-9_]+)?$`)

const maxLabel = 64 // characters

// label settles the stage's label and reports one that is taken.
func (l *loader) label(s *Stage, name, body *settings.Node) {
	at := name
	if n := body.Get("label"); n != nil {
		at = n
		switch {
		case n.Kind != settings.Scalar || !labelForm.MatchString(n.Text) || len(n.Text) > maxLabel:
			p := settings.At(n, "%s is no label", n.Is())
			p.Help = fmt.Sprintf("use lower snake case such as short_pages, at most %d characters", maxLabel)
			l.add(p.In(s.Name + ": label"))
			return
		case slices.Contains(topKeys, n.Text):
			p := settings.At(n, "%q is a key of recipes and cannot be a label", n.Text)
			l.add(p.In(s.Name + ": label"))
			return
		}
		s.Label = n.Text
	}
	if first, ok := l.labels[s.Label]; ok {
		p := settings.At(at, "%q stands %s already", s.Label, where(first))
		p.Help = fmt.Sprintf("give this one a label of its own: %s: {label: %s_2}", s.Name, strings.ReplaceAll(s.Label, "@", "_"))
		l.add(p.In("stages"))
		return
	}
	l.labels[s.Label] = at
}

// rules checks that the rules in `without` exist.
func (l *loader) rules(s *Stage, c any, body *settings.Node) {
	if len(s.Without) == 0 {
		return
	}
	names := ruleNames(c)
	for _, n := range body.Get("without").Items {
		if slices.Contains(names, n.Text) {
			continue
		}
		p := settings.Unknown(n, "rule", names)
		if len(names) == 0 {
			p = settings.At(n, "the stage has no rules")
		}
		l.add(p.In(s.Label + ": without"))
	}
}

// ruleNames are what `without` may name: the rules of a component and its switches.
func ruleNames(c any) []string {
	var names []string
	if r, ok := c.(stages.Ruler); ok {
		for _, rule := range r.Rules() {
			names = append(names, rule.Name)
		}
	}
	if sw, ok := c.(stages.Switcher); ok {
		for _, name := range sw.Switches() {
			if !slices.Contains(names, name) { // a rule may be a switch too, where a document that stays is treated otherwise
				names = append(names, name)
			}
		}
	}
	return names
}
