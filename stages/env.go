package stages

import (
	"fmt"
	"sync"
)

// An Env is what a run offers its components: where files lie, the seed, how much memory one task may hold, and shared resources by
// name. It is safe for concurrent use.
type Env struct {
	Dir    string // paths in settings are relative to it: the recipe's folder
	Seed   uint64 // of the recipe
	Memory int64  // bytes that one task may hold beyond the documents in flight

	mu        sync.Mutex
	resources map[string]*resource
}

type resource struct {
	once sync.Once
	load func() (any, error)
	val  any
	err  error
}

// Provide registers a resource under a name; load runs on first use, once. A later call for the same name is ignored, so that
// every worker may offer what it needs and the first one wins.
func (e *Env) Provide(name string, load func() (any, error)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.resources == nil {
		e.resources = map[string]*resource{}
	}
	if _, ok := e.resources[name]; !ok {
		e.resources[name] = &resource{load: load}
	}
}

// Resource returns a shared, read-only value by name, loading it on first use.
func Resource[T any](e *Env, name string) (T, error) {
	var zero T
	e.mu.Lock()
	r, ok := e.resources[name]
	e.mu.Unlock()
	if !ok {
		return zero, fmt.Errorf("the run has no %q", name)
	}
	r.once.Do(func() { r.val, r.err = r.load() })
	if r.err != nil {
		return zero, r.err
	}
	v, ok := r.val.(T)
	if !ok {
		return zero, fmt.Errorf("%q is a %T, not a %T", name, r.val, zero)
	}
	return v, nil
}
