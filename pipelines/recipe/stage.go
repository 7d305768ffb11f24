package recipe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// stageKeys are what every stage takes beside its settings.
var stageKeys = []string{"only", "drop", "label", "without"}

// A Stage is one entry of the stages list.
type Stage struct {
	Name    string // as written: NAME or NAME@PEER
	Label   string // unique in the recipe; the name if not given
	Spec    stages.Spec
	Only    []Only       // all must hold; documents that do not match pass untouched
	Drop    bool         // false: measure and explain, remove nothing
	Without []string     // rules that are switched off, sorted
	Pos     settings.Pos // in the text that was loaded; zero if a flag wrote it

	name   *settings.Node
	node   *settings.Node // the settings; nil for none
	dir    string         // what its paths are relative to
	blind  bool           // a stage before it is unknown
	coming []Stage        // the checks behind it, where it acts by what they will find
}

// New returns a new component with the stage's settings. It has not been provisioned, and shares nothing with other ones that a run changes.
// It fails only where a validator depends on more than its settings.
func (s *Stage) New() (any, error) {
	c, ps := s.decode()
	if len(ps) > 0 {
		return nil, fmt.Errorf("stage %s: %w", s.Label, ps[0])
	}
	return c, nil
}

// decode makes the component: settings, then where it stands, then what `without` switches off in it, then its validator.
func (s *Stage) decode() (any, []Problem) {
	c := s.Spec.New()
	ps := settings.Fill(s.node, c, stageKeys...)
	if p, ok := c.(stages.Placed); ok {
		p.Placed(s.Label, s.dir)
	}
	if s.coming != nil {
		list, faults := s.comings()
		c.(stages.Foreseer).Foresee(list)
		ps = append(ps, faults...)
	}
	if sw, ok := c.(stages.Switcher); ok {
		switches := sw.Switches()
		for _, name := range s.Without {
			if slices.Contains(switches, name) {
				sw.Without(name)
			}
		}
	}
	if len(ps) == 0 {
		ps = settings.Validate(s.node, c)
	}
	return c, ps
}

// Canonical writes what the stage does, defaults included, as JSON that is the same for the same stage: name, version of the
// component, label, only, drop, without, settings.
func (s *Stage) Canonical() []byte {
	c, _ := s.decode()
	return marshal(struct {
		Name     string          `json:"name"`
		Version  int             `json:"version"`
		Label    string          `json:"label"`
		Only     []Only          `json:"only,omitempty"`
		Drop     bool            `json:"drop"`
		Without  []string        `json:"without,omitempty"`
		Settings json.RawMessage `json:"settings"`
	}{s.Name, s.Spec.Version, s.Label, s.Only, s.Drop, s.Without, settings.Canonical(c)})
}

// Files lists the files that the stage's settings name, as the recipe spells them.
func (s *Stage) Files() []stages.Path {
	c, _ := s.decode()
	return files(c)
}

// files lists the files that a component's settings name.
func files(c any) []stages.Path {
	paths := settings.Paths(c)
	if f, ok := c.(stages.Filer); ok {
		paths = append(paths, f.Files()...)
	}
	return paths
}

func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("recipe: %v", err)) // structs of plain values always encode
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Canonical writes the recipe's identity as JSON: everything but its limits, defaults included.
func (r *Recipe) Canonical() []byte {
	type recipe struct {
		Name    string            `json:"name"`
		Seed    uint64            `json:"seed"`
		Models  map[string]any    `json:"models,omitempty"`
		Inputs  []json.RawMessage `json:"input"`
		Stages  []json.RawMessage `json:"stages"`
		Outputs []json.RawMessage `json:"output"`
	}
	c := recipe{Name: r.Name, Seed: r.Seed, Models: map[string]any{}, Stages: []json.RawMessage{}}
	for name, m := range r.Models {
		c.Models[name] = json.RawMessage(settings.Canonical(&m))
	}
	for i := range r.Inputs {
		c.Inputs = append(c.Inputs, settings.Canonical(&r.Inputs[i]))
	}
	for i := range r.Stages {
		c.Stages = append(c.Stages, r.Stages[i].Canonical())
	}
	for i := range r.Outputs {
		c.Outputs = append(c.Outputs, settings.Canonical(&r.Outputs[i]))
	}
	return marshal(c)
}

func (l *loader) stages(n *settings.Node) {
	if n == nil || n.Kind == settings.Null {
		return
	}
	if n.Kind != settings.List {
		p := settings.At(n, "%s, want a list of stages", n.Is())
		p.Help = `write each behind a dash: "- c4"`
		l.add(p.In("stages"))
		return
	}
	l.labels = map[string]*settings.Node{}
	for _, item := range n.Items {
		l.stage(item)
	}
}

