package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A MissingError says that a model is not in the cache, or not wholly. Whoever shows it offers Want.Command().
type MissingError struct {
	Want  Want
	Cache string
	Lacks string // the file that is missing from a model that is otherwise there, or ""
}

func (e *MissingError) Error() string {
	if e.Lacks != "" {
		return fmt.Sprintf("model %s is only partly in %s, without %s; this goes on with it: %s", e.Want, e.Cache, e.Lacks, e.Want.Command())
	}
	return fmt.Sprintf("model %s is not in %s; this downloads it: %s", e.Want, e.Cache, e.Want.Command())
}

// Find looks for a model in the cache and never touches the network. The path is a folder with config.json and safetensors, or a GGUF file (of a
// split one the first part). A model that is not there, or not wholly, is a *MissingError; several GGUF files to choose from are an *AmbiguousError.
func (h *Hub) Find(w Want) (string, error) {
	path, _, err := h.find(w)
	return path, err
}

func (h *Hub) find(w Want) (path, commit string, err error) {
	if err := w.check(); err != nil {
		return "", "", err
	}
	s := h.store(w)
	commit, err = s.commit(w.revision())
	if err != nil {
		return "", "", fmt.Errorf("model %s in the cache: %w", w, err)
	}
	missing := &MissingError{Want: w, Cache: h.Cache}
	if commit == "" {
		return "", "", missing
	}
	dir := s.snapshot(commit)
	names, broken, err := filesIn(dir)
	if err != nil {
		return "", "", fmt.Errorf("model %s in the cache: %w", w, err)
	}
	if len(names) == 0 {
		return "", "", missing
	}
	path, lacks, err := h.pick(w, dir, names)
	if err != nil {
		return "", "", err
	}
	if lacks == "" && path == "" {
		return "", "", missing
	}
	if lacks == "" && path == dir && len(broken) > 0 {
		lacks = broken[0]
	}
	if lacks != "" {
		missing.Lacks = lacks
		return "", "", missing
	}
	return path, commit, nil
}

// pick decides which of the files of a snapshot is the model; lacks is a file that it still needs.
func (h *Hub) pick(w Want, dir string, names []string) (path, lacks string, err error) {
	chosen, err := choose(w, names)
	var several *AmbiguousError
	switch {
	case errors.As(err, &several):
		return "", "", err
	case err != nil && w.File != "":
		return "", w.File, nil
	case err != nil && slices.Contains(names, "config.json"):
		return "", "its weights", nil
	case err != nil:
		return "", "", nil
	}
	if strings.HasSuffix(chosen[0], ".gguf") {
		return filepath.Join(dir, filepath.FromSlash(chosen[0])), lackingPart(chosen), nil
	}
	lacks, err = lacking(dir, names)
	return dir, lacks, err
}

// lackingPart says which part of a split GGUF file is not there.
func lackingPart(parts []string) string {
	if !ggufPart.MatchString(parts[0]) {
		return ""
	}
	var n int
	of := parts[0][len(parts[0])-len("00001.gguf"):]
	if _, err := fmt.Sscanf(of, "%05d.gguf", &n); err != nil {
		return ""
	}
	stem := parts[0][:len(parts[0])-len("00001-of-00001.gguf")]
	for i := 1; i <= n; i++ {
		if name := fmt.Sprintf("%s%05d-of-%05d.gguf", stem, i, n); !slices.Contains(parts, name) {
			return name
		}
	}
	return ""
}

// lacking says which file a safetensors folder still needs: config.json, or a shard that the index names.
func lacking(dir string, names []string) (string, error) {
	if !slices.Contains(names, "config.json") {
		return "config.json", nil
	}
	if slices.Contains(names, wholeWeights) {
		return "", nil
	}
	if !slices.Contains(names, indexName) {
		if slices.ContainsFunc(names, shardName.MatchString) {
			return indexName, nil
		}
		return "", nil
	}
	shards, err := shardsOf(filepath.Join(dir, indexName))
	if err != nil {
		return "", err
	}
	for _, s := range shards {
		if !slices.Contains(names, s) {
			return s, nil
		}
	}
	return "", nil
}

// shardsOf lists the files that an index names, sorted.
func shardsOf(path string) ([]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var index struct {
		Map map[string]string `json:"weight_map"`
	}
	if err := json.Unmarshal(b, &index); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var shards []string
	for _, f := range index.Map {
		if !slices.Contains(shards, f) {
			shards = append(shards, f)
		}
	}
	slices.Sort(shards)
	return shards, nil
}

// filesIn lists the files below dir with slashes, through links, sorted; broken are links that lead nowhere.
func filesIn(dir string) (names, broken []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil || d.IsDir():
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if _, ok := size(path); ok {
			names = append(names, rel)
		} else {
			broken = append(broken, rel)
		}
		return nil
	})
	return names, broken, err
}
