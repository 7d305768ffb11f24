package hub

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Cached is a model of which something is in the cache.
type Cached struct {
	Name  string `json:"name"`
	Path  string `json:"path,omitempty"` // of the revision main, where it is whole
	Bytes int64  `json:"bytes"`          // of all revisions
}

// Models lists what the cache holds, by name. A cache that does not exist holds nothing.
func (h *Hub) Models() ([]Cached, error) {
	entries, err := os.ReadDir(h.Cache)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found []Cached
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), "models--")
		if !ok || !e.IsDir() {
			continue
		}
		w := Want{Name: strings.Replace(rest, "--", "/", 1)}
		if w.check() != nil {
			continue
		}
		c := Cached{Name: w.Name}
		var several *AmbiguousError
		path, err := h.Find(w)
		switch {
		case err == nil:
			c.Path = path
		case errors.As(err, &several):
			commit, err := h.store(w).commit("main")
			if err == nil {
				c.Path = h.store(w).snapshot(commit)
			}
		}
		c.Bytes, err = used(filepath.Join(h.Cache, e.Name()))
		if err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	slices.SortFunc(found, func(a, b Cached) int { return strings.Compare(a.Name, b.Name) })
	return found, nil
}

// used is the size of all files below dir; links count nothing.
func used(dir string) (sum int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	return sum, err
}

// HasToken says whether requests carry a token.
func (h *Hub) HasToken() bool { return h.secret() != "" }
