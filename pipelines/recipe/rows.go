package recipe

import (
	"slices"

	"github.com/winnow-data/winnow/stages/rows"
	"github.com/winnow-data/winnow/stages/settings"
)

// auditStage is the component that holds rows against what trainers take.
const auditStage = "audit"

// audit puts the audit behind the last stage where an output has a layout of rows and the recipe names no audit itself: what is no valid row is never written.
func (l *loader) audit() {
	spec, ok := l.reg.Lookup(auditStage)
	if !ok || !slices.ContainsFunc(l.recipe.Outputs, func(o Output) bool { return rows.Is(o.Format) }) {
		return
	}
	label := auditStage
	for _, s := range l.recipe.Stages {
		if s.Spec.Name == auditStage {
			return
		}
		if s.Label == label {
			label = "audit_of_rows"
		}
	}
	l.recipe.Stages = append(l.recipe.Stages, Stage{Name: auditStage, Label: label, Spec: spec, Drop: true, dir: l.opt.Dir, blind: l.blind})
}

// inputKinds are the kinds of rows that inputs may hold: pairs, answers with labels, and conversations that end with the assistant.
func (l *loader) inputKinds() []string {
	kinds := []string{}
	for _, in := range l.recipe.Inputs {
		layout := in.Format == "messages" || in.Format == "sharegpt" || in.Format == "alpaca" || in.Format == "trl"
		if layout || in.Messages != "" {
			kinds = append(kinds, "sft")
		}
		if layout && in.Format != "messages" || in.Chosen != "" {
			kinds = append(kinds, "dpo")
		}
		if layout {
			kinds = append(kinds, "kto")
		}
	}
	return kinds
}

// rows checks that the kinds that outputs take are made, and that their layouts can hold them. made says that a stage makes rows.
func (l *loader) rows(n *settings.Node, kinds []string, made bool) {
	if n == nil {
		return
	}
	items := n.Items
	if n.Kind == settings.Map {
		items = []*settings.Node{n}
	}
	for _, item := range items {
		r, f := item.Get("rows"), item.Get("format")
		if r != nil && r.Kind == settings.Scalar && !slices.Contains(kinds, r.Text) {
			p := settings.At(r, "no stage makes rows of kind %q", r.Text)
			p.Nearest, p.Allowed = settings.Nearest(r.Text, kinds), kinds
			l.add(p.In("output: rows"))
			continue
		}
		if f == nil || !rows.Is(f.Text) {
			continue
		}
		if r == nil && made {
			p := settings.At(f, "a file of format %s holds rows of one kind", f.Text)
			p.Help = "say which: rows: " + kinds[0]
			l.add(p.In("output: format"))
		}
		if r != nil && !rows.Takes(f.Text, r.Text) {
			p := settings.At(f, "the format %s has no place for rows of kind %q", f.Text, r.Text)
			for _, name := range rows.Formats {
				if rows.Takes(name, r.Text) {
					p.Allowed = append(p.Allowed, name)
				}
			}
			l.add(p.In("output: format"))
		}
	}
}