// entry takes a stage's entry apart: its name's node and its settings.
func (l *loader) entry(item *settings.Node) (name, body *settings.Node, ok bool) {
	switch {
	case item.Kind == settings.Scalar:
		return item, nil, true
	case item.Kind == settings.Map && len(item.Pairs) == 1:
		body = item.Pairs[0].Value
		if body.Kind == settings.Null {
			body = nil
		}
		return item.Pairs[0].Key, body, true
	case item.Kind == settings.Map && len(item.Pairs) > 1:
		first, second := item.Pairs[0].Key, item.Pairs[1].Key
		p := settings.At(second, "%q stands beside the stage %q, not among its settings", second.Text, first.Text)
		p.Help = fmt.Sprintf("indent it below %s", first.Text)
		l.add(p.In("stages"))
		return nil, nil, false
	}
	p := settings.At(item, "%s, want a stage's name, or a name with its settings", item.Is())
	l.add(p.In("stages"))
	return nil, nil, false
}

func (l *loader) stage(item *settings.Node) {
	name, body, ok := l.entry(item)
	if !ok {
		return
	}
	spec, ok := l.reg.Lookup(name.Text)
	if !ok {
		l.add(l.unknownStage(name))
		l.blind = true
		return
	}
	s := Stage{Name: name.Text, Label: name.Text, Spec: spec, Drop: true, Pos: name.Pos, name: name, node: body, dir: l.opt.Dir, blind: l.blind}
	if body != nil && body.Kind != settings.Map {
		p := settings.At(body, "%s, want a map of settings", body.Is())
		p.Allowed = l.allowed(spec)
		l.add(p.In(name.Text))
		return
	}
	l.common(&s, body)
	l.label(&s, name, body)
	before := len(l.problems)
	l.named(&s, body)
	if len(l.problems) > before { // the component would say the same of a file that is not there, without its place
		l.recipe.Stages = append(l.recipe.Stages, s)
		return
	}
	c, ps := s.decode()
	for i := range ps {
		if ps[i].Flag == "" && (ps[i].Pos == (settings.Pos{}) || ps[i].Pos == bodyPos(body) && body.Flow) {
			ps[i].Pos, ps[i].Width, ps[i].Flag = name.Pos, name.Width(), name.Flag
		}
	}
	l.add(within(s.Label, ps)...)
	if len(ps) == 0 {
		l.rules(&s, c, body)
		l.asks(&s, c, body)
	}
	l.recipe.Stages = append(l.recipe.Stages, s)
}

// named reports files that the settings name and that are not there.
func (l *loader) named(s *Stage, body *settings.Node) {
	c := s.Spec.New()
	if ps := settings.Fill(body, c, stageKeys...); len(ps) > 0 {
		return
	}
	for _, p := range files(c) {
		if at := body.Find(string(p)); at != nil {
			from := len(l.problems)
			l.file(at, string(p), s.Label)
			for i := from; i < len(l.problems); i++ {
				if p := &l.problems[i]; p.Flag == "" && p.Help == "" && len(p.Nearest) == 0 {
					p.Help = elsewhere(s.Label, body, at)
				}
			}
		}
	}
}

// elsewhere says how a file is named that lies in another place, without a change to the recipe.
func elsewhere(label string, body, file *settings.Node) string {
	for _, p := range body.Pairs {
		switch {
		case p.Value == file:
			return fmt.Sprintf("where it lies elsewhere: --set %s.%s=FILE", label, p.Key.Text)
		case p.Value.Kind == settings.List && slices.Contains(p.Value.Items, file):
			return fmt.Sprintf("where it lies elsewhere: --set '%s.%s=[FILE]'", label, p.Key.Text)
		}
	}
	return ""
}

func bodyPos(body *settings.Node) settings.Pos {
	if body == nil {
		return settings.Pos{}
	}
	return body.Pos
}

func (l *loader) allowed(spec stages.Spec) []string {
	var names []string
	for _, f := range settings.Fields(spec.New()) {
		names = append(names, f.Name)
	}
	return append(names, stageKeys...)
}

// unknownStage says why a name is no stage here: of another version, a variant that nobody has, or a typo.
func (l *loader) unknownStage(n *settings.Node) Problem {
	names := l.reg.Names()
	base, peer, isVariant := strings.Cut(n.Text, "@")
	if isVariant {
		var variants []string
		for _, s := range names {
			if b, _, _ := strings.Cut(s, "@"); b == base {
				variants = append(variants, s)
			}
		}
		if len(variants) > 0 {
			p := settings.At(n, "stage %q has no variant %q in this version of winnow", base, peer)
			p.Allowed, p.Nearest = variants, settings.Nearest(n.Text, slices.DeleteFunc(slices.Clone(variants), func(s string) bool { return s == base }))
			return p.In("stages")
		}
	}
	if slices.Contains(later, base) {
		return settings.At(n, "stage %q is not in this version of winnow", n.Text).In("stages")
	}
	p := settings.Unknown(n, "stage", names)
	if len(p.Nearest) > 0 {
		p.Allowed = nil
	}
	p.Help = "see winnow stages"
	return p.In("stages")
}
