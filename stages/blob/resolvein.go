package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// ResolveIn finds what a path in a store without folders means, such as a bucket: one object, all below a prefix, or those that a glob
// matches, by the rules of [Resolve]. where is what the path begins with for people, such as s3://bucket; open gives the store below a prefix, "" for the
// whole.
func ResolveIn(ctx context.Context, where string, open func(prefix string) (Store, error), key string) ([]Found, error) {
	shown := where + "/" + key
	whole, err := open("")
	if err != nil {
		return nil, fmt.Errorf("input %q: %w", shown, err)
	}
	if key = strings.TrimPrefix(path.Clean("/"+key), "/"); key != "" {
		e, err := whole.Stat(ctx, key)
		if err == nil {
			dir := strings.TrimPrefix(path.Dir("/"+key), "/")
			store, err := open(dir)
			e.Name = path.Base(key)
			return []Found{{Entry: e, Store: store, Path: where + "/" + key}}, err
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("input %q: %w", shown, err)
		}
	}
	p := pattern{root: key}
	if strings.ContainsAny(key, "*?[") {
		if p.root, p.glob = splitGlob(key); p.root == "." {
			p.root = ""
		}
		if _, err := path.Match(strings.Join(p.glob, "/"), ""); err != nil {
			return nil, fmt.Errorf("input %q: %w", shown, err)
		}
	}
	store, err := open(p.root)
	if err != nil {
		return nil, fmt.Errorf("input %q: %w", shown, err)
	}
	var found []Found
	for e, err := range store.List(ctx, p.fixed()) {
		if err != nil {
			return nil, fmt.Errorf("input %q: %w", shown, err)
		}
		if p.matches(e.Name) {
			found = append(found, Found{Entry: e, Store: store, Path: where + "/" + path.Join(p.root, e.Name)})
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("input %q: nothing matches (hidden names, README* and _winnow are left out)", shown)
	}
	return found, nil
}

// A pattern is a prefix, and the glob of names below it; nil takes all.
type pattern struct {
	root string
	glob []string
}

// fixed is what every name that matches begins with.
func (p pattern) fixed() string {
	if p.glob == nil {
		return ""
	}
	lead := p.glob[0]
	return lead[:strings.IndexAny(lead, "*?[")]
}

func (p pattern) matches(name string) bool {
	elems := strings.Split(name, "/")
	if slices.Contains(elems, "_winnow") {
		return false
	}
	if p.glob != nil {
		return matchGlob(p.glob, elems, false)
	}
	return !describes(elems[len(elems)-1]) && !slices.ContainsFunc(elems, func(e string) bool { return strings.HasPrefix(e, ".") })
}
