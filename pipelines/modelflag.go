package pipelines

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/winnow-data/winnow/pipelines/models"
	"github.com/winnow-data/winnow/pipelines/recipe"
)

// ofModel begins a --model that says which model of the recipe it means.
var ofModel = regexp.MustCompile(`^[A-Za-z0-9_-]+=`)

// modelFlags reads --model. bare is the same with the last part of each path alone, as what a run publishes shows it.
func modelFlags(list []string) (given, bare []recipe.ModelFlag, err error) {
	for _, s := range list {
		f := recipe.ModelFlag{Flag: "--model " + s, Where: s}
		if head := ofModel.FindString(s); head != "" {
			f.Name, f.Where = strings.TrimSuffix(head, "="), s[len(head):]
		}
		if f.Where == "" {
			return nil, nil, fmt.Errorf("--model %s: nothing is named; want a GGUF file or a folder, ORG/NAME of a hub, or http://HOST/v1#MODEL", s)
		}
		f.Kind = kindOfModel(f.Where)
		b := f
		if f.Kind == "file" || f.Kind == "replay" {
			f.Where = strings.TrimPrefix(f.Where, "replay:")
			if strings.HasPrefix(f.Where, models.Embedded) {
				given, bare = append(given, f), append(bare, f)
				continue
			}
			b.Where = filepath.Base(f.Where)
			if f.Where, err = filepath.Abs(f.Where); err != nil {
				return nil, nil, fmt.Errorf("--model %s: %w", s, err)
			}
		}
		given, bare = append(given, f), append(bare, b)
	}
	return given, bare, nil
}

// kindOfModel tells what names a model: an address, the record of a run behind replay:, what lies on this machine or is spelled like a path, or else a name of the hub.
func kindOfModel(s string) string {
	switch {
	case strings.HasPrefix(s, "http://"), strings.HasPrefix(s, "https://"):
		return "url"
	case strings.HasPrefix(s, "replay:"):
		return "replay"
	case filepath.IsAbs(s), strings.HasPrefix(s, "."), strings.HasSuffix(s, ".gguf") && strings.Count(s, "/") != 2, strings.Count(s, "/") == 0:
		return "file"
	}
	if _, err := os.Stat(s); err == nil {
		return "file"
	}
	return "hub"
}
