// Package place turns what people write into stores: a folder of this machine, s3://BUCKET/PREFIX, https://HOST/FOLDER. It is the one place
// that knows all kinds of stores.
//
//	found, err := place.Resolve(ctx, dir, "s3://crawl/2026/**/*.warc.gz", place.Options{})
//	store, err := place.Open("s3://corpora/web", place.Options{})
//	where := place.Join("s3://corpora/web", "_winnow") // path.Join and filepath.Join would eat a slash
package place

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/s3"
	"github.com/winnow-data/winnow/stages/blob/web"
)

// Schemes that paths may begin with.
var Schemes = []string{"s3", "https", "http"}

// Options change how a store is reached.
type Options struct {
	Anonymous bool   // requests to an object store are not signed
	Query     string // of https addresses
}

// IsRemote says whether a path leads to another machine.
func IsRemote(p string) bool { return strings.Contains(p, "://") }

// scheme cuts a path before "://".
func scheme(p string) (name, rest string) {
	name, rest, ok := strings.Cut(p, "://")
	if !ok {
		return "", p
	}
	return name, rest
}

// Open returns the store of a folder.
func Open(folder string, opt Options) (blob.Store, error) {
	switch kind, rest := scheme(folder); kind {
	case "":
		return blob.Local(folder), nil
	case "s3":
		bucket, key, _ := strings.Cut(rest, "/")
		if bucket == "" {
			return nil, fmt.Errorf("%s: the bucket is missing: s3://BUCKET/PREFIX", folder)
		}
		return s3.Open(bucket, key, s3.Options{Anonymous: opt.Anonymous})
	case "https", "http":
		s, err := web.Open(folder, opt.Query)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", Shown(folder), err)
		}
		return s, nil
	default:
		return nil, unknown(folder, kind)
	}
}

func unknown(p, kind string) error {
	return fmt.Errorf("%q: no store is known for %s://; local paths, s3:// and https:// are", Shown(p), kind)
}

// Writable says whether files can be made below a path.
func Writable(p string) error {
	switch kind, _ := scheme(p); kind {
	case "", "s3":
		_, err := Open(p, Options{})
		return err
	case "https", "http":
		return fmt.Errorf("%q: a web server only gives; write to a folder or to s3://", Shown(p))
	default:
		return unknown(p, kind)
	}
}

// Join joins a folder and names below it.
func Join(folder string, elem ...string) string {
	kind, rest := scheme(folder)
	if kind == "" {
		return filepath.Join(append([]string{folder}, elem...)...)
	}
	return kind + "://" + path.Join(append([]string{rest}, elem...)...)
}

// Dir is the folder that a path lies in; of a bucket or host itself that.
func Dir(p string) string {
	kind, rest := scheme(p)
	if kind == "" {
		return filepath.Dir(p)
	}
	if !strings.Contains(rest, "/") {
		return p
	}
	return kind + "://" + path.Dir(rest)
}

// Abs makes a path independent of the folder it is written in, dir, and clean.
func Abs(dir, p string) (string, error) {
	switch {
	case IsRemote(p):
		return Join(p), nil
	case filepath.IsAbs(p):
		return filepath.Clean(p), nil
	}
	return filepath.Abs(filepath.Join(dir, p))
}

// Shown is a path without what may be secret in it.
func Shown(p string) string {
	if kind, _ := scheme(p); kind != "https" && kind != "http" {
		return p
	}
	p, _, _ = strings.Cut(p, "?")
	if u, err := url.Parse(p); err == nil && u.User != nil {
		u.User = url.User("…")
		return u.String()
	}
	return p
}

// secrets are the names of query parameters that are as good as a key.
var secrets = []string{"sig", "token", "key", "secret", "password", "credential", "auth", "x-amz-", "x-goog-"}

// Secret says whether a path carries what must not stand in a recipe.
func Secret(p string) bool {
	kind, _ := scheme(p)
	u, err := url.Parse(p)
	if kind != "https" && kind != "http" || err != nil {
		return false
	}
	if u.User != nil {
		return true
	}
	for name := range u.Query() {
		if slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(strings.ToLower(name), s) }) {
			return true
		}
	}
	return false
}

// ErrSecret says what to do with an address that is as good as a key.
var ErrSecret = errors.New("the address carries a key, which would stand in the recipe, the plan and the report; put it into a file and name that with list: FILE")

// Resolve finds the files that a path means, by the rules of [blob.Resolve]. An address of a web server is one file.
func Resolve(ctx context.Context, base, pattern string, opt Options) ([]blob.Found, error) {
	switch kind, rest := scheme(pattern); kind {
	case "":
		return blob.Resolve(ctx, base, pattern)
	case "s3":
		bucket, key, _ := strings.Cut(rest, "/")
		root := "s3://" + bucket
		return blob.ResolveIn(ctx, root, func(prefix string) (blob.Store, error) { return Open(root+"/"+prefix, opt) }, key)
	case "https", "http":
		if Secret(pattern) {
			return nil, fmt.Errorf("input %q: %w", Shown(pattern), ErrSecret)
		}
		bare, query, _ := strings.Cut(pattern, "?")
		i := strings.LastIndexByte(bare, '/')
		f, err := one(ctx, bare[:i], bare[i+1:], Options{Query: query})
		if err != nil {
			return nil, fmt.Errorf("input: %w", err)
		}
		return []blob.Found{f}, nil
	default:
		return nil, fmt.Errorf("input %w", unknown(pattern, kind))
	}
}

// one finds a file of a store.
func one(ctx context.Context, root, name string, opt Options) (blob.Found, error) {
	store, err := Open(root, opt)
	if err != nil {
		return blob.Found{}, err
	}
	if kind, _ := scheme(root); kind == "https" || kind == "http" {
		if name, err = url.PathUnescape(name); err != nil || !fs.ValidPath(name) || name == "." {
			return blob.Found{}, fmt.Errorf("%s/%s: this is no address of a file", root, name)
		}
	}
	e, err := store.Stat(ctx, name)
	if err != nil {
		return blob.Found{}, err
	}
	return blob.Found{Entry: e, Store: store, Path: Join(root, name)}, nil
}
