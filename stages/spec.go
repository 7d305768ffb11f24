package stages

import (
	"fmt"
	"slices"
	"sort"
)

// A Kind says which of the five contracts a component fulfils.
type Kind string

// The kinds.
const (
	KindFilter  Kind = "filter"
	KindMapper  Kind = "mapper"
	KindChecker Kind = "checker"
	KindStage   Kind = "stage"
	KindBarrier Kind = "barrier"
)

// A Spec describes one component: its name in recipes and how to make one with its default settings.
type Spec struct {
	Name    string
	Kind    Kind
	Version int
	New     func() any // a pointer to a new component with the defaults; settings are decoded over it
}

// Define makes the spec of a component. C is its settings struct; *C or C must be a [Filter], [Mapper], [Checker], [Stage] or [Barrier].
// Exported fields are settings, named in lower snake case in recipes (a `yaml:"name"` tag overrides; "-" hides). Anything else is a
// mistake of the programmer and panics.
func Define[C any](name string, defaults C) Spec {
	s := Spec{Name: name, Version: 1, New: func() any { c := defaults; return &c }}
	switch c := s.New().(type) {
	case Barrier:
		s.Kind = KindBarrier
	case Stage:
		s.Kind = KindStage
	case Mapper:
		s.Kind = KindMapper
	case Filter:
		s.Kind = KindFilter
	case Checker:
		s.Kind = KindChecker
	default:
		panic(fmt.Sprintf("stages: %s: %T is no filter, mapper, checker, stage or barrier", name, c))
	}
	if v, ok := s.New().(Versioned); ok {
		s.Version = v.Version()
	}
	return s
}

// A Registry holds the components that recipes may name.
type Registry struct {
	specs map[string]Spec
	names []string // sorted
}

// NewRegistry joins catalogs. A name that occurs twice is an error.
func NewRegistry(catalogs ...[]Spec) (*Registry, error) {
	r := &Registry{specs: map[string]Spec{}}
	for _, c := range catalogs {
		for _, s := range c {
			if _, ok := r.specs[s.Name]; ok {
				return nil, fmt.Errorf("stage %q is defined twice", s.Name)
			}
			r.specs[s.Name] = s
			r.names = append(r.names, s.Name)
		}
	}
	sort.Strings(r.names)
	return r, nil
}

// Lookup returns the spec of a name.
func (r *Registry) Lookup(name string) (Spec, bool) {
	s, ok := r.specs[name]
	return s, ok
}

// Names returns all names, sorted.
func (r *Registry) Names() []string { return slices.Clone(r.names) }
