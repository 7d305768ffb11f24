// Package recipes holds the recipes that are built into the binary, the sample shards that the quickstarts read, and the benchmarks of the recipes eval-*.
//
// A recipe here is a file as anybody would write it: `winnow init NAME` prints it with its comments, `winnow run NAME` runs it. Its
// input may name data in the binary: `embedded:quickstart` is the folder quickstart of [FS].
package recipes

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:generate go run ./_generate -from ../../../shared/data -to .

//go:embed *.yaml quickstart rejection eval
var files embed.FS

// FS is what `embedded:` paths are relative to.
func FS() fs.FS { return files }

// Lookup returns the text of the recipe of a name.
func Lookup(name string) ([]byte, bool) {
	src, err := files.ReadFile(name + ".yaml")
	return src, err == nil
}

// Names returns the names of all built-in recipes, sorted.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // an embedded root can be read
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".yaml"); ok {
			names = append(names, path.Base(name))
		}
	}
	slices.Sort(names)
	return names
}

// Summary returns what a recipe says of itself in its first comment.
func Summary(src []byte) string {
	first, _, _ := strings.Cut(string(src), "\n")
	return strings.TrimSpace(strings.TrimLeft(first, "# "))
}
