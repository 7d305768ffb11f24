// Command _generate renews comments.json and the pages that package docs renders.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/docs"
	"github.com/winnow-data/winnow/pipelines/docs/source"
)

func main() {
	root := flag.String("root", ".", "the repository's folder")
	flag.Parse()
	if err := generate(*root); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(root string) error {
	reg := pipelines.Registry()
	comments, err := source.Collect(root, reg)
	if err != nil {
		return err
	}
	var data bytes.Buffer
	e := json.NewEncoder(&data)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(comments); err != nil {
		return err
	}
	if err := write(filepath.Join(root, "pipelines/docs/comments.json"), data.Bytes()); err != nil {
		return err
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		return err
	}
	files, err := docs.Files(docs.Pages(reg, comments), string(readme))
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := write(filepath.Join(root, name), []byte(text)); err != nil {
			return err
		}
	}
	return nil
}

// write leaves a file alone that has the content already.
func write(name string, data []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, data) {
		return nil
	}
	return os.WriteFile(name, data, 0o644)
}
