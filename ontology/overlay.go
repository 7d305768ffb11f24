package ontology

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/winnow-data/winnow/stages/settings"
)

// edits are an overlay as it is written.
type edits struct {
	Merge  map[string][]string // name → spellings that are one tag of this name
	Rename map[string]string   // spelling → the name of its tag
	Split  []string            // spellings that stand alone
	Ban    []string            // tags that go
}

// An overlay is a person's corrections by spelling. The zero overlay corrects nothing.
type overlay struct {
	target map[string]string // spelling → name of its tag, as it is written
	names  map[string]string // spelling of a name → the name
	split  map[string]bool
	ban    map[string]bool
	lines  map[string]string // spelling → the edit it stands in, for reports
}

// maxOverlay bounds the file.
const maxOverlay = 16 << 20

// readOverlay reads an overlay; a relative path is one in dir.
func readOverlay(dir, path string) (*overlay, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("overlay: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxOverlay+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("overlay: %w", err)
	}
	if len(data) > maxOverlay {
		return nil, fmt.Errorf("overlay: %s has more than %d bytes", path, maxOverlay)
	}
	o, err := parseOverlay(filepath.Base(path), data)
	if err != nil {
		return nil, fmt.Errorf("overlay: %w", err)
	}
	return o, nil
}

// parseOverlay reads an overlay's text.
func parseOverlay(name string, data []byte) (*overlay, error) {
	var e edits
	tree, ps := settings.Parse(name, data)
	if len(ps) == 0 && tree.Kind != settings.Null {
		ps = settings.Decode(tree, &e)
	}
	if len(ps) > 0 {
		settings.Place(ps, name, settings.Lines(data))
		errs := make([]error, len(ps))
		for i := range ps {
			errs[i] = ps[i]
		}
		return nil, errors.Join(errs...)
	}
	o, err := newOverlay(e)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return o, nil
}

// newOverlay checks edits against each other.
func newOverlay(e edits) (*overlay, error) {
	o := &overlay{target: map[string]string{}, names: map[string]string{}, split: map[string]bool{}, ban: map[string]bool{}, lines: map[string]string{}}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(e.Merge)) {
		for _, s := range e.Merge[name] {
			errs = append(errs, o.give(s, name, fmt.Sprintf("merge %q into %q", s, name)))
		}
	}
	for _, s := range slices.Sorted(maps.Keys(e.Rename)) {
		errs = append(errs, o.give(s, e.Rename[s], fmt.Sprintf("rename %q to %q", s, e.Rename[s])))
	}
	for _, s := range e.Split {
		key := spelling(s)
		if key == "" {
			errs = append(errs, fmt.Errorf("split: %q has no letter or digit", s))
		}
		if _, ok := o.names[key]; ok {
			errs = append(errs, fmt.Errorf("split: %q is the name of a merged or renamed tag", s))
		}
		o.split[key] = true
		if o.lines[key] == "" {
			o.lines[key] = fmt.Sprintf("split %q", s)
		}
	}
	for _, s := range e.Ban {
		key := spelling(s)
		if key == "" {
			errs = append(errs, fmt.Errorf("ban: %q has no letter or digit", s))
		}
		if line := o.lines[key]; line != "" {
			errs = append(errs, fmt.Errorf("ban: %q is also in: %s", s, line))
		}
		if name, ok := o.names[key]; ok {
			errs = append(errs, fmt.Errorf("ban: %q is the name of a merged or renamed tag, %q", s, name))
		}
		o.ban[key] = true
		o.lines[key] = fmt.Sprintf("ban %q", s)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return o, o.follow()
}

// give says that a spelling belongs to the tag of a name.
func (o *overlay) give(s, name, line string) error {
	key, of := spelling(s), spelling(name)
	switch {
	case key == "":
		return fmt.Errorf("%s: %q has no letter or digit", line, s)
	case of == "":
		return fmt.Errorf("%s: %q has no letter or digit", line, name)
	}
	if other, ok := o.names[of]; ok && other != name {
		return fmt.Errorf("%s: the tag is also called %q", line, other)
	}
	if to, ok := o.target[key]; ok && to != name {
		return fmt.Errorf("%s: contradicts: %s", line, o.lines[key])
	}
	o.target[key], o.names[of] = name, name
	o.lines[key] = line
	return nil
}

// follow makes every target the last of its chain: what is renamed to a name that is renamed again.
func (o *overlay) follow() error {
	for key := range o.target {
		name := o.target[key]
		for steps := 0; ; steps++ {
			next, ok := o.target[spelling(name)]
			if !ok || next == name {
				break
			}
			if name = next; steps > len(o.target) {
				return fmt.Errorf("%s: goes round in a circle", o.lines[key])
			}
		}
		if _, banned := o.ban[spelling(name)]; banned {
			return fmt.Errorf("%s: that tag is banned", o.lines[key])
		}
	}
	last := map[string]string{}
	for key := range o.target {
		name := o.target[key]
		for {
			next, ok := o.target[spelling(name)]
			if !ok || next == name {
				break
			}
			name = next
		}
		last[key] = name
	}
	o.target = last
	for of, name := range o.names {
		if to, ok := o.target[of]; ok {
			name = to
		}
		o.names[of] = name
	}
	return nil
}

// of says which tag a spelling belongs to by the overlay: the name it was given, or whose spelling it is.
func (o *overlay) of(key string) (name string, ok bool) {
	if name, ok = o.target[key]; ok {
		return name, true
	}
	name, ok = o.names[key]
	return name, ok
}

// mentions says whether an edit names the spelling.
func (o *overlay) mentions(key string) bool {
	_, ok := o.of(key)
	return ok || o.split[key] || o.ban[key]
}
