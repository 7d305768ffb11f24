package recipe

import (
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
	f := fields{known: known, closed: l.inputFields(known), writers: l.writers(), renamed: l.renamed()}
	kinds, made := l.inputKinds(), false
	for i := range l.recipe.Stages {
		s := &l.recipe.Stages[i]
		body := s.node
		if s.blind { // an unknown stage before it may write anything
			break
		}
		f.later = l.recipe.Stages[i+1:]
		for _, o := range s.Only {
			l.field(o.Field, body.Get("only").Key(o.Field), s.Label+": only", f)
		}
		c, _ := s.decode()
		if r, ok := c.(stages.Reader); ok {
			for _, name := range r.Reads() {
				l.field(name, s.at(name), s.Label, f)
			}
		}
		if r, ok := c.(stages.Referrer); ok {
			for _, label := range r.Refers() {
				l.reference(label, i)
			}
		}
		if w, ok := c.(stages.Writer); ok {
			for _, name := range w.Writes() {
				known[name] = true
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
