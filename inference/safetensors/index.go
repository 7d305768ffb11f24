package safetensors

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/inference/internal/mapped"
)

// openShards reads an index and opens the files that it names, which must lie beside it.
func (c *Checkpoint) openShards(path string) error {
	data, release, err := mapped.File(path)
	if err != nil {
		return err
	}
	var where map[string]string
	fault := mapped.Guard(func() { where, err = parseIndex(data) })
	if err := errors.Join(fault, err, release()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	shards := map[string]bool{}
	for _, file := range where {
		shards[file] = true
	}
	holds := map[string]string{} // tensor to shard, as the shards have it
	for _, file := range slices.Sorted(maps.Keys(shards)) {
		from := len(c.tensors)
		if err := c.openFile(filepath.Join(filepath.Dir(path), file)); err != nil {
			return fmt.Errorf("%s: weight_map: %w", path, err)
		}
		for _, t := range c.tensors[from:] {
			holds[t.Name] = file
		}
	}
	for _, name := range slices.Sorted(maps.Keys(where)) {
		if holds[name] != where[name] {
			return fmt.Errorf("%s: weight_map: tensor %q is not in %s", path, name, where[name])
		}
	}
	return nil
}

// parseIndex returns the shard of each tensor. Shards are plain file names.
func parseIndex(data []byte) (map[string]string, error) {
	var index struct {
		Where map[string]string `json:"weight_map"`
	}
	if len(data) > maxHeader {
		return nil, fmt.Errorf("the index has %d bytes, want at most %d", len(data), maxHeader)
	}
	if err := json.Unmarshal(data, &index); err != nil {
		return nil, err
	}
	if len(index.Where) == 0 {
		return nil, errors.New("weight_map: is missing or empty")
	}
	for _, name := range slices.Sorted(maps.Keys(index.Where)) {
		file := index.Where[name]
		if !filepath.IsLocal(file) || strings.ContainsAny(file, `/\:`) || !strings.HasSuffix(file, ".safetensors") {
			return nil, fmt.Errorf("weight_map: tensor %q: shard %q, want the name of a .safetensors file in the same folder", name, file)
		}
	}
	return index.Where, nil
}
