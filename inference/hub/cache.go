package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A store is the folder of one repository in the cache.
type store struct {
	cache, dir string
	name       string // of the folder
	copies     bool
}

func (h *Hub) store(w Want) store {
	return store{cache: h.Cache, dir: filepath.Join(h.Cache, w.folder()), name: w.folder(), copies: h.Copies}
}

func (s store) blob(etag string) string { return filepath.Join(s.dir, "blobs", etag) }
func (s store) lock(etag string) string {
	return filepath.Join(s.cache, ".locks", s.name, etag+".lock")
}

func (s store) snapshot(commit string) string {
	return filepath.Join(s.dir, "snapshots", commit)
}

func (s store) pointer(commit, file string) string {
	return filepath.Join(s.snapshot(commit), filepath.FromSlash(file))
}

func (s store) ref(revision string) string {
	return filepath.Join(s.dir, "refs", filepath.FromSlash(revision))
}

// commit finds the commit of a revision in the cache, "" where it is not there.
func (s store) commit(revision string) (string, error) {
	b, err := os.ReadFile(s.ref(revision))
	if err == nil {
		c := strings.TrimSpace(string(b))
		if err := plain(c); err != nil {
			return "", fmt.Errorf("%s: %w", s.ref(revision), err)
		}
		return c, nil
	}
	if !errors.Is(err, fs.ErrNotExist) && !isDirError(s.ref(revision)) {
		return "", err
	}
	if plain(revision) != nil {
		return "", nil
	}
	entries, err := os.ReadDir(filepath.Join(s.dir, "snapshots"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	found := ""
	for _, e := range entries {
		switch {
		case e.Name() == revision:
			return revision, nil
		case len(revision) >= 7 && isHex(revision) && strings.HasPrefix(e.Name(), revision):
			if found != "" {
				return "", fmt.Errorf("commit %s is the beginning of several in %s", revision, s.dir)
			}
			found = e.Name()
		}
	}
	return found, nil
}

func isDirError(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func isHex(s string) bool {
	return strings.Trim(s, "0123456789abcdef") == ""
}

// setRef makes a branch or tag point to a commit; a reader never sees half a ref.
func (s store) setRef(revision, commit string) error {
	if revision == commit {
		return nil
	}
	path := s.ref(revision)
	if b, err := os.ReadFile(path); err == nil && string(b) == commit {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = tmp.WriteString(commit)
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// link shows a blob under its name in a snapshot: as a relative link, or as the file itself where links are not to be had or not wanted.
func (s store) link(etag, commit, file string) error {
	path, blob := s.pointer(commit, file), s.blob(etag)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	target, err := filepath.Rel(filepath.Dir(path), blob)
	if err != nil {
		return err
	}
	if have, err := os.Readlink(path); err == nil && have == target {
		return nil
	}
	if s.copies {
		return os.Rename(blob, path)
	}
	tmp := path + ".winnow-link"
	os.Remove(tmp)
	if err := os.Symlink(target, tmp); err != nil {
		return os.Rename(blob, path)
	}
	return os.Rename(tmp, path)
}

// size is the length of a whole file, through links; false where there is none.
func size(path string) (int64, bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return 0, false
	}
	return info.Size(), true
}
