package place

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/winnow-data/winnow/stages/blob"
)

// maxList bounds a list of paths: a million of them.
const maxList = 256 << 20

// A Line is one path of a list.
type Line struct {
	Root  string // the folder, bucket or host that Name lies in
	Name  string // as long as the list makes it, so that names of one list differ
	Query string // of an address; never told
}

// Lines reads a list: one path a line, of a file and not a glob; what is not absolute is relative to the list's folder. Empty lines and those that
// begin with # count for nothing, nor does a byte order mark.
func Lines(ctx context.Context, base, file string, opt Options) ([]Line, error) {
	full, err := Abs(base, file)
	if err != nil {
		return nil, err
	}
	data, err := ReadFile(ctx, full, maxList, opt)
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	var lines []Line
	n := 0
	for text := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		n++
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		l, err := line(Dir(full), text)
		if err != nil {
			return nil, fmt.Errorf("list %s: line %d: %w", Shown(full), n, err)
		}
		lines = append(lines, l)
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("list %s: it names no file", Shown(full))
	}
	return lines, nil
}

// line reads one path.
func line(dir, text string) (Line, error) {
	kind, rest := scheme(text)
	if kind == "" && IsRemote(dir) {
		if strings.HasPrefix(text, "/") {
			return Line{}, fmt.Errorf("%q: a list of another machine cannot name a path of this one", text)
		}
		return line(dir, Join(dir, text))
	}
	switch kind {
	case "":
		if filepath.IsAbs(text) {
			return Line{Root: "/", Name: strings.TrimPrefix(filepath.ToSlash(filepath.Clean(text)), "/")}, nil
		}
		clean := path.Clean(filepath.ToSlash(text))
		if strings.HasPrefix(clean, "../") {
			return line(dir, filepath.Join(dir, text))
		}
		return Line{Root: dir, Name: clean}, nil
	case "s3", "https", "http":
		bare, query, _ := strings.Cut(rest, "?")
		if kind == "s3" {
			bare, query = rest, ""
		}
		host, name, _ := strings.Cut(bare, "/")
		if name == "" || strings.Contains(host, "@") {
			return Line{}, fmt.Errorf("%q names no file", Shown(text))
		}
		return Line{Root: kind + "://" + host, Name: path.Clean(name), Query: query}, nil
	}
	return Line{}, unknown(text, kind)
}

// List finds the files that a list names, in its order. What is missing is told all together.
func List(ctx context.Context, base, file string, opt Options) ([]blob.Found, error) {
	lines, err := Lines(ctx, base, file, opt)
	if err != nil {
		return nil, err
	}
	var found []blob.Found
	var errs []error
	seen := map[string]bool{}
	for _, l := range lines {
		if at := Join(l.Root, l.Name); seen[at] {
			errs = append(errs, fmt.Errorf("%s is named twice", at))
			continue
		} else {
			seen[at] = true
		}
		f, err := one(ctx, l.Root, l.Name, Options{Anonymous: opt.Anonymous, Query: l.Query})
		if err != nil {
			if errs = append(errs, err); len(errs) >= 20 {
				break
			}
			continue
		}
		found = append(found, f)
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("list %s: %w", Shown(file), errors.Join(errs...))
	}
	return found, nil
}

// ReadFile reads a file of at most limit bytes, wherever it lies.
func ReadFile(ctx context.Context, file string, limit int64, opt Options) ([]byte, error) {
	dir := Dir(file)
	store, err := Open(dir, opt)
	if err != nil {
		return nil, err
	}
	return blob.Get(ctx, store, strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(file), filepath.ToSlash(dir)), "/"), limit)
}
