package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// fields are what is known of the fields of documents before a stage.
type fields struct {
	known   map[string]bool     // fields that are there
	closed  bool                // the input can have no other
	writers map[string][]string // the stages of this winnow that write a field
	renamed map[string]string   // what the input's fields are called here, where every input has another name for them
	later   []Stage             // the stages behind
}

// renamed finds the fields that every input maps to one of ours, so that they are no more under their own name.
func (l *loader) renamed() map[string]string {
	all := map[string]string{}
	for i, in := range l.recipe.Inputs {
		own := map[string]string{}
		for ours, theirs := range map[string]string{"gold": in.Gold, "answers": in.Answers, "prompt": in.Prompt, "text": in.Text, "id": in.ID, "language": in.Language, "url": in.URL} {
			if theirs != "" && theirs != ours {
				own[theirs] = ours
			}
		}
		if i == 0 {
			all = own
		}
		for name := range all {
			if own[name] != all[name] {
				delete(all, name)
			}
		}
	}
	return all
}

// field reports a field that cannot be there, and warns of one that perhaps is not. What an open input may have kept of an earlier run, such as tags, is taken for there.
func (l *loader) field(name string, at *settings.Node, where string, f fields) {
	by := f.writers[name]
	ours, renamed := f.renamed[name]
	switch {
	case f.known[name]:
	case renamed:
		p := settings.At(at, "the input's field %q is called %q here", name, ours)
		if ours == "gold" || slices.Contains(mapped, ours) {
			p.Help = "write " + ours
		}
		l.add(p.In(where))
	case f.closed || len(by) > 0 && slices.Contains(mapped, name):
		p := settings.At(at, "no stage before this one writes the field %q", name)
		var help []string
		if len(by) > 0 {
			help = append(help, "put "+strings.Join(by, " or ")+" before it")
		}
		if slices.Contains(mapped, name) {
			help = append(help, fmt.Sprintf("say which field of the input holds it: {path: …, %s: FIELD}", name))
		}
		p.Help = strings.Join(help, ", or ")
		if len(by) == 0 {
			p.Nearest = settings.Nearest(name, f.names())
		}
		l.add(p.In(where))
	case len(by) > 0:
		if label := writtenBy(name, f.later); label != "" {
			p := settings.At(at, "the field %q is written by %s, which comes later: the input must have it", name, label)
			p.Warning, p.Help = true, "or put "+label+" before this stage"
			l.add(p.In(where))
		}
	default:
		p := settings.At(at, "no stage writes the field %q: the input must have it", name)
		p.Warning = true
		p.Nearest = settings.Nearest(name, f.names())
		l.add(p.In(where))
	}
}

// names are the fields that are there, sorted.
func (f fields) names() []string {
	var names []string
	for name := range f.known {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// writtenBy returns the label of the first of some stages that writes a field.
func writtenBy(name string, list []Stage) string {
	for i := range list {
		c, _ := list[i].decode()
		if w, ok := c.(stages.Writer); ok && slices.Contains(w.Writes(), name) {
			return list[i].Label
		}
	}
	return ""
}

// at is where the settings of a stage hold a value; its name if they do not spell it.
func (s *Stage) at(value string) *settings.Node {
	if n := s.node.Find(value); n != nil {
		return n
	}
	return s.name
}

// reference reports the label of a check that no stage before stage i bears. Answers that came with the input may bring checks of an earlier run.
func (l *loader) reference(label string, i int) {
	s, base := &l.recipe.Stages[i], label
	if head, _, ok := strings.Cut(label, "/"); ok {
		base = head
	}
	var before []string
	for k := range l.recipe.Stages {
		switch other := &l.recipe.Stages[k]; {
		case k < i && other.Label == base:
			return
		case k < i && checksAnswers(other.Spec):
			before = append(before, other.Label)
		case k > i && other.Label == base:
			p := settings.At(s.at(label), "the check %q comes later", label)
			p.Help = "put it before this stage"
			l.add(p.In(s.Label))
			return
		}
	}
	p := settings.At(s.at(label), "no stage before this one is labelled %q", label)
	p.Nearest, p.Allowed = settings.Nearest(base, before), before
	if slices.ContainsFunc(l.recipe.Inputs, func(in Input) bool { return in.Answers != "" }) {
		p.Message += ": the answers of the input must bring that check"
		p.Warning = true
	}
	l.add(p.In(s.Label))
}
