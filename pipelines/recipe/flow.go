package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// A Kinder is a component that makes rows of other kinds, as pick makes sft and dpo. `rows:` of an output may name them.
type Kinder interface {
	Kinds() []string
}

// mapped are winnow's fields that an input can name, beside those every document has.
var mapped = []string{"language", "url"}

// flow follows the fields and kinds of rows from the input through the stages to the outputs.
func (l *loader) flow(tree *settings.Node) {
	known := map[string]bool{}
	for _, f := range ownFields {
		known[f] = true
	}
	closed := l.inputFields(known)
	writers := l.writers()
	kinds, made := l.inputKinds(), false
	for i := range l.recipe.Stages {
		s := &l.recipe.Stages[i]
		body := s.node
		if s.blind { // an unknown stage before it may write anything
			break
		}
		for _, o := range s.Only {
			l.field(o.Field, body.Get("only").Key(o.Field), s.Label+": only", known, writers, closed)
		}
		c, _ := s.decode()
		if r, ok := c.(stages.Reader); ok {
			for _, f := range r.Reads() {
				where := s.name
				if n := body.Find(f); n != nil {
					where = n
				}
				l.field(f, where, s.Label, known, writers, closed)
			}
		}
		if w, ok := c.(stages.Writer); ok {
			for _, f := range w.Writes() {
				known[f] = true
			}
		}
		if k, ok := c.(Kinder); ok {
			kinds, made = append(kinds, k.Kinds()...), true
		}
	}
	if !l.blind {
		slices.Sort(kinds)
		l.rows(tree.Get("output"), slices.Compact(kinds), made)
	}
}

// inputFields adds the fields that the inputs are known to have, and says whether they can have no other.
func (l *loader) inputFields(known map[string]bool) (closed bool) {
	closed = len(l.recipe.Inputs) > 0
	for _, in := range l.recipe.Inputs {
		for name, theirs := range map[string]string{"language": in.Language, "url": in.URL} {
			if theirs != "" {
				known[name] = true
			}
		}
		if in.Gold != "" {
			known["gold"] = true
		}
		if in.Source.Field != "" {
			known[in.Source.Field] = true
		}
		crawl := in.Format == "warc"
		if in.Format == "" {
			base := in.At()[strings.LastIndexByte(in.At(), '/')+1:]
			crawl = strings.Contains(base, ".warc") || strings.Contains(base, ".wet")
		}
		if crawl {
			for _, f := range crawlFields {
				known[f] = true
			}
		}
		closed = closed && (crawl || in.Format == "text" || in.Format == "lines")
	}
	return closed
}

// writers maps the fields that stages of this winnow write to the stages' names, sorted.
func (l *loader) writers() map[string][]string {
	out := map[string][]string{}
	for _, name := range l.reg.Names() {
		spec, _ := l.reg.Lookup(name)
		if w, ok := spec.New().(stages.Writer); ok {
			for _, f := range w.Writes() {
				out[f] = append(out[f], name)
			}
		}
	}
	return out
}

// field reports a field that cannot be there, and warns of one that perhaps is not.
func (l *loader) field(name string, at *settings.Node, where string, known map[string]bool, writers map[string][]string, closed bool) {
	if known[name] {
		return
	}
	by := writers[name]
	if len(by) > 0 || closed {
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
			p.Nearest = settings.Nearest(name, fieldNames(known, writers))
		}
		l.add(p.In(where))
		return
	}
	p := settings.At(at, "no stage writes the field %q: the input must have it", name)
	p.Warning = true
	p.Nearest = settings.Nearest(name, fieldNames(known, writers))
	l.add(p.In(where))
}

func fieldNames(known map[string]bool, writers map[string][]string) []string {
	var names []string
	for f := range known {
		names = append(names, f)
	}
	for f := range writers {
		if !known[f] {
			names = append(names, f)
		}
	}
	slices.Sort(names)
	return names
}
