// Package safetensors reads checkpoints in Hugging Face's safetensors format: a length, a JSON header with name, dtype, shape and byte
// range of every tensor, then the data. A checkpoint is one file, or several shards with an index.
//
//	c, err := safetensors.Open("Qwen2-0.5B-Instruct") // a folder, a .safetensors file or an index.json
//	defer c.Close()
//	t, err := c.Tensor("model.layers.0.self_attn.q_proj.weight")
//
// [Open] maps the files and checks the headers: lengths against the file, shapes against their byte ranges, ranges against overlap and holes,
// names of shards against leaving the folder. What it returns can be read without further checks.
package safetensors

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/winnow-data/winnow/inference/internal/mapped"
	"github.com/winnow-data/winnow/inference/tensor"
)

const (
	single  = "model.safetensors"
	indexed = "model.safetensors.index.json"
)

// A Checkpoint is an open model of one or more files. It is immutable and may be used by many goroutines until it is closed.
type Checkpoint struct {
	Path  string
	Files []string          // what was opened, the index not included
	Meta  map[string]string // __metadata__ of the files; of equal keys the last file's

	tensors []tensor.Tensor
	byName  map[string]int
	release []func() error
}

// Open opens a folder with model.safetensors or model.safetensors.index.json, a single file, or an index. Errors name file and field.
func Open(path string) (*Checkpoint, error) {
	c := &Checkpoint{Path: path, Meta: map[string]string{}, byName: map[string]int{}}
	if err := c.open(path); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *Checkpoint) open(path string) error {
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	if st.IsDir() {
		folder := path
		path = filepath.Join(folder, single)
		if _, err := os.Stat(path); err != nil {
			path = filepath.Join(folder, indexed)
		}
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("%s: holds neither %s nor %s%s", folder, single, indexed, otherFormat(folder))
		}
	}
	if strings.HasSuffix(path, ".index.json") {
		return c.openShards(path)
	}
	return c.openFile(path)
}

// otherFormat is a hint for a folder whose weights are in another format.
func otherFormat(folder string) string {
	files, err := os.ReadDir(folder)
	if err != nil {
		return ""
	}
	for _, f := range files {
		switch filepath.Ext(f.Name()) {
		case ".gguf":
			return fmt.Sprintf("; it holds %s, which is opened by its own name", f.Name())
		case ".bin", ".pt", ".pth":
			return fmt.Sprintf("; %s looks like a pickle, which runs code when it is loaded: convert it to safetensors", f.Name())
		}
	}
	return ""
}

// openFile adds the tensors of one file.
func (c *Checkpoint) openFile(path string) error {
	data, release, err := mapped.File(path)
	if err != nil {
		return err
	}
	c.release = append(c.release, release)
	c.Files = append(c.Files, path)
	var tensors []tensor.Tensor
	var meta map[string]string
	fault := mapped.Guard(func() { tensors, meta, err = parse(data) })
	if err := errors.Join(fault, err); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, t := range tensors {
		if _, twice := c.byName[t.Name]; twice {
			return fmt.Errorf("%s: tensor %q: another shard has it too", path, t.Name)
		}
		c.byName[t.Name] = len(c.tensors)
		c.tensors = append(c.tensors, t)
	}
	for k, v := range meta {
		c.Meta[k] = v
	}
	return nil
}

// Close unmaps the files. Tensors must not be used afterwards.
func (c *Checkpoint) Close() error {
	var errs []error
	for _, release := range c.release {
		errs = append(errs, release())
	}
	return errors.Join(errs...)
}

// Tensors returns all tensors, file by file in the order of their data, those of types that cannot be read included. The slice is the
// Checkpoint's own.
func (c *Checkpoint) Tensors() []tensor.Tensor { return c.tensors }

// Tensor returns the tensor of this name. The error wraps [tensor.ErrMissing] when there is none, and says so when its type is one
// that cannot be read.
func (c *Checkpoint) Tensor(name string) (tensor.Tensor, error) {
	i, ok := c.byName[name]
	if !ok {
		return tensor.Tensor{}, fmt.Errorf("%s: tensor %s: %w", c.Path, name, tensor.ErrMissing)
	}
	t := c.tensors[i]
	if !t.Type.Readable() {
		return tensor.Tensor{}, fmt.Errorf("%s: tensor %s: type %s cannot be read; readable: F32, F16, BF16", c.Path, name, t.Type)
	}
	return t, nil
}
