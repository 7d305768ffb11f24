package blob

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A Found is one file that a user's path means.
type Found struct {
	Entry        // Name is relative to the folder that was named, or to the fixed part of the glob: the same on every machine
	Store Store  // where Name is to be opened
	Path  string // as a person would write it
}

// Resolve finds the files that a user's path means: one file; all files of a folder and the folders below it; or those
// that a glob matches (* and ? within a name, [a-z], ** for any number of folders). A relative path starts at base.
//
// Hidden files and folders, a run's _winnow, and in a folder that is taken whole also README* and _SUCCESS, are left out. A glob finds
// hidden names where its own element starts with a dot. Links to files are followed. The result is in byte order of names. Nothing found is
// an error, and so are files and folders that cannot be read: all of them are listed.
func Resolve(ctx context.Context, base, pattern string) ([]Found, error) {
	if scheme, _, ok := strings.Cut(pattern, "://"); ok {
		return nil, fmt.Errorf("input %q: no store is known for %q; local files, folders and globs are allowed", pattern, scheme+"://")
	}
	if pattern == "" {
		return nil, errors.New("input: the path is empty")
	}
	full := filepath.ToSlash(pattern)
	if !filepath.IsAbs(pattern) {
		full = path.Join(filepath.ToSlash(base), full)
	}
	full = path.Clean(full)
	info, err := os.Stat(full)
	w := walker{ctx: ctx}
	switch {
	case err == nil && !info.IsDir():
		w.root = path.Dir(full)
		w.file(path.Base(full))
	case err == nil:
		w.root, w.whole = full, true
		w.walk("")
	case strings.ContainsAny(full, "*?["):
		w.root, w.glob = splitGlob(full)
		if _, err := path.Match(strings.Join(w.glob, "/"), ""); err != nil {
			return nil, fmt.Errorf("input %q: %w", pattern, err)
		}
		w.walk("")
	default:
		return nil, fmt.Errorf("input %q: %w", pattern, err)
	}
	if len(w.errs) > 0 {
		return nil, fmt.Errorf("input %q: %d cannot be read:\n%w", pattern, len(w.errs), errors.Join(w.errs...))
	}
	if len(w.found) == 0 {
		return nil, fmt.Errorf("input %q: nothing matches in %s (hidden files, README* and _winnow are left out)", pattern, w.root)
	}
	slices.SortFunc(w.found, func(a, b Found) int { return strings.Compare(a.Name, b.Name) })
	return w.found, nil
}

// splitGlob cuts a path before its first element that holds a wildcard.
func splitGlob(full string) (root string, glob []string) {
	elems := strings.Split(full, "/")
	i := slices.IndexFunc(elems, func(e string) bool { return strings.ContainsAny(e, "*?[") })
	root = strings.Join(elems[:i], "/")
	switch {
	case root == "" && i > 0:
		root = "/"
	case root == "":
		root = "."
	}
	return root, elems[i:]
}

type walker struct {
	ctx   context.Context
	root  string
	glob  []string // nil: everything
	whole bool     // a folder was named: leave out what only describes it
	found []Found
	errs  []error
}

func (w *walker) walk(dir string) {
	if err := w.ctx.Err(); err != nil {
		w.errs = []error{err}
		return
	}
	list, err := os.ReadDir(path.Join(w.root, dir))
	if err != nil {
		w.errs = append(w.errs, err)
	}
	for _, e := range list {
		name := path.Join(dir, e.Name())
		switch {
		case e.Name() == "_winnow" || w.glob == nil && strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			if w.glob == nil || matchGlob(w.glob, strings.Split(name, "/"), true) {
				w.walk(name)
			}
		case w.glob != nil:
			if matchGlob(w.glob, strings.Split(name, "/"), false) {
				w.file(name)
			}
		case w.whole && describes(e.Name()):
		default:
			w.file(name)
		}
	}
}

func describes(name string) bool {
	return name == "_SUCCESS" || len(name) >= 6 && strings.EqualFold(name[:6], "readme")
}

// file adds one file after it could be opened; a folder behind a link is left out.
func (w *walker) file(name string) {
	full := path.Join(w.root, name)
	f, err := openFile(full)
	if err != nil {
		w.errs = append(w.errs, err)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		w.errs = append(w.errs, err)
	case info.IsDir():
	case !info.Mode().IsRegular():
		w.errs = append(w.errs, notAFile(full, info))
	default:
		w.found = append(w.found, Found{Entry: localEntry(name, info), Store: Local(w.root), Path: full})
	}
}

// matchGlob matches name against glob, element by element. With prefix it says whether something below the folder name could match.
func matchGlob(glob, name []string, prefix bool) bool {
	for len(glob) > 0 {
		if len(name) == 0 {
			return prefix || len(glob) == 1 && glob[0] == "**"
		}
		hidden := strings.HasPrefix(name[0], ".")
		if glob[0] == "**" {
			return matchGlob(glob[1:], name, prefix) || !hidden && matchGlob(glob, name[1:], prefix)
		}
		if ok, _ := path.Match(glob[0], name[0]); !ok || hidden && !strings.HasPrefix(glob[0], ".") {
			return false
		}
		glob, name = glob[1:], name[1:]
	}
	return len(name) == 0 && !prefix
}
